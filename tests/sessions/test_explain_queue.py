"""Explain for sessions that wait, are given, transferred or only prepared (product.md D2)."""

from datetime import datetime, timedelta

import pytest

from policies_app.kinds import DueKind, SessionState
from policies_app.models import Workstream
from sessions_app import assigning
from sessions_app.activity import note_activity
from sessions_app.explain.facts import edits_while_open, facts_of, open_at
from sessions_app.explain.story import story
from sessions_app.explain.verdict import Answer, explain
from sessions_app.explain.words import next_in_words, reasons, state_in_words
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.transitions import start_invitation
from tests.cast import available, fresh, general, inactive_after, waiting
from tests.moments import MICROSECOND, MINUTE, STARTED

ASSIGNED = STARTED + MINUTE
OPENED = ASSIGNED + timedelta(seconds=30)
TRANSFERRED = STARTED + 5 * MINUTE
NOW = STARTED + 6 * MINUTE

pytestmark = pytest.mark.django_db(transaction=True)


def asked(session: LiveSession, moment: datetime, now: datetime = NOW) -> Answer:
    session = fresh(session)
    return explain(facts_of(session), open_at(session, moment, now), moment, now=now)


def why(answer: Answer) -> str:
    return " ".join(str(one.text) for one in reasons(answer, started_at=STARTED))


@pytest.fixture
def moved(anna: Agent, ben: Agent, carla: Customer) -> LiveSession:
    """Carla waited, was given to Anna, who opened it, and then put it into the queue of Loans."""
    inactive_after(10, warn=0)
    loans = Workstream.objects.create(name="Loans")
    ben.workstreams.add(loans)
    session = waiting(carla)
    available(anna)
    assigning.assign_everywhere(ASSIGNED)
    note_activity(anna, session.pk, now=OPENED)
    assigning.transfer_to_workstream(session.pk, anna, loans, "Knows more", now=TRANSFERRED)
    return session


# The moment, the state in words, what came next by then.
LIFE = [
    (STARTED, "Waiting", None),
    (ASSIGNED - MICROSECOND, "Waiting", None),
    (ASSIGNED, "Given to Anna, not opened yet", (DueKind.RETURN, ASSIGNED + MINUTE)),
    (OPENED, "Open", (DueKind.END_INACTIVE, OPENED + 10 * MINUTE)),
    (TRANSFERRED, "Waiting", None),
    (NOW, "Waiting", None),
    (NOW + MINUTE, "Waiting", None),
]


@pytest.mark.parametrize(("moment", "state", "due"), LIFE)
def test_every_moment_says_whose_it_was_and_what_came_next(
    moved: LiveSession, moment: datetime, state: str, due: tuple[DueKind, datetime] | None
) -> None:
    answer = asked(moved, moment)
    assert state_in_words(answer) == state
    assert (answer.next_due and (answer.next_due.kind, answer.next_due.at)) == due
    assert why(answer)
    assert next_in_words(answer, now=NOW)


def test_the_story_tells_every_move(moved: LiveSession) -> None:
    session = fresh(moved)
    told = story(facts_of(session), open_at(session, NOW, NOW), edits_while_open(session, NOW), now=NOW, asked=NOW)
    assert [(mark.name, mark.detail) for mark in told.marks] == [
        ("queued", ""),
        ("assigned", "to Anna"),
        ("accepted", "Anna"),
        ("transferred", "by Anna to Loans"),
        ("now", ""),
    ]
    assert "Knows more" not in str(told)


def test_what_was_given_goes_back_by_itself_and_that_is_foretold(anna: Agent, carla: Customer) -> None:
    available(anna)
    session = waiting(carla)
    answer = asked(session, STARTED, STARTED)
    assert answer.state is SessionState.ACTIVE
    assert "back to the queue" in next_in_words(answer, now=STARTED)
    found = fresh(session)
    told = story(facts_of(found), open_at(found, STARTED, STARTED), [], now=STARTED, asked=STARTED)
    assert [(mark.name, mark.at) for mark in told.marks if mark.is_future] == [("returned", STARTED + MINUTE)]


def test_who_declined_and_who_released_is_told(anna: Agent, carla: Customer) -> None:
    available(anna)
    session = waiting(carla)
    assigning.decline(session.pk, anna, now=STARTED + timedelta(seconds=20))
    assigning.pick(session.pk, anna, now=OPENED)
    assigning.release(session.pk, by=None, named="ada", now=TRANSFERRED)
    found = fresh(session)
    told = story(facts_of(found), open_at(found, NOW, NOW), [], now=NOW, asked=NOW)
    details = [mark.detail for mark in told.marks]
    assert "picked by Anna" in details
    assert "The agent declined (Anna)" in details
    assert "A supervisor released the seat (ada)" in details


def test_time_does_nothing_to_what_is_only_prepared(anna: Agent, carla: Customer) -> None:
    inactive_after(10, warn=0)
    session = start_invitation(anna, carla, general().pk, prepared=True, now=STARTED)
    before = asked(session, STARTED + MINUTE, STARTED + MINUTE)
    assert state_in_words(before) == "Prepared, the customer is not invited yet"
    assert (before.next_due, "only prepared" in why(before)) == (None, True)
    assigning.open_prepared(session.pk, anna, now=TRANSFERRED)
    assert state_in_words(asked(session, STARTED + MINUTE)) == "Prepared, the customer is not invited yet"
    after = asked(session, NOW)
    assert after.next_due and after.next_due.at == TRANSFERRED + 10 * MINUTE
