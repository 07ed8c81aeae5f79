"""Chat widgets as integrations read and change them (rules.md 5). The keys of portals are not shown."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from policies_app.hours import in_short
from policies_app.kinds import Ask, Corner, SignIn
from policies_app.models import ChatWidget
from policies_app.models.chat_widget import LONGEST_GRACE, SHORTEST_GRACE
from policies_app.models.workstream import LONGEST_AUTO_CLOSE, SHORTEST_AUTO_CLOSE
from policies_app.widget_fields import MOST_ORIGINS
from sessions_app.api.behavior_shapes import duration_as_posted
from sessions_app.api.fields import Body, Seconds, Text, kind_field
from sessions_app.api.session_shapes import NamedShape

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_TEXT, LONGEST_URL, LONGEST_ORIGIN = 1000, 2000, 300


def _words(longest: int, **settings: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, allow_blank=True, **settings)


class HoursShape(Body):
    """The hours of each day as people write them, such as `09:00-12:00, 13:00-17:00`; empty: closed."""

    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (_words(200, required=False) for _day in DAYS)


class WidgetSettingsShape(Body):
    """What can be changed of a chat widget. What does not apply is stored empty, whatever is sent."""

    name = Text(max_length=100)
    is_active = serializers.BooleanField(help_text="New chats can be started.")
    allowed_origins = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_ORIGIN),
        max_length=MOST_ORIGINS,
        help_text="Where the widget may be shown, such as `https://www.example.com`; nowhere else.",
    )
    title = Text(max_length=60)
    launcher = Text(max_length=40, help_text="The words on the button that opens it.")
    greeting = _words(LONGEST_TEXT)
    colour = serializers.CharField(
        max_length=7, help_text="As `#rrggbb`; words on it are black or white, as can be read."
    )
    corner = kind_field(Corner)
    sounds = serializers.BooleanField()
    ask_name = kind_field(Ask)
    ask_email = kind_field(Ask)
    ask_question = kind_field(Ask)
    by_hours = serializers.BooleanField(help_text="It has business hours; otherwise it is always open.")
    hours = HoursShape()
    time_zone = serializers.CharField(max_length=64, help_text="Of the hours, such as `Europe/Vienna`.")
    closed_text = _words(LONGEST_TEXT)
    nobody_text = _words(LONGEST_TEXT)
    reconnect_on = serializers.BooleanField(help_text="Turn on reconnect to previous chat.")
    same_agent_for_seconds = Seconds(
        least=SHORTEST_AUTO_CLOSE,
        most=LONGEST_AUTO_CLOSE,
        allow_null=True,
        help_text="Reconnect to previous agent for so long, at most the time limit; null: no seat is held.",
    )
    portal_url = _words(LONGEST_URL, help_text="The page with the widget, to which reconnect links lead.")
    sends_link = serializers.BooleanField(help_text="The reconnect link is sent when an agent answers.")
    redirect_url = _words(LONGEST_URL, help_text="Where customers are sent after the time limit.")
    grace_seconds = Seconds(
        least=SHORTEST_GRACE, most=LONGEST_GRACE, help_text="Customers count as disconnected after so long."
    )
    sign_in = kind_field(SignIn, help_text="Whether the portal says who its customers are.")
    audience = _words(200, help_text="What the portal's tokens name as their audience.")


class WidgetShape(WidgetSettingsShape):
    """A chat widget. Its ETag is for `If-Match`."""

    id = serializers.IntegerField(read_only=True)
    key = serializers.CharField(read_only=True, help_text="What pages name it by; it is public.")
    workstream = NamedShape(read_only=True, help_text="It is moved to another one in Django admin.")
    time_limit_seconds = serializers.IntegerField(
        read_only=True, help_text="The reconnect time limit: the workstream's auto-close after inactivity."
    )
    snippet = serializers.CharField(read_only=True, help_text="The line of HTML that shows it on a page.")
    portal_csp = serializers.CharField(
        read_only=True, help_text="What the Content-Security-Policy of such a page has to allow."
    )


AS_THEY_ARE = (
    "name", "is_active", "allowed_origins", "title", "launcher", "greeting", "colour", "corner", "sounds", "ask_name",
    "ask_email", "ask_question", "time_zone", "closed_text", "nobody_text", "reconnect_on", "portal_url", "sends_link",
    "redirect_url", "sign_in", "audience",
)  # fmt: skip
"""Settings that are stored as they are shown."""


def settings_of(widget: ChatWidget) -> dict[str, Any]:
    """A widget as the fields of WidgetSettingsShape."""
    return {
        **{name: getattr(widget, name) for name in AS_THEY_ARE},
        "by_hours": bool(widget.hours),
        "hours": {day: in_short(widget.hours.get(str(number), ())) for number, day in enumerate(DAYS)},
        "same_agent_for_seconds": widget.same_agent_for,
        "grace_seconds": widget.grace,
    }


def version_of(widget: ChatWidget) -> str:
    """What stands for the settings as they are: it changes with any of them."""
    said = json.dumps([widget.pk, widget.workstream_id, settings_of(widget)], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def as_posted(widget: ChatWidget, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as the form of Django admin is posted, which holds the rules. The widget stays in its workstream."""
    posted = {name: settings[name] for name in AS_THEY_ARE} | {"by_hours": settings["by_hours"]}
    posted |= {"workstream": widget.workstream_id, "allowed_origins": "\n".join(settings["allowed_origins"])}
    posted |= {f"hours_{number}": settings["hours"].get(day, "") for number, day in enumerate(DAYS)}
    posted |= duration_as_posted("same_agent_for", settings["same_agent_for_seconds"])
    return posted | duration_as_posted("grace", settings["grace_seconds"])
