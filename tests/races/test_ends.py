"""Whoever races to end a session: it ends once, and everybody is told the same (rules.md 2)."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from time_machine import TimeMachineFixture

from policies_app.kinds import EndReason
from sessions_app.actions import Refused, send_message
from sessions_app.activity import note_activity
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.sweeps import sweep
from sessions_app.transitions import end
from tests.cast import AS_SCRIPT, CUSTOMER, address, browser_of, come_in, fresh, inactive_after, kinds, new_session
from tests.moments import MICROSECOND, MINUTE, STARTED
from tests.races.together import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ENDS = STARTED + 10 * MINUTE


def in_words(status: str) -> str:
    """How and when the agent's page says that the session ended."""
    said = " ".join(re.sub(r"<[^>]+>", " ", status).split())
    assert "ended" in said.lower()
    return said


@pytest.mark.parametrize("overdue", [False, True], ids=["open", "overdue"])
def test_fifty_requests_and_sweeps_end_a_session_once_and_tell_everybody_the_same(
    anna: Agent, carla: Customer, time_machine: TimeMachineFixture, overdue: bool
) -> None:
    time_machine.move_to(STARTED, tick=False)
    inactive_after(10, warn=0, access="full_unlimited")
    session = new_session(anna, carla)
    agents = [browser_of(anna) for _ in range(30)]
    customers = [come_in(session) for _ in range(10)]
    known = fresh(session).last_number
    time_machine.move_to(ENDS - MICROSECOND * (not overdue), tick=False)

    def press_end(browser: Client, side: str) -> dict[str, Any]:
        answer = browser.post(address(session, side, "end"), {"after": known}, **AS_SCRIPT)
        assert answer.status_code == 200
        return dict(answer.json())

    calls: list[Callable[[], Any]] = [partial(press_end, browser, "agent") for browser in agents]
    calls += [partial(press_end, browser, "customer") for browser in customers]
    calls += [partial(sweep, ENDS)] * 10
    told = at_once(calls)[:40]

    ended = fresh(session)
    assert Counter(kinds(session))["ended"] == 1
    assert [answer["open"] for answer in told] == [False] * 40
    assert [[row["n"] for row in answer["rows"]] for answer in told] == [[known + 1]] * 40
    assert len({in_words(answer["status"]) for answer in told[:30]}) == 1
    if overdue:
        assert (ended.end_reason, ended.ended_at) == ("agent_inactive", ENDS)


def test_sweeps_side_by_side_do_each_session_once(anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    sessions = [new_session(anna, carla, now=STARTED + step * MICROSECOND) for step in range(120)]
    at_once([partial(sweep, ENDS + MINUTE, batch=7)] * 4)
    for session in sessions:
        assert kinds(session) == ["started", "warned", "ended"]


def test_a_sweep_does_not_wait_for_a_session_that_somebody_holds(anna: Agent, carla: Customer, dan: Customer) -> None:
    """It goes on with the others; the one that is held is done when it is free."""
    inactive_after(10, warn=0)
    held, free = new_session(anna, carla), new_session(anna, dan, now=STARTED + MICROSECOND)

    is_held = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            LiveSession.objects.select_for_update().get(pk=held.pk)
            is_held.set()
            deadline = time.monotonic() + 20
            while fresh(free).is_open:
                assert time.monotonic() < deadline, "the other session had to wait"
                time.sleep(0.02)

    def sweep_meanwhile() -> None:
        is_held.wait(timeout=20)
        sweep(ENDS + MINUTE)

    at_once([hold, sweep_meanwhile])
    assert not fresh(held).is_open


@pytest.mark.parametrize("round_", range(5))
def test_activity_and_the_sweep_at_the_end_keep_it_open_or_end_it_but_never_both(
    anna: Agent, carla: Customer, round_: int
) -> None:
    inactive_after(10, warn=1)
    session = new_session(anna, carla)
    active_at = ENDS - MICROSECOND * (round_ % 2)
    at_once([partial(note_activity, anna, session.pk, now=active_at), *[partial(sweep, ENDS)] * 3])
    after, recorded = fresh(session), kinds(session)
    if after.is_open:
        assert recorded == ["started", "warned", "kept_open"]
        assert after.last_agent_activity_at == active_at < ENDS
    else:
        assert recorded == ["started", "warned", "ended"]
        assert after.ended_at == ENDS


@pytest.mark.parametrize("round_", range(5))
def test_a_message_races_the_end_and_comes_before_it_or_is_refused(session: LiveSession, round_: int) -> None:
    del round_
    sent = [partial(say, session, STARTED + MINUTE) for _ in range(10)]
    over = partial(end, session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED + MINUTE)
    accepted = at_once([*sent[:5], lambda: over() is None, *sent[5:]]).count(True)
    assert kinds(session) == ["started", *["message"] * accepted, "ended"]


def say(session: LiveSession, now: Any) -> bool:
    try:
        send_message(session.pk, CUSTOMER, "Hello", key=uuid4(), now=now)
    except Refused:
        return False
    return True
