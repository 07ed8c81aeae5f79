"""The notices as the pages of a session show them: the text that holds for this viewer, filled in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from policies_app.kinds import AccessLevel, EndReason
from policies_app.notice_texts import NoticeText, texts
from policies_app.notices import fill
from sessions_app.models import LiveSession
from sessions_app.rooms.seats import Seat
from sessions_app.templatetags.parley import moment

_AFTER_THE_END = {AccessLevel.FULL: "end", AccessLevel.LIMITED: "limited", AccessLevel.NONE: "over"}
"""Which notice stands in the room of an ended session, by what the customer can still do."""


def notices_of_room(
    seat: Seat, level: AccessLevel, *, until: datetime | None, leads_to: str = ""
) -> dict[str, SafeString]:
    """What a room says: `state` is what its session has come to, `redirect` stands beside the link to `leads_to`.

    `until` is when the session closes or the customer's access ends. One query; none if there is nothing to say.
    """
    names = {}
    if level is not AccessLevel.OPEN:
        names["state"] = f"{_AFTER_THE_END[level]}_{seat.audience}"
    elif until:
        names["state"] = f"warning_{seat.audience}"
    if leads_to:
        names["redirect"] = f"redirect_{seat.audience}"
    return _notices(seat.session, names, seat.languages, _values(seat.session, until) | {"host": host_of(leads_to)})


def notice_after_redirect(session: LiveSession, languages: Sequence[str]) -> SafeString:
    """What the Welcome page says to an agent who was taken back there. One query."""
    return _notices(session, {"redirect": "redirect_agent"}, languages, _values(session, None))["redirect"]


def host_of(address: str) -> str:
    """The site that an address leads to, as people know it."""
    return urlsplit(address).netloc


def _notices(
    session: LiveSession, names: Mapping[str, str], languages: Sequence[str], values: Mapping[str, str]
) -> dict[str, SafeString]:
    if not names:
        return {}
    found = texts(session.workstream_id, languages, names.values())
    return {place: _element(found[name], values) for place, name in names.items()}


def _values(session: LiveSession, until: datetime | None) -> dict[str, str]:
    values = {"customer": session.customer.name, "agent": session.agent.name if session.agent else _us()}
    if session.ended_at:
        values |= {"reason": EndReason(session.end_reason).label, "ended": moment(session.ended_at, "moment")}
    if until:
        values |= {"until": moment(until, "until"), "countdown": _countdown(until)}
    return values


def _us() -> str:
    """In place of an agent's name, where the customer never came to one."""
    return pgettext("instead of the name of an agent", "us")


def _countdown(at: datetime) -> SafeString:
    """The time that is left, ticking; screen readers hear the moment instead, once."""
    spoken = format_html(_(", at {moment}"), moment=moment(at, "moment"))
    said = '<span aria-hidden="true">{}</span><span class="visually-hidden">{}</span>'
    return format_html(said, moment(at, "countdown"), spoken)


def _element(found: NoticeText, values: Mapping[str, str]) -> SafeString:
    written = '<span class="notice" lang="{}" dir="{}">{}</span>'
    return format_html(written, found.language, found.direction, fill(found.text, values))
