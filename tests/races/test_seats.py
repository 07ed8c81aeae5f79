"""Seats under concurrency (rules.md 5): never more than an agent has, and none free while somebody waits."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction

from policies_app.kinds import AgentStatus, Assignment, EndReason, SessionState
from policies_app.models import Workstream
from sessions_app import availability
from sessions_app.actions import Refused
from sessions_app.activity import note_activity
from sessions_app.assigning import decline, enter_queue, pick, take_over, transfer_to_agent
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Agent, LiveSession
from sessions_app.seats import take
from sessions_app.sweeps import sweep
from sessions_app.transitions import end, start_invitation
from tests import cast
from tests.moments import MINUTE, STARTED
from tests.races.together import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def _team(number: int, capacity: int) -> list[Agent]:
    names = [f"Agent {one}" for one in range(number)]
    return [cast.available(cast.new_agent(name, capacity=capacity)) for name in names]


def _to_be_picked() -> None:
    Workstream.objects.update(assignment=Assignment.PICK)


def _refused(call: Callable[[], None]) -> Callable[[], bool]:
    """The call, answering whether it was refused."""

    def answer() -> bool:
        try:
            call()
        except Refused:
            return True
        return False

    return answer


def _held() -> Counter[int]:
    active = LiveSession.objects.filter(state=SessionState.ACTIVE)
    return Counter(active.values_list("agent", flat=True))


def test_fifty_arrivals_and_five_agents_of_capacity_three() -> None:
    team, general = _team(5, 3), cast.general().pk
    customers = [cast.new_customer(f"Customer{one}") for one in range(50)]
    at_once([partial(enter_queue, one, general, now=STARTED) for one in customers])
    assert _held() == {agent.pk: 3 for agent in team}
    assert LiveSession.objects.filter(state=SessionState.QUEUED).count() == 35
    served = LiveSession.objects.filter(state=SessionState.ACTIVE)
    assert all(cast.kinds(one) == [EntryKind.QUEUED, EntryKind.ASSIGNED] for one in served)


def test_two_agents_pick_the_same_session() -> None:
    anna, ben = _team(2, 1)
    _to_be_picked()
    session = cast.waiting(cast.new_customer("Carla"))
    refused = at_once([_refused(partial(pick, session.pk, agent, now=STARTED)) for agent in (anna, ben)])
    assert sum(refused) == 1
    assert sum(_held().values()) == 1


def test_an_agent_with_one_seat_picks_two_sessions_at_once() -> None:
    (anna,) = _team(1, 1)
    _to_be_picked()
    one, other = (cast.waiting(cast.new_customer(name)) for name in ("Carla", "Dan"))
    refused = at_once([_refused(partial(pick, pk, anna, now=STARTED)) for pk in (one.pk, other.pk)])
    assert sum(refused) == 1
    assert _held() == {anna.pk: 1}


def test_agents_who_transfer_to_each_other_do_not_wait_for_each_other() -> None:
    anna, ben = _team(2, 2)
    of = {cast.fresh(one).agent: one for one in (cast.waiting(cast.new_customer(name)) for name in ("Carla", "Dan"))}
    at_once(
        [
            partial(transfer_to_agent, of[anna].pk, anna, ben, "", now=STARTED),
            partial(transfer_to_agent, of[ben].pk, ben, anna, "", now=STARTED),
        ]
    )
    assert {cast.fresh(of[anna]).agent: anna, cast.fresh(of[ben]).agent: ben} == {ben: anna, anna: ben}


def test_what_is_declined_goes_to_the_other_agent_while_others_arrive() -> None:
    anna, ben = _team(2, 3)
    session = cast.waiting(cast.new_customer("Carla"))
    holder = cast.fresh(session).agent
    assert holder is not None
    more = [cast.new_customer(f"Customer{one}") for one in range(5)]
    arrivals = [partial(enter_queue, one, cast.general().pk, now=STARTED) for one in more]
    at_once([partial(decline, session.pk, holder, now=STARTED), *arrivals])
    held = _held()
    assert held[anna.pk] <= 3 and held[ben.pk] <= 3
    assert cast.fresh(session).agent != holder or cast.fresh(session).state == SessionState.QUEUED


def test_an_agent_who_starts_and_is_given_sessions_at_once_never_has_too_many() -> None:
    (anna,) = _team(1, 3)
    general = cast.general().pk

    def start(name: str) -> None:
        with transaction.atomic():
            take(anna, STARTED)
            start_invitation(anna, cast.new_customer(name), general, now=STARTED)

    starts = [_refused(partial(start, f"Invited{one}")) for one in range(5)]
    arrivals = [partial(enter_queue, cast.new_customer(f"Customer{one}"), general, now=STARTED) for one in range(5)]
    at_once([*starts, *arrivals])
    assert _held() == {anna.pk: 3}


def test_what_somebody_ends_makes_room_for_whoever_waits() -> None:
    team, general = _team(3, 1), cast.general().pk
    customers = [cast.new_customer(f"Customer{one}") for one in range(9)]
    for one in customers[:3]:
        enter_queue(one, general, now=STARTED)
    open_ = list(LiveSession.objects.filter(state=SessionState.ACTIVE).values_list("pk", flat=True))
    ends = [partial(end, pk, EndReason.ENDED_BY_ADMIN, actor=Actor.ADMIN, now=STARTED) for pk in open_]
    arrivals = [partial(enter_queue, one, general, now=STARTED) for one in customers[3:]]
    at_once([*ends, *arrivals])
    assert _held() == {agent.pk: 1 for agent in team}
    assert LiveSession.objects.filter(state=SessionState.QUEUED).count() == 3


@pytest.mark.parametrize("round_", range(3))
def test_who_signs_out_while_customers_arrive_is_left_with_nothing_unopened(round_: int) -> None:
    del round_
    anna, ben = _team(2, 5)
    customers = [cast.new_customer(f"Customer{one}") for one in range(8)]
    arrivals = [partial(enter_queue, one, cast.general().pk, now=STARTED) for one in customers]
    at_once([*arrivals[:4], partial(availability.choose, anna, AgentStatus.OFFLINE, STARTED), *arrivals[4:]])
    assert _held() == {ben.pk: 5}
    assert LiveSession.objects.filter(state=SessionState.QUEUED).count() == 3


def test_sweeps_side_by_side_give_every_seat_that_they_free_once() -> None:
    cast.inactive_after(10, warn=0)
    team, general = _team(4, 2), cast.general().pk
    for one in range(8):
        enter_queue(cast.new_customer(f"Early{one}"), general, now=STARTED)
    for agent in team:
        for pk in LiveSession.objects.filter(agent=agent).values_list("pk", flat=True):
            note_activity(agent, pk, now=STARTED)
    for one in range(10):
        enter_queue(cast.new_customer(f"Late{one}"), general, now=STARTED)
    at_once([partial(sweep, STARTED + 10 * MINUTE)] * 4)
    assert _held() == {agent.pk: 2 for agent in team}
    assert LiveSession.objects.filter(state=SessionState.QUEUED).count() == 2


def test_two_supervisors_take_over_the_same_session() -> None:
    anna, *bosses = _team(3, 1)
    right = Permission.objects.get(codename="take_over_session")
    for boss in bosses:
        boss.user.user_permissions.add(right)
    session = cast.new_session(anna, cast.new_customer("Carla"))
    fresh_bosses = [Agent.objects.get(pk=boss.pk) for boss in bosses]
    at_once([_refused(partial(take_over, session.pk, boss, now=STARTED)) for boss in fresh_bosses])
    assert sum(_held().values()) == 1
    assert cast.kinds(session)[0] == "started" and cast.kinds(session).count("taken_over") in (1, 2)
