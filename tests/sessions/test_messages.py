"""Messages: who may send them when, retries, drafts of what was refused, follow-ups (rules.md 4; product.md A7)."""

from datetime import datetime
from uuid import uuid4

import pytest

from policies_app.kinds import EndReason
from sessions_app import selectors
from sessions_app.actions import Author, Refused, follow_up_done, send_message
from sessions_app.kinds import Actor, Audience
from sessions_app.models import Agent, Customer, Draft, LiveSession
from sessions_app.transitions import end
from tests.cast import CUSTOMER, author, fresh, full_then_limited, inactive_after, kinds, new_session, set_policy
from tests.moments import DAY, ENDED, HOUR, MICROSECOND, MINUTE, STARTED

FULL_UNTIL = ENDED + DAY
LIMITED_UNTIL = ENDED + 2 * DAY


def say(session: LiveSession, who: Author, text: str = "Hello", *, now: datetime = STARTED + MINUTE) -> None:
    send_message(session.pk, who, text, key=uuid4(), now=now)


def end_it(session: LiveSession) -> None:
    end(session.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=ENDED)


def test_a_message_is_stored_as_it_was_typed(session: LiveSession, anna: Agent) -> None:
    say(session, author(anna), "  <b>Grüße</b>\n\t👋 ")
    row = session.timeline.get(kind="message")
    assert (row.payload, row.actor, row.agent) == ({"text": "  <b>Grüße</b>\n\t👋 "}, "agent", anna)


def test_the_same_key_again_answers_with_the_same_row(session: LiveSession) -> None:
    key = uuid4()
    first, second = (send_message(session.pk, CUSTOMER, "Hello", key=key, now=STARTED) for _ in range(2))
    assert first == second
    assert kinds(session) == ["started", "message"]


def test_a_retry_is_answered_even_when_nothing_new_could_be_sent(session: LiveSession) -> None:
    key = uuid4()
    first = send_message(session.pk, CUSTOMER, "Hello", key=key, now=STARTED)
    end_it(session)
    assert send_message(session.pk, CUSTOMER, "Hello", key=key, now=ENDED + HOUR) == first


def test_the_same_key_in_another_session_is_another_message(session: LiveSession, anna: Agent, dan: Customer) -> None:
    key, other = uuid4(), new_session(anna, dan)
    for one in (session, other):
        send_message(one.pk, CUSTOMER, "Hello", key=key, now=STARTED)
    assert kinds(other) == ["started", "message"]


@pytest.mark.parametrize(
    ("settings", "now", "may"),
    [
        ({"chat": True}, ENDED, True),
        ({"chat": True}, FULL_UNTIL - MICROSECOND, True),
        ({"chat": True}, FULL_UNTIL, False),
        ({"chat": True}, LIMITED_UNTIL, False),
        ({"chat": False}, ENDED, False),
    ],
)
def test_after_the_end_both_sides_may_chat_just_as_long_as_the_customer_may(
    session: LiveSession, anna: Agent, settings: dict[str, bool], now: datetime, may: bool
) -> None:
    full_then_limited(**settings)
    end_it(session)
    for who in (CUSTOMER, author(anna)):
        if may:
            say(session, who, now=now)
        else:
            with pytest.raises(Refused):
                say(session, who, now=now)
    assert kinds(session).count("message") == (2 if may else 0)
    assert not fresh(session).is_open


def test_without_access_nothing_can_be_sent_from_the_moment_of_the_end(session: LiveSession) -> None:
    set_policy()
    end_it(session)
    with pytest.raises(Refused, match="so is your access"):
        say(session, CUSTOMER, now=ENDED)


