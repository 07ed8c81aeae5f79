"""The only appender of timeline rows: it numbers them, chains them, and announces them when they are committed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sessions_app import chain
from sessions_app.kinds import Actor, EntryKind
from sessions_app.live import announce_entry, announce_moved
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
    entry, before = _entry(session, row, now), session.agent_id
    changes |= {"last_number": entry.number, "last_hash": entry.hash}
    guarded = LiveSession.objects.filter(pk=session.pk, state=session.state, last_number=session.last_number)
    if guarded.update(**changes) != 1:
        raise StaleSession(f"session {session.public_id} is no longer at row {session.last_number}")
    for name, value in changes.items():
        setattr(session, name, value)
    entry.save(force_insert=True)
    transaction.on_commit(partial(announce_entry, session, entry, now, agents=[before]))
    return entry


def append_to_many(sessions: Sequence[LiveSession], row: Row, *, now: datetime, changed: Iterable[str]) -> None:
    """Record the same row in many sessions, and save these columns of them, in the transaction under way.

    Each must be locked, and carry the new values already. Open rooms are told to ask for the row. The guard is that of
    `append`, and so is what it raises.
    """
    if not sessions:
        return
    entries = [_entry(session, row, now) for session in sessions]
    for session, entry in zip(sessions, entries, strict=True):
        session.last_number, session.last_hash = entry.number, entry.hash
    _save_many(sessions, ["last_number", "last_hash", *changed])
    TimelineEntry.objects.bulk_create(entries)
    moved = [(str(session.public_id), session.last_number, session.agent_id) for session in sessions]
    transaction.on_commit(partial(announce_moved, moved))


def _save_many(sessions: Sequence[LiveSession], names: Iterable[str]) -> None:
    """Save columns of sessions that moved on by one row: one prepared statement, ten times as fast as `bulk_update`."""
    by_name = {field.name: field for field in LiveSession._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    columns = ", ".join(f"{field.column} = %s" for field in fields)
    statement = f"UPDATE {LiveSession._meta.db_table} SET {columns} WHERE id = %s AND last_number = %s"  # noqa: S608 (names of our own columns only)
    values = [
        [
            *(field.get_db_prep_save(getattr(one, field.attname), connection) for field in fields),
            one.pk,
            one.last_number - 1,
        ]
        for one in sessions
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
        if cursor.rowcount != len(sessions):
            raise StaleSession(f"one of {len(sessions)} sessions is no longer at the row that was seen")


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
