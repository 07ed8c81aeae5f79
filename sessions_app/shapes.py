"""What integrations get to see of a row: the same by webhook as by the REST API."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sessions_app.kinds import EntryKind
from sessions_app.link_tokens import without_tokens
from sessions_app.models import TimelineEntry

FOR_COLLEAGUES: dict[str, tuple[str, ...]] = {
    EntryKind.NOTE: ("text",),
    EntryKind.TRANSFERRED: ("note",),
    EntryKind.EXTENDED: ("reason",),
}
"""What agents wrote for each other, by kind of row: it is left out unless notes are asked for."""


def row_shape(session: UUID, entry: TimelineEntry, *, notes: bool) -> dict[str, Any]:
    """A row of the timeline as JSON. Moments are UTC, ISO 8601; `agent` is the name of who did it or whom it is about.

    Tokens in addresses of links are taken out: whoever reads along must not be able to come in.
    """
    return {
        "session": str(session),
        "number": entry.number,
        "kind": str(entry.kind),
        "actor": str(entry.actor),
        "agent": entry.agent.name if entry.agent else None,
        "due_at": moment_shape(entry.due_at),
        "recorded_at": moment_shape(entry.recorded_at),
        "policy_version": entry.policy_version_id,
        "payload": _harmless(entry, notes),
    }


def moment_shape(at: datetime) -> str:
    """A moment as every integration reads it: 2026-03-02T09:00:00.250000Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _harmless(entry: TimelineEntry, notes: bool) -> dict[str, Any]:
    hidden = () if notes else FOR_COLLEAGUES.get(entry.kind, ())
    shown = {name: value for name, value in entry.payload.items() if name not in hidden}
    return {name: without_tokens(value) if isinstance(value, str) else value for name, value in shown.items()}
