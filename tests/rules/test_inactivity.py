"""rules.md 3 and 6: when an agent's silence warns of the end, and when it ends the session."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given

from policies_app.kinds import DueKind
from policies_app.rules import Due, Inactivity, due_while_open, inactivity
from policies_app.snapshot import EndPolicy
from tests.moments import DAY, HOUR, LONG_AGO, MICROSECOND, MINUTE, STARTED
from tests.rules.strategies import moments, policies, spans

LAST_ACTIVITY = STARTED + 7 * MINUTE
TEN_MINUTES = EndPolicy(inactive_after=10 * MINUTE, warn_before=MINUTE, saved_at=LONG_AGO)


def clock(policy: EndPolicy, *, opened_at: datetime = STARTED, last: datetime = LAST_ACTIVITY) -> Inactivity | None:
    return inactivity(policy, opened_at=opened_at, last_activity_at=last)


def test_without_the_toggle_silence_never_ends_a_session() -> None:
    assert clock(EndPolicy(saved_at=LONG_AGO)) is None
    assert due_while_open(None, warned=False) is None


def test_the_session_ends_after_the_duration_and_warns_before() -> None:
    assert clock(TEN_MINUTES) == Inactivity(LAST_ACTIVITY + 9 * MINUTE, LAST_ACTIVITY + 10 * MINUTE)


def test_zero_means_no_warning() -> None:
    silent = replace(TEN_MINUTES, warn_before=timedelta(0))
    assert clock(silent) == Inactivity(None, LAST_ACTIVITY + 10 * MINUTE)
    assert due_while_open(clock(silent), warned=False) == Due(LAST_ACTIVITY + 10 * MINUTE, DueKind.END_INACTIVE)


def test_time_warns_once_and_then_ends() -> None:
    assert due_while_open(clock(TEN_MINUTES), warned=False) == Due(LAST_ACTIVITY + 9 * MINUTE, DueKind.WARN)
    assert due_while_open(clock(TEN_MINUTES), warned=True) == Due(LAST_ACTIVITY + 10 * MINUTE, DueKind.END_INACTIVE)


# Each row: when the policy was saved, from the last activity; then when it warns and ends, from the same moment.
GRACE_OF_AN_EDIT = [
    (timedelta(minutes=1), timedelta(minutes=9), timedelta(minutes=10)),  # long before the end: the rule alone
    (timedelta(minutes=5), timedelta(minutes=9), timedelta(minutes=10)),  # the grace ends with the duration
    (timedelta(minutes=5, microseconds=1), timedelta(minutes=9, microseconds=1), timedelta(minutes=10, microseconds=1)),
    (timedelta(minutes=8), timedelta(minutes=12), timedelta(minutes=13)),
    (timedelta(hours=3), timedelta(hours=3, minutes=4), timedelta(hours=3, minutes=5)),  # long overdue by the new rule
]


@pytest.mark.parametrize(("saved", "warns", "ends"), GRACE_OF_AN_EDIT)
def test_an_edit_leaves_open_sessions_five_minutes(saved: timedelta, warns: timedelta, ends: timedelta) -> None:
    edited = replace(TEN_MINUTES, saved_at=LAST_ACTIVITY + saved)
    assert clock(edited) == Inactivity(LAST_ACTIVITY + warns, LAST_ACTIVITY + ends)


def test_a_warning_longer_than_the_grace_comes_with_the_edit_and_not_before_it() -> None:
    edited = replace(TEN_MINUTES, warn_before=8 * MINUTE, saved_at=LAST_ACTIVITY + 9 * MINUTE)
    assert clock(edited) == Inactivity(edited.saved_at, edited.saved_at + 5 * MINUTE)


@pytest.mark.parametrize(("opened", "minutes"), [(-MICROSECOND, 5), (timedelta(0), 5), (MICROSECOND, 1)])
def test_only_sessions_that_were_open_at_the_edit_have_its_grace(opened: timedelta, minutes: int) -> None:
    edited = EndPolicy(inactive_after=MINUTE, saved_at=STARTED)
    begun = STARTED + opened
    ends = clock(edited, opened_at=begun, last=begun)
    assert ends == Inactivity(None, (STARTED if minutes == 5 else begun) + minutes * MINUTE)


@given(policies(), moments, spans)
def test_an_end_is_never_early(policy: EndPolicy, opened_at: datetime, active_for: timedelta) -> None:
    last = opened_at + active_for
    found = clock(policy, opened_at=opened_at, last=last)
    if policy.inactive_after is None:
        assert found is None
        return
    assert found is not None
    assert found.end_at >= last + policy.inactive_after
    if opened_at <= policy.saved_at:
        assert found.end_at >= policy.saved_at + 5 * MINUTE


@given(policies(), moments, spans)
def test_a_warning_comes_before_the_end_and_after_the_last_activity(
    policy: EndPolicy, opened_at: datetime, active_for: timedelta
) -> None:
    last = opened_at + active_for
    found = clock(policy, opened_at=opened_at, last=last)
    if found is None or found.warn_at is None:
        return
    assert last <= found.warn_at < found.end_at
    assert found.end_at - found.warn_at <= policy.warn_before


@given(policies(), moments, spans)
def test_more_activity_never_brings_the_end_nearer(policy: EndPolicy, opened_at: datetime, later: timedelta) -> None:
    before, after = (
        clock(policy, opened_at=opened_at, last=opened_at),
        clock(policy, opened_at=opened_at, last=opened_at + later),
    )
    assert before is None or (after is not None and after.end_at >= before.end_at)


@given(policies(), moments, spans)
def test_stepping_from_due_to_due_warns_at_most_once_and_ends_once(
    policy: EndPolicy, opened_at: datetime, active_for: timedelta
) -> None:
    found, done, warned = clock(policy, opened_at=opened_at, last=opened_at + active_for), [], False
    while (due := due_while_open(found, warned=warned)) and due.kind is not DueKind.END_INACTIVE:
        done.append(due)
        warned = True
    if found is None:
        assert due is None and not done
        return
    assert due == Due(found.end_at, DueKind.END_INACTIVE)
    assert done == ([Due(found.warn_at, DueKind.WARN)] if found.warn_at else [])
    assert all(step.at < due.at for step in done)


def test_thirty_days_of_patience_are_counted_exactly() -> None:
    patient = replace(TEN_MINUTES, inactive_after=30 * DAY)
    assert clock(patient) == Inactivity(LAST_ACTIVITY + 30 * DAY - MINUTE, LAST_ACTIVITY + 30 * DAY)


# The customer is in the middle of something (D6): when last seen so, counted from the usual end, and when it ends then.
WAITING = [
    (-10 * MINUTE, timedelta(0)),
    (-MINUTE, timedelta(0)),  # the sign of it is a minute old just then
    (-MINUTE + MICROSECOND, MICROSECOND),
    (timedelta(seconds=-10), timedelta(seconds=50)),
    (timedelta(0), MINUTE),
    (14 * MINUTE, 15 * MINUTE),
    (14 * MINUTE + MICROSECOND, 15 * MINUTE),  # no longer than the cap
    (HOUR, 15 * MINUTE),
]


@pytest.mark.parametrize(("busy", "ends"), WAITING)
def test_the_end_waits_for_a_busy_customer_but_no_longer_than_the_cap(busy: timedelta, ends: timedelta) -> None:
    patient, usual = replace(TEN_MINUTES, wait_at_most=15 * MINUTE), LAST_ACTIVITY + 10 * MINUTE
    found = inactivity(patient, opened_at=STARTED, last_activity_at=LAST_ACTIVITY, customer_busy_at=usual + busy)
    assert found == Inactivity(usual + ends - MINUTE, usual + ends)


def test_without_the_toggle_a_busy_customer_changes_nothing() -> None:
    busy = LAST_ACTIVITY + 10 * MINUTE - MICROSECOND
    found = inactivity(TEN_MINUTES, opened_at=STARTED, last_activity_at=LAST_ACTIVITY, customer_busy_at=busy)
    assert found == clock(TEN_MINUTES)


@given(policies(), moments, spans, spans)
def test_waiting_only_ever_delays_and_never_beyond_the_cap(
    policy: EndPolicy, opened_at: datetime, active_for: timedelta, busy_for: timedelta
) -> None:
    last = opened_at + active_for
    usual = clock(policy, opened_at=opened_at, last=last)
    found = inactivity(policy, opened_at=opened_at, last_activity_at=last, customer_busy_at=opened_at + busy_for)
    assert (found is None) == (usual is None)
    if found and usual:
        assert usual.end_at <= found.end_at <= usual.end_at + (policy.wait_at_most or timedelta(0))
