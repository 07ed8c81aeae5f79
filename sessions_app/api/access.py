"""Who may do what in a session at any moment, and by which rule of which policy (product.md D2)."""

from datetime import datetime
from html import unescape
from typing import Any
from uuid import UUID

from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from policies_app.kinds import AccessLevel, EndReason, Permission, SessionState
from sessions_app.api.fields import Moment, kind_field
from sessions_app.api.scopes import Scope
from sessions_app.api.session_shapes import DueShape, in_order, windows_shape
from sessions_app.api.views import ApiView
from sessions_app.explain.facts import facts_of, open_at
from sessions_app.explain.verdict import Answer, explain
from sessions_app.explain.words import Because, reasons
from sessions_app.models import LiveSession


class AtFilter(serializers.Serializer):
    at = Moment(required=False, help_text="The moment that is asked about, past or to come; without it: now.")


class ReasonShape(serializers.Serializer):
    """One reason: a sentence, the rule that it applies, and the version of the policy behind it, if one is."""

    text = serializers.CharField()
    rule = serializers.CharField()
    policy_version = serializers.IntegerField(allow_null=True)


class EndShape(serializers.Serializer):
    """The end as it looks from that moment."""

    ended_at = serializers.DateTimeField()
    reason = kind_field(EndReason)
    is_foretold = serializers.BooleanField(help_text="It has not come yet, and comes if nothing happens until then.")
    full_until = serializers.DateTimeField(allow_null=True)
    limited_until = serializers.DateTimeField(allow_null=True)
    has_no_limit = serializers.BooleanField()


class AccessShape(serializers.Serializer):
    """What was, is or will be true at a moment."""

    at = serializers.DateTimeField()
    is_forecast = serializers.BooleanField(help_text="The moment is to come: so it will be if nothing happens.")
    state = kind_field(SessionState, allow_null=True, help_text="Null before the session began.")
    level = kind_field(AccessLevel)
    may = serializers.ListField(child=kind_field(Permission))
    policy_version = serializers.IntegerField(
        allow_null=True, help_text="The version of the policy behind the answer; null before any was saved."
    )
    end = EndShape(allow_null=True)
    next_due = DueShape(allow_null=True, help_text="What time alone would do next, as of that moment.")
    reasons = ReasonShape(many=True)


class Access(ApiView):
    """The customer's access at a moment."""

    scopes = {"GET": Scope.SESSIONS_READ}
    names_agent = frozenset({"GET"})
    serializer_class = AccessShape

    @extend_schema(operation_id="sessions_access", parameters=[AtFilter])
    def get(self, request: Request, session_id: UUID) -> Response:
        """What the customer may do at a moment: level and permissions, and which rule of which policy gave them."""
        at = self.asked(AtFilter).get("at", self.caller.now)
        session = self.caller.session(session_id)
        return Response(self.shown(_answered(session, at, self.caller.now)))


def _answered(session: LiveSession, at: datetime, now: datetime) -> dict[str, Any]:
    answer = explain(facts_of(session), open_at(session, at, now), at, now=now)
    return {
        "at": at,
        "is_forecast": answer.is_forecast,
        "state": answer.state,
        "level": answer.level,
        "may": in_order(answer.may),
        "policy_version": answer.policy.version or None,
        "end": _end(answer),
        "next_due": answer.next_due,
        "reasons": [_told(one) for one in reasons(answer, started_at=session.started_at)],
    }


def _end(answer: Answer) -> dict[str, Any] | None:
    end = answer.after_end
    if end is None:
        return None
    said = {"ended_at": end.ended_at, "reason": end.reason, "is_foretold": end.is_foretold}
    return said | windows_shape(end.windows)


def _told(reason: Because) -> dict[str, Any]:
    """The sentence as plain text: moments in it are HTML for pages."""
    text = unescape(strip_tags(reason.text)) if isinstance(reason.text, SafeString) else reason.text
    return {"text": text, "rule": str(reason.rule), "policy_version": reason.version or None}
