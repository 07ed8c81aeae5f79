"""End session behavior as integrations read and write it (rules.md 3, 4, 6)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rest_framework import serializers

from policies_app import durations
from policies_app.kinds import AccessLevel, AccessSetting, ActivityCounts, AgentRedirect
from policies_app.models import EndSessionBehavior, PolicyVersion
from policies_app.rules import window_lengths
from policies_app.snapshot import LONGEST_ACCESS, LONGEST_INACTIVITY, LONGEST_WAIT, SHORTEST, EndPolicy
from sessions_app.api.fields import Body, Seconds, kind_field
from sessions_app.api.session_shapes import NamedShape

DURATIONS = ("inactive_after", "warn_before", "wait_at_most", "access_for", "then_limited_for")
LONGEST_URL = 2000


class SettingsShape(Body):
    """All settings. What is left out is off, or as it is at first; what does not apply is stored empty, whatever is
    sent."""

    redirect_agent = kind_field(
        AgentRedirect, default=AgentRedirect.WELCOME, help_text="Which interface agents see once a session has ended."
    )
    end_when_inactive = serializers.BooleanField(
        default=False, help_text="Sessions end by themselves when their agent is inactive for the duration."
    )
    inactive_after_seconds = Seconds(
        least=SHORTEST, most=LONGEST_INACTIVITY, default=None, allow_null=True, help_text="Required with the toggle."
    )
    activity_counts = kind_field(ActivityCounts, default=ActivityCounts.ANYWHERE)
    warn_before_seconds = Seconds(
        least=timedelta(0),
        most=LONGEST_INACTIVITY,
        default=None,
        allow_null=True,
        help_text="How long before the end there is a countdown: shorter than the duration; 0: none; null: a minute.",
    )
    wait_for_customer = serializers.BooleanField(
        default=False, help_text="The end waits while the customer is completing something."
    )
    wait_at_most_seconds = Seconds(
        least=SHORTEST, most=LONGEST_WAIT, default=None, allow_null=True, help_text="Required with the toggle."
    )
    access_on = serializers.BooleanField(
        default=False, help_text="Whether customers can still do anything in a session after it has ended."
    )
    access = kind_field(
        AccessSetting, default=None, allow_null=True, help_text="What they can do. Required with the toggle."
    )
    access_for_seconds = Seconds(
        least=SHORTEST,
        most=LONGEST_ACCESS,
        default=None,
        allow_null=True,
        help_text="How long. Required with `full_restricted` and `limited`.",
    )
    attachments = serializers.BooleanField(default=False, help_text="With full access: customers can add files.")
    chat = serializers.BooleanField(default=False, help_text="With full access: customers can write.")
    then_limited = serializers.BooleanField(
        default=False, help_text="With `full_restricted`: limited access follows for a while."
    )
    then_limited_for_seconds = Seconds(
        least=SHORTEST, most=LONGEST_ACCESS, default=None, allow_null=True, help_text="Required with the toggle."
    )
    redirect_customer_on = serializers.BooleanField(
        default=False, help_text="Customers are sent to the URL at the end."
    )
    redirect_customer = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=LONGEST_URL,
        help_text="An absolute http(s) URL; `{session_id}` and `{reason}` are filled in. Required with the toggle.",
    )


class BehaviorShape(SettingsShape):
    """The end session behavior that applies, and in which version. Its ETag is for `If-Match`."""

    workstream = NamedShape(allow_null=True, read_only=True, help_text="Null: system-wide.")
    inherited = serializers.BooleanField(read_only=True, help_text="The workstream follows the system-wide one.")
    version = serializers.IntegerField(read_only=True)
    saved_at = serializers.DateTimeField(read_only=True)
    saved_by = serializers.CharField(read_only=True, help_text="A user or an integration; empty: nobody yet.")


class VersionShape(serializers.Serializer):
    """A version that was in force from when it was saved to the next one."""

    version = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    saved_by = serializers.CharField(help_text="A user or an integration; empty: nobody.")
    settings = SettingsShape(
        allow_null=True, help_text="Null: the override was removed, and the system-wide behavior held from then on."
    )


class WindowShape(serializers.Serializer):
    """What customers may do from a moment after the end on, until the next window begins."""

    level = kind_field(AccessLevel)
    from_seconds = serializers.IntegerField(help_text="How long after the end it begins.")
    seconds = serializers.IntegerField(allow_null=True, help_text="How long it lasts; null: for ever.")


class EffectShape(serializers.Serializer):
    """What saving it would do to sessions that are open now. More than 10,000 are not counted."""

    total = serializers.IntegerField(help_text="Open sessions that it applies to.")
    closed = serializers.IntegerField(help_text="Would end within 10 minutes because of it.")
    busy = serializers.IntegerField(help_text="Of these, while a customer completes something.")
    spared = serializers.IntegerField(help_text="Would end within 10 minutes otherwise, and do not because of it.")
    anyway = serializers.IntegerField(help_text="End within 10 minutes with and without it.")


class DifferenceShape(serializers.Serializer):
    """Something that an override sets otherwise."""

    field = serializers.CharField()
    title = serializers.CharField(help_text="What the field is called in Django admin.")
    inherited = serializers.CharField(help_text="What the system-wide behavior says, in words.")


class PreviewShape(serializers.Serializer):
    """What settings would do, before they are saved."""

    where = serializers.CharField(help_text="In which workstreams it would apply.")
    agent = serializers.CharField(help_text="What agents will get, in words.")
    customer = serializers.CharField(help_text="What customers will get, in words.")
    windows = WindowShape(many=True)
    redirect = serializers.CharField(help_text="The redirect URL with an example filled in; empty: none.")
    effects = serializers.ListField(child=serializers.CharField(), help_text="What becomes of open sessions, in words.")
    open_sessions = EffectShape()
    differences = DifferenceShape(many=True, help_text="From the system-wide behavior; of an override only.")


def settings_of(policy: EndPolicy) -> dict[str, Any]:
    """A policy as the fields of SettingsShape."""
    ends = policy.inactive_after is not None
    return {
        "redirect_agent": policy.redirect_agent,
        "end_when_inactive": ends,
        "inactive_after_seconds": policy.inactive_after,
        "activity_counts": policy.activity_counts,
        "warn_before_seconds": policy.warn_before if ends else None,
        "wait_for_customer": policy.wait_at_most is not None,
        "wait_at_most_seconds": policy.wait_at_most,
        "access_on": policy.access is not None,
        "access": policy.access,
        "access_for_seconds": policy.access_for,
        "attachments": policy.attachments,
        "chat": policy.chat,
        "then_limited": policy.then_limited_for is not None,
        "then_limited_for_seconds": policy.then_limited_for,
        "redirect_customer_on": policy.redirect_customer is not None,
        "redirect_customer": policy.redirect_customer or "",
    }


def version_of(version: PolicyVersion) -> dict[str, Any]:
    """A version as VersionShape shows it."""
    settings = None if version.removes else settings_of(version.policy())
    return _about(version) | {"settings": settings}


def behavior_of(row: EndSessionBehavior, workstream: Any) -> dict[str, Any]:
    """What applies in a workstream (None: system-wide), from its own row or the system-wide one."""
    about = {"workstream": workstream, "inherited": row.workstream_id != (workstream.pk if workstream else None)}
    return settings_of(row.version.policy()) | _about(row.version) | about


def _about(version: PolicyVersion) -> dict[str, Any]:
    return {"version": version.pk, "saved_at": version.saved_at, "saved_by": version.saver}


def as_posted(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as the form of Django admin is posted, which holds the rules."""
    posted = {name: value for name, value in given.items() if not name.endswith("_seconds") and value is not None}
    for name in DURATIONS:
        posted |= duration_as_posted(name, given.get(f"{name}_seconds"))
    return posted


def duration_as_posted(name: str, length: timedelta | None) -> dict[str, Any]:
    """A duration as its number and unit; nothing where there is none."""
    if length is None:
        return {}
    number, unit = durations.split(length)
    return {f"{name}_number": number, f"{name}_unit": unit}


def windows_of(policy: EndPolicy) -> list[dict[str, Any]]:
    """The windows after the end, one after the other, until nothing changes any more."""
    full, limited = window_lengths(policy)
    if full is None:
        return [{"level": AccessLevel.FULL, "from_seconds": 0, "seconds": None}]
    found, begins = [], timedelta(0)
    for level, length in ((AccessLevel.FULL, full), (AccessLevel.LIMITED, limited)):
        if length:
            found.append({"level": level, "from_seconds": _seconds(begins), "seconds": _seconds(length)})
            begins += length
    return [*found, {"level": AccessLevel.NONE, "from_seconds": _seconds(begins), "seconds": None}]


def _seconds(length: timedelta | None) -> int | None:
    return int(length.total_seconds()) if length is not None else None
