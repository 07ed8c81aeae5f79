"""rules.md 2 and 5: how a session comes to an agent, goes on to another, and comes back to the queue."""

from datetime import timedelta

import pytest

from policies_app.capacity import HERE_FOR
from policies_app.kinds import AgentStatus, Assignment, EndReason, SessionState
from policies_app.models import Workstream
from sessions_app import assigning, availability, seats, selectors
from sessions_app.actions import Refused
from sessions_app.activity import note_activity
from sessions_app.kinds import Actor, ReturnReason
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.settling import settle_one
from sessions_app.sweeps import sweep
from sessions_app.transitions import end, start_invitation
from tests.cast import available, fresh, general, inactive_after, kinds, new_session, waiting
from tests.moments import HOUR, MICROSECOND, MINUTE, STARTED

# Assigning happens when a transaction commits, so they must.
pytestmark = pytest.mark.django_db(transaction=True)

SOON = STARTED + timedelta(seconds=20)
ANSWER_BY = STARTED + MINUTE


def capacity(agent: Agent, seats_: int) -> Agent:
    Agent.objects.filter(pk=agent.pk).update(capacity=seats_)
    agent.refresh_from_db()
    return agent


def to_be_picked() -> None:
    Workstream.objects.update(assignment=Assignment.PICK)


def holder(session: LiveSession) -> Agent | None:
    return fresh(session).agent


def opened(session: LiveSession, agent: Agent) -> LiveSession:
    """The agent works in what they were given."""
    note_activity(agent, session.pk, now=SOON)
    return fresh(session)


def last(session: LiveSession) -> dict[str, object]:
    return dict(session.timeline.latest("number").payload)


# Out of the queue --------------------------------------------------------------------------------------------------


def test_who_arrives_while_somebody_is_free_is_theirs_at_once(anna: Agent, carla: Customer) -> None:
    available(anna)
    session = waiting(carla)
    assert (session.state, session.agent, session.assigned_at) == (SessionState.ACTIVE, anna, STARTED)
    assert session.answer_by == ANSWER_BY
    assert kinds(session) == ["queued", "assigned"]


def test_who_arrives_while_nobody_is_there_waits_for_the_first_who_comes(anna: Agent, carla: Customer) -> None:
    session = waiting(carla)
    assert (session.state, session.agent) == (SessionState.QUEUED, None)
    availability.choose(anna, AgentStatus.AVAILABLE, SOON)
    assert holder(session) == anna


def test_first_come_first_served(anna: Agent, carla: Customer, dan: Customer) -> None:
    first, second = waiting(carla), waiting(dan, now=STARTED + MICROSECOND)
    available(capacity(anna, 1))
    assigning.assign_everywhere(SOON)
    assert (holder(first), holder(second)) == (anna, None)


def test_the_next_goes_to_whoever_has_most_room(anna: Agent, ben: Agent, carla: Customer, dan: Customer) -> None:
    available(capacity(anna, 3))
    new_session(anna, carla)
    available(capacity(ben, 3))
    assert holder(waiting(dan)) == ben


@pytest.mark.parametrize("why", ["away", "elsewhere", "signed out", "page closed", "silent", "account closed", "full"])
def test_who_is_not_available_is_given_nothing(anna: Agent, carla: Customer, dan: Customer, why: str) -> None:
    available(anna)
    match why:
        case "away":
            availability.choose(anna, AgentStatus.AWAY, STARTED)
        case "signed out":
            availability.choose(anna, AgentStatus.OFFLINE, STARTED)
        case "elsewhere":
            anna.workstreams.set([Workstream.objects.create(name="Loans")])
        case "page closed":
            Agent.objects.update(last_seen_at=STARTED - HERE_FOR)
        case "silent":
            Agent.objects.update(last_active_at=STARTED - 10 * MINUTE)
        case "account closed":
            anna.user.is_active = False
            anna.user.save()
        case "full":
            new_session(capacity(anna, 1), dan)
    assert holder(waiting(carla)) is None


def test_where_agents_pick_nobody_is_given_anything(anna: Agent, carla: Customer) -> None:
    available(anna)
    to_be_picked()
    session = waiting(carla)
    assert holder(session) is None
    assigning.assign_everywhere(SOON)
    assert holder(session) is None
    assigning.pick(session.pk, anna, now=SOON)
    picked = fresh(session)
    assert (picked.agent, picked.answer_by) == (anna, None)


def test_a_single_active_session(anna: Agent, carla: Customer, dan: Customer) -> None:
    available(capacity(anna, 1))
    first, second = waiting(carla), waiting(dan)
    assert (holder(first), holder(second)) == (anna, None)
    end(first.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=SOON)
    assert holder(second) == anna


@pytest.mark.parametrize("by", ["a request", "the sweep"])
def test_a_seat_that_time_frees_goes_to_whoever_waits(anna: Agent, carla: Customer, dan: Customer, by: str) -> None:
    inactive_after(10, warn=0)
    available(capacity(anna, 1))
    over = opened(waiting(carla), anna)
    waits = waiting(dan, now=SOON)
    assert over.next_due_at
    if by == "the sweep":
        sweep(over.next_due_at)
    else:
        settle_one(over.pk, over.next_due_at)
    assert not fresh(over).is_open
    assert holder(waits) == anna


def test_what_has_ended_by_time_takes_no_seat_even_before_it_is_written_down(
    anna: Agent, carla: Customer, dan: Customer
) -> None:
    inactive_after(10, warn=0)
    available(capacity(anna, 1))
    over = opened(waiting(carla), anna)
    assert holder(waiting(dan, now=STARTED + HOUR)) == anna
    assert not fresh(over).is_open


