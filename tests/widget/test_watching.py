"""What becomes of widget sessions by what is heard of their customers (rules.md 2): never sooner, and not later."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from policies_app.kinds import DueKind, EndReason, Return, SessionState
from policies_app.models import ChatWidget, Workstream
from sessions_app import assigning, beats, tasks
from sessions_app.devices import register
from sessions_app.kinds import Actor, Audience
from sessions_app.live import room_topic, session_of
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.push import tickets
from sessions_app.push.timing import Timing
from sessions_app.reconnecting import come_back
from sessions_app.transitions import end
from sessions_app.widget import watching
from sessions_app.widget.entering import Offer
from tests.cast import address, available, come_in, fresh, general, kinds, new_customer, new_session
from tests.moments import DAY, MINUTE, STARTED
from tests.push.conftest import folder, redis  # noqa: F401 - fixtures, which pytest finds by being imported
from tests.push.processes import RedisProcess
from tests.widget.portal import HOME, entered

SECOND = timedelta(seconds=1)
GRACE = 20
LAST_SEEN = STARTED + 2 * MINUTE
REACH = {"visible": Timing().visible, "hidden": Timing().hidden, "closing": 0.0}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis")]

Word = tuple[int, str, str]
"""So many seconds after LAST_SEEN this page says this."""


@pytest.fixture
def redis_server(request: pytest.FixtureRequest) -> RedisProcess:
    """A Redis of this test's own, in which push processes have been listening for long."""
    process: RedisProcess = request.getfixturevalue("redis")
    listening_since(process, STARTED - DAY)
    return process


@pytest.fixture
def widget(redis_server: RedisProcess) -> ChatWidget:
    """Ten minutes to come back, five of them to the same agent."""
    workstream = general()
    Workstream.objects.filter(pk=workstream.pk).update(answer_within=None)
    return ChatWidget.objects.create(
        workstream=workstream, name="Shop", reconnect_on=True, same_agent_for=5 * MINUTE, grace=GRACE * SECOND
    )


@pytest.fixture
def chat(widget: ChatWidget, anna: Agent, carla: Customer) -> LiveSession:
    """Carla chats with Anna."""
    available(anna)
    return fresh(assigning.enter_queue(carla, widget.workstream_id, widget=widget, now=STARTED))


def listening_since(process: RedisProcess, moment: datetime | None) -> None:
    process.client.delete(beats.LISTENING)
    if moment:
        process.client.set(beats.LISTENING, str(moment.timestamp()))


def name_of(session: LiveSession) -> str:
    return room_topic(session.public_id, Audience.CUSTOMER)


def say(process: RedisProcess, session: LiveSession, at: datetime, word: str, page: str = "a") -> None:
    """Write down what a page said, as push processes do."""
    told = (at.timestamp(), name_of(session), page, at.timestamp() + REACH[word])
    process.client.eval(beats.REACH_FURTHER, 2, beats.THERE_UNTIL, beats.PAGES, *map(str, told))


def beating(page: str, first: int, last: int) -> list[Word]:
    """What a page in view says all that time."""
    return [(second, page, "visible") for second in range(first, last + 1, 3)]


def state(session: LiveSession) -> str:
    return str(LiveSession.objects.values_list("state", flat=True).get(pk=session.pk))


# What pages say -> how many seconds after LAST_SEEN the session is disconnected; None if it is not for ten minutes.
BEFORE = beating("a", -9, 0)
LATER = beating("z", 30, 600)
CASES: dict[str, tuple[Sequence[Word], int | None]] = {
    "is there all the time": ([*BEFORE, *beating("a", 3, 600)], None),
    "some words are lost": ([*BEFORE, (9, "a", "visible"), (18, "a", "visible"), *beating("a", 24, 600)], None),
    "reload": ([*BEFORE, (1, "a", "closing"), *beating("b", 5, 600)], None),
    "reload that crawls": ([*BEFORE, (1, "a", "closing"), *beating("b", 20, 600)], None),
    "tunnel shorter than the grace": ([*BEFORE, *beating("a", 19, 600)], None),
    "tunnel that began just before a word was due": ([*BEFORE, *beating("a", 22, 600)], None),
    "tunnel longer than the grace": ([*BEFORE, *beating("a", 30, 600)], 3 + GRACE),
    "locked phone": ([*BEFORE, (1, "a", "hidden"), *beating("a", 299, 600)], None),
    "phone that stays locked": ([*BEFORE, (1, "a", "hidden")], 301 + GRACE),
    "hidden tab that goes on speaking": ([*BEFORE, *((second, "a", "hidden") for second in range(1, 600, 90))], None),
    "second tab closed": ([*BEFORE, *beating("b", -9, 600), (1, "a", "closing")], None),
    "second tab hidden, this one closed": ([*BEFORE, (-9, "b", "hidden"), (1, "a", "closing"), *LATER], None),
    "both tabs closed": ([*BEFORE, *beating("b", -9, 30), (1, "a", "closing"), (31, "b", "closing")], 31 + GRACE),
    "window closed": ([*BEFORE, (1, "a", "closing")], 1 + GRACE),
    "window closed while hidden": ([*BEFORE, (1, "a", "hidden"), (5, "a", "closing")], 5 + GRACE),
    "killed process, silent socket or pulled cable": (BEFORE, 3 + GRACE),
    "looked at again, then killed": ([*BEFORE, (1, "a", "hidden"), (9, "a", "visible")], 12 + GRACE),
}


