"""Numbers and keys under load: no gaps, no doubles, no deadlocks (rules.md 2; architecture.md)."""

import threading
from collections import Counter
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from sessions_app.actions import attach
from sessions_app.activity import note_activity
from sessions_app.half_typed import Typed, keep, sent, typed_by
from sessions_app.models import Agent, Attachment, Customer, LiveSession
from sessions_app.transitions import lock
from tests.cast import AS_SCRIPT, CUSTOMER, address, browser_of, come_in, fresh, inactive_after, message, new_session
from tests.moments import HOUR, MICROSECOND, MINUTE, STARTED
from tests.races.together import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_fifty_messages_some_of_them_retried_are_numbered_without_gaps_and_each_is_there_once(
    session: LiveSession, anna: Agent
) -> None:
    keys = [uuid4() for _ in range(35)]
    keys += keys[:15]
    browsers = [browser_of(anna) if number % 2 else come_in(session) for number in range(50)]

    def send(browser: Client, key: UUID, side: str) -> int:
        posted = message(str(key), key=str(key), after=0)
        return browser.post(address(session, side, "message"), posted, **AS_SCRIPT).status_code

    sides = [("customer", "agent")[number % 2] for number in range(50)]
    calls = [partial(send, *each) for each in zip(browsers, keys, sides, strict=True)]
    assert Counter(at_once(calls)) == {200: 50}
    rows = session.timeline.order_by("number")
    assert [row.number for row in rows] == list(range(1, fresh(session).last_number + 1))
    assert Counter(row.key for row in rows if row.key) == Counter(set(keys))
    assert all(row.payload["text"] == str(row.key) for row in rows if row.key)


def test_a_client_that_saw_a_number_misses_nothing_below_it(session: LiveSession) -> None:
    """Rows become visible in the order of their numbers: whoever reads meanwhile never sees a gap."""
    browsers = [come_in(session) for _ in range(20)]

    def send(browser: Client) -> list[int]:
        browser.post(address(session, "customer", "message"), message(), **AS_SCRIPT)
        return list(session.timeline.order_by("number").values_list("number", flat=True))

    for seen in at_once([partial(send, browser) for browser in browsers]):
        assert seen == list(range(1, len(seen) + 1))


def test_a_file_sent_twice_at_once_is_stored_once(session: LiveSession, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    key = uuid4()

    def send() -> int:
        return attach(session.pk, CUSTOMER, SimpleUploadedFile("a.txt", b"a"), key=key, now=STARTED).number

    assert len(set(at_once([send] * 5))) == 1
    assert Attachment.objects.count() == len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_many_tabs_report_activity_without_a_deadlock(anna: Agent, carla: Customer) -> None:
    inactive_after(10, warn=9)
    sessions = [new_session(anna, carla) for _ in range(8)]
    moments = [STARTED + 2 * MINUTE + step * MICROSECOND for step in range(12)]
    at_once([partial(note_activity, anna, sessions[step % 8].pk, now=now) for step, now in enumerate(moments)])
    for session in map(fresh, sessions):
        assert session.last_agent_activity_at in moments
        assert Counter(session.timeline.values_list("kind", flat=True))["kept_open"] == 1


@pytest.mark.parametrize("round_", range(3))
def test_an_edit_of_the_policy_and_the_agents_activity_do_not_deadlock(
    anna: Agent, ben: Agent, carla: Customer, round_: int
) -> None:
    """Sessions lie in the table in the opposite of the order in which activity locks them."""
    inactive_after(600, warn=0, now=STARTED - HOUR)
    sessions = [new_session(agent, carla) for _ in range(40) for agent in (anna, ben)]
    for session in reversed(sessions):
        LiveSession.objects.filter(pk=session.pk).update(joined_at=STARTED)
    edits = [partial(inactive_after, 300 + round_, warn=0, now=STARTED + MINUTE)]
    works = [partial(note_activity, agent, None, now=STARTED + MINUTE) for agent in (anna, ben) * 3]
    at_once([*works, *edits])
    due = set(LiveSession.objects.values_list("next_due_at", flat=True))
    assert due <= {STARTED + (300 + round_) * MINUTE, STARTED + (301 + round_) * MINUTE}


def test_what_is_typed_is_kept_while_something_else_happens_in_the_session(session: LiveSession) -> None:
    """Neither waits for the other, so they never wait for each other: the first save and the message both insert."""
    is_held, is_kept = threading.Event(), threading.Event()

    def send() -> None:
        with transaction.atomic():
            lock(session.pk, STARTED)
            is_held.set()
            assert is_kept.wait(timeout=20), "typing had to wait"
            sent(session.pk, None, 6, now=STARTED)

    def type_meanwhile() -> bool:
        is_held.wait(timeout=20)
        done = keep(session.pk, None, Typed("Dear", 5), now=STARTED)
        is_kept.set()
        return done

    assert at_once([send, type_meanwhile]) == [None, True]
    assert typed_by(session.pk, None) == Typed("", 6)
