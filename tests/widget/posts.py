"""What browsers post from the form of a chat widget."""

from typing import Any

from policies_app.models import ChatWidget, Workstream
from policies_app.widget_forms import ChatWidgetForm

PLAIN = {
    "name": "Website",
    "is_active": "on",
    "allowed_origins": "https://www.example.com",
    "title": "Chat",
    "launcher": "Chat with us",
    "greeting": "Hello!",
    "colour": "#206bc4",
    "corner": "right",
    "sounds": "on",
    "ask_name": "optional",
    "ask_email": "no",
    "ask_question": "required",
    "nobody_text": "Nobody is there.",
    "sign_in": "none",
    "grace_number": "20",
    "grace_unit": "seconds",
}
"""A widget without reconnect, always open."""

BY_HOURS = {
    "by_hours": "on",
    "hours_0": "9-12, 13:00-17:30",
    "hours_4": "09:00-12:00",
    "time_zone": "Europe/Berlin",
    "closed_text": "Closed until Monday.",
}
HELD = {"reconnect_on": "on", "same_agent_for_number": "5", "same_agent_for_unit": "minutes"}
LINKED = {"portal_url": "https://www.example.com/help", "sends_link": "on"}
REDIRECTED = {"redirect_url": "https://portal.example.com/late?why={reason}"}
SIGNED = {"sign_in": "required", "audience": "parley"}

EVERYTHING = PLAIN | BY_HOURS | HELD | LINKED | REDIRECTED | SIGNED


def post_for(workstream: Workstream, *parts: dict[str, str], without: tuple[str, ...] = ()) -> dict[str, Any]:
    """These parts together, with what is left out as a checkbox that is not ticked is."""
    posted: dict[str, Any] = {"workstream": str(workstream.pk), "keys-TOTAL_FORMS": "0", "keys-INITIAL_FORMS": "0"}
    for part in (PLAIN, *parts):
        posted |= part
    return {name: value for name, value in posted.items() if name not in without}


def form_for(
    workstream: Workstream, *parts: dict[str, str], widget: ChatWidget | None = None, without: tuple[str, ...] = ()
) -> ChatWidgetForm:
    return ChatWidgetForm(post_for(workstream, *parts, without=without), instance=widget)