@pytest.mark.parametrize("case", CASES)
def test_only_who_is_gone_for_longer_than_the_grace_is_disconnected(
    case: str, chat: LiveSession, redis_server: RedisProcess
) -> None:
    words, gone_at = CASES[case]
    by_second: dict[int, list[Word]] = {}
    for word in words:
        by_second.setdefault(word[0], []).append(word)
    for second in range(-9, 600):
        now = LAST_SEEN + second * SECOND
        for _, page, said in by_second.get(second, ()):
            say(redis_server, chat, now, said, page)
        if second in NOTHING_NEW:
            continue
        watching.watch(now)
        if gone_at is not None and second >= gone_at:
            break
        assert state(chat) == SessionState.ACTIVE, second
    if gone_at is None:
        assert kinds(chat) == ["queued", "assigned"] and fresh(chat).grace_until is None
        return
    row = chat.timeline.latest("number")
    assert (row.kind, row.due_at) == ("disconnected", LAST_SEEN + gone_at * SECOND)


NOTHING_NEW = {second for second in range(60, 600) if not 298 < second < 326 and second % 30}
"""Not looked at by the tests, which would take too long."""


# Who is gone ----------------------------------------------------------------------------------------------------------


def test_who_comes_back_within_the_grace_never_left(chat: LiveSession, redis_server: RedisProcess) -> None:
    say(redis_server, chat, LAST_SEEN, "closing")
    watching.watch(LAST_SEEN + 5 * SECOND)
    assert (fresh(chat).disconnected_at, fresh(chat).grace_until) == (LAST_SEEN, LAST_SEEN + GRACE * SECOND)
    say(redis_server, chat, LAST_SEEN + 6 * SECOND, "visible")
    watching.watch(LAST_SEEN + 7 * SECOND)
    assert (fresh(chat).disconnected_at, fresh(chat).grace_until) == (None, None)


def test_a_moment_of_absence_costs_nothing(
    chat: LiveSession, redis_server: RedisProcess, django_assert_num_queries: Any
) -> None:
    say(redis_server, chat, LAST_SEEN, "closing")
    with django_assert_num_queries(1):  # who is within the grace
        watching.watch(LAST_SEEN + timedelta(seconds=beats.LATE_SECONDS) - timedelta(milliseconds=1))
    with django_assert_num_queries(1):
        watching.watch(LAST_SEEN)


def test_who_waits_in_the_queue_and_goes_leaves_it(widget: ChatWidget, dan: Customer) -> None:
    waits = assigning.enter_queue(dan, widget.workstream_id, widget=widget, now=STARTED)
    beats_until = STARTED + timedelta(seconds=beats.EXPECTED_SECONDS)
    watching.watch(beats_until + (GRACE - 1) * SECOND)
    assert state(waits) == SessionState.QUEUED
    watching.watch(beats_until + GRACE * SECOND)
    assert (state(waits), fresh(waits).end_reason) == (SessionState.ENDED, EndReason.ABANDONED)


def test_what_cannot_be_lost_is_looked_for_no_more(
    chat: LiveSession, widget: ChatWidget, anna: Agent, dan: Customer, redis_server: RedisProcess
) -> None:
    """A disconnected session, an ended one, one of an invitation, one that there never was."""
    ended = assigning.enter_queue(dan, widget.workstream_id, widget=widget, now=STARTED)
    end(ended.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=STARTED)
    invited = new_session(anna, dan)
    for session in (chat, ended, invited, LiveSession()):
        say(redis_server, session, LAST_SEEN, "closing")
    redis_server.client.zadd(beats.THERE_UNTIL, {"nonsense": 5.0, "session:no:customer": 5.0})
    watching.watch(LAST_SEEN + 5 * SECOND)
    assert set(beats.lost(LAST_SEEN + MINUTE)) == {name_of(chat)}
    watching.watch(LAST_SEEN + GRACE * SECOND)
    watching.watch(LAST_SEEN + MINUTE)
    assert redis_server.client.zcard(beats.THERE_UNTIL) == redis_server.client.hlen(beats.PAGES) == 0
    assert (state(chat), state(invited)) == (SessionState.DISCONNECTED, SessionState.ACTIVE)


