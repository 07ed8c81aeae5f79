"""The link console for integrations: links, what became of them, making and revoking them (product.md D5)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import links
from sessions_app.api.caller import Caller
from sessions_app.api.link_shapes import AttemptFilter, AttemptShape, LinkFilter, LinkShape, NewLinkShape
from sessions_app.api.scopes import Scope
from sessions_app.api.views import ApiView, with_its_answer
from sessions_app.invitations import show_link
from sessions_app.kinds import Actor, LinkState
from sessions_app.link_states import in_state
from sessions_app.models import AccessLink, LinkEvent, LiveSession
from sessions_app.widget.links import reconnect_address

READ = {"GET": Scope.LINKS_READ}
WRITE = {"POST": Scope.LINKS_WRITE}

Filters = Mapping[str, Callable[[Any, datetime], Q]]


class LinkView(ApiView):
    """Something about links."""

    names_agent = frozenset({"GET", "POST"})
    serializer_class = LinkShape

    def made(self, session: LiveSession, address: str) -> Response:
        """The link of this address, which was just made, with its address."""
        link = links.by_token(_token_in(address)).select_related(*_SHOWN).get(session=session.pk)
        return Response({"link": self.shown(link), "address": address}, 201)


class Links(LinkView):
    scopes = READ

    @extend_schema(operation_id="links_list", parameters=[LinkFilter], responses=LinkShape(many=True))
    def get(self, request: Request) -> Response:
        """The links of all sessions within reach, newest first."""
        wanted = _all_of(_OF_LINKS, self.asked(LinkFilter), self.caller.now)
        return self.page_of(_links(self.caller).filter(wanted))


class OneLink(LinkView):
    scopes = READ

    @extend_schema(operation_id="links_read")
    def get(self, request: Request, link_id: int) -> Response:
        """A link, and how it stands now."""
        return Response(self.shown(_link(self.caller, link_id)))


class Revoke(LinkView):
    scopes = WRITE

    @extend_schema(operation_id="links_revoke", request=None, responses=LinkShape)
    def post(self, request: Request, link_id: int) -> Response:
        """Let nobody in by this link any more; who is in by it is out at their next step. Twice is as once.

        In the name of the session's agent, or as the integration itself.
        """
        link, now = _link(self.caller, link_id), self.caller.now
        by = self.caller.acts_in(link.session) if self.caller.agent else None
        named = self.caller.integration.name
        links.revoke(link.session_id, link.pk, by, named=named, actor=Actor.API, now=now)
        return Response(self.shown(_link(self.caller, link_id)))


class LinksOfSession(LinkView):
    scopes = READ | WRITE

    @extend_schema(operation_id="session_links_list", responses=LinkShape(many=True))
    def get(self, request: Request, session_id: UUID) -> Response:
        """The links into a session, newest first."""
        return self.page_of(_links(self.caller).filter(session=self.caller.session(session_id).pk))

    @extend_schema(operation_id="session_links_make", request=None, responses={201: NewLinkShape})
    @with_its_answer
    def post(self, request: Request, session_id: UUID) -> Response:
        """Make a link into a session, to be passed on to its customer. It is shown this once.

        In the name of the session's agent, or as the integration itself. With the agent's, a prepared session begins.
        """
        session = self.caller.session(session_id)
        by = self.caller.acts_in(session) if self.caller.agent else None
        address = show_link(session, by, named=self.caller.integration.name, now=self.caller.now)
        return self.made(session, address)


class ReconnectLink(LinkView):
    scopes = WRITE

    @extend_schema(operation_id="session_links_make_reconnect", request=None, responses={201: NewLinkShape})
    @with_its_answer
    def post(self, request: Request, session_id: UUID) -> Response:
        """Make a link by which the customer of a chat widget comes back through its portal. It is shown this once."""
        session = self.caller.session(session_id)
        by = self.caller.acts_in(session) if self.caller.agent else None
        named = self.caller.integration.name
        return self.made(session, reconnect_address(session, by=by, named=named, now=self.caller.now))


class Attempts(ApiView):
    """Attempts to come in by links."""

    scopes = READ
    names_agent = frozenset({"GET"})
    serializer_class = AttemptShape

    @extend_schema(operation_id="link_attempts_list", parameters=[AttemptFilter], responses=AttemptShape(many=True))
    def get(self, request: Request) -> Response:
        """Attempts to come in by links, newest first: who was let in, who was refused, and why."""
        asked = self.asked(AttemptFilter)
        found = LinkEvent.objects.select_related("link__session", "widget").filter(_attempts_of(self.caller))
        return self.page_of(found.filter(_all_of(_OF_ATTEMPTS, asked, self.caller.now)))


_SHOWN = ("session__widget", "created_by__user")


def _links(caller: Caller) -> QuerySet[AccessLink]:
    found = AccessLink.objects.select_related(*_SHOWN)
    return found.filter(session__in=_sessions(caller)) if _is_limited(caller) else found


def _link(caller: Caller, link_id: int) -> AccessLink:
    found = _links(caller).select_related("session__agent").filter(pk=link_id).first()
    if found is None:
        raise NotFound("There is no such link within reach of this token.")
    return found


def _attempts_of(caller: Caller) -> Q:
    """Attempts by links within reach; those by none count to their widget, and without one to nobody who is limited."""
    if not _is_limited(caller):
        return Q()
    here = Q(link=None, widget__workstream__in=caller.workstreams) if caller.agent is None else Q(pk=None)
    return Q(link__session__in=_sessions(caller)) | here


def _is_limited(caller: Caller) -> bool:
    return caller.is_limited or caller.agent is not None


def _sessions(caller: Caller) -> QuerySet[LiveSession, int]:
    """The keys of the sessions within reach."""
    return caller.sessions().order_by().values_list("pk", flat=True)


def _token_in(address: str) -> str:
    """The token in the address of a link: its last part, or what its query ends with."""
    parts = urlsplit(address)
    return parts.query.rpartition("=")[2] or parts.path.rstrip("/").rpartition("/")[2]


def _all_of(filters: Filters, asked: Mapping[str, Any], now: datetime) -> Q:
    wanted = Q()
    for name, value in asked.items():
        wanted &= filters[name](value, now)
    return wanted


_OF_LINKS: Filters = {
    "state": lambda value, now: in_state(LinkState(value), now),
    "kind": lambda value, _now: Q(kind=value),
    "workstream": lambda value, _now: Q(session__workstream=value),
    "widget": lambda value, _now: Q(session__widget=value),
    "created_since": lambda value, _now: Q(created_at__gte=value),
    "created_until": lambda value, _now: Q(created_at__lt=value),
}
_OF_ATTEMPTS: Filters = {
    "link": lambda value, _now: Q(link=value),
    "session": lambda value, _now: Q(link__session__public_id=value),
    "widget": lambda value, _now: Q(widget=value),
    "outcome": lambda value, _now: Q(outcome=value),
    "since": lambda value, _now: Q(at__gte=value),
    "until": lambda value, _now: Q(at__lt=value),
}
"""What each name in an address means."""
