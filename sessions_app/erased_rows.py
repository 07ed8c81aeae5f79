"""What is left of a row of a timeline when its customer is erased: how things went, without a word of anybody.

What stays is named here; of everything else, also of what comes one day, nothing is left. Pure, but for the row
and `is_of_erased`.
"""

from typing import Any

from django.utils.translation import gettext_lazy

from sessions_app import chain
from sessions_app.documents.kinds import DocumentKind
from sessions_app.kinds import EntryKind
from sessions_app.models import LiveSession, TimelineEntry

ERASED = gettext_lazy("Erased")
"""What stands wherever something was."""

STAYS = frozenset(
    {
        "answer_by", "by", "consent_sha256", "document", "ends", "file", "height", "held", "kind", "letter", "level",
        "link", "prepared", "queued", "size", "template_sha256", "until", "values_sha256", "version", "width",
    }
)  # fmt: skip
"""What says nothing about a customer, whatever the kind of row."""

STAYS_IN: dict[str, frozenset[str]] = {
    EntryKind.RETURNED: frozenset({"reason"}),
    EntryKind.ENDED: frozenset({"reason"}),
    EntryKind.TRANSFERRED: frozenset({"to"}),
    EntryKind.DOCUMENT_READY: frozenset({"sha256"}),
}
"""What is one of ours there, and somebody's own words elsewhere."""


def erased(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """What is left of a row's content. Of what is left already, all stays."""
    stays = STAYS | STAYS_IN.get(kind, frozenset())
    if payload.get("kind") == DocumentKind.FORM:
        stays |= {"name"}  # that of a template
    return {name: value if name in stays else _empty(value) for name, value in payload.items()}


def digest_of(entry: TimelineEntry) -> str:
    """The digest that the chain vouches for: that of what the row says, or of what it said before it was erased. A row
    that is said to be erased and still says something is judged by that."""
    if entry.erased_sha256 and erased(entry.kind, entry.payload) == entry.payload:
        return entry.erased_sha256
    return chain.digest(entry.payload)


def is_of_erased(session_id: int) -> bool:
    """Whether the customer of a session was erased.

    Who waited for the session's lock asks this afterwards: the customer joined with it may be from before the wait.
    """
    return LiveSession.objects.filter(pk=session_id, customer__erased_at__isnull=False).exists()


def _empty(value: Any) -> Any:
    return type(value)() if isinstance(value, (str, list, dict)) else None
