"""Webhooks as integrations read and set them, and the log of what was sent."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions_app.api.fields import LARGEST_NUMBER, LONGEST_NAME, Body, Moment, Seconds, Text, id_field, kind_field
from sessions_app.api.session_shapes import NamedShape
from sessions_app.kinds import EntryKind
from sessions_app.webhooks.actions import LONGEST_OVERLAP
from sessions_app.webhooks.kinds import PauseReason, Standing
from sessions_app.webhooks.models import WebhookEndpoint

LONGEST_URL, MOST_WORKSTREAMS = 2000, 1000
USUAL_OVERLAP = timedelta(days=1)


class WebhookSettingsShape(Body):
    """What can be set of a webhook."""

    name = Text(max_length=LONGEST_NAME)
    url = serializers.CharField(
        max_length=LONGEST_URL, help_text="Where rows are sent by POST: https, on the public internet."
    )
    workstreams = serializers.ListField(
        child=id_field(),
        max_length=MOST_WORKSTREAMS,
        default=list,
        help_text="Only of these, by their ids; none: of all. A token that is limited to workstreams names some.",
    )
    kinds = serializers.ListField(
        child=kind_field(EntryKind), max_length=100, default=list, help_text="Only rows of these kinds; none: of all."
    )
    with_notes = serializers.BooleanField(default=False, help_text="Also what agents write for each other.")


class WebhookShape(serializers.Serializer):
    """A webhook, without its secret."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    url = serializers.CharField()
    workstreams = NamedShape(many=True)
    kinds = serializers.ListField(child=kind_field(EntryKind))
    with_notes = serializers.BooleanField()
    is_paused = serializers.BooleanField()
    pause_reason = serializers.SerializerMethodField(help_text="Null: it is not paused.")
    created_at = serializers.DateTimeField()
    replays_since = serializers.DateTimeField(
        allow_null=True, help_text="What was recorded since then is being marked to be sent again; null: nothing is."
    )
    last_success_at = serializers.DateTimeField(allow_null=True)
    last_problem = serializers.CharField(help_text="What the receiver did last instead of taking it; empty: nothing.")

    @extend_schema_field(kind_field(PauseReason, allow_null=True))
    def get_pause_reason(self, endpoint: WebhookEndpoint) -> PauseReason | None:
        return PauseReason(endpoint.pause_reason) if endpoint.pause_reason else None


class HealthShape(serializers.Serializer):
    """How a webhook stands. Nothing is counted beyond a thousand."""

    standing = kind_field(Standing)
    waiting = serializers.IntegerField(help_text="Sessions in which something is to be sent.")
    parked = serializers.IntegerField(help_text="Sessions that hang on a row which was not taken for a day.")


class WholeWebhookShape(WebhookShape):
    """A webhook and how it stands. Its ETag is for `If-Match`."""

    health = HealthShape()


class NewWebhookShape(WholeWebhookShape):
    """A new webhook, with its secret."""

    secret = serializers.CharField(help_text="What its webhooks are signed with. It is not shown again.")


class ResumeShape(Body):
    leave_out = serializers.BooleanField(
        default=False, help_text="What happened meanwhile, and what waited before, is left out for good."
    )


class ReplayShape(Body):
    """What is sent again: either the rows of a session, or everything since a moment."""

    session = serializers.UUIDField(required=False)
    from_number = serializers.IntegerField(
        min_value=1, max_value=LARGEST_NUMBER, default=1, help_text="Of a session: from this row on."
    )
    since = Moment(required=False, help_text="Whatever was recorded since then, also from before the webhook was made.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("session" in attrs) == ("since" in attrs):
            raise serializers.ValidationError({"session": ["Name either a session or a moment since when."]})
        return attrs


class RotateShape(Body):
    overlap_seconds = Seconds(
        least=timedelta(0),
        most=LONGEST_OVERLAP,
        default=USUAL_OVERLAP,
        help_text="For so long webhooks are signed with the old secret, too. A day, unless it is given.",
    )


class SecretShape(serializers.Serializer):
    """A new secret."""

    secret = serializers.CharField(help_text="It is not shown again.")


class DeliveryShape(serializers.Serializer):
    """One request and what became of it."""

    webhook_id = serializers.CharField(source="event", help_text="The header webhook-id, the same for each try.")
    session = serializers.UUIDField(source="session.public_id", allow_null=True, default=None)
    number = serializers.IntegerField(allow_null=True, help_text="The row that it was about; null: a test.")
    at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField()
    was_taken = serializers.BooleanField()
    status = serializers.IntegerField(allow_null=True, help_text="Null: nothing came back.")
    answer = serializers.CharField(help_text="The beginning of what came back.")
    problem = serializers.CharField(help_text="Why nothing came back, or it was not taken; empty otherwise.")


class WhichDeliveries(serializers.Serializer):
    """By what the log is narrowed down."""

    failed = serializers.BooleanField(default=False, help_text="Only what was not taken.")
    session = serializers.UUIDField(required=False)


def version_of(endpoint: WebhookEndpoint) -> str:
    """What stands for the settings as they are."""
    within = sorted(one.pk for one in endpoint.workstreams.all())
    said = json.dumps([endpoint.pk, endpoint.name, endpoint.url, within, endpoint.kinds, endpoint.with_notes])
    return hashlib.sha256(said.encode()).hexdigest()[:32]
