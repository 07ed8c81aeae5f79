"""What the sweep is measured against, written by hand for this one case."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from policies_app.rules import due_after_end, windows
from policies_app.selectors import end_policy_at
from sessions_app import chain
from sessions_app.kinds import Audience
from sessions_app.live import room_topic
from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.push.announce import Message, announce

PAYLOAD = {"reason": "agent_inactive"}

ONE_STATEMENT = """
WITH moved AS (
    UPDATE sessions_app_livesession SET state = 'ended', end_reason = 'agent_inactive', ended_at = next_due_at,
        warned_at = NULL, end_policy_id = %(policy)s, full_until = next_due_at + interval '7 days',
        limited_until = next_due_at + interval '37 days', next_due_at = next_due_at + interval '7 days',
        next_due_kind = 'limit_access', retry_at = NULL, last_number = last_number + 1,
        last_hash = encode(sha256(convert_to(concat_ws(E'\\n', last_hash, public_id::text, last_number + 1, 'ended',
            'system', '', (extract(epoch from next_due_at) * 1000000)::bigint, %(now_us)s::bigint, %(policy)s::bigint,
            %(digest)s::text), 'UTF8')), 'hex')
    WHERE next_due_at <= %(now)s AND next_due_kind = 'end_inactive'
    RETURNING id, last_number, last_hash, ended_at
)
INSERT INTO sessions_app_timelineentry
    (session_id, number, kind, actor, payload, due_at, recorded_at, policy_version_id, hash)
SELECT id, last_number, 'ended', 'system', '{"reason": "agent_inactive"}', ended_at, %(now)s, %(policy)s, last_hash
FROM moved
"""

PROBE = "SELECT 1 FROM sessions_app_livesession WHERE next_due_at <= %s LIMIT 1"


def one_statement(now: datetime) -> int:
    """End everything that is due, and write the rows; returns how many. Tells nobody."""
    values: dict[str, Any] = {
        "now": now,
        "now_us": chain.microseconds(now),
        "policy": end_policy_at(now, None).version,
        "digest": chain.digest(PAYLOAD),
    }
    with connection.cursor() as cursor:
        cursor.execute(ONE_STATEMENT, values)
        return int(cursor.rowcount)


def probe(now: datetime) -> None:
    """Ask the index whether anything is due."""
    with connection.cursor() as cursor:
        cursor.execute(PROBE, [now])
        cursor.fetchone()


def row_by_row(now: datetime, most: int) -> int:
    """End some of what is due as one would write it first: an object, a row, a hint, one after the other."""
    policy, done = end_policy_at(now, None), 0
    for session in LiveSession.objects.filter(next_due_at__lte=now).order_by("next_due_at")[:most]:
        with transaction.atomic():
            locked = LiveSession.objects.select_for_update().get(pk=session.pk)
            row = _end(locked, now, policy.version)
            locked.save()
            row.save()
        topics = (room_topic(locked.public_id, audience) for audience in Audience)
        announce([Message(topic, "row", f'{{"n":{row.number},"sync":true}}') for topic in topics])
        done += 1
    return done


def _end(session: LiveSession, now: datetime, version: int) -> TimelineEntry:
    assert session.next_due_at
    due_at, policy = session.next_due_at, end_policy_at(now, None)
    given = windows(policy, due_at)
    due = due_after_end(given, due_at)
    assert due
    session.state, session.end_reason, session.ended_at, session.warned_at = "ended", "agent_inactive", due_at, None
    session.end_policy_id, session.full_until, session.limited_until = version, given.full_until, given.limited_until
    session.next_due_at, session.next_due_kind, session.last_number = due.at, due.kind, session.last_number + 1
    row = TimelineEntry(session=session, number=session.last_number, kind="ended", actor="system", payload=PAYLOAD)
    row.due_at, row.recorded_at, row.policy_version_id = due_at, now, version
    row.hash = session.last_hash = chain.link(
        session.last_hash,
        session=str(session.public_id),
        number=row.number,
        kind="ended",
        actor="system",
        agent=None,
        due_at=due_at,
        recorded_at=now,
        policy_version=version,
        payload_digest=chain.digest(PAYLOAD),
    )
    return row