def test_a_message_too_late_for_an_end_that_nobody_recorded_is_refused(anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    say(session, CUSTOMER, now=STARTED + 10 * MINUTE - MICROSECOND)
    with pytest.raises(Refused):
        say(session, CUSTOMER, "Too late", now=STARTED + 10 * MINUTE)


def test_what_was_refused_is_kept_as_a_draft_that_the_agent_sees(session: LiveSession) -> None:
    end_it(session)
    with pytest.raises(Refused):
        say(session, CUSTOMER, "Half a life story", now=ENDED + HOUR)
    with pytest.raises(Refused):
        say(session, CUSTOMER, "The whole life story", now=ENDED + 2 * HOUR)
    kept = [(draft.text, draft.saved_at) for draft in selectors.refused_texts(session, Audience.AGENT)]
    assert kept == [("Half a life story", ENDED + HOUR), ("The whole life story", ENDED + 2 * HOUR)]


def test_a_customer_sees_their_own_refused_texts_and_the_agent_all(session: LiveSession, anna: Agent) -> None:
    end_it(session)
    for who, text in ((CUSTOMER, "From Carla"), (author(anna), "From Anna")):
        with pytest.raises(Refused):
            say(session, who, text, now=ENDED)
    seen = {side: [draft.text for draft in selectors.refused_texts(session, side)] for side in Audience}
    assert seen == {"customer": ["From Carla"], "agent": ["From Carla", "From Anna"]}


def test_a_message_of_the_agent_is_activity_and_one_of_the_customer_is_not(anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    say(session, CUSTOMER, now=STARTED + MINUTE)
    assert fresh(session).last_agent_activity_at == STARTED
    say(session, author(anna), now=STARTED + 2 * MINUTE)
    assert fresh(session).last_agent_activity_at == STARTED + 2 * MINUTE


@pytest.fixture
def over(session: LiveSession) -> LiveSession:
    """Ended, with a day of chat."""
    full_then_limited()
    end_it(session)
    return fresh(session)


def test_a_message_after_the_end_waits_as_a_follow_up(over: LiveSession, anna: Agent) -> None:
    say(over, CUSTOMER, now=ENDED + HOUR)
    say(over, CUSTOMER, now=ENDED + 2 * HOUR)
    assert [(one.pk, one.follow_up_since) for one in selectors.follow_ups(anna)] == [(over.pk, ENDED + HOUR)]


def test_the_agents_answer_settles_the_follow_up(over: LiveSession, anna: Agent) -> None:
    say(over, CUSTOMER, now=ENDED + HOUR)
    say(over, author(anna), now=ENDED + 2 * HOUR)
    assert selectors.follow_ups(anna) == []


def test_follow_ups_are_listed_longest_waiting_first_and_only_ones_own(
    over: LiveSession, anna: Agent, ben: Agent, dan: Customer
) -> None:
    other = new_session(anna, dan)
    end_it(other)
    say(other, CUSTOMER, now=ENDED + HOUR)
    say(over, CUSTOMER, now=ENDED + 2 * HOUR)
    assert [one.pk for one in selectors.follow_ups(anna)] == [other.pk, over.pk]
    assert selectors.follow_ups(ben) == []


def test_messages_while_the_session_is_open_are_no_follow_ups(session: LiveSession, anna: Agent) -> None:
    say(session, CUSTOMER)
    assert selectors.follow_ups(anna) == []


def test_a_text_refused_twice_under_one_key_is_kept_once(session: LiveSession) -> None:
    end_it(session)
    key = uuid4()
    for _ in range(2):
        with pytest.raises(Refused):
            send_message(session.pk, CUSTOMER, "Again", key=key, now=ENDED)
    assert Draft.objects.count() == 1


def test_no_more_than_so_many_refused_texts_are_kept(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_app.actions.MOST_DRAFTS", 2)
    end_it(session)
    for text in ("one", "two", "three"):
        with pytest.raises(Refused):
            say(session, CUSTOMER, text, now=ENDED)
    assert sorted(Draft.objects.values_list("text", flat=True)) == ["one", "two"]


def test_what_was_refused_waits_for_the_agent_until_it_is_done(session: LiveSession, anna: Agent) -> None:
    end_it(session)
    with pytest.raises(Refused):
        say(session, CUSTOMER, "Too late", now=ENDED + HOUR)
    assert selectors.follow_ups(anna) == [session]
    follow_up_done(session.pk, anna, now=ENDED + 2 * HOUR)
    follow_up_done(session.pk, anna, now=ENDED + 3 * HOUR)
    assert selectors.follow_ups(anna) == []
    assert kinds(session).count("follow_up_done") == 1


def test_the_agent_is_told_why_an_answer_is_refused(session: LiveSession, anna: Agent) -> None:
    end_it(session)
    with pytest.raises(Refused, match="customer can no longer get"):
        send_message(session.pk, Author(Audience.AGENT, anna), "Hello?", key=uuid4(), now=ENDED)
