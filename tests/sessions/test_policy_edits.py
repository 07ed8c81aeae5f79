"""Open sessions follow an edit at once, but never end sooner than five minutes after it (rules.md 6)."""

from datetime import datetime

import pytest

from policies_app.selectors import end_policy_at
from sessions_app.activity import note_activity
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.sweeps import sweep
from tests.cast import fresh, full_then_limited, inactive_after, kinds, new_session, set_policy
from tests.moments import HOUR, MICROSECOND, MINUTE, STARTED

EDITED = STARTED + 9 * MINUTE
GRACE_OVER = EDITED + 5 * MINUTE


@pytest.fixture
def session(anna: Agent, carla: Customer) -> LiveSession:
    """Ends after an hour of silence, warned a minute before."""
    inactive_after(60)
    return new_session(anna, carla)


def settled(session: LiveSession, now: datetime) -> LiveSession:
    sweep(now)
    return fresh(session)


def stale(session: LiveSession, kind: str, seen: int) -> None:
    """Give the session the clock of an older policy, due an hour after STARTED."""
    clock = {"next_due_at": STARTED + HOUR, "next_due_kind": kind, "clock_seen": seen}
    LiveSession.objects.filter(pk=session.pk).update(**clock)


def test_a_shorter_duration_leaves_five_minutes(session: LiveSession) -> None:
    inactive_after(1, warn=0, now=EDITED)
    assert settled(session, GRACE_OVER - MICROSECOND).is_open
    assert settled(session, GRACE_OVER).ended_at == GRACE_OVER


def test_within_the_grace_the_agent_is_warned(session: LiveSession) -> None:
    inactive_after(2, warn=1, now=EDITED)
    assert settled(session, GRACE_OVER - MINUTE).warned_at == GRACE_OVER - MINUTE
    settled(session, GRACE_OVER)
    assert kinds(session) == ["started", "warned", "ended"]


def test_a_duration_that_ends_after_the_grace_holds_from_the_last_activity(session: LiveSession) -> None:
    inactive_after(20, warn=0, now=EDITED)
    assert settled(session, STARTED + HOUR).ended_at == STARTED + 20 * MINUTE


def test_a_longer_duration_and_no_duration_hold_at_once(session: LiveSession) -> None:
    inactive_after(120, warn=0, now=EDITED)
    assert fresh(session).next_due_at == STARTED + 2 * HOUR
    set_policy(now=EDITED + MINUTE)
    assert (fresh(session).next_due_at, fresh(session).next_due_kind) == (None, "")


def test_the_first_policy_that_ends_sessions_reaches_those_already_open(anna: Agent, carla: Customer) -> None:
    session = new_session(anna, carla)
    inactive_after(1, warn=0, now=EDITED)
    assert settled(session, GRACE_OVER).ended_at == GRACE_OVER


def test_activity_after_the_edit_counts_by_the_new_policy_with_its_grace(session: LiveSession, anna: Agent) -> None:
    inactive_after(1, warn=0, now=EDITED)
    note_activity(anna, session.pk, now=EDITED + MINUTE)
    assert settled(session, GRACE_OVER - MICROSECOND).is_open
    assert settled(session, GRACE_OVER).ended_at == GRACE_OVER


def test_a_session_that_begins_after_the_edit_has_no_grace(anna: Agent, carla: Customer) -> None:
    inactive_after(1, warn=0, now=EDITED)
    session = new_session(anna, carla, now=EDITED + MICROSECOND)
    assert settled(session, GRACE_OVER).ended_at == EDITED + MICROSECOND + MINUTE


def test_a_warned_session_takes_the_warning_back(session: LiveSession) -> None:
    warned = STARTED + 59 * MINUTE
    settled(session, warned)
    policy = inactive_after(30, now=warned + MICROSECOND)
    row, after = session.timeline.get(kind="kept_open"), fresh(session)
    assert (row.actor, row.policy_version_id) == ("admin", policy.version)
    assert (after.warned_at, after.next_due_kind) == (None, "warn")
    assert after.next_due_at == warned + MICROSECOND + 4 * MINUTE


def test_saving_without_a_change_moves_no_clock(session: LiveSession) -> None:
    settled(session, STARTED + 59 * MINUTE)
    inactive_after(60, now=STARTED + 59 * MINUTE + MICROSECOND)
    assert fresh(session).warned_at and kinds(session) == ["started", "warned"]


def test_an_edit_of_the_access_alone_takes_no_time_away(session: LiveSession) -> None:
    full_then_limited(now=EDITED, inactive_after=HOUR, warn_before=MINUTE)
    assert fresh(session).next_due_at == STARTED + 59 * MINUTE


def test_what_was_due_before_the_edit_happened_whether_or_not_it_was_recorded(session: LiveSession) -> None:
    due = STARTED + HOUR
    inactive_after(120, now=due + MINUTE)
    assert settled(session, due + HOUR).ended_at == due
    assert kinds(session) == ["started", "warned", "ended"]


def test_an_edit_between_an_unrecorded_warning_and_its_end_still_moves_the_end(session: LiveSession) -> None:
    inactive_after(120, warn=0, now=STARTED + HOUR - MICROSECOND)
    assert settled(session, STARTED + HOUR).is_open
    assert fresh(session).next_due_at == STARTED + 2 * HOUR
    assert settled(session, STARTED + 2 * HOUR).ended_at == STARTED + 2 * HOUR


def test_a_clock_that_was_set_while_an_edit_was_saved_never_ends_early(session: LiveSession) -> None:
    """Another connection may set a clock by the policy that it still sees."""
    seen = session.clock_seen
    inactive_after(120, warn=0, now=EDITED)
    stale(session, "end_inactive", seen)
    assert settled(session, STARTED + HOUR).is_open
    assert settled(session, STARTED + 2 * HOUR).ended_at == STARTED + 2 * HOUR


@pytest.mark.parametrize("kind", ["warn", "end_inactive"])
@pytest.mark.parametrize("opened_before_the_edit", [True, False])
def test_a_clock_that_missed_that_sessions_no_longer_end_is_stopped(
    anna: Agent, dan: Customer, kind: str, opened_before_the_edit: bool
) -> None:
    inactive_after(60, now=STARTED - HOUR)
    seen = end_policy_at(STARTED, None).seen
    session = new_session(anna, dan, now=STARTED if opened_before_the_edit else EDITED + MICROSECOND)
    set_policy(now=EDITED)
    stale(session, kind, seen)
    assert settled(session, STARTED + 2 * HOUR).is_open
    assert fresh(session).next_due_at is None
    assert kinds(session) == ["started"]
