"""Who calls: a token of an integration, as `Authorization: Bearer parley_…`, and perhaps an agent's name beside it."""

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, PermissionDenied, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from sessions_app import floods
from sessions_app.api import tokens
from sessions_app.api.caller import Caller
from sessions_app.api.models import ApiToken
from sessions_app.api.scopes import Scope
from sessions_app.client_addresses import client_address
from sessions_app.models import Agent

AGENT_HEADER = "Parley-Agent"
GUESSES = floods.Limit("api.guesses", most=30, seconds=60)
"""Wrong tokens from one address. It says nothing about right ones, which are throttled each for themselves."""

REFUSED = "This token is wrong, expired or revoked. Send a token of an integration as `Authorization: Bearer …`."


class BearerToken(BaseAuthentication):
    """Finds the caller, whose agent is not looked for yet (`agent_named`).

    No cookie is looked at, so no other page can call in somebody's name.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Caller] | None:
        kind, _, text = request.headers.get("Authorization", "").strip().partition(" ")
        if not kind:
            return None
        now = timezone.now()
        token = tokens.find(text.strip(), now) if kind.lower() == "bearer" else None
        if token is None:
            _one_guess_more(request)
            raise AuthenticationFailed(REFUSED)
        tokens.note_use(token, now)
        _is_at_work(request, token)
        key = request.headers.get("Idempotency-Key", "").strip()
        return AnonymousUser(), Caller(token, now, key=key)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasScope(BasePermission):
    """The view names a scope for each of its methods (`ApiView.scopes`); a method that is not named is not offered."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        scope: Scope | None = getattr(view, "scopes", {}).get(request.method or "")
        caller = request.auth
        if not isinstance(caller, Caller):
            return False
        if scope is None:
            raise MethodNotAllowed(request.method or "")
        if not caller.has(scope):
            raise PermissionDenied(f"This token lacks the scope {scope}.")
        return True


def agent_named(request: Request, token: ApiToken) -> Agent | None:
    """Who is named by their user name. Raises PermissionDenied if nobody within reach is called so."""
    named = request.headers.get(AGENT_HEADER, "").strip()
    if not named:
        return None
    found = Agent.objects.select_related("user").filter(user__username=named, user__is_active=True)
    if token.integration.workstreams.exists():
        found = found.filter(workstreams__in=token.integration.workstreams.all()).distinct()
    agent = found.first() if "\0" not in named else None
    if agent is None:
        raise PermissionDenied(f"{AGENT_HEADER}: there is no active agent of this user name within reach.")
    return agent


def _is_at_work(request: Request, token: ApiToken) -> None:
    """The history of settings names the integration, and nobody who is signed in in the same browser by chance."""
    at_work = getattr(request._request, "at_work", {})
    at_work.update({"actor": None, "actor_email": f"{token.integration.name} (integration)"})


def _one_guess_more(request: Request) -> None:
    wait = floods.allow(GUESSES, floods.one_home(client_address(request)))
    if wait is not None:
        raise Throttled(wait, "Too many wrong tokens came from this address.")
