"""How a session looks to integrations, and by what a list of them is narrowed down."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from policies_app.kinds import AccessLevel, Channel, DueKind, EndReason, Permission, SessionState
from policies_app.rules import FOREVER, Windows
from sessions_app import access
from sessions_app.api.fields import LONGEST_NAME, Body, Moment, id_field, kind_field
from sessions_app.models import LiveSession
from sessions_app.phones import normalised


class NamedShape(serializers.Serializer):
    """Something that settings have, by its number and name."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class AgentNameShape(serializers.Serializer):
    """An agent, as the header Parley-Agent names them, and as customers see them."""

    user_name = serializers.CharField(source="user.username")
    name = serializers.CharField()


class CustomerOfSessionShape(serializers.Serializer):
    """The customer of a session; empty texts stand for what is not known."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.CharField(help_text="The language that they read, where that is known.")


class DueShape(serializers.Serializer):
    """What time alone does next, and when."""

    at = serializers.DateTimeField()
    kind = kind_field(DueKind)


class AccessNowShape(serializers.Serializer):
    """What the customer may do now. `full_until` and `limited_until` are null while the session is open, and where
    there is no limit."""

    level = kind_field(AccessLevel)
    may = serializers.ListField(child=kind_field(Permission))
    full_until = serializers.DateTimeField(allow_null=True)
    limited_until = serializers.DateTimeField(allow_null=True)
    has_no_limit = serializers.BooleanField(help_text="Whether full access after the end lasts for ever.")


class SessionShape(serializers.Serializer):
    """A session as it is now. Moments that have not come, or do not apply, are null."""

    id = serializers.UUIDField(source="public_id")
    channel = kind_field(Channel)
    workstream = NamedShape()
    widget = NamedShape(allow_null=True)
    state = kind_field(SessionState)
    is_prepared = serializers.BooleanField(help_text="The customer was not invited yet; it takes no seat.")
    agent = AgentNameShape(allow_null=True, help_text="Who holds it, or held it at the end; null in the queue.")
    holds_seat = serializers.SerializerMethodField(help_text="Whether it takes one of the agent's seats now.")
    customer = CustomerOfSessionShape()
    started_at = serializers.DateTimeField()
    queued_at = serializers.DateTimeField(allow_null=True)
    assigned_at = serializers.DateTimeField(allow_null=True)
    answer_by = serializers.DateTimeField(
        allow_null=True, help_text="The agent who was given it opens it until then, or it goes back to the queue."
    )
    joined_at = serializers.DateTimeField(allow_null=True, help_text="When the customer came in for the first time.")
    last_agent_activity_at = serializers.DateTimeField(allow_null=True)
    waits_since = serializers.DateTimeField(allow_null=True, help_text="Since when the customer waits for an answer.")
    warned_at = serializers.DateTimeField(allow_null=True, help_text="When it was announced that it is about to close.")
    disconnected_at = serializers.DateTimeField(allow_null=True, help_text="When the customer's connection was lost.")
    hold_until = serializers.DateTimeField(allow_null=True, help_text="Until when the seat is held for them.")
    return_until = serializers.DateTimeField(allow_null=True, help_text="Until when they can come back.")
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.SerializerMethodField()
    policy_version = serializers.IntegerField(
        source="end_policy_id", allow_null=True, help_text="The version of the policy that was frozen at the end."
    )
    follow_up_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when what the customer wrote after the end waits for an answer."
    )
    asked_for_time_at = serializers.DateTimeField(allow_null=True)
    more_time_given_at = serializers.DateTimeField(source="extended_at", allow_null=True)
    next_due = serializers.SerializerMethodField()
    access = serializers.SerializerMethodField()
    last_number = serializers.IntegerField(help_text="The number of the newest row of the timeline.")

    @property
    def _now(self) -> datetime:
        now: datetime = self.context["view"].caller.now
        return now

    def get_holds_seat(self, session: LiveSession) -> bool:
        if session.state == SessionState.DISCONNECTED:
            return session.hold_until is not None and self._now < session.hold_until
        return session.state == SessionState.ACTIVE and not session.is_prepared

    @extend_schema_field(kind_field(EndReason, allow_null=True))
    def get_end_reason(self, session: LiveSession) -> str | None:
        return session.end_reason or None

    @extend_schema_field(DueShape(allow_null=True))
    def get_next_due(self, session: LiveSession) -> dict[str, Any] | None:
        if session.next_due_at is None:
            return None
        return dict(DueShape({"at": session.next_due_at, "kind": session.next_due_kind}).data)

    @extend_schema_field(AccessNowShape)
    def get_access(self, session: LiveSession) -> dict[str, Any]:
        may = access.permitted(session, self._now)
        given = windows_shape(None if session.is_open else session.windows)
        level = access.level(session, self._now)
        return dict(AccessNowShape({"level": level, "may": in_order(may), **given}).data)


def in_order(may: frozenset[Permission]) -> list[Permission]:
    """Permissions in the order of the table of rules.md 4."""
    return [one for one in Permission if one in may]


def windows_shape(given: Windows | None) -> dict[str, Any]:
    """Until when there is which access after the end."""
    if given is None or given.has_no_limit:
        return {"full_until": None, "limited_until": None, "has_no_limit": given is not None}
    limited = None if given.limited_until >= FOREVER else given.limited_until
    return {"full_until": given.full_until, "limited_until": limited, "has_no_limit": False}


class SessionFilter(serializers.Serializer):
    """Of several, all have to be true. Moments are half-open: `since` counts, `until` does not."""

    state = kind_field(SessionState, required=False)
    is_open = serializers.BooleanField(required=False, help_text="Whether it has not ended.")
    channel = kind_field(Channel, required=False)
    workstream = id_field(required=False, help_text="The number of its workstream.")
    agent = serializers.CharField(required=False, max_length=150, help_text="The user name of its agent.")
    customer_email = serializers.CharField(
        required=False, max_length=254, help_text="The whole address, however it is capitalised."
    )
    customer_phone = serializers.CharField(required=False, max_length=40, help_text="The whole number.")
    started_since = Moment(required=False)
    started_until = Moment(required=False)
    ended_since = Moment(required=False)
    ended_until = Moment(required=False)
    has_follow_up = serializers.BooleanField(
        required=False, help_text="Whether what the customer wrote after the end waits for an answer."
    )

    def validate_customer_phone(self, number: str) -> str:
        """As numbers are stored."""
        return normalised(number)


class NewCustomerShape(Body):
    """Whom the session is for. An e-mail address or a phone number is enough."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    email = serializers.CharField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)


class NewSessionShape(Body):
    """A session to start in the name of an agent."""

    customer = NewCustomerShape()
    workstream = id_field(required=False, help_text="The number of one of the agent's; needed if they have several.")
    invite_by = serializers.ChoiceField(
        choices=["either", "email", "sms", "both", "none"],
        default="either",
        help_text="How the invitation is sent; `either`: by e-mail, or SMS where there is no address.",
    )
    prepared = serializers.BooleanField(
        default=False, help_text="Only prepare it: it takes no seat until the customer is invited."
    )
    even_if_open = serializers.BooleanField(
        default=False, help_text="Start it even if the customer has an open session already."
    )
