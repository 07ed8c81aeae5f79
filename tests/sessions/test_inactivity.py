"""What the agent's silence does to a session, and what keeps it open (rules.md 3; product.md A2)."""

from datetime import datetime, timedelta

import pytest

from policies_app.kinds import ActivityCounts
from sessions_app.activity import note_activity
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.sweeps import sweep
from tests.cast import fresh, inactive_after, kinds, new_session, set_policy
from tests.moments import DAY, HOUR, MICROSECOND, MINUTE, STARTED

WARNED = STARTED + 9 * MINUTE
ENDS = STARTED + 10 * MINUTE


@pytest.fixture(autouse=True)
def _ten_minutes_with_a_minutes_warning(db: None) -> None:
    inactive_after(10, warn=1)


def swept(session: LiveSession, now: datetime) -> LiveSession:
    sweep(now)
    return fresh(session)


def test_the_clock_starts_with_the_session(session: LiveSession) -> None:
    assert (session.next_due_at, session.next_due_kind) == (WARNED, "warn")


@pytest.mark.parametrize(
    ("now", "recorded"),
    [
        (WARNED - MICROSECOND, ["started"]),
        (WARNED, ["started", "warned"]),
        (ENDS - MICROSECOND, ["started", "warned"]),
        (ENDS, ["started", "warned", "ended"]),
    ],
)
def test_silence_warns_and_then_ends_to_the_microsecond(
    session: LiveSession, now: datetime, recorded: list[str]
) -> None:
    sweep(now)
    assert kinds(session) == recorded


def test_a_warning_says_when_it_was_due_and_when_it_was_recorded(session: LiveSession) -> None:
    swept(session, WARNED + 2 * MICROSECOND)
    warned = session.timeline.get(kind="warned")
    assert (warned.due_at, warned.recorded_at) == (WARNED, WARNED + 2 * MICROSECOND)
    assert (warned.actor, fresh(session).warned_at) == ("system", WARNED)


def test_an_hour_late_the_end_is_still_at_the_moment_it_was_due(session: LiveSession) -> None:
    ended = swept(session, ENDS + HOUR)
    row = session.timeline.get(kind="ended")
    assert (ended.state, ended.end_reason, ended.ended_at, ended.warned_at) == ("ended", "agent_inactive", ENDS, None)
    assert (row.due_at, row.recorded_at, row.payload) == (ENDS, ENDS + HOUR, {"reason": "agent_inactive"})
    assert row.policy_version_id == ended.end_policy_id is not None


def test_a_late_sweep_records_the_warning_as_well_as_the_end(session: LiveSession) -> None:
    swept(session, ENDS + DAY)
    assert list(session.timeline.order_by("number").values_list("kind", "due_at"))[1:] == [
        ("warned", WARNED),
        ("ended", ENDS),
    ]


def test_a_second_sweep_finds_nothing(session: LiveSession) -> None:
    assert sweep(ENDS) > 0
    assert sweep(ENDS) == 0


def test_without_a_warning_the_session_just_ends(anna: Agent, carla: Customer) -> None:
    inactive_after(10, warn=0)
    session = new_session(anna, carla)
    assert swept(session, ENDS - MICROSECOND).is_open
    swept(session, ENDS)
    assert kinds(session) == ["started", "ended"]


def test_activity_starts_the_clock_afresh(anna: Agent, session: LiveSession) -> None:
    note_activity(anna, session.pk, now=STARTED + 5 * MINUTE)
    assert swept(session, STARTED + 15 * MINUTE - MICROSECOND).is_open
    assert swept(session, STARTED + 15 * MINUTE).ended_at == STARTED + 15 * MINUTE


def test_a_report_of_activity_that_comes_late_does_not_turn_the_clock_back(anna: Agent, session: LiveSession) -> None:
    note_activity(anna, session.pk, now=STARTED + 5 * MINUTE)
    note_activity(anna, session.pk, now=STARTED + 4 * MINUTE)
    assert fresh(session).last_agent_activity_at == STARTED + 5 * MINUTE


def test_activity_that_changes_nothing_else_leaves_no_row(anna: Agent, session: LiveSession) -> None:
    note_activity(anna, session.pk, now=STARTED + 5 * MINUTE)
    assert kinds(session) == ["started"]


def test_keep_open_takes_the_warning_back_and_says_so(anna: Agent, session: LiveSession) -> None:
    swept(session, WARNED)
    note_activity(anna, session.pk, now=ENDS - MICROSECOND)
    kept = fresh(session)
    assert kinds(session) == ["started", "warned", "kept_open"]
    assert (kept.warned_at, kept.next_due_kind, kept.next_due_at) == (None, "warn", ENDS - MICROSECOND + 9 * MINUTE)


def test_a_session_that_was_kept_open_warns_again(anna: Agent, session: LiveSession) -> None:
    swept(session, WARNED)
    note_activity(anna, session.pk, now=WARNED + timedelta(seconds=30))
    swept(session, WARNED + HOUR)
    assert kinds(session) == ["started", "warned", "kept_open", "warned", "ended"]


def test_activity_at_the_moment_of_the_end_is_too_late(anna: Agent, session: LiveSession) -> None:
    note_activity(anna, session.pk, now=ENDS)
    assert fresh(session).ended_at == ENDS
    assert kinds(session) == ["started", "warned", "ended"]


def test_activity_after_an_unrecorded_warning_records_both(anna: Agent, session: LiveSession) -> None:
    note_activity(anna, session.pk, now=WARNED + timedelta(seconds=30))
    assert kinds(session) == ["started", "warned", "kept_open"]


@pytest.mark.parametrize(
    ("counts", "in_session", "stays_open"),
    [
        (ActivityCounts.ANYWHERE, "this", True),
        (ActivityCounts.ANYWHERE, "another", True),
        (ActivityCounts.ANYWHERE, None, True),
        (ActivityCounts.SESSION, "this", True),
        (ActivityCounts.SESSION, "another", False),
        (ActivityCounts.SESSION, None, False),
    ],
)
def test_where_activity_counts(
    anna: Agent, carla: Customer, dan: Customer, counts: ActivityCounts, in_session: str | None, stays_open: bool
) -> None:
    inactive_after(10, activity_counts=counts)
    this, another = new_session(anna, carla), new_session(anna, dan)
    where = {"this": this.pk, "another": another.pk, None: None}[in_session]
    note_activity(anna, where, now=STARTED + 5 * MINUTE)
    assert swept(this, ENDS).is_open is stays_open


def test_what_anna_does_keeps_no_session_of_ben_open(anna: Agent, ben: Agent, dan: Customer) -> None:
    his = new_session(ben, dan)
    note_activity(anna, his.pk, now=STARTED + 5 * MINUTE)
    assert swept(his, ENDS).ended_at == ENDS


def test_sessions_that_began_at_different_times_move_together(anna: Agent, carla: Customer, dan: Customer) -> None:
    first, second = new_session(anna, carla), new_session(anna, dan, now=STARTED + 3 * MINUTE)
    note_activity(anna, None, now=STARTED + 5 * MINUTE)
    assert {fresh(one).next_due_at for one in (first, second)} == {STARTED + 14 * MINUTE}


def test_with_the_toggle_off_nothing_is_ever_due(anna: Agent, carla: Customer) -> None:
    inactive_after(10, now=STARTED - HOUR)
    set_policy(now=STARTED - MINUTE)
    session = new_session(anna, carla)
    assert session.next_due_at is None
    assert swept(session, STARTED + 1000 * DAY).is_open
