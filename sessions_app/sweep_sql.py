"""The sweep on PostgreSQL: one statement takes a batch of what is due, moves it, and writes its timeline rows.

Each kind says in SQL what `transitions` says in Python for one session; tests hold the two against each other.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from policies_app.kinds import DueKind, EndReason
from policies_app.rules import BUSY_FOR, EDIT_GRACE, FOREVER, due_after_end, window_lengths, windows
from policies_app.selectors import end_policies_at
from policies_app.snapshot import EndPolicy
from sessions_app.chain import EPOCH, digest, microseconds
from sessions_app.kinds import EntryKind


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of due sessions becomes: the row, the changed columns, which policy version the row names.

    `only` leaves to `transitions` what needs a closer look.
    """

    entry: EntryKind
    changes: str
    version: str = "NULL::bigint"
    only: str = "true"
    payload: dict[str, Any] = field(default_factory=dict)


USUAL_END = """GREATEST(s.last_agent_activity_at + p.inactive_after,
    CASE WHEN s.started_at <= p.saved_at THEN p.saved_at + %(grace)s END)"""

END_AT = f"""GREATEST({USUAL_END}, CASE WHEN s.customer_busy_at IS NOT NULL AND p.wait_at_most IS NOT NULL
    THEN LEAST(s.customer_busy_at + %(busy_for)s, {USUAL_END} + p.wait_at_most) END)"""
"""`rules.inactivity` in SQL: when the session ends."""

IN_FORCE = "s.next_due_at >= p.saved_at"
"""Whether the policy in force now was so already when it was due."""

KNOWN = f"s.clock_seen >= p.seen AND {IN_FORCE} AND s.grace_until IS NULL"
"""Whether it also set the clock, and nothing but the clock runs: the customer's connection is there."""

ENDED = """state = 'ended', end_reason = '{reason}', ended_at = due.at, warned_at = NULL,
    hold_until = NULL, return_until = NULL, follow_up_since = s.asked_for_time_at, end_policy_id = p.version,
    full_until = CASE WHEN p.full_for IS NULL THEN %(forever)s ELSE due.at + p.full_for END,
    limited_until = CASE WHEN p.full_for IS NULL THEN %(forever)s ELSE due.at + p.full_for + p.limited_for END,
    next_due_at = due.at + p.next_after, next_due_kind = p.next_kind"""

KINDS: dict[DueKind, Kind] = {
    DueKind.WARN: Kind(
        EntryKind.WARNED,
        f"warned_at = due.at, next_due_at = {END_AT}, next_due_kind = 'end_inactive'",
        only=KNOWN,
    ),
    DueKind.END_INACTIVE: Kind(
        EntryKind.ENDED,
        ENDED.format(reason=EndReason.AGENT_INACTIVE),
        version="p.version",
        only=KNOWN,
        payload={"reason": EndReason.AGENT_INACTIVE},
    ),
    DueKind.END_AWAY: Kind(
        EntryKind.ENDED,
        ENDED.format(reason=EndReason.RECONNECT_TIMEOUT),
        version="p.version",
        only=IN_FORCE,
        payload={"reason": EndReason.RECONNECT_TIMEOUT},
    ),
    DueKind.LIMIT_ACCESS: Kind(
        EntryKind.ACCESS_LIMITED,
        "next_due_at = s.limited_until, next_due_kind = 'close_access'",
        version="s.end_policy_id",
    ),
    DueKind.CLOSE_ACCESS: Kind(
        EntryKind.ACCESS_CLOSED,
        "next_due_at = NULL, next_due_kind = ''",
        version="s.end_policy_id",
    ),
}

MOST = 100_000
"""How many sessions are listed at once."""

CHAIN_SQL = """encode(sha256(convert_to(concat_ws(E'\\n', s.last_hash, s.public_id::text, s.last_number + 1,
    %(entry)s::text, 'system', '', (extract(epoch from due.at) * 1000000)::bigint, %(now_us)s::bigint,
    coalesce(({version})::text, ''), %(digest)s::text), 'UTF8')), 'hex')"""
"""`chain.link` in SQL."""

ANYTHING = """SELECT EXISTS (SELECT FROM sessions_app_livesession s
WHERE s.next_due_at <= %(now)s AND (s.retry_at IS NULL OR s.retry_at <= %(now)s))"""

POLICIES = """jsonb_to_recordset(%(policies)s::jsonb) AS p (workstream_id bigint, version bigint, seen bigint,
    saved_at timestamptz, inactive_after interval, warn_before interval, wait_at_most interval, full_for interval,
    limited_for interval, next_after interval, next_kind text)"""
"""The policy in force in each workstream, as the rules read it: lengths that a statement only has to add."""

