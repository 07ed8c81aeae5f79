"""The only appender of timeline rows: it numbers them, chains them, and announces them when they are committed."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from sessions_app import chain
from sessions_app.kinds import Actor, EntryKind
from sessions_app.live import announce_entry
from sessions_app.models import Agent, LiveSession, TimelineEntry


class StaleSession(RuntimeError):
    """The session was changed by somebody else since it was read. A lock was forgotten: this is a defect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is to be recorded. `due_at` defaults to the moment of recording."""

    kind: EntryKind
    actor: Actor
    agent: Agent | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    policy_version: int | None = None
    key: UUID | None = None


def append(session: LiveSession, row: Row, *, now: datetime, **changes: Any) -> TimelineEntry:
    """Record a row and the changes of the session that go with it, in the transaction under way.

    1. The session must be locked (`transitions.lock`), so that numbers are gapless and in the order of commits.
    2. One UPDATE, guarded by the state and number that the caller saw, moves the session on.
    3. The row is inserted; when the transaction commits it is announced to whoever may see it.

    Raises StaleSession if the guard does not hold.
    """
    entry = _entry(session, row, now)
    changes |= {"last_number": entry.number, "last_hash": entry.hash}
    guarded = LiveSession.objects.filter(pk=session.pk, state=session.state, last_number=session.last_number)
    if guarded.update(**changes) != 1:
        raise StaleSession(f"session {session.public_id} is no longer at row {session.last_number}")
    for name, value in changes.items():
        setattr(session, name, value)
    entry.save(force_insert=True)
    transaction.on_commit(partial(announce_entry, session, entry, now))
    return entry


def _entry(session: LiveSession, row: Row, now: datetime) -> TimelineEntry:
    """The row as it will be stored: with its number, its moments and its place in the chain."""
    number, due_at = session.last_number + 1, row.due_at or now
    agent = row.agent.pk if row.agent else None
    linked = chain.link(
        session.last_hash,
        session=str(session.public_id),
        number=number,
        kind=row.kind,
        actor=row.actor,
        agent=agent,
        due_at=due_at,
        recorded_at=now,
        policy_version=row.policy_version,
        payload_digest=chain.digest(row.payload),
    )
    return TimelineEntry(
        session=session,
        number=number,
        kind=row.kind,
        actor=row.actor,
        agent=row.agent,
        payload=row.payload,
        due_at=due_at,
        recorded_at=now,
        policy_version_id=row.policy_version,
        key=row.key,
        hash=linked,
    )
