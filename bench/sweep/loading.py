"""Loads open sessions as a busy installation would have them, a tenth of them due to end."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from policies_app.actions import save_end_session_behavior
from policies_app.models import EndSessionBehavior, Workstream
from policies_app.models.workstream import FIRST
from policies_app.selectors import end_session_behavior
from sessions_app.models import Agent, Customer

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""When the sweep runs: every tenth session ended by inactivity in the ten minutes before."""

IDLE = NOW - timedelta(days=1)
"""A moment at which nothing is due yet."""

AGENTS = 1000
CUSTOMERS = 50_000

SESSIONS = """
INSERT INTO sessions_app_livesession (public_id, channel, state, workstream_id, clock_seen, agent_id, customer_id,
    started_at, joined_at, last_agent_activity_at, warned_at, end_reason, last_number, last_hash,
    next_due_at, next_due_kind, is_prepared, passed_by, seen_by_agent, seen_by_customer)
SELECT ('01976000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'invitation', 'active',
    %(workstream)s, %(seen)s,
    %(agent)s + n %% %(agents)s, %(customer)s + n %% %(customers)s,
    %(now)s - interval '2 hours', %(now)s - interval '119 minutes', due - interval '30 minutes',
    CASE WHEN n %% 10 = 0 THEN due - interval '1 minute' END, '', 1, encode(sha256(n::text::bytea), 'hex'),
    CASE WHEN n %% 10 = 0 THEN due ELSE due + interval '29 minutes' END,
    CASE WHEN n %% 10 = 0 THEN 'end_inactive' ELSE 'warn' END, false, '[]', 0, 0
FROM (
    SELECT n, %(now)s - (n * 7919 %% 600000) * interval '1 millisecond' AS due
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
) numbered
"""

ROWS = """
INSERT INTO sessions_app_timelineentry
    (session_id, number, kind, actor, agent_id, payload, due_at, recorded_at, hash)
SELECT id, 1, 'started', 'agent', agent_id, '{}', started_at, started_at, last_hash FROM sessions_app_livesession
"""


def load_people_and_policy() -> None:
    """Agents, customers, and a policy under which sessions end after half an hour, with access for a while."""
    users = User.objects.bulk_create([User(username=f"agent{number}") for number in range(AGENTS)])
    Agent.objects.bulk_create([Agent(user=user, name=user.username) for user in users])
    Customer.objects.bulk_create(
        [Customer(name=f"Customer {number}", phone=f"{number}") for number in range(CUSTOMERS)], batch_size=5000
    )
    end_session_behavior()
    behavior = EndSessionBehavior(
        end_when_inactive=True,
        inactive_after=timedelta(minutes=30),
        warn_before=timedelta(minutes=1),
        access_on=True,
        access="full_restricted",
        access_for=timedelta(days=7),
        chat=True,
        then_limited=True,
        then_limited_for=timedelta(days=30),
    )
    save_end_session_behavior(behavior, by=None, now=NOW - timedelta(days=30))


def load_sessions(first: int, last: int) -> None:
    """Sessions with these numbers, without their rows. Indexes that only speed reading are made afterwards."""
    values: dict[str, Any] = {
        "now": NOW,
        "first": first,
        "last": last,
        "agent": Agent.objects.earliest("pk").pk,
        "agents": AGENTS,
        "workstream": Workstream.objects.get(name=FIRST).pk,
        "seen": end_session_behavior().version_id,
        "customer": Customer.objects.earliest("pk").pk,
        "customers": CUSTOMERS,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # foreign keys need no check
        indexes = _drop_indexes()
        cursor.execute(SESSIONS, values)
        for index in indexes:
            cursor.execute(index)
        cursor.execute("SET session_replication_role = DEFAULT")


def load_rows() -> None:
    """The first row of each session's timeline."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(ROWS)
        cursor.execute("SET session_replication_role = DEFAULT")


def settle_down() -> None:
    """Leave the database as it is after a quiet hour: vacuumed, with statistics, and written to disk."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _drop_indexes() -> list[str]:
    """Drop the indexes of sessions that guard no constraint; returns the statements that make them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes LEFT JOIN pg_constraint ON conname = indexname"
            " WHERE tablename = 'sessions_app_livesession' AND conname IS NULL"
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]
