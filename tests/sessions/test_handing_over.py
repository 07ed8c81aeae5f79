"""rules.md 2 and 5: transfers, what supervisors do, and the follow-ups of agents who are gone."""

import pytest
from django.contrib.auth.models import Permission

from policies_app.kinds import AgentStatus, EndReason, SessionState
from policies_app.models import Workstream
from sessions_app import assigning, availability, selectors
from sessions_app.actions import Refused
from sessions_app.kinds import Actor, ReturnReason
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.transitions import end, start_invitation
from tests import cast
from tests.cast import (
    AS_SCRIPT,
    address,
    available,
    browser_of,
    fresh,
    general,
    inactive_after,
    kinds,
    new_session,
    waiting,
)
from tests.moments import MINUTE, STARTED
from tests.sessions.test_assigning import SOON, capacity, holder, last, opened

pytestmark = pytest.mark.django_db(transaction=True)


def supervisor(agent: Agent) -> Agent:
    for right in ("take_over_session", "release_seat", "monitor_session"):
        agent.user.user_permissions.add(Permission.objects.get(codename=right))
    return Agent.objects.get(pk=agent.pk)


# From one agent to another -------------------------------------------------------------------------------------------


def test_a_transfer_gives_it_to_a_colleague_with_a_note(anna: Agent, ben: Agent, session: LiveSession) -> None:
    available(ben)
    assigning.transfer_to_agent(session.pk, anna, ben, "Knows the contract", now=SOON)
    moved = fresh(session)
    assert (moved.agent, moved.answer_by, moved.last_agent_activity_at) == (ben, SOON + MINUTE, SOON)
    assert last(session) | {"answer_by": ""} == {"to": "Ben", "note": "Knows the contract", "answer_by": ""}


REFUSED_TRANSFERS = ["not available", "full", "not in the workstream", "not mine", "has it already", "ended"]


@pytest.mark.parametrize("why", REFUSED_TRANSFERS)
def test_a_transfer_that_cannot_be_changes_nothing(
    anna: Agent, ben: Agent, dan: Customer, session: LiveSession, why: str
) -> None:
    available(ben)
    by, to = anna, ben
    match why:
        case "not available":
            availability.choose(ben, AgentStatus.AWAY, STARTED)
        case "full":
            new_session(capacity(ben, 1), dan)
        case "not in the workstream":
            ben.workstreams.clear()
        case "not mine":
            by = cast.new_agent("Eve")
        case "has it already":
            to = available(anna)
        case "ended":
            end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    before = kinds(session)
    with pytest.raises(Refused):
        assigning.transfer_to_agent(session.pk, by, to, "", now=SOON)
    assert (kinds(session), holder(session)) == (before, anna)


def test_what_comes_back_from_a_colleague_waits_in_the_queue(anna: Agent, ben: Agent, session: LiveSession) -> None:
    """An invitation session, too: its customer does not wait for somebody who is not there."""
    available(ben)
    assigning.transfer_to_agent(session.pk, anna, ben, "", now=SOON)
    assigning.decline(session.pk, ben, now=SOON)
    assert (fresh(session).state, fresh(session).queued_at) == (SessionState.QUEUED, SOON)
    available(anna)
    assigning.assign_everywhere(SOON)
    assert holder(session) == anna


def test_a_transfer_to_a_workstream_goes_to_its_agents(anna: Agent, ben: Agent, session: LiveSession) -> None:
    loans = Workstream.objects.create(name="Loans")
    available(anna).workstreams.add(loans)
    ben.workstreams.add(loans)
    assigning.transfer_to_workstream(session.pk, anna, loans, "", now=SOON)
    assert (fresh(session).workstream, holder(session)) == (loans, None), "not back to who gave it away"
    available(ben)
    assigning.assign_everywhere(SOON)
    assert holder(session) == ben


def test_nobody_transfers_to_where_nobody_works(anna: Agent, session: LiveSession) -> None:
    with pytest.raises(Refused, match="Nobody works in Loans"):
        assigning.transfer_to_workstream(session.pk, anna, Workstream.objects.create(name="Loans"), "", now=SOON)


