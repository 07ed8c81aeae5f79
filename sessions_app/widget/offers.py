"""What the start page of a widget shows to whoever opens it: the prompt, a new chat, or why not now."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from policies_app.hours import is_open, opens_at
from policies_app.kinds import Ask
from policies_app.models import ChatWidget
from sessions_app import availability
from sessions_app.devices import known
from sessions_app.models import LiveSession
from sessions_app.widget.entering import Entered, Offer, Visitor, Why
from sessions_app.widget.framed import room_address
from sessions_app.widget.starting import CALLED


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the start page of a widget, at the one moment that their request is decided at."""

    widget: ChatWidget
    visitor: Visitor
    now: datetime


def answer(request: HttpRequest, visit: Visit, entered: Entered) -> JsonResponse:
    """What this visitor is offered, for the script of the start page."""
    match entered.offer:
        case Offer.ROOM:
            return room(visit, cast("LiveSession", entered.session))
        case Offer.REDIRECT:
            return JsonResponse({"offer": "redirect", "address": entered.redirect})
        case Offer.PROMPT:
            context = new_chat_context(visit, entered.why) | {"choices": entered.choices}
            return _shown(request, "prompt", context)
        case Offer.NEW_CHAT:
            context = new_chat_context(visit, entered.why) | {"earlier": _earlier(visit, entered.session)}
            return _shown(request, "new_chat", context)


def room(visit: Visit, session: LiveSession) -> JsonResponse:
    """The visitor is in a session: where its room is, as their browser has it."""
    device = known(session, visit.visitor.browser)
    assert device, "who is offered a room was let into it"
    address = room_address(session, device)
    return JsonResponse({"offer": "room", "session": str(session.public_id), "address": address})


def sign_in_needed(request: HttpRequest, *, error: str = "") -> JsonResponse:
    """Nobody is signed in, or nobody that can be believed; `error` is for the portal's developer."""
    html = render_to_string("widget/sign_in.html", {}, request)
    return JsonResponse({"offer": "sign_in", "html": html, "error": error})


def not_now(request: HttpRequest, text: str, retry_after: float | None) -> JsonResponse:
    """Nothing can be begun now, in the words that are given; if it is worth it, when to try again (seconds): then it is
    one of too many tries."""
    html = render_to_string("widget/not_now.html", {"text": text, "again": retry_after is not None}, request)
    response = JsonResponse({"offer": "not_now", "html": html, "retry_after": retry_after})
    if retry_after is not None:
        response.status_code = 429
        response.headers["Retry-After"] = str(max(1, math.ceil(retry_after)))
    return response


def closed_words(widget: ChatWidget) -> str:
    """Why no chat begins outside of business hours."""
    return widget.closed_text or _("We are closed at the moment.")


def is_closed(visit: Visit) -> bool:
    return not is_open(visit.widget.hours, visit.widget.time_zone, visit.now)


def new_chat_context(visit: Visit, why: Why) -> dict[str, Any]:
    """What the form for a new chat shows. One query for whether somebody is there."""
    widget, closed = visit.widget, is_closed(visit)
    return {
        "widget": widget,
        "asks": [] if closed else asks(visit),
        "closed": closed_words(widget) if closed else "",
        "opens_at": opens_at(widget.hours, widget.time_zone, visit.now) if closed else None,
        "nobody": "" if closed or _somebody_there(visit) else widget.nobody_text,
        "why": why,
    }


def asks(visit: Visit) -> list[dict[str, Any]]:
    """What is asked before the chat: not what the portal has told of whoever is signed in."""
    widget, identity = visit.widget, visit.visitor.identity
    fields = [
        ("name", CALLED["name"], "text", "name", widget.ask_name, identity.name if identity else ""),
        ("email", CALLED["email"], "email", "email", widget.ask_email, identity.email if identity else ""),
        ("question", CALLED["question"], "", "off", widget.ask_question, ""),
    ]
    return [
        {"name": name, "label": label, "type": kind, "fills": fills, "required": ask == Ask.REQUIRED}
        for name, label, kind, fills, ask, told in fields
        if ask != Ask.NO and not told
    ]


def _somebody_there(visit: Visit) -> bool:
    return availability.available(visit.widget.workstream_id, visit.now).exists()


def _earlier(visit: Visit, session: LiveSession | None) -> str:
    """The address of a session that is over and can still be looked at in this browser."""
    device = known(session, visit.visitor.browser) if session else None
    return room_address(session, device) if session and device else ""


def _shown(request: HttpRequest, offer: str, context: dict[str, Any]) -> JsonResponse:
    return JsonResponse({"offer": offer, "html": render_to_string(f"widget/{offer}.html", context, request)})
