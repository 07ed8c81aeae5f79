"""The customer asks for more time, the agent gives it; and a busy customer is waited for (product.md D6)."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client

from policies_app.kinds import AccessLevel, EndReason
from sessions_app import access, sweeps
from sessions_app.actions import Author, Refused, follow_up_done, send_message
from sessions_app.activity import note_activity, note_customer_busy
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.more_time import ask_for_more_time, give_more_time
from sessions_app.settling import settle_one
from sessions_app.transitions import end
from tests.cast import (
    AS_SCRIPT,
    CUSTOMER,
    address,
    author,
    browser_of,
    come_in,
    fresh,
    full_then_limited,
    inactive_after,
    kinds,
    new_session,
    set_policy,
)
from tests.moments import DAY, ENDED, HOUR, MICROSECOND, MINUTE, STARTED

pytestmark = pytest.mark.django_db

FULL, LIMITED, NONE = AccessLevel.FULL, AccessLevel.LIMITED, AccessLevel.NONE
WARNED = STARTED + 9 * MINUTE
CLOSES = STARTED + 10 * MINUTE
REASON = "The customer's train was late"


@pytest.fixture(autouse=True)
def may_extend(anna: Agent) -> None:
    """Anna has the role of an agent, as everyone has who is made one."""
    anna.user.groups.add(Group.objects.get(name="Agent"))


def ended(session: LiveSession, now: datetime = ENDED) -> LiveSession:
    return end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=now)


def level_at(session: LiveSession, now: datetime) -> AccessLevel:
    return access.level(fresh(session), now)


# Asking ----------------------------------------------------------------------------------------------------------


def test_a_customer_who_is_warned_asks_and_the_agents_answer_is_to_be_there(anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    ask_for_more_time(session.pk, now=WARNED)
    assert fresh(session).asked_for_time_at == WARNED
    note_activity(anna, session.pk, now=WARNED + MINUTE / 2)
    assert fresh(session).asked_for_time_at is None
    assert kinds(session) == ["started", "warned", "asked_for_time", "kept_open"]


def test_there_is_nothing_to_ask_for_in_a_session_that_goes_on(session: LiveSession) -> None:
    with pytest.raises(Refused):
        ask_for_more_time(session.pk, now=STARTED + MINUTE)
    assert kinds(session) == ["started"]


def test_asking_twice_is_asking_once(anna: Agent, carla: Customer) -> None:
    full_then_limited()
    session = ended(new_session(anna, carla))
    for minute in range(3):
        ask_for_more_time(session.pk, now=ENDED + minute * MINUTE)
    assert kinds(session).count("asked_for_time") == 1
    assert fresh(session).follow_up_since == ENDED


@pytest.mark.parametrize("how", ["sweep", "request"])
def test_a_request_that_nobody_answered_waits_after_a_session_closed_by_itself(
    anna: Agent, carla: Customer, how: str
) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    ask_for_more_time(session.pk, now=WARNED)
    if how == "sweep":
        sweeps.sweep(CLOSES)
    else:
        settle_one(session.pk, CLOSES)
    assert fresh(session).end_reason == EndReason.AGENT_INACTIVE
    assert (fresh(session).follow_up_since, fresh(session).asked_for_time_at) == (WARNED, WARNED)


def test_an_agent_who_ends_the_session_has_answered(anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    ask_for_more_time(session.pk, now=WARNED)
    ended(session, WARNED + MINUTE / 2)
    assert (fresh(session).follow_up_since, fresh(session).asked_for_time_at) == (None, None)


def test_a_session_that_left_nothing_by_the_agents_hand_is_over(session: LiveSession) -> None:
    set_policy()
    ended(session)
    browser = come_in(session)
    assert "I need more time" not in browser.get(address(session, "customer")).content.decode()
    assert browser.post(address(session, "customer", "more-time"), **AS_SCRIPT).status_code == 403


def test_a_customer_whose_access_is_over_can_still_ask_from_the_closing_page(anna: Agent, carla: Customer) -> None:
    full_then_limited()
    session = ended(new_session(anna, carla))  # long ago, as browsers see it
    browser, room = come_in(session), address(session, "customer")
    assert "I need more time" in browser.get(room).content.decode()
    assert browser.post(address(session, "customer", "more-time")).headers["Location"] == room
    page = browser.get(room).content.decode()
    assert "You asked for more time" in page and "I need more time" not in page
    assert "asks for more time" in browser_of(anna).get("/").content.decode()


# Giving ----------------------------------------------------------------------------------------------------------


GIVING = [
    # given an hour after the end: level, length; then the level at these times after the end
    (FULL, 2 * DAY, [(HOUR, FULL), (HOUR + 2 * DAY - MICROSECOND, FULL), (HOUR + 2 * DAY, NONE)]),
    (LIMITED, 3 * DAY, [(DAY - MICROSECOND, FULL), (DAY, LIMITED), (HOUR + 3 * DAY - MICROSECOND, LIMITED)]),
]


@pytest.mark.parametrize(("level", "length", "table"), GIVING)
def test_more_time_lasts_from_the_moment_it_is_given(
    anna: Agent, carla: Customer, level: AccessLevel, length: timedelta, table: list[tuple[timedelta, AccessLevel]]
) -> None:
    full_then_limited()
    session = ended(new_session(anna, carla))
    give_more_time(session.pk, anna, level, length, REASON, now=ENDED + HOUR)
    assert [(after, level_at(session, ENDED + after)) for after, _ in table] == table


def test_it_is_recorded_with_its_reason_which_is_not_for_the_customer(anna: Agent, carla: Customer) -> None:
    full_then_limited()
    session = ended(new_session(anna, carla))
    give_more_time(session.pk, anna, FULL, 3650 * DAY, REASON, now=ENDED + HOUR)
    row = session.timeline.get(kind="extended")
    assert (row.agent, row.payload["reason"]) == (anna, REASON)
    customers, annas = come_in(session), browser_of(anna)
    reason = "train was late"
    assert reason not in customers.get(address(session, "customer")).content.decode()
    assert reason not in customers.get(address(session, "customer", "updates"), **AS_SCRIPT).content.decode()
    assert reason in annas.get(address(session, "agent")).content.decode()


def test_a_session_that_was_over_is_there_again_and_says_when_it_is_over(anna: Agent, carla: Customer) -> None:
    full_then_limited()
    session = ended(new_session(anna, carla))
    later = ENDED + 30 * DAY
    settle_one(session.pk, later)
    give_more_time(session.pk, anna, FULL, HOUR, REASON, now=later)
    send_message(session.pk, CUSTOMER, "Thank you!", key=session.public_id, now=later + MINUTE)
    sweeps.sweep(later + HOUR)
    assert kinds(session)[-3:] == ["extended", "message", "access_closed"]
    assert session.timeline.get(number=fresh(session).last_number).due_at == later + HOUR


def test_an_answer_closes_the_request_but_not_what_else_was_written(anna: Agent, carla: Customer) -> None:
    full_then_limited()
    asked, wrote = ended(new_session(anna, carla)), ended(new_session(anna, carla))
    send_message(wrote.pk, CUSTOMER, "One more question", key=wrote.public_id, now=ENDED + MINUTE)
    for session in (asked, wrote):
        ask_for_more_time(session.pk, now=ENDED + 2 * MINUTE)
        give_more_time(session.pk, anna, FULL, 9 * DAY, REASON, now=ENDED + HOUR)
    assert fresh(asked).follow_up_since is None
    assert fresh(wrote).follow_up_since == ENDED + MINUTE
    assert fresh(wrote).asked_for_time_at is None


def test_who_may_not_give_more_time_is_refused(anna: Agent, ben: Agent, carla: Customer) -> None:
    full_then_limited()
    session = ended(new_session(anna, carla))
    with pytest.raises(Refused):
        give_more_time(session.pk, ben, FULL, HOUR, REASON, now=ENDED + HOUR)
    anna.user.groups.clear()
    annas = browser_of(anna)
    assert "give-more-time" not in annas.get(address(session, "agent")).content.decode()
    posted = {"level": "full", "number": "2", "unit": "days", "reason": REASON}
    assert annas.post(address(session, "agent", "more-time"), posted, **AS_SCRIPT).status_code == 403
    assert "extended" not in kinds(session)


def test_nothing_is_given_where_it_would_change_nothing(anna: Agent, carla: Customer) -> None:
    full_then_limited()
    session = ended(new_session(anna, carla))
    with pytest.raises(Refused, match="longer"):
        give_more_time(session.pk, anna, FULL, HOUR, REASON, now=ENDED)
    set_policy(now=STARTED, access="full_unlimited")
    for_ever = ended(new_session(anna, carla))
    with pytest.raises(Refused):
        give_more_time(for_ever.pk, anna, FULL, HOUR, REASON, now=ENDED)


def test_an_open_session_needs_no_more_time(session: LiveSession, anna: Agent) -> None:
    with pytest.raises(Refused):
        give_more_time(session.pk, anna, FULL, HOUR, REASON, now=STARTED + MINUTE)


WRONG = [
    ({"number": ""}, "Enter for how long."),
    ({"number": "0"}, "greater than or equal to 1"),
    ({"number": "3651"}, "Give at most"),
    ({"number": "9" * 30}, "Give at most"),
    ({"reason": " "}, "Say why"),
    ({"level": "open"}, "valid choice"),
    ({"unit": "weeks"}, "valid choice"),
]


@pytest.mark.parametrize(("part", "said"), WRONG)
def test_a_wrong_form_says_what_is_wrong(anna: Agent, carla: Customer, part: dict[str, str], said: str) -> None:
    full_then_limited()
    session = ended(new_session(anna, carla))
    posted = {"level": "full", "number": "2", "unit": "days", "reason": REASON} | part
    answer = browser_of(anna).post(address(session, "agent", "more-time"), posted, **AS_SCRIPT)
    assert answer.status_code == 422 and said in answer.json()["problem"]


def test_the_customer_gets_a_letter_with_a_link(
    anna: Agent, carla: Customer, django_capture_on_commit_callbacks: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sessions_app import tasks

    monkeypatch.setattr(tasks.send_letter, "delay", lambda *given: tasks.send_letter.apply(given))
    full_then_limited()
    session = ended(new_session(anna, carla))
    posted = {"level": "full", "number": "2", "unit": "days", "reason": REASON}
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser_of(anna).post(address(session, "agent", "more-time"), posted, **AS_SCRIPT)
    assert answer.status_code == 200
    (letter,) = mail.outbox
    assert letter.to == [carla.email] and "more time" in letter.subject and REASON not in letter.body
    link = next(line for line in letter.body.splitlines() if "/join/" in line)
    browser = Client()
    browser.post(link.removeprefix("http://localhost:8000"))
    assert browser.get(address(session, "customer")).status_code == 200
    assert kinds(session)[-3:] == ["extended", "invited", "joined"]


# A busy customer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["sweep", "request"])
def test_the_end_waits_while_the_customer_is_busy(anna: Agent, carla: Customer, how: str) -> None:
    inactive_after(10, wait_at_most=5 * MINUTE)
    session = new_session(anna, carla)

    def due(now: datetime) -> bool:
        if how == "sweep":
            sweeps.sweep(now)
        else:
            settle_one(session.pk, now)
        return fresh(session).is_open

    for second in range(0, 400, 15):
        now = CLOSES - MINUTE + timedelta(seconds=second)
        if now >= CLOSES + 5 * MINUTE:
            break
        assert due(now)
        note_customer_busy(session.pk, now=now)
    assert due(CLOSES + 5 * MINUTE - MICROSECOND)
    assert not due(CLOSES + 5 * MINUTE)
    assert fresh(session).ended_at == CLOSES + 5 * MINUTE
    assert kinds(session).count("warned") == 1


def test_a_customer_who_stops_is_waited_for_one_minute(anna: Agent, carla: Customer) -> None:
    inactive_after(10, wait_at_most=30 * MINUTE)
    session = new_session(anna, carla)
    note_customer_busy(session.pk, now=CLOSES - MICROSECOND)
    settle_one(session.pk, CLOSES + DAY)
    assert fresh(session).ended_at == CLOSES + MINUTE - MICROSECOND


def test_without_the_toggle_a_busy_customer_is_not_waited_for(anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    note_customer_busy(session.pk, now=CLOSES - MICROSECOND)
    settle_one(session.pk, CLOSES)
    assert fresh(session).ended_at == CLOSES


def test_what_is_over_is_not_revived_by_a_busy_customer(anna: Agent, carla: Customer) -> None:
    inactive_after(10, wait_at_most=5 * MINUTE)
    session = new_session(anna, carla)
    note_customer_busy(session.pk, now=CLOSES)
    assert fresh(session).ended_at == CLOSES


def test_the_customers_page_says_so_and_the_agents_cannot(session: LiveSession, anna: Agent) -> None:
    assert come_in(session).post(address(session, "customer", "busy")).status_code == 204
    assert fresh(session).customer_busy_at is not None
    assert browser_of(anna).post(address(session, "agent", "busy")).status_code == 404


# Who waits for whom ----------------------------------------------------------------------------------------------


def asked(anna: Agent, carla: Customer) -> LiveSession:
    full_then_limited()
    session = ended(new_session(anna, carla))
    ask_for_more_time(session.pk, now=ENDED + MINUTE)
    return session


def write(session: LiveSession, who: Author, now: datetime) -> None:
    send_message(session.pk, who, "And what about Friday?", key=uuid4(), now=now)


def test_what_the_customer_writes_after_asking_still_waits_when_more_time_was_given(
    anna: Agent, carla: Customer
) -> None:
    session = asked(anna, carla)
    write(session, CUSTOMER, ENDED + 2 * MINUTE)
    give_more_time(session.pk, anna, FULL, 5 * DAY, REASON, now=ENDED + 3 * MINUTE)
    assert (fresh(session).follow_up_since, fresh(session).asked_for_time_at) == (ENDED + 2 * MINUTE, None)


@pytest.mark.parametrize("answer", ["message", "done"])
def test_after_any_answer_the_customer_can_ask_again(anna: Agent, carla: Customer, answer: str) -> None:
    session = asked(anna, carla)
    if answer == "message":
        write(session, author(anna), ENDED + 2 * MINUTE)
    else:
        follow_up_done(session.pk, anna, now=ENDED + 2 * MINUTE)
    assert (fresh(session).follow_up_since, fresh(session).asked_for_time_at) == (None, None)
    ask_for_more_time(session.pk, now=ENDED + 4 * MINUTE)
    assert fresh(session).follow_up_since == ENDED + 4 * MINUTE


def test_what_the_agent_could_not_deliver_is_no_answer(anna: Agent, carla: Customer) -> None:
    session = asked(anna, carla)
    with pytest.raises(Refused):
        write(session, author(anna), ENDED + DAY + MINUTE)
    assert fresh(session).follow_up_since == ENDED + MINUTE
