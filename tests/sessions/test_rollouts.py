"""Edits of the policy on their way through many open sessions (rules.md 6)."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies_app.actions import remove_override, save_end_session_behavior
from policies_app.models import EndSessionBehavior, Workstream
from policies_app.selectors import end_policy_at, end_session_behavior
from sessions_app import rollouts, tasks
from sessions_app.models import Agent, Customer, LiveSession, Rollout
from sessions_app.rollouts import STRAGGLERS
from sessions_app.sweeps import sweep
from sessions_app.transitions import clock_changes, lock
from tests.cast import fresh, general, inactive_after, kinds, new_session, roll_out, set_policy
from tests.moments import HOUR, MICROSECOND, MINUTE, STARTED
from tests.races.together import at_once

EDITED = STARTED + HOUR


@pytest.fixture
def special(anna: Agent) -> Workstream:
    """A second workstream."""
    return Workstream.objects.create(name="Special")


def save(minutes: int, warn: int = 0, *, now: datetime = EDITED, workstream: Workstream | None = None) -> Rollout:
    """Save a policy that nobody has carried to the sessions yet."""
    after, warning = minutes * MINUTE, timedelta(minutes=warn) or None
    end_session_behavior()
    behavior = EndSessionBehavior(
        workstream=workstream, end_when_inactive=True, inactive_after=after, warn_before=warning
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rollouts, "AT_ONCE", 0)
        save_end_session_behavior(behavior, by=None, now=now)
    return Rollout.objects.latest("pk")


def clock(session: LiveSession) -> tuple[Any, str]:
    stored = fresh(session)
    return stored.next_due_at, stored.next_due_kind


def knows(session: LiveSession, rollout: Rollout) -> bool:
    return fresh(session).clock_seen >= rollout.version_id


# What it says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "warn"), [(3, 0), (20, 1), (20, 19), (61, 0), (61, 30), (120, 5)])
def test_the_one_statement_for_many_sessions_says_what_the_rule_says(
    anna: Agent, carla: Customer, minutes: int, warn: int
) -> None:
    inactive_after(600, now=STARTED - HOUR)
    sessions = [new_session(anna, carla, now=STARTED + later * MINUTE) for later in range(0, 61, 6)]
    inactive_after(minutes, warn, now=EDITED)
    for one in map(fresh, sessions):
        expected = clock_changes(one, end_policy_at(EDITED, one.workstream_id))
        assert (one.next_due_at, one.next_due_kind) == (expected["next_due_at"], expected["next_due_kind"])
        assert one.clock_seen == expected["clock_seen"]


lengths = st.tuples(st.sampled_from([1, 2, 5, 20, 60, 300]), st.integers(0, 20)).map(
    lambda pair: (pair[0], min(pair[1], pair[0] - 1))
)
later = st.integers(0, 18).map(lambda tens: STARTED + 10 * tens * MINUTE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(
    before=lengths,
    edits=st.lists(st.tuples(later, lengths), min_size=1, max_size=3),
    begun=st.lists(later, min_size=1, max_size=4),
    carried=later,
)
def test_sessions_come_out_as_if_each_had_been_looked_at_by_itself(
    anna: Agent,
    carla: Customer,
    before: tuple[int, int],
    edits: list[tuple[datetime, tuple[int, int]]],
    begun: list[datetime],
    carried: datetime,
) -> None:
    """Also when the workers were away for several edits."""
    with transaction.atomic():
        inactive_after(*before, now=STARTED - HOUR)
        sessions = [new_session(anna, carla, now=at) for at in begun]
        for saved_at, length in sorted(edits):
            save(*length, now=saved_at)
        now = max(carried, *begun, *(saved_at for saved_at, _ in edits))

        def outcome(work: Callable[[], object]) -> list[Any]:
            with transaction.atomic():
                work()
                found = [(clock(one), fresh(one).ended_at, kinds(one), fresh(one).clock_seen) for one in sessions]
                transaction.set_rollback(True)
            return found

        def look() -> None:
            for one in sessions:
                lock(one.pk, now)

        def carry_out_and_look() -> None:
            roll_out(now)
            look()

        assert outcome(carry_out_and_look) == outcome(look)
        transaction.set_rollback(True)


def test_an_edit_that_was_not_carried_out_before_the_next_one_still_ended_what_it_ended(
    anna: Agent, carla: Customer
) -> None:
    inactive_after(600, warn=0, now=STARTED - HOUR)
    session = new_session(anna, carla)
    save(1, now=EDITED)
    save(600, now=EDITED + 10 * MINUTE)
    roll_out(EDITED + 10 * MINUTE)
    assert fresh(session).ended_at == EDITED + 5 * MINUTE


def test_a_session_that_began_just_after_an_edit_without_knowing_it_has_no_grace(anna: Agent, carla: Customer) -> None:
    inactive_after(60, warn=0, now=STARTED - HOUR)
    session = new_session(anna, carla, now=EDITED + MICROSECOND)
    save(1, now=EDITED)
    roll_out(EDITED + MICROSECOND)
    assert clock(session) == (EDITED + MICROSECOND + MINUTE, "end_inactive")


# On its way ------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(anna: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch) -> list[LiveSession]:
    """Twelve open sessions, of which a batch takes five."""
    monkeypatch.setattr(rollouts, "BATCH", 5)
    inactive_after(600, warn=0, now=STARTED - HOUR)
    return [new_session(anna, carla, now=STARTED + step * MINUTE) for step in range(12)]


def test_it_goes_on_where_it_was_cut_off(many: list[LiveSession], monkeypatch: pytest.MonkeyPatch) -> None:
    rollout = save(120)
    assert rollout.total == 12
    rollouts.advance(rollout.pk, now=EDITED, batches=1)
    with monkeypatch.context() as patch:
        patch.setattr(rollouts, "_set_together", _cut_off)
        with pytest.raises(RuntimeError):
            rollouts.advance(rollout.pk, now=EDITED, batches=1)
    rollout.refresh_from_db()
    assert (rollout.done, [knows(one, rollout) for one in many].count(True)) == (5, 5)
    roll_out(EDITED + MINUTE)
    rollout.refresh_from_db()
    assert (rollout.done, rollout.finished_at) == (12, EDITED + MINUTE)
    assert all(clock(one) == (one.started_at + 2 * HOUR, "end_inactive") for one in many)


def _cut_off(*_: Any) -> None:
    raise RuntimeError("the power went off")


def test_a_session_that_fails_is_reported_and_stops_no_other(
    many: list[LiveSession], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = many[3]
    LiveSession.objects.filter(pk=broken.pk).update(customer_busy_at=STARTED)

    def settle_one(session_id: int, now: datetime) -> None:
        raise RuntimeError("something is wrong with it")

    monkeypatch.setattr(rollouts, "settle_one", settle_one)
    rollout = save(120)
    roll_out(EDITED + MINUTE)
    rollout.refresh_from_db()
    assert rollout.finished_at
    assert [one.pk for one in many if not knows(one, rollout)] == [broken.pk]
    reports = [record for record in caplog.records if f"session {broken.pk}." in record.getMessage()]
    assert [record.levelno for record in reports] == [logging.ERROR]


def test_it_looks_once_more_for_clocks_that_were_set_just_when_the_edit_was_saved(anna: Agent, carla: Customer) -> None:
    """A transaction that began before the edit, and could not see it, is over only after the last batch."""
    inactive_after(600, warn=0, now=STARTED - HOUR)
    rollout = save(120)
    rollouts.advance(rollout.pk, now=EDITED, batches=9)
    late = new_session(anna, carla, now=EDITED - MICROSECOND)
    assert not knows(late, rollout)
    rollouts.advance(rollout.pk, now=EDITED + STRAGGLERS - MICROSECOND, batches=9)
    assert knows(late, rollout)
    rollout.refresh_from_db()
    assert rollout.finished_at is None
    rollouts.advance(rollout.pk, now=EDITED + STRAGGLERS, batches=9)
    rollout.refresh_from_db()
    assert rollout.finished_at == EDITED + STRAGGLERS


def test_what_ends_meanwhile_is_left_alone(many: list[LiveSession]) -> None:
    rollout = save(1)
    sweep(EDITED + 10 * HOUR)
    ended = [fresh(one).ended_at for one in many]
    roll_out(EDITED + 11 * HOUR)
    rollout.refresh_from_db()
    assert [fresh(one).ended_at for one in many] == ended
    assert (rollout.done, rollout.finished_at) == (12, EDITED + 11 * HOUR)


def test_the_first_batches_are_done_when_the_edit_is_saved(transactional_db: None, many: list[LiveSession]) -> None:
    behavior = EndSessionBehavior(end_when_inactive=True, inactive_after=2 * HOUR)
    version = save_end_session_behavior(behavior, by=None, now=EDITED)
    assert [fresh(one).clock_seen >= version.pk for one in many].count(True) == 5 * rollouts.AT_ONCE


def test_the_task_carries_on_whatever_is_under_way(many: list[LiveSession]) -> None:
    rollout = save(120)
    tasks.advance_rollouts()
    assert all(knows(one, rollout) for one in many)
    assert rollouts.under_way() == []


def test_a_batch_costs_the_same_for_one_session_and_for_many(
    anna: Agent, carla: Customer, django_assert_max_num_queries: Any
) -> None:
    inactive_after(600, warn=0, now=STARTED - HOUR)
    for _ in range(60):
        new_session(anna, carla)
    rollout = save(120)
    with django_assert_max_num_queries(16):
        rollouts.advance(rollout.pk, now=EDITED, batches=1)
    assert set(LiveSession.objects.values_list("next_due_at", flat=True)) == {STARTED + 2 * HOUR}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_each_session_once(many: list[LiveSession]) -> None:
    for one in many:
        LiveSession.objects.filter(pk=one.pk).update(warned_at=STARTED)
    rollout = save(700)

    def work() -> None:
        for _ in range(20):
            rollouts.advance(rollout.pk, now=EDITED + MINUTE, batches=1)

    at_once([work] * 4)
    rollout.refresh_from_db()
    assert (rollout.done, rollout.total) == (12, 12)
    assert [kinds(one) for one in many] == [["started", "kept_open"]] * 12


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_whoever_finds_another_at_work_does_not_wait(many: list[LiveSession]) -> None:
    rollout = save(120)

    def hold() -> None:
        with transaction.atomic():
            Rollout.objects.select_for_update().get(pk=rollout.pk)
            assert at_once([partial(rollouts.advance, rollout.pk, now=EDITED, batches=9)]) == [False]

    hold()
    assert not any(knows(one, rollout) for one in many)


# Workstreams -----------------------------------------------------------------------------------------------------


def test_a_system_wide_edit_leaves_workstreams_with_an_override_alone(
    anna: Agent, carla: Customer, special: Workstream
) -> None:
    inactive_after(60, warn=0, now=STARTED - HOUR)
    inactive_after(30, warn=0, now=STARTED - HOUR, workstream=special)
    usual, overridden = new_session(anna, carla), new_session(anna, carla, special)
    inactive_after(120, warn=0, now=STARTED + MINUTE)
    assert clock(usual) == (STARTED + 2 * HOUR, "end_inactive")
    assert clock(overridden) == (STARTED + 30 * MINUTE, "end_inactive")
    assert Rollout.objects.latest("pk").workstreams == [general().pk]


def test_an_override_concerns_its_workstream_only(anna: Agent, carla: Customer, special: Workstream) -> None:
    inactive_after(60, warn=0, now=STARTED - HOUR)
    usual, overridden = new_session(anna, carla), new_session(anna, carla, special)
    inactive_after(120, warn=0, now=STARTED + MINUTE, workstream=special)
    assert clock(usual) == (STARTED + HOUR, "end_inactive")
    assert clock(overridden) == (STARTED + 2 * HOUR, "end_inactive")


def test_when_an_override_is_removed_its_sessions_follow_the_system_wide_policy_with_the_grace(
    anna: Agent, carla: Customer, special: Workstream
) -> None:
    inactive_after(10, warn=0, now=STARTED - HOUR)
    set_policy(now=STARTED - HOUR, workstream=special)
    session = new_session(anna, carla, special)
    assert clock(session) == (None, "")
    remove_override(special, by=None, now=EDITED)
    roll_out(EDITED)
    assert clock(session) == (EDITED + 5 * MINUTE, "end_inactive")
    sweep(EDITED + 5 * MINUTE)
    assert fresh(session).end_policy.workstream is None
