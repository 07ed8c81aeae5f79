"""What is typed and not sent is there again after a reload, after a crash, on another device (B8)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from policies_app.kinds import EndReason
from sessions_app import half_typed
from sessions_app.actions import Refused, send_message
from sessions_app.half_typed import LARGEST_VERSION, Typed, keep, sent, typed_by
from sessions_app.kinds import Actor
from sessions_app.models import Agent, HalfTyped, LiveSession
from sessions_app.push.announce import Message
from sessions_app.transitions import end
from tests.cast import AS_SCRIPT, CUSTOMER, address, author, browser_of, come_in, fresh, message, set_policy
from tests.moments import ENDED, MINUTE, STARTED


@pytest.fixture
def annas(anna: Agent) -> Client:
    return browser_of(anna)


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What open pages are told of typing."""
    told: list[Message] = []
    monkeypatch.setattr(half_typed, "announce", told.extend)
    return told


def types(browser: Client, session: LiveSession, text: str, version: int = 5, side: str = "agent") -> Any:
    return browser.post(address(session, side, "half-typed"), {"text": text, "version": version}, **AS_SCRIPT)


def test_what_was_typed_is_in_the_page_that_is_opened_next(session: LiveSession, annas: Client) -> None:
    assert types(annas, session, "Dear Carla,\r\n").json() == {"text": "Dear Carla,\n", "version": 5}
    page = annas.get(address(session, "agent"))
    assert ">Dear Carla,\n</textarea>" in page.content.decode()
    assert page.context["page"]["half_typed"] == {"text": "Dear Carla,\n", "version": 5}


def test_another_device_learns_of_it_with_whatever_else_is_new(session: LiveSession) -> None:
    phone, computer = come_in(session), come_in(session)
    types(phone, session, "On the tr", side="customer")
    state = computer.get(address(session, "customer", "updates"), {"after": 0}).json()
    assert state["half_typed"] == {"text": "On the tr", "version": 5}


def test_each_side_and_each_agent_has_a_text_of_their_own(
    session: LiveSession, anna: Agent, ben: Agent, annas: Client
) -> None:
    types(annas, session, "for Carla only")
    assert typed_by(session.pk, ben) == typed_by(session.pk, None) == Typed()
    assert "for Carla only" not in come_in(session).get(address(session, "customer")).content.decode()
    types(come_in(session), session, "for Anna only", side="customer")
    assert typed_by(session.pk, anna).text == "for Carla only" and HalfTyped.objects.count() == 2


# Of two saves the later one stays --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saves", "kept"),
    [
        ([(1, "a"), (2, "ab")], Typed("ab", 2)),
        ([(2, "ab"), (1, "a")], Typed("ab", 2)),
        ([(2, "ab"), (2, "other")], Typed("ab", 2)),
        ([(1, "a"), (3, ""), (2, "ab")], Typed("", 3)),
    ],
)
def test_the_newer_version_stays_in_whatever_order_they_come(
    session: LiveSession, saves: list[tuple[int, str]], kept: Typed
) -> None:
    for version, text in saves:
        keep(session.pk, None, Typed(text, version), now=STARTED)
    assert typed_by(session.pk, None) == kept


def test_a_save_that_comes_too_late_is_answered_with_what_is_kept(session: LiveSession, annas: Client) -> None:
    types(annas, session, "newer", 9)
    assert types(annas, session, "older", 8).json() == {"text": "newer", "version": 9}


def test_a_message_takes_with_it_what_was_half_typed(session: LiveSession, annas: Client) -> None:
    types(annas, session, "Hel", 5)
    state = annas.post(address(session, "agent", "message"), message("Hello", typed=6, after=0), **AS_SCRIPT).json()
    assert state["half_typed"] == {"text": "", "version": 6}


def test_a_save_that_the_message_overtook_brings_nothing_back(session: LiveSession, annas: Client) -> None:
    annas.post(address(session, "agent", "message"), message("Hello", typed=6), **AS_SCRIPT)
    assert types(annas, session, "Hell", 5).json() == {"text": "", "version": 6}


def test_what_was_typed_after_the_message_stays_when_the_message_comes_late(
    session: LiveSession, annas: Client
) -> None:
    """Written in a tunnel: the message waits, the next one is being typed already."""
    types(annas, session, "And another thing", 7)
    annas.post(address(session, "agent", "message"), message("Hello", typed=6), **AS_SCRIPT)
    assert types(annas, session, "", 5).json()["text"] == "And another thing"