def test_what_is_only_prepared_takes_no_seat_until_its_customer_is_invited(
    anna: Agent, carla: Customer, dan: Customer
) -> None:
    capacity(anna, 1)
    prepared = start_invitation(anna, carla, general().pk, prepared=True, now=STARTED)
    assert seats.used_by([anna.pk], STARTED) == {anna.pk: 0}
    other = start_invitation(anna, dan, general().pk, now=STARTED)
    with pytest.raises(Refused, match="holds 1 of 1 sessions"):
        assigning.open_prepared(prepared.pk, anna, now=SOON)
    end(other.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=SOON)
    assigning.open_prepared(prepared.pk, anna, now=SOON)
    assigning.open_prepared(prepared.pk, anna, now=SOON)
    assert kinds(prepared) == ["started", "accepted"]
    assert seats.used_by([anna.pk], SOON) == {anna.pk: 1}


# Picking -----------------------------------------------------------------------------------------------------------


def test_who_was_later_is_told_so(anna: Agent, ben: Agent, carla: Customer) -> None:
    session = waiting(carla)
    assigning.pick(session.pk, anna, now=SOON)
    with pytest.raises(Refused, match="Somebody else"):
        assigning.pick(session.pk, ben, now=SOON)
    assigning.pick(session.pk, anna, now=SOON)
    assert kinds(session) == ["queued", "assigned"]


def test_nobody_picks_without_a_seat_or_elsewhere(anna: Agent, carla: Customer, dan: Customer) -> None:
    loans = Workstream.objects.create(name="Loans")
    elsewhere, here = waiting(carla, loans), waiting(dan)
    with pytest.raises(Refused, match="not yours"):
        assigning.pick(elsewhere.pk, anna, now=SOON)
    new_session(capacity(anna, 1), carla)
    with pytest.raises(Refused, match="holds 1 of 1"):
        assigning.pick(here.pk, anna, now=SOON)
    assert kinds(elsewhere) == kinds(here) == ["queued"]


# Answering, or not -------------------------------------------------------------------------------------------------


def test_whoever_works_in_it_has_opened_it(anna: Agent, carla: Customer) -> None:
    available(anna)
    session = opened(waiting(carla), anna)
    assert session.answer_by is None
    sweep(ANSWER_BY + MINUTE)
    assert kinds(session) == ["queued", "assigned", "accepted"]


def test_working_elsewhere_does_not_open_it(anna: Agent, carla: Customer) -> None:
    available(anna)
    session = waiting(carla)
    note_activity(anna, None, now=SOON)
    assert fresh(session).answer_by == ANSWER_BY


def test_unopened_it_goes_on_to_somebody_else_and_the_agent_is_away(anna: Agent, ben: Agent, carla: Customer) -> None:
    available(anna)
    session = waiting(carla)
    available(ben)
    sweep(ANSWER_BY - MICROSECOND)
    assert holder(session) == anna
    sweep(ANSWER_BY)
    assert holder(session) == ben
    assert kinds(session) == ["queued", "assigned", "returned", "assigned"]
    anna.refresh_from_db()
    assert anna.status == AgentStatus.AWAY


def test_where_agents_have_all_the_time_it_stays(anna: Agent, carla: Customer) -> None:
    Workstream.objects.update(answer_within=None)
    available(anna)
    session = waiting(carla)
    sweep(STARTED + HOUR)
    assert (session.answer_by, holder(session)) == (None, anna)


def test_what_is_declined_goes_to_somebody_else_and_not_back(anna: Agent, ben: Agent, carla: Customer) -> None:
    available(anna)
    session = waiting(carla)
    assigning.decline(session.pk, anna, now=SOON)
    assert (fresh(session).state, last(session)) == (SessionState.QUEUED, {"reason": ReturnReason.DECLINED})
    assigning.assign_everywhere(SOON)
    assert holder(session) is None
    available(ben)
    assigning.assign_everywhere(SOON)
    assert holder(session) == ben


def test_what_an_agent_declined_they_can_still_pick(anna: Agent, carla: Customer) -> None:
    available(anna)
    session = waiting(carla)
    assigning.decline(session.pk, anna, now=SOON)
    assigning.pick(session.pk, anna, now=SOON)
    assert holder(session) == anna


def test_who_declined_lets_those_behind_pass(anna: Agent, carla: Customer, dan: Customer) -> None:
    available(capacity(anna, 1))
    first, second = waiting(carla), waiting(dan)
    assigning.decline(first.pk, anna, now=SOON)
    assert (holder(first), holder(second)) == (None, anna)


def test_what_was_opened_is_not_declined(anna: Agent, carla: Customer) -> None:
    available(anna)
    session = opened(waiting(carla), anna)
    with pytest.raises(Refused, match="transfer"):
        assigning.decline(session.pk, anna, now=SOON + assigning.OPENING)


def test_who_signs_out_gives_back_what_they_have_not_opened_and_keeps_the_rest(
    anna: Agent, carla: Customer, dan: Customer
) -> None:
    available(anna)
    unopened, mine = waiting(carla), opened(waiting(dan), anna)
    availability.choose(anna, AgentStatus.OFFLINE, SOON)
    assert (holder(unopened), last(unopened)) == (None, {"reason": ReturnReason.SIGNED_OUT})
    assert holder(mine) == anna


def test_back_in_the_queue_one_has_the_place_that_one_had(anna: Agent, carla: Customer, dan: Customer) -> None:
    available(capacity(anna, 1))
    first, second = waiting(carla), waiting(dan, now=STARTED + MICROSECOND)
    Workstream.objects.update(assignment=Assignment.PICK)
    assigning.decline(first.pk, anna, now=SOON)
    assert [one.pk for one in selectors.queue(general().pk)] == [first.pk, second.pk]
    assert [selectors.position(fresh(one)) for one in (first, second)] == [1, 2]
