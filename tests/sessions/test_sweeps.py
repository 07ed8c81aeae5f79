"""Sweeps: in bulk or one by one they write the same; a session that fails stops no other (rules.md 1)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies_app.kinds import Channel, EndReason
from policies_app.models import PolicyVersion, Workstream
from policies_app.rules import due_after_end, windows
from policies_app.selectors import end_policy_at
from policies_app.snapshot import EndPolicy
from sessions_app import sweeps, tasks
from sessions_app.models import Agent, Customer, LiveSession, TimelineEntry
from sessions_app.sweeps import RETRY_AFTER, sweep
from sessions_app.transitions import clock_changes, due_changes
from tests.cast import fresh, general, inactive_after, kinds, new_session
from tests.moments import DAY, HOUR, LONG_AGO, MICROSECOND, MINUTE, STARTED
from tests.rules.strategies import policies

ENDS = STARTED + 10 * MINUTE


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def everything() -> list[tuple[Any, ...]]:
    """All sessions and all rows, as they are stored."""
    rows = TimelineEntry.objects.order_by("session_id", "number")
    columns = [field.attname for field in TimelineEntry._meta.concrete_fields if field.attname != "id"]
    return [*LiveSession.objects.order_by("pk").values_list(), *rows.values_list(*columns)]


Saved = tuple[datetime, EndPolicy, bool]
"""When a policy was saved, what it says, and whether it is the override of the second workstream."""

moments = st.integers(0, 90 * 60).map(lambda seconds: STARTED + timedelta(seconds=seconds))
short_policies = policies().map(
    lambda policy: policy if policy.inactive_after is None else _shorter(policy, policy.inactive_after)
)


def _shorter(policy: EndPolicy, after: timedelta) -> EndPolicy:
    """So that much is due within the hour and a half of these tests; every third waits for busy customers."""
    wait = timedelta(minutes=10) if after.seconds % 3 == 0 else None
    after = timedelta(minutes=1 + after.seconds % 40)
    return replace(policy, inactive_after=after, warn_before=min(policy.warn_before, after / 2), wait_at_most=wait)


@st.composite
def open_ones(draw: st.DrawFn) -> dict[str, Any]:
    """An open session whose clock may have missed an edit."""
    started, active, seen = sorted(draw(st.tuples(moments, moments, moments)))
    return {
        "started_at": started,
        "last_agent_activity_at": active,
        "customer_busy_at": draw(st.none() | moments),
        "seen_at": seen,
        "warned": draw(st.booleans()),
        "special": draw(st.booleans()),
    }


def make(anna: Agent, carla: Customer, workstream: Workstream, given_: dict[str, Any]) -> None:
    seen_at, warned = given_["seen_at"], given_["warned"]
    times = {name: value for name, value in given_.items() if name.endswith("_at") and name != "seen_at"}
    session = LiveSession(
        channel=Channel.INVITATION, state="active", workstream=workstream, agent=anna, customer=carla, **times
    )
    for name, value in clock_changes(session, end_policy_at(seen_at, workstream.pk), warned=warned).items():
        setattr(session, name, value)
    if warned and session.next_due_at:
        session.warned_at = seen_at
    session.save()


def make_ended(anna: Agent, carla: Customer, workstream: Workstream, ended_at: datetime) -> None:
    policy = end_policy_at(ended_at, workstream.pk)
    opens = windows(policy, ended_at)
    LiveSession.objects.create(
        channel=Channel.INVITATION,
        workstream=workstream,
        state="ended",
        agent=anna,
        customer=carla,
        started_at=ended_at,
        ended_at=ended_at,
        end_reason=EndReason.ENDED_BY_AGENT,
        end_policy_id=policy.version,
        full_until=opens.full_until,
        limited_until=opens.limited_until,
        **due_changes(due_after_end(opens, ended_at)),
    )


@pytest.mark.postgresql
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(moments, short_policies, st.booleans()), min_size=1, max_size=4),
    st.lists(open_ones(), min_size=1, max_size=6),
    st.lists(st.tuples(moments, st.booleans()), max_size=3),
    moments | st.just(STARTED + 30 * DAY),
    st.sampled_from([1, 2, 1000]),
)
def test_in_bulk_and_one_by_one_every_session_and_row_is_the_same_whatever_its_workstream(
    anna: Agent,
    carla: Customer,
    saved: list[Saved],
    sessions: list[dict[str, Any]],
    ended: list[tuple[datetime, bool]],
    now: datetime,
    batch: int,
) -> None:
    with rolled_back():
        workstreams = {False: general(), True: Workstream.objects.create(name="Special")}
        PolicyVersion.objects.create(snapshot=saved[0][1].to_json(), saved_at=LONG_AGO)
        for saved_at, policy, special in sorted(saved, key=lambda one: one[0]):
            own = workstreams[True] if special else None
            PolicyVersion.objects.create(workstream=own, snapshot=policy.to_json(), saved_at=saved_at)
        for one in sessions:
            make(anna, carla, workstreams[one["special"]], one)
        for ended_at, special in ended:
            make_ended(anna, carla, workstreams[special], ended_at)
        with rolled_back():
            sweep(now, batch=batch)
            in_bulk = everything()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sweeps, "_sweep_in_bulk", lambda now, batch: 0)
            sweep(now, batch=batch)
        assert in_bulk == everything()
        assert not LiveSession.objects.filter(next_due_at__lte=now).exists()


@pytest.mark.postgresql
def test_what_is_due_goes_in_one_statement_for_each_kind(
    anna: Agent, carla: Customer, django_assert_max_num_queries: Any
) -> None:
    inactive_after(10)
    for _ in range(60):
        new_session(anna, carla)
    with django_assert_max_num_queries(25):
        assert sweep(ENDS) == 120
    assert set(LiveSession.objects.values_list("state", flat=True)) == {"ended"}


def test_a_sweep_that_finds_nothing_asks_once(session: LiveSession, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert sweep(STARTED + DAY) == 0


@pytest.fixture
def poisoned(transactional_db: None, anna: Agent, carla: Customer) -> LiveSession:
    """A session whose next row cannot be written, because something with that number is there already."""
    inactive_after(10, warn=0)
    session = new_session(anna, carla)
    TimelineEntry.objects.create(
        session=session, number=2, kind="joined", actor="customer", due_at=STARTED, recorded_at=STARTED, hash="x"
    )
    return session


def test_a_poisoned_session_is_reported_and_put_off_and_stops_no_other(
    poisoned: LiveSession, anna: Agent, dan: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    others = [new_session(anna, dan, now=STARTED + step * MICROSECOND) for step in (-1, 0, 1)]
    sweep(ENDS + MINUTE)
    assert [fresh(one).ended_at - one.started_at for one in others] == [10 * MINUTE] * 3
    put_off = fresh(poisoned)
    assert (put_off.state, put_off.retry_at) == ("active", ENDS + MINUTE + RETRY_AFTER)
    reports = [record for record in caplog.records if f"Session {poisoned.pk} " in record.getMessage()]
    assert [record.levelno for record in reports] == [logging.ERROR]


def test_meanwhile_sweeps_leave_it_alone(poisoned: LiveSession, caplog: pytest.LogCaptureFixture) -> None:
    sweep(ENDS)
    caplog.clear()
    assert sweep(ENDS + RETRY_AFTER - MICROSECOND) == 0
    assert caplog.records == []


def test_once_it_is_mended_it_ends_at_the_moment_it_was_due(poisoned: LiveSession) -> None:
    sweep(ENDS)
    poisoned.timeline.get(number=2).delete()
    sweep(ENDS + RETRY_AFTER)
    ended = fresh(poisoned)
    assert (ended.ended_at, ended.retry_at, kinds(poisoned)) == (ENDS, None, ["started", "ended"])


def test_pages_of_all_sessions_that_moved_are_told_at_once(
    transactional_db: None, anna: Agent, ben: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    inactive_after(10, warn=0)
    sessions = [new_session(agent, carla) for agent in (anna, ben, anna)]
    told: list[Any] = []
    monkeypatch.setattr("sessions_app.live.announce", told.extend)
    sweep(ENDS)
    rooms = {f"session:{one.public_id}:{side}" for one in sessions for side in ("agent", "customer")}
    assert {message.topic for message in told} == rooms | {f"agent:{anna.pk}", f"agent:{ben.pk}"}


def test_redis_away_stops_no_sweep(transactional_db: None, anna: Agent, carla: Customer, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    inactive_after(10, warn=0)
    session = new_session(anna, carla)
    sweep(ENDS + HOUR)
    assert fresh(session).ended_at == ENDS


def test_the_task_sweeps_and_leaves_word_that_it_did(session: LiveSession) -> None:
    LiveSession.objects.filter(pk=session.pk).update(next_due_at=STARTED, next_due_kind="end_inactive")
    tasks.sweep()
    assert cache.get(django_settings.LAST_SWEEP_KEY) is not None
    assert fresh(session).next_due_at is None, "no policy ends it: the clock was stopped"