def test_a_plain_form_sends_whatever_is_kept(session: LiveSession, annas: Client, anna: Agent) -> None:
    types(annas, session, "Hello", 5)
    annas.post(address(session, "agent", "message"), message("Hello"))
    assert typed_by(session.pk, anna) == Typed("", 6)


def test_a_message_that_is_refused_takes_nothing_with_it(session: LiveSession, anna: Agent) -> None:
    set_policy()
    keep(session.pk, None, Typed("Hel", 5), now=STARTED)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    with pytest.raises(Refused):
        send_message(session.pk, CUSTOMER, "Hello", key=message()["key"], typed=6, now=ENDED)
    assert typed_by(session.pk, None).text == "Hel"


def test_a_retry_of_a_message_does_not_take_what_was_typed_since(session: LiveSession, anna: Agent) -> None:
    said = {"key": message()["key"], "now": STARTED}
    send_message(session.pk, author(anna), "Hello", **said)
    keep(session.pk, anna, Typed("Next", 5), now=STARTED)
    send_message(session.pk, author(anna), "Hello", **said)
    assert typed_by(session.pk, anna).text == "Next"


def test_sending_before_anything_was_saved_is_remembered_too(session: LiveSession) -> None:
    sent(session.pk, None, 6, now=STARTED)
    assert not keep(session.pk, None, Typed("late", 5), now=STARTED)


# Who may, and what is told ---------------------------------------------------------------------------------------


def test_whoever_may_still_read_may_type_and_nobody_else(session: LiveSession) -> None:
    set_policy(access="limited", access_for=MINUTE)
    carlas = come_in(session)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    assert types(carlas, session, "over?", side="customer").status_code == 403
    assert not HalfTyped.objects.exists()


def test_strangers_and_colleagues_cannot_type_in_the_name_of_others(
    session: LiveSession, ben: Agent, dan: Any, annas: Client
) -> None:
    assert types(Client(), session, "x", side="customer").status_code == 403
    assert types(browser_of(ben), session, "x").status_code == 404
    assert not HalfTyped.objects.exists()


@pytest.mark.parametrize(
    "posted",
    [
        {"text": "x"},
        {"text": "x", "version": 0},
        {"text": "x", "version": "later"},
        {"text": "x", "version": LARGEST_VERSION + 1},
        {"text": "x" * 10_001, "version": 1},
    ],
)
def test_nonsense_is_refused_with_a_word(session: LiveSession, annas: Client, posted: dict[str, Any]) -> None:
    answer = annas.post(address(session, "agent", "half-typed"), posted, **AS_SCRIPT)
    assert answer.status_code == 422 and answer.json()["problem"]
    assert not HalfTyped.objects.exists()


def test_typing_is_told_to_the_other_side_and_the_text_to_nobody(
    session: LiveSession, anna: Agent, annas: Client, announced: list[Message]
) -> None:
    types(annas, session, "Dear Carla", 5)
    said = {one.event: (one.topic.rpartition(":")[2], json.loads(one.data)) for one in announced}
    here = str(session.public_id)
    assert said == {
        "half-typed": ("agent", {"s": here, "v": 5, "by": anna.pk}),
        "typing": ("customer", {"s": here, "on": True}),
    }
    announced.clear()
    types(annas, session, " ", 6)
    assert json.loads(announced[1].data)["on"] is False


def test_where_nothing_can_be_sent_nobody_is_told_that_somebody_types(
    session: LiveSession, annas: Client, announced: list[Message]
) -> None:
    set_policy()
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    types(annas, session, "too late")
    assert [one.event for one in announced] == ["half-typed"]


def test_a_customer_who_types_is_busy_and_an_agent_is_not_active_by_it(
    session: LiveSession, annas: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    before = fresh(session)
    types(annas, session, "agent types")
    types(come_in(session), session, " ", side="customer")
    assert fresh(session).customer_busy_at is None
    assert fresh(session).last_agent_activity_at == before.last_agent_activity_at
    types(come_in(session), session, "I need", 6, side="customer")
    noted = fresh(session).customer_busy_at
    assert noted is not None
    types(come_in(session), session, "I need to", 7, side="customer")
    assert fresh(session).customer_busy_at == noted  # once in a while is enough