DUE = """SELECT s.id, s.next_due_kind
FROM sessions_app_livesession s JOIN {policies} ON p.workstream_id = s.workstream_id
WHERE s.next_due_at <= %(now)s AND (s.retry_at IS NULL OR s.retry_at <= %(now)s) AND ({any_kind})
ORDER BY s.next_due_at LIMIT %(most)s"""

IS_DUE = "(s.next_due_kind = '{kind}' AND s.next_due_at <= %(now)s AND {only})"

MOVE = """
WITH policy AS MATERIALIZED (
    SELECT * FROM {policies}
), locked AS (
    SELECT s.* FROM sessions_app_livesession s WHERE s.id = ANY(%(ids)s) FOR NO KEY UPDATE SKIP LOCKED
), due AS (
    SELECT s.id, s.next_due_at AS at FROM locked s JOIN policy p ON p.workstream_id = s.workstream_id WHERE {is_due}
), moved AS (
    UPDATE sessions_app_livesession s
    SET last_number = s.last_number + 1, last_hash = {chain}, retry_at = NULL, {changes}
    FROM due, policy p WHERE s.id = due.id AND p.workstream_id = s.workstream_id
    RETURNING s.id, s.public_id, s.agent_id, s.last_number, s.last_hash, due.at, ({version}) AS version
), written AS (
    INSERT INTO sessions_app_timelineentry
        (session_id, number, kind, actor, payload, due_at, recorded_at, policy_version_id, hash)
    SELECT id, last_number, %(entry)s, 'system', %(payload)s::jsonb, at, %(now)s, version, last_hash FROM moved
)
SELECT public_id::text, last_number, agent_id FROM moved
"""

Moved = tuple[str, int, int | None]
"""The public id of a session, its newest number, its agent."""


def anything_due(now: datetime) -> bool:
    """One look at the index."""
    return bool(_run(ANYTHING, {"now": now})[0][0])


def due_ids(now: datetime) -> dict[DueKind, list[int]]:
    """The keys of what `move` can move, those longest due, at most MOST in all. Locks nothing.

    In the order of keys neighbours in the table are moved together: half the time of any other order. What was due
    before the policy in force was saved, or is not due by it, is left for `transitions`.
    """
    any_kind = " OR ".join(IS_DUE.format(kind=due, only=kind.only) for due, kind in KINDS.items())
    found = defaultdict(list)
    for pk, due in _run(
        DUE.format(policies=POLICIES, any_kind=any_kind), _values_of_policy(now) | {"now": now, "most": MOST}
    ):
        found[DueKind(due)].append(pk)
    return {due: sorted(found[due]) for due in KINDS if due in found}


def move(due: DueKind, ids: list[int], now: datetime) -> list[Moved]:
    """Move those of these sessions that are still due and that nobody holds; returns what moved.

    Found by their keys: looking for a batch among what is due, PostgreSQL would read all that is due, every time.
    """
    kind = KINDS[due]
    statement = MOVE.format(
        policies=POLICIES,
        is_due=IS_DUE.format(kind=due, only=kind.only),
        chain=CHAIN_SQL.format(version=kind.version),
        changes=kind.changes,
        version=kind.version,
    )
    return _run(statement, _values_of_policy(now) | _values_of_row(kind, now) | {"ids": ids})


def _run(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[Any] = cursor.fetchall()
        return rows


def _values_of_row(kind: Kind, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "now_us": microseconds(now),
        "entry": kind.entry,
        "payload": json.dumps(kind.payload),
        "digest": digest(kind.payload),
    }


def _values_of_policy(now: datetime) -> dict[str, Any]:
    policies = [_policy_row(workstream, policy) for workstream, policy in end_policies_at(now).items()]
    return {"policies": json.dumps(policies), "grace": EDIT_GRACE, "busy_for": BUSY_FOR, "forever": FOREVER}


def _policy_row(workstream: int, policy: EndPolicy) -> dict[str, Any]:
    full, limited = window_lengths(policy)
    after_end = due_after_end(windows(policy, EPOCH), EPOCH)
    return {
        "workstream_id": workstream,
        "version": policy.version,
        "seen": policy.seen,
        "saved_at": policy.saved_at.isoformat(),
        "inactive_after": _interval(policy.inactive_after),
        "warn_before": _interval(policy.warn_before),
        "wait_at_most": _interval(policy.wait_at_most),
        "full_for": _interval(full),
        "limited_for": _interval(limited),
        "next_after": _interval(after_end.at - EPOCH if after_end else None),
        "next_kind": after_end.kind if after_end else "",
    }


def _interval(length: timedelta | None) -> str | None:
    """A length as PostgreSQL reads it: in seconds, so that a day has 24 hours in every time zone."""
    return None if length is None else f"{length.total_seconds()} seconds"
