"""With every worker stopped, requests see and obey what time has done, to the microsecond (product.md A7, A11, D3)."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from time_machine import TimeMachineFixture

from policies_app.kinds import EndReason
from sessions_app.actions import attach
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Attachment, Customer, Draft, LiveSession
from sessions_app.transitions import end
from tests.cast import (
    AS_SCRIPT,
    CUSTOMER,
    address,
    browser_of,
    come_in,
    fresh,
    full_then_limited,
    inactive_after,
    kinds,
    message,
    new_session,
)
from tests.moments import DAY, ENDED, HOUR, MICROSECOND, MINUTE, STARTED

FULL_UNTIL = ENDED + DAY
LIMITED_UNTIL = ENDED + 2 * DAY
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


@pytest.fixture
def files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def carlas(session: LiveSession, files: None, time_machine: TimeMachineFixture) -> Client:
    """Carla's browser; there is a file in the session, and it ended at ENDED. Nothing sweeps."""
    time_machine.move_to(STARTED, tick=False)
    full_then_limited()
    browser = come_in(session)
    attach(session.pk, CUSTOMER, SimpleUploadedFile("id.png", PNG), key=uuid4(), now=STARTED)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    return browser


def upload() -> dict[str, Any]:
    return {"file": SimpleUploadedFile("id.png", PNG), "key": str(uuid4())}


# When; whether she may write and add files; whether she may read and download; what is shown.
MOMENTS = [
    (ENDED, True, True, 'data-part="full"'),
    (FULL_UNTIL - MICROSECOND, True, True, 'data-part="full"'),
    (FULL_UNTIL, False, True, 'data-part="limited"'),
    (LIMITED_UNTIL - MICROSECOND, False, True, 'data-part="limited"'),
    (LIMITED_UNTIL, False, False, ""),
    (LIMITED_UNTIL + 1000 * DAY, False, False, ""),
]


@pytest.mark.parametrize(("now", "writes", "reads", "shown"), MOMENTS)
def test_a_customer_may_do_what_the_table_says_at_each_moment(
    carlas: Client,
    session: LiveSession,
    time_machine: TimeMachineFixture,
    now: datetime,
    writes: bool,
    reads: bool,
    shown: str,
) -> None:
    time_machine.move_to(now, tick=False)
    file = address(session, "customer", "files", str(Attachment.objects.get().public_id))
    page = carlas.get(address(session, "customer")).content.decode()
    state = carlas.get(address(session, "customer", "updates")).json()
    assert shown in page and ("id.png" in page) is reads
    assert (state["chat"], state["attach"], state["over"], bool(state["rows"])) == (writes, writes, not reads, reads)
    assert bool(carlas.get(address(session, "customer", "earlier") + "?before=9").json()["rows"]) is reads
    assert carlas.get(file).status_code == (200 if reads else 403)
    assert carlas.post(address(session, "customer", "message"), message(), **AS_SCRIPT).status_code == (
        200 if writes else 403
    )
    assert carlas.post(address(session, "customer", "file"), upload(), **AS_SCRIPT).status_code == (
        200 if writes else 403
    )
    assert Attachment.objects.count() == (2 if writes else 1)
    assert kinds(session).count("message") == int(writes)


@pytest.mark.parametrize(("now", "writes"), [(row[0], row[1]) for row in MOMENTS])
def test_the_agent_may_answer_exactly_as_long(
    carlas: Client, session: LiveSession, anna: Agent, time_machine: TimeMachineFixture, now: datetime, writes: bool
) -> None:
    time_machine.move_to(now, tick=False)
    answer = browser_of(anna).post(address(session, "agent", "message"), message(), **AS_SCRIPT)
    assert answer.status_code == (200 if writes else 403)
    assert "id.png" in browser_of(anna).get(address(session, "agent")).content.decode(), "the record stays"


