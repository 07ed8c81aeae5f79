"""The rows of a session as evidence lists them, and whether the database agrees with itself about them."""

from collections.abc import Iterator

from django.db.models import Max, Min

from sessions_app.documents.evidence import MISSING, START, Break, Facts, Listed, chain_break
from sessions_app.erased_rows import digest_of
from sessions_app.kinds import EntryKind
from sessions_app.models import LiveSession, TimelineEntry

UNEXPECTED = "unexpected"
"""A row beyond the last one that the session knows of."""


def listed(session: LiveSession) -> Iterator[Listed]:
    """All rows that the session knew of when it was read, from the first on. One query, however many there are."""
    rows = session.timeline.filter(number__lte=session.last_number).order_by("number")
    return (as_listed(row) for row in rows.iterator())


def as_listed(row: TimelineEntry) -> Listed:
    """The row with all its facts; the digest is that of what it says now, or of what was erased."""
    facts = Facts(
        kind=row.kind,
        actor=row.actor,
        agent=row.agent_id,
        due_at=row.due_at,
        recorded_at=row.recorded_at,
        policy_version=row.policy_version_id,
        payload_sha256=digest_of(row),
    )
    return Listed(row.number, row.hash, facts)


def stored_break(session: LiveSession) -> Break | None:
    """Where the rows of a session do not hang together, or not with the session itself. Three queries.

    Rows that are recorded meanwhile make no difference: the newest number is asked for before the session is.
    """
    newest = session.timeline.aggregate(newest=Max("number"))["newest"] or 0
    session.refresh_from_db(fields=["last_number", "last_hash"])
    if newest > session.last_number:
        return Break(session.last_number + 1, (UNEXPECTED,))
    ends = _End()
    if broken := chain_break(str(session.public_id), ends.passing(listed(session))):
        return broken
    if ends.number < session.last_number:
        return Break(ends.number + 1, (MISSING,))
    return None if ends.hash == session.last_hash else Break(ends.number, ("hash",))


def erased(session: LiveSession) -> tuple[int, int]:
    """How many rows of a session were erased, and the first of them without a later row that says who erased it (0:
    none). Three queries."""
    rows = session.timeline.exclude(erased_sha256="")
    told = session.timeline.filter(kind=EntryKind.CUSTOMER_ERASED).aggregate(last=Max("number"))["last"] or 0
    untold = rows.filter(number__gt=told).aggregate(first=Min("number"))["first"] or 0
    return rows.count(), untold


class _End:
    """Remembers the last row that went by."""

    number, hash = 0, START

    def passing(self, rows: Iterator[Listed]) -> Iterator[Listed]:
        for row in rows:
            self.number, self.hash = row.number, row.hash
            yield row