def test_what_is_only_prepared_is_not_transferred(anna: Agent, ben: Agent, carla: Customer) -> None:
    available(ben)
    prepared = start_invitation(anna, carla, general().pk, prepared=True, now=STARTED)
    with pytest.raises(Refused, match="Invite the customer first"):
        assigning.transfer_to_agent(prepared.pk, anna, ben, "", now=SOON)


def test_a_transfer_starts_the_clock_afresh(anna: Agent, ben: Agent, carla: Customer) -> None:
    inactive_after(10, warn=0)
    session = new_session(anna, carla)
    Workstream.objects.update(answer_within=None)
    available(ben)
    assigning.transfer_to_agent(session.pk, anna, ben, "", now=STARTED + 9 * MINUTE)
    assert fresh(session).next_due_at == STARTED + 19 * MINUTE


# Supervisors ---------------------------------------------------------------------------------------------------------


def test_a_supervisor_takes_over_and_has_opened_it(ben: Agent, session: LiveSession) -> None:
    assigning.take_over(session.pk, supervisor(ben), now=SOON)
    taken = fresh(session)
    assert (taken.agent, taken.answer_by, kinds(session)) == (ben, None, ["started", "taken_over"])


def test_a_supervisor_takes_from_the_queue(ben: Agent, carla: Customer) -> None:
    session = waiting(carla)
    assigning.take_over(session.pk, supervisor(ben), now=SOON)
    assert holder(session) == ben


def test_a_colleague_does_not_take_over_and_a_supervisor_not_without_a_seat(
    anna: Agent, ben: Agent, dan: Customer, session: LiveSession
) -> None:
    with pytest.raises(Refused, match="may not"):
        assigning.take_over(session.pk, ben, now=SOON)
    new_session(capacity(ben, 1), dan)
    with pytest.raises(Refused, match="1 of 1"):
        assigning.take_over(session.pk, supervisor(ben), now=SOON)
    assert holder(session) == anna


def test_a_released_seat_goes_to_whoever_waits_and_the_session_to_somebody_else(
    anna: Agent, ben: Agent, carla: Customer, dan: Customer
) -> None:
    available(capacity(anna, 1))
    session, waits = opened(waiting(carla), anna), waiting(dan, now=SOON)
    assigning.release(session.pk, by=None, named="ada", now=SOON)
    assert (holder(session), holder(waits)) == (None, anna)
    returned = session.timeline.get(kind="returned")
    assert (returned.actor, returned.payload) == ("admin", {"reason": ReturnReason.RELEASED, "by": "ada"})
    available(ben)
    assigning.assign_everywhere(SOON)
    assert holder(session) == ben


def test_what_takes_no_seat_is_not_released(session: LiveSession) -> None:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    assigning.release(session.pk, by=None, now=SOON)
    assert kinds(session) == ["started", "ended"]


# Follow-ups of those who are gone --------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["account closed", "moved to another workstream"])
def test_a_colleague_takes_the_follow_up_of_who_is_gone(
    anna: Agent, ben: Agent, session: LiveSession, gone: str
) -> None:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    LiveSession.objects.update(follow_up_since=SOON)
    with pytest.raises(Refused):
        assigning.take_over(session.pk, ben, now=SOON)
    if gone == "account closed":
        anna.user.is_active = False
        anna.user.save()
    else:
        anna.workstreams.clear()
    assigning.take_over(session.pk, ben, now=SOON)
    assert holder(session) == ben
    assert [one.pk for one in selectors.follow_ups(ben)] == [session.pk]


def test_a_colleague_who_comes_too_late_is_told_who_has_the_session(anna: Agent, ben: Agent, carla: Customer) -> None:
    Workstream.objects.update(assignment="pick")
    session = waiting(carla)
    picks = address(session, "agent", "pick")
    assert browser_of(anna).post(picks, **AS_SCRIPT).status_code in (200, 302)
    late = browser_of(ben).post(picks, **AS_SCRIPT)
    assert (late.status_code, late.json()["gone"]) == (404, True)
    assert late.json()["problem"] == "Anna has the session with Carla now."
