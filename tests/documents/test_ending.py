"""A customer in the middle of a document is not cut off without a warning and a way to ask for more time (D6)."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies_app.kinds import EndReason, SessionState
from policies_app.rules import BUSY_FOR, inactivity
from policies_app.selectors import end_policies_at
from policies_app.snapshot import EndPolicy
from sessions_app.actions import Refused
from sessions_app.documents.actions import add_file, ask_for_files, complete, note_opened, save
from sessions_app.effects import effect, effects_on_open
from sessions_app.models import Agent, Customer, Document, LiveSession
from sessions_app.more_time import ask_for_more_time
from sessions_app.settling import settle_one
from sessions_app.sweeps import sweep
from tests.cast import fresh, general, inactive_after, kinds, new_session
from tests.documents.papers import COMPLETE, CONSENT, a_field, new_version, sent, typed
from tests.documents.test_files import upload
from tests.moments import MICROSECOND, MINUTE, STARTED
from tests.rules.strategies import moments, policies, spans

WARNED = STARTED + 9 * MINUTE
CLOSES = STARTED + 10 * MINUTE
CAP = 5 * MINUTE


def a_document(agent: Agent, customer: Customer, **policy: object) -> tuple[LiveSession, Document]:
    """Sent at STARTED into a session that closes at CLOSES unless somebody is waited for."""
    inactive_after(10, **policy)
    session = new_session(agent, customer)
    return session, sent(session, agent, new_version(fields=[a_field("a"), a_field("b")]))


def enters(document: Document, now: datetime) -> None:
    save(document.pk, typed(int(now.timestamp() * 1000), a=f"until {now}"), now=now)


# The end waits, capped -------------------------------------------------------------------------------------------


def test_the_end_waits_for_a_customer_who_goes_on_but_not_for_ever(anna: Agent, carla: Customer) -> None:
    session, document = a_document(anna, carla, wait_at_most=CAP)
    now = WARNED
    while now < CLOSES + CAP:
        enters(document, now)
        assert fresh(session).next_due_at == max(CLOSES, min(now + BUSY_FOR, CLOSES + CAP))
        now += MINUTE / 3
    with pytest.raises(Refused):
        save(document.pk, typed(2**43, b="too late"), now=CLOSES + CAP)
    ended = fresh(session)
    assert (ended.ended_at, ended.end_reason) == (CLOSES + CAP, EndReason.AGENT_INACTIVE)
    assert session.drafts.get().text.endswith("\nB: too late")
    assert kinds(session).count("warned") == 1


def test_it_ends_a_minute_after_the_customer_stopped(anna: Agent, carla: Customer) -> None:
    session, document = a_document(anna, carla, wait_at_most=CAP)
    enters(document, CLOSES - MICROSECOND)
    sweep(CLOSES - MICROSECOND + BUSY_FOR - MICROSECOND)
    assert fresh(session).is_open
    sweep(CLOSES - MICROSECOND + BUSY_FOR)
    assert fresh(session).ended_at == CLOSES - MICROSECOND + BUSY_FOR


@pytest.mark.parametrize("what", ["opens", "adds a file", "saves nothing new", "completes"])
def test_what_shows_that_a_customer_is_in_the_middle_of_it(anna: Agent, carla: Customer, what: str) -> None:
    session, document = a_document(anna, carla, wait_at_most=CAP)
    card = ask_for_files(session.pk, anna, "Card", key=uuid4(), now=STARTED)
    enters(document, STARTED + MINUTE)
    match what:
        case "opens":
            note_opened(document.pk, now=WARNED)
        case "adds a file":
            add_file(card.pk, upload(), key=uuid4(), now=WARNED)
        case "saves nothing new":
            save(document.pk, {}, now=WARNED)
        case "completes":
            complete(document.pk, typed(2**43, a="done"), CONSENT, key=uuid4(), now=WARNED)
    shown = fresh(session).customer_busy_at
    assert shown == (STARTED + MINUTE if what == "saves nothing new" else WARNED)


def test_nothing_that_the_customer_does_counts_as_the_agents_activity(anna: Agent, carla: Customer) -> None:
    session, document = a_document(anna, carla)
    note_opened(document.pk, now=STARTED + MINUTE)
    enters(document, STARTED + MINUTE)
    complete(document.pk, typed(2**43, a="done"), CONSENT, key=uuid4(), now=STARTED + MINUTE)
    assert fresh(session).last_agent_activity_at == STARTED
    sweep(CLOSES)
    assert fresh(session).ended_at == CLOSES


# Otherwise both are warned, and the customer asks -----------------------------------------------------------------


def test_without_waiting_both_are_warned_and_the_customer_asks_for_more_time(anna: Agent, carla: Customer) -> None:
    session, document = a_document(anna, carla)
    enters(document, WARNED - MICROSECOND)
    with pytest.raises(Refused):
        ask_for_more_time(session.pk, now=WARNED - MICROSECOND)
    enters(document, WARNED + MICROSECOND)
    assert fresh(session).warned_at == WARNED
    assert fresh(session).next_due_at == CLOSES, "nobody is waited for"
    ask_for_more_time(session.pk, now=WARNED + MINUTE / 2)
    enters(document, CLOSES - MICROSECOND)
    settle_one(session.pk, CLOSES)
    ended = fresh(session)
    assert ended.ended_at == CLOSES
    assert ended.follow_up_since == WARNED + MINUTE / 2, "the request outlives the session, and waits for the agent"
    assert kinds(session) == ["started", "document_sent", "warned", "asked_for_time", "ended"]


def test_asking_for_more_time_keeps_what_is_waited_for(anna: Agent, carla: Customer) -> None:
    session, document = a_document(anna, carla, wait_at_most=CAP)
    enters(document, WARNED)
    ask_for_more_time(session.pk, now=WARNED + MICROSECOND)
    enters(document, CLOSES - MICROSECOND)
    assert fresh(session).is_open and fresh(session).asked_for_time_at == WARNED + MICROSECOND
    assert fresh(session).next_due_at == CLOSES - MICROSECOND + BUSY_FOR


# The rule, for any policy ---------------------------------------------------------------------------------------


@given(policies(), moments, spans, st.lists(spans, max_size=5), st.booleans())
def test_the_end_is_never_later_than_the_cap_and_never_earlier_than_without_documents(
    policy: EndPolicy, active_at: datetime, opened_before: timedelta, saves: list[timedelta], is_old: bool
) -> None:
    opened_at = min(active_at, policy.saved_at) - opened_before if is_old else active_at
    usual = inactivity(policy, opened_at=opened_at, last_activity_at=active_at)
    last = usual and usual.end_at
    for after in sorted(saves):
        saved_at = active_at + after
        if last is None or saved_at >= last:
            break  # it has ended: nothing is saved any more
        clock = inactivity(policy, opened_at=opened_at, last_activity_at=active_at, customer_busy_at=saved_at)
        assert usual and clock
        cap = policy.wait_at_most or timedelta(0)
        assert usual.end_at <= clock.end_at <= usual.end_at + cap
        assert clock.end_at >= last, "going on never brings the end nearer"
        assert clock.end_at >= min(saved_at + BUSY_FOR, usual.end_at + cap) if cap else clock == usual
        last = clock.end_at
    assert (usual is None) is (policy.inactive_after is None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.none() | st.integers(1, 8),
    st.lists(st.floats(0, 30), max_size=6),
)
def test_what_is_stored_says_the_same_after_any_saves(
    anna: Agent, carla: Customer, cap: int | None, minutes: list[float]
) -> None:
    wait_at_most = cap * MINUTE if cap else None
    session, document = a_document(anna, carla, wait_at_most=wait_at_most)
    policy = inactive_after(10, wait_at_most=wait_at_most)
    busy_at = None
    for minute in sorted(minutes):
        now = STARTED + timedelta(minutes=minute)
        clock = inactivity(policy, opened_at=STARTED, last_activity_at=STARTED, customer_busy_at=busy_at)
        assert clock
        try:
            save(document.pk, typed(int(minute * 60_000_000) + 1, a=str(minute)), now=now)
        except Refused:
            assert now >= clock.end_at
            break
        assert now < clock.end_at
        busy_at = now
    clock = inactivity(policy, opened_at=STARTED, last_activity_at=STARTED, customer_busy_at=busy_at)
    assert clock
    settle_one(session.pk, clock.end_at)
    assert (fresh(session).state, fresh(session).ended_at) == (SessionState.ENDED, clock.end_at)


# Before an administrator saves (D1) ---------------------------------------------------------------------------------


def test_the_preview_counts_customers_who_are_in_the_middle_of_a_document(
    anna: Agent, carla: Customer, dan: Customer
) -> None:
    inactive_after(60)
    now = STARTED + 20 * MINUTE
    for customer, at in ((carla, now - MINUTE + MICROSECOND), (dan, now - MINUTE), (carla, now)):
        session = new_session(anna, customer)
        document = sent(session, anna, new_version(fields=[a_field("a")]))
        enters(document, at)
    stricter = EndPolicy(inactive_after=10 * MINUTE, warn_before=MINUTE, saved_at=STARTED)
    workstreams = [general().pk]
    counted = effect(stricter, end_policies_at(now, set(workstreams)), now)
    assert (counted.closed, counted.busy) == (3, 2)
    said = " ".join(effects_on_open(policy=stricter, workstream_ids=workstreams, now=now))
    assert "in 2 of them a customer is in the middle of completing something" in said
    waits = EndPolicy(inactive_after=10 * MINUTE, warn_before=MINUTE, wait_at_most=CAP, saved_at=STARTED)
    said = " ".join(effects_on_open(policy=waits, workstream_ids=workstreams, now=now))
    assert "completing something, and is waited for" in said


def test_who_has_completed_everything_is_soon_in_the_middle_of_nothing(anna: Agent, carla: Customer) -> None:
    session = new_session(anna, carla)
    complete(sent(session, anna).pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    assert fresh(session).customer_busy_at == STARTED
