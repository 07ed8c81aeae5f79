"""What saving a policy would do to open sessions, as the preview says it (product.md D1)."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from policies_app.models import Workstream
from policies_app.rules import BUSY_FOR, inactivity
from policies_app.selectors import end_policies_at, end_policy_at
from policies_app.signals import end_policy_previewed
from policies_app.snapshot import EndPolicy
from sessions_app import effects
from sessions_app.effects import SOON, Effect, effect, effects_on_open
from sessions_app.models import Agent, Customer, LiveSession
from tests.cast import general, inactive_after, new_session, set_policy
from tests.moments import DAY, HOUR, MICROSECOND, MINUTE, STARTED

pytestmark = pytest.mark.django_db

NOW = STARTED + 2 * HOUR


def draft(minutes: int | None = None, **settings: Any) -> EndPolicy:
    """A policy as if it were saved now."""
    return EndPolicy(inactive_after=minutes * MINUTE if minutes else None, saved_at=NOW, **settings)


def silent(session: LiveSession, span: timedelta, *, busy: timedelta | None = None) -> None:
    """Let the agent have been silent for so long, and the customer have been busy so long ago."""
    busy_at = NOW - busy if busy is not None else None
    LiveSession.objects.filter(pk=session.pk).update(last_agent_activity_at=NOW - span, customer_busy_at=busy_at)


def said(policy: EndPolicy, *workstreams: Workstream) -> str:
    ids = [one.pk for one in workstreams or (general(),)]
    return " ".join(effects_on_open(policy=policy, workstream_ids=ids, now=NOW))


# Against the rules -----------------------------------------------------------------------------------------------


def by_the_rules(policy: EndPolicy, current: dict[int, EndPolicy]) -> Effect:
    """The same numbers, one session after another."""
    found = Effect()
    for one in LiveSession.objects.filter(state="active", workstream__in=current):
        then, now = (_ends_soon(one, policy), _ends_soon(one, current[one.workstream_id]))
        is_busy = one.customer_busy_at is not None and one.customer_busy_at > NOW - BUSY_FOR
        closed = then and not now
        found += Effect(1, int(closed), int(closed and is_busy), int(now and not then), int(now and then))
    return found


def _ends_soon(session: LiveSession, policy: EndPolicy) -> bool:
    clock = inactivity(
        policy,
        opened_at=session.started_at,
        last_activity_at=session.last_agent_activity_at,
        customer_busy_at=session.customer_busy_at,
    )
    return clock is not None and clock.end_at <= NOW + SOON


def many_sessions(agent: Agent, customer: Customer, workstreams: list[Workstream], random: Random) -> None:
    """Sessions of every kind, with many moments just at the edges."""
    for _ in range(40):
        session = new_session(agent, customer, random.choice(workstreams), now=STARTED)
        edge = random.choice([timedelta(0), MICROSECOND, -MICROSECOND, MINUTE])
        span = max(random.choice([5, 10, 20, 30, 50, 110]) * MINUTE - random.choice([timedelta(0), SOON]) + edge, edge)
        busy = random.choice([None, None, timedelta(0), BUSY_FOR, BUSY_FOR - MICROSECOND, 10 * MINUTE])
        silent(session, max(span, timedelta(0)), busy=busy)
    LiveSession.objects.filter(pk=session.pk).update(started_at=NOW)


POLICIES = [None, 1, 5, 10, 20, 30, 60, 120]


@pytest.mark.parametrize("before", [None, 5, 20, 30, 120])
def test_the_numbers_are_those_of_the_rules(anna: Agent, carla: Customer, before: int | None) -> None:
    special = Workstream.objects.create(name="Special")
    set_policy(inactive_after=before * MINUTE if before else None, now=STARTED)
    set_policy(inactive_after=20 * MINUTE, now=NOW - MINUTE, workstream=special)
    many_sessions(anna, carla, [general(), special], Random(before))
    for which in ([general().pk], [special.pk], [general().pk, special.pk], []):
        current = end_policies_at(NOW, which)
        for after in POLICIES:
            for wait in (None, 15 * MINUTE):
                policy = draft(after, wait_at_most=wait if after else None)
                assert effect(policy, current, NOW) == by_the_rules(policy, current), (which, after, wait)


# In words --------------------------------------------------------------------------------------------------------


def test_how_many_sessions_would_be_closed_is_said_before_saving(anna: Agent, carla: Customer, dan: Customer) -> None:
    inactive_after(600)
    for customer, span in ((carla, 5), (dan, 55), (carla, 56)):
        silent(new_session(anna, customer), span * MINUTE)
    assert said(draft(60)) == ("2 of 3 open sessions would be closed within 10 minutes of saving (none sooner than 5).")


def test_customers_in_the_middle_of_something_are_counted(anna: Agent, carla: Customer) -> None:
    silent(new_session(anna, carla), HOUR, busy=MINUTE - MICROSECOND)
    silent(new_session(anna, carla), HOUR, busy=MINUTE)
    text = "2 of 2 open sessions would be closed within 10 minutes of saving (none sooner than 5)"
    middle = "; in 1 of them a customer is in the middle of completing something"
    assert said(draft(60)) == f"{text}{middle}."
    assert said(draft(60, wait_at_most=HOUR)) == f"{text}{middle}, and is waited for."


def test_what_would_close_anyway_is_no_effect(anna: Agent, carla: Customer) -> None:
    inactive_after(60)
    silent(new_session(anna, carla), 55 * MINUTE)
    nothing = "Nothing changes for the one open session while it is open. As now, 1 would end within 10 minutes."
    assert said(end_policy_at(NOW, general().pk)) == nothing
    silent(new_session(anna, carla), 30 * MINUTE)
    assert said(draft(40)) == (
        "1 of 2 open sessions would be closed within 10 minutes of saving (none sooner than 5). "
        "Another 1 would end in that time anyway, as now."
    )


def test_sessions_that_stay_open_longer_are_an_effect_too(anna: Agent, carla: Customer) -> None:
    inactive_after(60)
    silent(new_session(anna, carla), 55 * MINUTE)
    silent(new_session(anna, carla), MINUTE)
    longer = "1 of 2 open sessions would stay open instead of ending within 10 minutes."
    assert said(draft(120)) == said(draft(None)) == longer


def test_a_change_that_concerns_nobody_yet_says_so(anna: Agent, carla: Customer) -> None:
    silent(new_session(anna, carla), MINUTE)
    silent(new_session(anna, carla), MINUTE)
    assert said(draft(60)) == "None of the 2 open sessions is closed within 10 minutes of saving because of this."
    assert said(draft(None, chat=True)) == "Nothing changes for the 2 open sessions while they are open."


def test_where_nothing_is_open_nothing_changes(session: LiveSession) -> None:
    special = Workstream.objects.create(name="Special")
    nothing = "No session is open here now, so nothing changes for open sessions."
    assert said(draft(5), special) == nothing
    assert effects_on_open(policy=draft(5), workstream_ids=[], now=NOW) == [nothing]


def test_only_the_workstreams_concerned_are_counted(anna: Agent, carla: Customer) -> None:
    special = Workstream.objects.create(name="Special")
    for workstream in (general(), special, special):
        silent(new_session(anna, carla, workstream), HOUR)
    assert said(draft(60), special).startswith("2 of 2 open sessions")
    assert said(draft(60), general()).startswith("1 of 1 open session ")
    assert said(draft(60), special, general()).startswith("3 of 3 open sessions")


def test_no_more_than_so_many_are_counted(anna: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "MOST", 2)
    for _ in range(4):
        silent(new_session(anna, carla), HOUR, busy=timedelta(0))
    assert said(draft(60)).startswith("More than 2 of more than 2 open sessions would be closed")
    assert said(draft(None)) == "Nothing changes for the more than 2 open sessions while they are open."
    LiveSession.objects.update(customer_busy_at=None)
    first = LiveSession.objects.order_by("pk")[:2].values_list("pk", flat=True)
    LiveSession.objects.filter(pk__in=list(first)).update(customer_busy_at=NOW)
    assert effect(draft(60), end_policies_at(NOW), NOW).total == 3


def test_it_takes_as_many_queries_for_few_sessions_as_for_many(
    anna: Agent, carla: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    inactive_after(600)
    for _ in range(5):
        silent(new_session(anna, carla), HOUR)
    ids = [general().pk]
    with django_assert_num_queries(6):
        effects_on_open(policy=draft(60), workstream_ids=ids, now=NOW)


def test_whoever_previews_a_policy_is_told(session: LiveSession) -> None:
    silent(session, HOUR)
    answers = end_policy_previewed.send(None, policy=draft(60), workstream_ids=[general().pk], now=NOW)
    assert [sentence for _receiver, sentences in answers for sentence in sentences] == [
        "1 of 1 open session would be closed within 10 minutes of saving (none sooner than 5)."
    ]


def test_looking_changes_nothing(session: LiveSession) -> None:
    silent(session, DAY)
    before = LiveSession.objects.values().get(pk=session.pk)
    said(replace(draft(60), version=0))
    assert LiveSession.objects.values().get(pk=session.pk) == before
