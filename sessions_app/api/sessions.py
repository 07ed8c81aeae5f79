"""Sessions: starting, finding and reading them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from policies_app.kinds import SessionState
from sessions_app.api.caller import Caller
from sessions_app.api.problems import Conflict
from sessions_app.api.scopes import Scope
from sessions_app.api.serializers import Problem
from sessions_app.api.session_shapes import NewSessionShape, SessionFilter, SessionShape
from sessions_app.api.views import ApiView
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.returning import AlreadyOpen
from sessions_app.rooms.start_form import StartForm
from sessions_app.settling import settled
from sessions_app.starting import start


class OpenAlready(Conflict):
    """The customer has a session already, and it was not said that another one is wanted."""

    default_code = "session_open_already"
    default_detail = "The customer has an open session already. To start another one, set `even_if_open`."

    def __init__(self, sessions: list[UUID]) -> None:
        super().__init__()
        self.more = {"sessions": [str(one) for one in sessions]}


class OpenAlreadyProblem(Problem):
    """Not possible as things stand. If the customer has open sessions already, `sessions` names them."""

    sessions = serializers.ListField(child=serializers.UUIDField(), required=False)


class Sessions(ApiView):
    """Sessions within reach of the token."""

    scopes = {"GET": Scope.SESSIONS_READ, "POST": Scope.SESSIONS_WRITE}
    names_agent = frozenset({"GET", "POST"})
    serializer_class = SessionShape

    @extend_schema(operation_id="sessions_list", parameters=[SessionFilter], responses=SessionShape(many=True))
    def get(self, request: Request) -> Response:
        """Sessions within reach, the newest first. In the name of an agent, those that they may read."""
        asked = self.asked(SessionFilter)
        page = [settled(one, self.caller.now) for one in self.paginate_queryset(_found(self.caller, asked)) or []]
        still = [one for one in page if _stands_so(one, asked)]
        return self.get_paginated_response(self.shown(still, many=True))

    @extend_schema(
        operation_id="sessions_start",
        request=NewSessionShape,
        responses={
            201: SessionShape,
            200: OpenApiResponse(SessionShape, description="The customer's open session, which is continued."),
            (409, "application/problem+json"): OpenAlreadyProblem,
        },
    )
    def post(self, request: Request) -> Response:
        """Start an invitation session of the agent, and invite its customer; or only prepare it.

        If the customer has an open session already, the workstream's setting for returning customers says whether that
        one is the answer (200), or whether you are told of it (409), unless `even_if_open` is set.
        """
        given = self.given_as(NewSessionShape)
        agent = self.caller.agent_named()
        form = _checked(self.caller, agent, given)
        wanted = form.wanted(prepared=given["prepared"])
        wanted = replace(wanted, known=None) if given["even_if_open"] else wanted
        try:
            public_id = start(agent, wanted, self.caller.once, now=self.caller.now)
        except AlreadyOpen as again:
            return self._continued(again)
        return Response(self.shown(self.caller.session(public_id)), 201)

    def _continued(self, again: AlreadyOpen) -> Response:
        """The session that is continued; raises OpenAlready where there is none within reach."""
        within_reach = self.caller.sessions()
        if again.leads_to and (found := within_reach.filter(pk=again.leads_to.pk).first()):
            return Response(self.shown(settled(found, self.caller.now)))
        ids = within_reach.filter(pk__in=[one.pk for one in again.sessions])
        raise OpenAlready(list(ids.order_by("-pk").values_list("public_id", flat=True)))


class Session(ApiView):
    """One session."""

    scopes = {"GET": Scope.SESSIONS_READ}
    names_agent = frozenset({"GET"})
    serializer_class = SessionShape

    @extend_schema(operation_id="sessions_read")
    def get(self, request: Request, session_id: UUID) -> Response:
        """A session as it is now: who holds it, how it ended, and what the customer may do until when."""
        return Response(self.shown(self.caller.session(session_id)))


def _checked(caller: Caller, agent: Agent, given: dict[str, Any]) -> StartForm:
    """The form by which agents start sessions, filled in. Raises ValidationError with the names of the API's fields."""
    said = given["customer"] | {"workstream": given.get("workstream", ""), "invite": given["invite_by"]}
    form = StartForm(said, agent=agent)
    if not form.is_valid():
        raise ValidationError(_named_here(form.errors))
    if not caller.workstreams.filter(pk=form.cleaned_data["workstream"].pk).exists():
        raise ValidationError({"workstream": ["There is no such workstream within reach of this token."]})
    return form


def _named_here(errors: Any) -> dict[str, Any]:
    """The errors of the form under the names of the API's fields."""
    own = {"invite": "invite_by", "workstream": "workstream"}
    named: dict[str, Any] = {own[name]: list(told) for name, told in errors.items() if name in own}
    customer = {name: list(told) for name, told in errors.items() if name not in own}
    return named | ({"customer": customer} if customer else {})


def _found(caller: Caller, asked: dict[str, Any]) -> QuerySet[LiveSession]:
    wanted = Q()
    for name, value in asked.items():
        wanted &= _FILTERS[name](value)
    return caller.sessions().filter(wanted)


def _stands_so(session: LiveSession, asked: dict[str, Any]) -> bool:
    """Whether a session is still what was asked for, after time has had its due."""
    states = {asked["state"]} if "state" in asked else set(SessionState)
    return session.state in states and asked.get("is_open", session.is_open) == session.is_open


def _with_email(email: str) -> Q:
    known = Customer.objects.exclude(email="").alias(lower=Lower("email"))
    return Q(customer__in=known.filter(lower=Lower(Value(email))))


def _with_phone(phone: str) -> Q:
    return Q(customer__in=Customer.objects.exclude(phone="").filter(phone=phone))


_FILTERS: Mapping[str, Callable[[Any], Q]] = {
    "state": lambda value: Q(state=value),
    "is_open": lambda value: ~Q(state=SessionState.ENDED) if value else Q(state=SessionState.ENDED),
    "channel": lambda value: Q(channel=value),
    "workstream": lambda value: Q(workstream=value),
    "agent": lambda value: Q(agent__user__username=value),
    "customer_email": _with_email,
    "customer_phone": _with_phone,
    "started_since": lambda value: Q(started_at__gte=value),
    "started_until": lambda value: Q(started_at__lt=value),
    "ended_since": lambda value: Q(ended_at__gte=value),
    "ended_until": lambda value: Q(ended_at__lt=value),
    "has_follow_up": lambda value: Q(follow_up_since__isnull=not value),
}
"""What each of `SessionFilter` means."""
