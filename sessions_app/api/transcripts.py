"""The conversation to keep: as text at once, as a sealed PDF when a worker has made it (product.md D7)."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app.api.fields import Body, kind_field
from sessions_app.api.files import FileView
from sessions_app.api.problems import CONTENT_TYPE as PROBLEM
from sessions_app.api.problems import Conflict, Unavailable
from sessions_app.api.scopes import Scope
from sessions_app.api.serializers import Problem
from sessions_app.api.views import ApiView
from sessions_app.documents.kept_transcripts import NotNow, Order, OrderState, order, ordered
from sessions_app.kinds import Audience
from sessions_app.models import LiveSession
from sessions_app.transcript import Transcript, as_text

READ = {"GET": Scope.SESSIONS_READ}
ORDER = {"GET": Scope.SESSIONS_READ, "POST": Scope.SESSIONS_READ}
NOT_READY = {(409, PROBLEM): OpenApiResponse(Problem, description="It is still being made, or could not be made.")}
NO_CACHE = {(503, PROBLEM): OpenApiResponse(Problem, description="What was ordered cannot be looked up right now.")}


class Zone(serializers.CharField):
    """The name of a time zone of the tz database."""

    def __init__(self, **more: Any) -> None:
        settings: dict[str, Any] = {"max_length": 64, "default": "UTC"} | more
        super().__init__(**settings)

    def to_internal_value(self, data: Any) -> str:
        name = str(super().to_internal_value(data))
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise serializers.ValidationError("Give the name of a time zone, such as Europe/Vienna.") from error
        return name


class ZoneShape(serializers.Serializer):
    zone = Zone(help_text="In which all times are, such as Europe/Vienna.")


class NewOrderShape(Body):
    zone = Zone(help_text="In which all times are, such as Europe/Vienna.")


class OrderShape(serializers.Serializer):
    """How far a transcript as PDF is."""

    state = kind_field(OrderState)
    ordered_at = serializers.DateTimeField()
    last_number = serializers.IntegerField(help_text="The newest row of the timeline that is in it.")
    zone = serializers.CharField()


class TranscriptText(FileView):
    """The transcript as text."""

    scopes = READ
    names_agent = frozenset({"GET"})

    @extend_schema(
        operation_id="transcript_text",
        parameters=[ZoneShape],
        responses={(200, "text/plain; charset=utf-8"): OpenApiTypes.STR},
    )
    def get(self, request: Request, session_id: UUID) -> HttpResponse:
        """The whole session as plain text, as agents see it, notes included."""
        zone = self.asked(ZoneShape)["zone"]
        session = self.caller.session(session_id)
        text = as_text(Transcript(session, Audience.AGENT, ZoneInfo(zone), zone))
        return HttpResponse(text.encode(), content_type="text/plain; charset=utf-8")


class OwnOrder(ApiView):
    """What an integration ordered of a session."""

    @property
    def who(self) -> str:
        """Whose order it is."""
        return str(self.caller.integration.public_id)

    def latest(self, session: LiveSession) -> Order:
        """What this integration ordered last. Raises NotFound, and Unavailable if that cannot be asked now."""
        try:
            found = ordered(session, Audience.AGENT, self.who)
        except NotNow as problem:
            raise Unavailable(str(problem)) from problem
        if found is None:
            raise NotFound("No transcript of this session was ordered in the last day.")
        return found


class TranscriptOrder(OwnOrder):
    """The transcript as a sealed PDF: ordering it, and looking how far it is."""

    scopes = ORDER
    names_agent = frozenset({"GET", "POST"})
    serializer_class = OrderShape
    pagination_class = None

    @extend_schema(operation_id="transcript_order", request=NewOrderShape, responses={202: OrderShape})
    def post(self, request: Request, session_id: UUID) -> Response:
        """Have the session as it is now made into a sealed PDF, which is kept for a day.

        Whoever asks again gets what is being made, or is the same.
        """
        session, zone = self.caller.session(session_id), self.given_as(NewOrderShape)["zone"]
        language, now = settings.LANGUAGE_CODE, self.caller.now
        try:
            wanted = order(session, Audience.AGENT, self.who, zone=zone, language=language, now=now)
        except NotNow as problem:
            raise Unavailable(str(problem)) from problem
        return Response(self._shape(wanted), 202)

    @extend_schema(operation_id="transcript_state", responses={200: OrderShape, **NO_CACHE})
    def get(self, request: Request, session_id: UUID) -> Response:
        """How far the PDF is that this integration ordered last."""
        return Response(self._shape(self.latest(self.caller.session(session_id))))

    def _shape(self, wanted: Order) -> dict[str, Any]:
        state = OrderState.FAILED if wanted.is_given_up(self.caller.now) else wanted.state
        said = {"state": state, "ordered_at": wanted.moment, "last_number": wanted.number, "zone": wanted.zone}
        return dict(OrderShape(said).data)


class TranscriptPdf(FileView, OwnOrder):
    """The transcript as a sealed PDF."""

    scopes = READ
    names_agent = frozenset({"GET"})

    @extend_schema(
        operation_id="transcript_pdf",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, **NOT_READY, **NO_CACHE},
    )
    def get(self, request: Request, session_id: UUID) -> Any:
        """The PDF that this integration ordered last, once it is ready."""
        session = self.caller.session(session_id)
        wanted = self.latest(session)
        if not wanted.is_ready:
            raise Conflict("The PDF is not ready. Ask for its state.")
        return self.stored(wanted.stored, "application/pdf", f"conversation-{session.started_at:%Y-%m-%d}.pdf")
