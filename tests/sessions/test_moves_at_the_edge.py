"""What happens to a session that goes from one to another at an awkward moment (rules.md 2, 3 and 5)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission

from policies_app.kinds import Assignment, EndReason, SessionState
from policies_app.models import Workstream
from sessions_app import assigning, links
from sessions_app.actions import Refused, add_note, send_message
from sessions_app.activity import note_activity
from sessions_app.kinds import Actor, EntryKind, LinkKind
from sessions_app.models import AccessLink, Agent, Customer, LiveSession
from sessions_app.sweeps import sweep
from sessions_app.transitions import NotPossible, end, start_invitation
from tests.cast import author, available, come_in, fresh, general, inactive_after, kinds, waiting
from tests.moments import HOUR, MINUTE, STARTED

# Assigning happens when a transaction commits, so they must.
pytestmark = pytest.mark.django_db(transaction=True)


def supervises(agent: Agent) -> Agent:
    agent.user.user_permissions.add(Permission.objects.get(codename="take_over_session"))
    return Agent.objects.select_related("user").get(pk=agent.pk)


def seats_of(agent: Agent, number: int) -> Agent:
    Agent.objects.filter(pk=agent.pk).update(capacity=number)
    agent.refresh_from_db()
    return agent


def only_in(agent: Agent, *workstreams: Workstream) -> Agent:
    agent.workstreams.set(workstreams)
    return agent


def test_activity_after_the_time_to_answer_puts_no_clock_on_who_waits_again(anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    available(anna)
    session = waiting(carla)
    note_activity(anna, session.pk, now=STARTED + 2 * MINUTE)
    sweep(STARTED + HOUR)
    assert fresh(session).state == SessionState.QUEUED
    assert fresh(session).next_due_at is None


def test_who_transfers_away_has_a_seat_for_the_next_one(
    anna: Agent, ben: Agent, carla: Customer, dan: Customer
) -> None:
    loans = Workstream.objects.create(name="Loans", assignment=Assignment.PICK)
    only_in(ben, loans)
    seats_of(available(anna), 1)
    first, second = waiting(carla), waiting(dan)
    assigning.transfer_to_workstream(first.pk, anna, loans, "", now=STARTED)
    assert fresh(second).agent == anna


def test_who_declines_gets_another_who_waits_elsewhere(anna: Agent, carla: Customer, dan: Customer) -> None:
    loans = Workstream.objects.create(name="Loans")
    seats_of(only_in(available(anna), general(), loans), 1)
    first, second = waiting(carla), waiting(dan, loans)
    assigning.decline(first.pk, anna, now=STARTED)
    assert fresh(second).agent == anna
    assert fresh(first).state == SessionState.QUEUED


def test_what_is_prepared_is_not_taken_over(anna: Agent, ben: Agent, carla: Customer) -> None:
    session = start_invitation(anna, carla, general().pk, prepared=True, now=STARTED)
    with pytest.raises(Refused, match="not invited yet"):
        assigning.take_over(session.pk, supervises(ben), now=STARTED)
    assert fresh(session).agent == anna


def test_the_agent_before_can_neither_write_nor_end(anna: Agent, ben: Agent, session: LiveSession) -> None:
    assigning.transfer_to_agent(session.pk, anna, available(ben), "", now=STARTED)
    with pytest.raises(Refused, match="no longer yours"):
        send_message(session.pk, author(anna), "Wait!", key=uuid4(), now=STARTED)
    with pytest.raises(NotPossible):
        end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=STARTED)
    assert fresh(session).is_open and "message" not in kinds(session)


def test_picking_twice_is_picking_once_even_with_a_single_seat(anna: Agent, carla: Customer) -> None:
    Workstream.objects.update(assignment=Assignment.PICK)
    session = waiting(carla)
    for _ in range(2):
        assigning.pick(session.pk, seats_of(anna, 1), now=STARTED)
    assert kinds(session) == ["queued", "assigned"]


def test_fifty_who_were_declined_do_not_hide_who_comes_after_them(anna: Agent, carla: Customer) -> None:
    declined = [waiting(carla) for _ in range(assigning.HEADS)]
    LiveSession.objects.filter(pk__in=[one.pk for one in declined]).update(passed_by=[anna.pk])
    session = waiting(carla)
    available(anna)
    assert assigning.assign_waiting(general().pk, STARTED) == 1
    assert fresh(session).agent == anna


def test_a_note_is_activity(anna: Agent, session: LiveSession) -> None:
    later = STARTED + 5 * MINUTE
    add_note(session.pk, anna, "She called before.", key=uuid4(), now=later)
    assert fresh(session).last_agent_activity_at == later


def test_revoking_a_link_shuts_out_who_continues_elsewhere(anna: Agent, session: LiveSession) -> None:
    links.mint(session, by=anna, now=STARTED)
    link = AccessLink.objects.get()
    browser = come_in(session)
    links.mint(session, by=None, kind=LinkKind.HANDOVER, lasts=timedelta(minutes=10), now=STARTED)
    links.revoke(session.pk, link.pk, anna, now=STARTED)
    assert not AccessLink.objects.filter(kind=LinkKind.HANDOVER, revoked_at=None).exists()
    assert browser.get(f"/c/{session.public_id}/").status_code == 200
    assert kinds(session)[-1] == EntryKind.LINK_REVOKED


def test_the_click_that_declines_may_be_reported_as_activity_first(anna: Agent, carla: Customer) -> None:
    available(anna)
    session = waiting(carla)
    note_activity(anna, session.pk, now=STARTED)
    assigning.decline(session.pk, anna, now=STARTED + timedelta(seconds=1))
    assert fresh(session).state == SessionState.QUEUED