def test_who_is_heard_in_the_same_moment_is_not_forgotten(chat: LiveSession, redis_server: RedisProcess) -> None:
    say(redis_server, chat, LAST_SEEN, "closing")
    gone = beats.lost(LAST_SEEN + MINUTE)
    say(redis_server, chat, LAST_SEEN + MINUTE, "hidden")
    beats.forget(gone)
    assert beats.heard([name_of(chat)]).is_there(name_of(chat), LAST_SEEN + 2 * MINUTE)


def test_a_session_that_fails_is_reported_and_the_others_go_on(
    chat: LiveSession, widget: ChatWidget, redis_server: RedisProcess, caplog: pytest.LogCaptureFixture
) -> None:
    other = assigning.enter_queue(new_customer("Eve"), widget.workstream_id, widget=widget, now=STARTED)
    for session in (chat, other):
        say(redis_server, session, LAST_SEEN, "closing")
    LiveSession.objects.filter(pk=chat.pk).update(  # due for something that time cannot do to it
        next_due_at=LAST_SEEN, next_due_kind=DueKind.END_HOLD
    )
    with caplog.at_level(logging.ERROR):
        for second in (5, 6, 7):
            watching.watch(LAST_SEEN + second * SECOND)
    assert len(caplog.records) == 1 and str(chat.pk) in caplog.text
    assert fresh(other).grace_until is not None


# Coming back ----------------------------------------------------------------------------------------------------------


def test_who_came_back_is_not_taken_for_gone_before_their_page_is_there(
    chat: LiveSession, redis_server: RedisProcess
) -> None:
    say(redis_server, chat, LAST_SEEN, "closing")
    back_at = LAST_SEEN + MINUTE
    watching.watch(back_at - 30 * SECOND)
    assert come_back(chat.pk, now=back_at) is Return.SAME_AGENT
    for second in range(int(beats.EXPECTED_SECONDS + GRACE)):
        watching.watch(back_at + second * SECOND)
        assert state(chat) == SessionState.ACTIVE
    watching.watch(back_at + timedelta(seconds=beats.EXPECTED_SECONDS + GRACE))
    assert state(chat) == SessionState.DISCONNECTED


def test_a_request_does_not_wait_for_the_watcher(chat: LiveSession, redis_server: RedisProcess) -> None:
    say(redis_server, chat, LAST_SEEN, "closing")
    watching.note_presence(chat, LAST_SEEN + 11 * MINUTE)
    assert come_back(chat.pk, now=LAST_SEEN + 11 * MINUTE) is Return.OVER
    assert fresh(chat).ended_at == LAST_SEEN + 10 * MINUTE


@pytest.mark.parametrize(("minutes", "offer"), [(9, Offer.ROOM), (11, Offer.NEW_CHAT)])
def test_who_enters_is_judged_by_when_they_left_though_no_worker_has_written_it_down(
    chat: LiveSession, redis_server: RedisProcess, minutes: int, offer: Offer
) -> None:
    register(chat, HOME, now=STARTED)
    say(redis_server, chat, LAST_SEEN, "visible")
    found = entered(fresh(chat).widget, remembered=chat, now=LAST_SEEN + minutes * MINUTE)
    assert found.offer is offer
    assert "disconnected" in kinds(chat) and ("ended" in kinds(chat)) == (offer is Offer.NEW_CHAT)


def test_a_request_sees_who_is_there_again(chat: LiveSession, redis_server: RedisProcess) -> None:
    say(redis_server, chat, LAST_SEEN, "closing")
    watching.note_presence(chat, LAST_SEEN + 10 * SECOND)
    assert fresh(chat).grace_until
    say(redis_server, chat, LAST_SEEN + 11 * SECOND, "visible")
    watching.note_presence(fresh(chat), LAST_SEEN + 12 * SECOND)
    assert fresh(chat).grace_until is None


# When something is away -----------------------------------------------------------------------------------------------


def test_while_nobody_listens_nobody_is_gone(chat: LiveSession, redis_server: RedisProcess) -> None:
    say(redis_server, chat, LAST_SEEN, "visible")
    listening_since(redis_server, None)
    for minute in range(5):
        watching.watch(LAST_SEEN + minute * MINUTE)
        watching.note_presence(chat, LAST_SEEN + minute * MINUTE)
    assert fresh(chat).grace_until is None
    again = LAST_SEEN + 5 * MINUTE
    listening_since(redis_server, again)
    watching.watch(again + 5 * SECOND)
    assert fresh(chat).grace_until is None
    watching.watch(again + 10 * SECOND)
    assert fresh(chat).disconnected_at == again + timedelta(seconds=beats.LATE_SECONDS)