def test_a_page_knows_the_next_moment_at_which_it_changes(
    carlas: Client, session: LiveSession, time_machine: TimeMachineFixture
) -> None:
    for now, then in ((ENDED, FULL_UNTIL), (FULL_UNTIL, LIMITED_UNTIL), (LIMITED_UNTIL, None)):
        time_machine.move_to(now, tick=False)
        timing = carlas.get(address(session, "customer", "updates")).json()
        assert timing["next"] == (int(then.timestamp() * 1000) if then else None)
        assert timing["now"] == int(now.timestamp() * 1000)


def test_no_ticket_for_live_updates_outlasts_the_access(
    carlas: Client, session: LiveSession, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(LIMITED_UNTIL - MINUTE, tick=False)
    state = carlas.get(address(session, "customer", "updates")).json()
    assert state["stream"] and state["renew"] == int(LIMITED_UNTIL.timestamp() * 1000)
    time_machine.move_to(LIMITED_UNTIL, tick=False)
    assert carlas.get(address(session, "customer", "updates")).json()["stream"] == ""


def test_what_was_typed_too_late_is_given_back_and_kept(
    carlas: Client, session: LiveSession, anna: Agent, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(FULL_UNTIL, tick=False)
    page = carlas.post(address(session, "customer", "message"), message("My <last> words"))
    assert page.status_code == 403
    assert "My &lt;last&gt; words" in page.content.decode() and "the agent can see it" in page.content.decode()
    assert Draft.objects.get().text == "My <last> words"
    assert "My &lt;last&gt; words" in browser_of(anna).get(address(session, "agent")).content.decode()


@pytest.fixture
def silent(anna: Agent, carla: Customer, time_machine: TimeMachineFixture) -> LiveSession:
    """Ends ten minutes after STARTED, warned a minute before. Nothing sweeps."""
    time_machine.move_to(STARTED, tick=False)
    inactive_after(10, access="full_unlimited", chat=True)
    return new_session(anna, carla)


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (STARTED + 9 * MINUTE - MICROSECOND, set()),
        (STARTED + 9 * MINUTE, {"closing"}),
        (STARTED + 10 * MINUTE - MICROSECOND, {"closing"}),
        (STARTED + 10 * MINUTE, {"ended"}),
        (STARTED + HOUR, {"ended"}),
    ],
)
def test_the_agents_page_shows_warning_and_end_to_the_microsecond(
    silent: LiveSession, anna: Agent, time_machine: TimeMachineFixture, now: datetime, shown: set[str]
) -> None:
    time_machine.move_to(now, tick=False)
    page = browser_of(anna).get(address(silent, "agent")).content.decode()
    assert {mark for mark in ("closing", "ended") if f'data-part="{mark}"' in page} == shown


def test_opening_the_page_is_no_activity(silent: LiveSession, anna: Agent, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(STARTED + 5 * MINUTE, tick=False)
    for path in (address(silent, "agent"), address(silent, "agent", "updates"), "/", "/sessions/"):
        assert browser_of(anna).get(path).status_code == 200
    assert fresh(silent).last_agent_activity_at == STARTED


@pytest.mark.parametrize("what", ["keep-open", "message", "end"])
def test_whatever_the_agent_does_at_the_moment_of_the_end_it_has_ended_by_itself(
    silent: LiveSession, anna: Agent, time_machine: TimeMachineFixture, what: str
) -> None:
    time_machine.move_to(STARTED + 10 * MINUTE, tick=False)
    answer = browser_of(anna).post(address(silent, "agent", what), message(), **AS_SCRIPT)
    assert answer.json()["open"] is False
    ended = fresh(silent)
    assert (ended.end_reason, ended.ended_at) == ("agent_inactive", STARTED + 10 * MINUTE)


def test_the_welcome_page_lists_nothing_that_has_ended_by_itself(
    silent: LiveSession, anna: Agent, time_machine: TimeMachineFixture
) -> None:
    for now, listed in ((STARTED + 10 * MINUTE - MICROSECOND, True), (STARTED + 10 * MINUTE, False)):
        time_machine.move_to(now, tick=False)
        for path in ("/", "/sessions/"):
            assert (str(silent.public_id) in browser_of(anna).get(path).content.decode()) is listed
