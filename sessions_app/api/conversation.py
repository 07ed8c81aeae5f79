"""The timeline of a session, and what is written and added to it."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from sessions_app.actions import LONGEST_MESSAGE, add_note, attach, send_message
from sessions_app.api.fields import LARGEST_NUMBER, Body, Text, kind_field
from sessions_app.api.files import FileView
from sessions_app.api.scopes import Scope
from sessions_app.api.views import ApiView
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.selectors import ROWS_AT_ONCE, rows_after
from sessions_app.shapes import row_shape
from sessions_app.who_may import Act

MOST_ROWS = 200


class RowShape(serializers.Serializer):
    """A row of a timeline: the same by webhook. What `payload` has depends on the kind."""

    session = serializers.UUIDField()
    number = serializers.IntegerField(help_text="In its session: without gaps, in the order in which rows came about.")
    kind = kind_field(EntryKind)
    actor = kind_field(Actor)
    agent = serializers.CharField(allow_null=True, help_text="The name of who did it, or whom it is about.")
    due_at = serializers.DateTimeField(help_text="When it was due.")
    recorded_at = serializers.DateTimeField(help_text="When it was written down.")
    policy_version = serializers.IntegerField(allow_null=True)
    payload = serializers.DictField(child=serializers.JSONField(allow_null=True))


class RowsAfter(serializers.Serializer):
    after = serializers.IntegerField(
        default=0, min_value=0, max_value=LARGEST_NUMBER, help_text="The number of the last row that you have."
    )
    limit = serializers.IntegerField(
        default=ROWS_AT_ONCE, min_value=1, max_value=MOST_ROWS, help_text="At most so many rows at once."
    )


class RowsShape(serializers.Serializer):
    """Rows, oldest first. Ask again with the number of the last one: nothing is missed and nothing comes twice."""

    results = RowShape(many=True)
    next = serializers.URLField(allow_null=True, help_text="The address of the rows that follow; null at the end.")
    last_number = serializers.IntegerField(help_text="The number of the newest row that there is.")


class Timeline(ApiView):
    """The timeline of a session."""

    scopes = {"GET": Scope.SESSIONS_READ}
    names_agent = frozenset({"GET"})
    serializer_class = RowsShape
    pagination_class = None

    @extend_schema(operation_id="timeline_read", parameters=[RowsAfter], responses=RowsShape)
    def get(self, request: Request, session_id: UUID) -> Response:
        """Everything that happened after a row, as agents see it, notes included."""
        asked = self.asked(RowsAfter)
        session = self.caller.session(session_id)
        rows = rows_after(session, asked["after"], asked["limit"])
        last = rows[-1].number if rows else session.last_number
        shown = {
            "results": [row_shape(session.public_id, row, notes=True) for row in rows],
            "next": self._next(session, last, asked["limit"]) if last < session.last_number else None,
            "last_number": session.last_number,
        }
        return Response(shown)

    def _next(self, session: LiveSession, after: int, limit: int) -> str:
        address = reverse("api:timeline", args=[session.public_id], request=self.request)
        return f"{address}?after={after}&limit={limit}"


class Writing(ApiView):
    """Something that somebody writes or adds. The answer is its row."""

    scopes = {"POST": Scope.SESSIONS_WRITE}
    names_agent = frozenset({"POST"})
    serializer_class = RowShape

    def row(self, session: LiveSession, entry: TimelineEntry) -> Response:
        """The row that was made, or that the same request made before."""
        return Response(row_shape(session.public_id, entry, notes=True), 201)


class MessageShape(Body):
    text = Text(max_length=LONGEST_MESSAGE)


class Messages(Writing):
    @extend_schema(operation_id="messages_send", request=MessageShape, responses={201: RowShape})
    def post(self, request: Request, session_id: UUID) -> Response:
        """Send a message to the customer. After the end that goes as long as the customer may chat."""
        session, given = self.caller.session(session_id), self.given_as(MessageShape)
        author, once = self.caller.author(session), self.caller.once
        return self.row(session, send_message(session.pk, author, given["text"], key=once, now=self.caller.now))


class Notes(Writing):
    @extend_schema(operation_id="notes_add", request=MessageShape, responses={201: RowShape})
    def post(self, request: Request, session_id: UUID) -> Response:
        """Write a note that only agents see, whatever the state of the session."""
        session, given = self.caller.session(session_id), self.given_as(MessageShape)
        agent, once = self.caller.acts_in(session, Act.NOTE), self.caller.once
        return self.row(session, add_note(session.pk, agent, given["text"], key=once, now=self.caller.now))


class FileShape(Body):
    file = serializers.FileField(
        allow_empty_file=True, help_text="Judged by its content, within the limits of the workstream."
    )


class Files(Writing):
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="files_add", request={"multipart/form-data": FileShape}, responses={201: RowShape})
    def post(self, request: Request, session_id: UUID) -> Response:
        """Add a file. Its id is `payload.file` of the row that is answered."""
        session, given = self.caller.session(session_id), self.given_as(FileShape)
        author, once = self.caller.author(session), self.caller.once
        return self.row(session, attach(session.pk, author, given["file"], key=once, now=self.caller.now))


class File(FileView):
    """A file of a session."""

    scopes = {"GET": Scope.SESSIONS_READ}
    names_agent = frozenset({"GET"})

    @extend_schema(operation_id="files_download", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, session_id: UUID, file_id: UUID) -> Any:
        """Download a file that somebody added; `file_id` is `payload.file` of its row."""
        found = self.caller.session(session_id).attachments.filter(public_id=file_id).first()
        if found is None:
            raise NotFound("There is no such file in this session.")
        return self.stored(str(found.file.name), found.content_type, found.name)