def test_while_redis_is_away_nobody_is_gone(chat: LiveSession, redis_server: RedisProcess) -> None:
    say(redis_server, chat, LAST_SEEN, "closing")
    redis_server.kill()
    watching.watch(LAST_SEEN + MINUTE)
    watching.look_for_unheard(LAST_SEEN + MINUTE)
    watching.note_presence(chat, LAST_SEEN + MINUTE)
    assert fresh(chat).grace_until is None and state(chat) == SessionState.ACTIVE


def test_who_is_not_heard_after_redis_forgot_is_gone_from_when_it_is_noticed(
    chat: LiveSession, widget: ChatWidget, dan: Customer, redis_server: RedisProcess
) -> None:
    stays = assigning.enter_queue(dan, widget.workstream_id, widget=widget, now=STARTED)
    redis_server.client.flushall()
    listening_since(redis_server, LAST_SEEN)
    say(redis_server, stays, LAST_SEEN + 28 * SECOND, "hidden")
    watching.look_for_unheard(LAST_SEEN + 29 * SECOND)  # too early to tell
    assert beats.lost(LAST_SEEN + DAY).keys() == {name_of(stays)}
    noticed_at = LAST_SEEN + 31 * SECOND
    watching.look_for_unheard(noticed_at)
    watching.look_for_unheard(noticed_at + MINUTE)
    watching.watch(noticed_at + 5 * SECOND)
    assert (fresh(chat).disconnected_at, fresh(stays).disconnected_at) == (noticed_at, None)


def test_a_session_that_has_just_begun_need_not_be_known(chat: LiveSession, redis_server: RedisProcess) -> None:
    redis_server.client.delete(beats.THERE_UNTIL)
    watching.look_for_unheard(STARTED + 30 * SECOND)
    assert beats.lost(STARTED + DAY) == {}


def test_the_tasks_do_it_by_the_clock(chat: LiveSession, redis_server: RedisProcess) -> None:
    now = timezone.now()
    say(redis_server, chat, now - 10 * SECOND, "closing")
    LiveSession.objects.filter(pk=chat.pk).update(started_at=now - MINUTE)
    listening_since(redis_server, now - MINUTE)
    tasks.watch_customers()
    assert fresh(chat).grace_until
    redis_server.client.delete(beats.THERE_UNTIL)
    LiveSession.objects.filter(pk=chat.pk).update(grace_until=None)
    tasks.look_for_unheard_customers()
    assert redis_server.client.zscore(beats.THERE_UNTIL, name_of(chat))


# An open page that is connected again ---------------------------------------------------------------------------------


def test_an_open_page_that_has_its_connection_again_goes_on(chat: LiveSession, redis_server: RedisProcess) -> None:
    now = timezone.now()
    browser = come_in(chat, now=now)
    say(redis_server, chat, now - MINUTE, "closing")
    listening_since(redis_server, now - DAY)
    tasks.watch_customers()
    updates = browser.get(address(chat, "customer", "updates")).json()
    assert updates["away"] is True and state(chat) == SessionState.DISCONNECTED  # looking changes nothing
    answer = browser.post(address(chat, "customer", "back"), {"after": 0}, headers={"Accept": "application/json"})
    assert answer.json()["away"] is False and state(chat) == SessionState.ACTIVE
    assert kinds(chat)[-2:] == ["disconnected", "reconnected"]


# What pages are told --------------------------------------------------------------------------------------------------


def test_only_pages_of_widget_sessions_say_that_they_are_there(
    chat: LiveSession, session: LiveSession, anna: Agent
) -> None:
    for one, beats_here in ((chat, True), (session, False)):
        browser = come_in(one, now=timezone.now())
        updates = browser.get(address(one, "customer", "updates")).json()
        assert tickets.read(_ticket(updates["stream"]), timezone.now()).beats is beats_here
        assert bool(updates["beats"]) is beats_here
    ticket = tickets.read(_ticket(updates_of(chat)["beats"]), timezone.now())
    assert (ticket.beats, set(ticket.presence)) == (True, {name_of(chat)})
    assert urlsplit(updates_of(chat)["beats"]).path == "/push/here"


def test_nobody_says_so_after_the_end(chat: LiveSession) -> None:
    end(chat.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=timezone.now())
    assert updates_of(chat)["beats"] == ""


def test_a_topic_names_its_session(chat: LiveSession) -> None:
    assert session_of(name_of(chat)) == chat.public_id
    assert [session_of(topic) for topic in ("agent:7", "session:7:customer", "", "queue:1")] == [None] * 4


def updates_of(session: LiveSession) -> Any:
    return come_in(session, now=timezone.now()).get(address(session, "customer", "updates")).json()


def _ticket(where: str) -> str:
    return parse_qs(urlsplit(where).query)["ticket"][0]
