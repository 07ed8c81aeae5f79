"""How one row of a timeline looks to each side."""

from django.template.loader import get_template

from policies_app.kinds import EndReason
from sessions_app.kinds import HIDDEN_FROM_CUSTOMERS, Actor, Audience, EntryKind
from sessions_app.models import LiveSession, TimelineEntry

TEMPLATES = {EntryKind.MESSAGE: "rows/message.html", EntryKind.ATTACHED: "rows/file.html"}
"""Rows that somebody wrote; all others are notes about what happened."""


def row_html(session: LiveSession, entry: TimelineEntry, audience: Audience) -> str:
    """The row as this side sees it; empty if it is not for them."""
    kind = EntryKind(entry.kind)
    if audience is Audience.CUSTOMER and kind in HIDDEN_FROM_CUSTOMERS:
        return ""
    return get_template(TEMPLATES.get(kind, "rows/note.html")).render(_context(session, entry, kind, audience))


def _context(session: LiveSession, entry: TimelineEntry, kind: EntryKind, audience: Audience) -> dict[str, object]:
    return {
        "session": session,
        "entry": entry,
        "kind": kind,
        "audience": audience,
        "mine": entry.actor == audience,
        "author": _author(session, entry),
        "reason": EndReason(entry.payload["reason"]).label if kind is EntryKind.ENDED else "",
    }


def _author(session: LiveSession, entry: TimelineEntry) -> str:
    if entry.actor == Actor.CUSTOMER:
        return session.customer.name
    return entry.agent.name if entry.agent else Actor(entry.actor).label
