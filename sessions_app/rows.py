"""How one row of a timeline looks to each side."""

from dataclasses import replace
from datetime import datetime

from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sessions_app.erased_rows import ERASED
from sessions_app.kinds import HIDDEN_FROM_CUSTOMERS, Actor, Audience, EntryKind
from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.row_words import Said, agent_of, words
from sessions_app.templatetags.parley import moment

WRITTEN = {
    EntryKind.MESSAGE: "rows/message.html",
    EntryKind.ATTACHED: "rows/file.html",
    EntryKind.NOTE: "rows/note.html",
}
"""Rows that somebody wrote, which read the same in every language. All others say what happened."""

HAPPENED = "rows/happened.html"
ERASED_ROW = "rows/erased.html"


def is_hidden(entry: TimelineEntry, audience: Audience) -> bool:
    """Whether this side gets the number of the row only."""
    return audience is Audience.CUSTOMER and entry.kind in HIDDEN_FROM_CUSTOMERS


def row_html(session: LiveSession, entry: TimelineEntry, audience: Audience) -> str:
    """The row as this side sees it, in the language in force; empty if it is not for them."""
    if is_hidden(entry, audience):
        return ""
    kind = EntryKind(entry.kind)
    if kind in WRITTEN:
        template = ERASED_ROW if entry.erased_sha256 else WRITTEN[kind]
        return get_template(template).render(_written(session, entry, audience))
    said = words(entry, audience)
    if audience is Audience.AGENT and "document" in entry.payload:
        said = replace(said, values={**said.values, "name": _document_link(session, entry)})
    return get_template(HAPPENED).render({"entry": entry, "kind": kind, "sentence": _as_html(said), "note": said.note})


def author_of(session: LiveSession, entry: TimelineEntry) -> str:
    """Who wrote a row, as both sides know them."""
    return session.customer.name if entry.actor == Actor.CUSTOMER else agent_of(entry)


def _written(session: LiveSession, entry: TimelineEntry, audience: Audience) -> dict[str, object]:
    return {
        "session": session,
        "entry": entry,
        "audience": audience,
        "mine": entry.actor == audience,
        "by_customer": entry.actor == Actor.CUSTOMER,
        "author": author_of(session, entry),
    }


def _document_link(session: LiveSession, entry: TimelineEntry) -> SafeString:
    """The name of a document, leading to it."""
    address = reverse("agent:document", args=[session.public_id, entry.payload["document"]])
    return format_html('<a href="{}" target="parley-document">{}</a>', address, entry.payload.get("name") or ERASED)


def _as_html(said: Said) -> SafeString:
    values = {name: moment(it) if isinstance(it, datetime) else it for name, it in said.values.items()}
    return format_html(said.text, **values) if values else SafeString(said.text)
