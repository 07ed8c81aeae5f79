"""What rows say to each side, and what becomes of the text that people typed."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from sessions_app.actions import add_note, record, send_message
from sessions_app.kinds import HIDDEN_FROM_CUSTOMERS, Actor, Audience, EntryKind, ReturnReason
from sessions_app.models import Agent, LiveSession, TimelineEntry
from sessions_app.push.announce import Message
from sessions_app.rows import WRITTEN, row_html
from sessions_app.templatetags.parley import linked
from sessions_app.timeline import Row
from tests.cast import CUSTOMER, author
from tests.moments import DAY, STARTED

UNTIL = (STARTED + DAY).isoformat()
A, S = Actor.AGENT, Actor.SYSTEM

SAID: list[tuple[EntryKind, Actor, dict[str, Any], str, str | None]] = [
    (EntryKind.QUEUED, Actor.CUSTOMER, {}, "Waits in the queue", "You are waiting for somebody to answer"),
    (EntryKind.ASSIGNED, S, {}, "Assigned to Anna", "You are now talking with Anna"),
    (EntryKind.ASSIGNED, A, {}, "Anna picked this session", "You are now talking with Anna"),
    (EntryKind.ACCEPTED, A, {}, "Anna opened this session", None),
    (
        EntryKind.RETURNED,
        A,
        {"reason": ReturnReason.DECLINED},
        "Back in the queue: The agent declined",
        "You are waiting for somebody to answer",
    ),
    (
        EntryKind.TRANSFERRED,
        A,
        {"to": "Ben", "note": "Wants <cash>"},
        "Anna transferred this session to Ben",
        "Anna passed you on to Ben",
    ),
    (EntryKind.TAKEN_OVER, A, {}, "Anna took this session over", "You are now talking with Anna"),
    (EntryKind.SEAT_RELEASED, Actor.ADMIN, {}, "Seat released by Anna", None),
    (
        EntryKind.CUSTOMER_CHANGED,
        A,
        {"changes": {"name": ["Carla", "Carla <b>"], "phone": ["", "0123"]}},
        "name: Carla → Carla &lt;b&gt;; phone: empty → 0123",
        None,
    ),
    (EntryKind.INVITED, S, {"to": "carla@example.com"}, "Invitation sent to carla@example.com", None),
    (EntryKind.INVITED, S, {"to": "c@example.com", "letter": "more_time"}, "Link sent to c@example.com", None),
    (EntryKind.KEPT_OPEN, Actor.ADMIN, {}, "Kept open: the settings were changed", None),
    (
        EntryKind.EXTENDED,
        A,
        {"level": "full", "until": UNTIL, "reason": "forgot"},
        "More time given: full access until",
        "You have more time: full access until",
    ),
    (EntryKind.JOINED, Actor.CUSTOMER, {}, "Customer joined", "You joined"),
    (EntryKind.ENDED, A, {"reason": "ended_by_agent"}, "Ended by the agent", "Ended by the agent"),
]


@pytest.mark.parametrize(("kind", "actor", "payload", "to_agents", "to_customers"), SAID)
def test_what_happened_is_said_to_each_side(
    session: LiveSession,
    anna: Agent,
    kind: EntryKind,
    actor: Actor,
    payload: dict[str, Any],
    to_agents: str,
    to_customers: str | None,
) -> None:
    entry = record(session.pk, Row(kind=kind, actor=actor, agent=anna, payload=payload), now=STARTED)
    assert to_agents in row_html(session, entry, Audience.AGENT)
    shown = row_html(session, entry, Audience.CUSTOMER)
    assert (to_customers in shown) if to_customers else shown == ""


@pytest.mark.parametrize("kind", [kind for kind in EntryKind if kind not in WRITTEN])
def test_every_kind_has_words_even_with_nothing_told_beside(kind: EntryKind, session: LiveSession) -> None:
    """Rows of kinds that others write, or will: at least how the kind is called."""
    payload = {"reason": "declined"} if kind is EntryKind.RETURNED else {"reason": "ended_by_agent"}
    payload |= {"to": "Ben", "level": "full", "until": UNTIL, "link": "invitation"}
    entry = TimelineEntry(
        session=session, number=9, kind=kind, actor=S, payload=payload, due_at=STARTED, recorded_at=STARTED
    )
    assert "happened" in row_html(session, entry, Audience.AGENT)
    assert (row_html(session, entry, Audience.CUSTOMER) == "") == (kind in HIDDEN_FROM_CUSTOMERS)


def test_the_note_of_a_transfer_is_for_agents_only(session: LiveSession, anna: Agent) -> None:
    payload = {"to": "Ben", "note": "Wants <cash>"}
    row = Row(kind=EntryKind.TRANSFERRED, actor=Actor.AGENT, agent=anna, payload=payload)
    entry = record(session.pk, row, now=STARTED)
    assert "Wants &lt;cash&gt;" in row_html(session, entry, Audience.AGENT)
    assert "cash" not in row_html(session, entry, Audience.CUSTOMER)


LINKS = [
    ("see https://example.com/a?b=1&c=2.", 'href="https://example.com/a?b=1&amp;c=2"'),
    ("see www.example.com", 'href="http://www.example.com"'),
    ("mail carla@example.com!", 'href="mailto:carla@example.com"'),
]


@pytest.mark.parametrize(("text", "href"), LINKS)
def test_addresses_become_links_that_give_nothing_away(text: str, href: str) -> None:
    assert f'<a {href} target="_blank" rel="noopener noreferrer nofollow">' in linked(text)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "<a href='https://x.example' onclick=alert(1)>",
        'https://x.example/"onmouseover="alert(1)',
        "ftp://example.com/file",
        "file:///etc/passwd",
        "vbscript:x",
    ],
)
def test_nothing_else_does_and_nothing_typed_is_html(text: str) -> None:
    shown = linked(text)
    assert not any(f'href="{scheme}' in shown for scheme in ("javascript", "data", "ftp", "file", "vbscript"))
    assert "<script" not in shown and "onclick=alert" not in shown.split("&lt;a")[0]
    assert '"onmouseover' not in shown


Capture = Callable[..., AbstractContextManager[list[Any]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What open pages are told."""
    kept: list[Message] = []
    monkeypatch.setattr("sessions_app.live.announce", kept.extend)
    return kept


def rows_told(told: list[Message], side: str) -> list[dict[str, Any]]:
    return [json.loads(one.data) for one in told if one.event == "row" and one.topic.endswith(side)]


def test_what_people_wrote_is_pushed_and_what_happened_is_asked_for(
    session: LiveSession, anna: Agent, told: list[Message], django_capture_on_commit_callbacks: Capture
) -> None:
    """Each viewer is told what happened in their own language, so pages ask for it."""
    with django_capture_on_commit_callbacks(execute=True):
        send_message(session.pk, CUSTOMER, "Hello", key=uuid4(), now=STARTED)
        add_note(session.pk, anna, "A secret", key=uuid4(), now=STARTED)
        record(session.pk, Row(kind=EntryKind.TAKEN_OVER, actor=A, agent=anna), now=STARTED)
        record(session.pk, Row(kind=EntryKind.LINK_SHOWN, actor=A, agent=anna), now=STARTED)
    agents = [row.get("html") for row in rows_told(told, "agent")]
    customers = [row.get("html") for row in rows_told(told, "customer")]
    assert ["Hello" in agents[0], "A secret" in agents[1], *agents[2:]] == [True, True, None, None]
    assert ["Hello" in customers[0], *customers[1:]] == [True, "", None, ""]


def test_rows_are_not_pushed_in_the_language_of_whoever_wrote_them(
    session: LiveSession, anna: Agent, told: list[Message], django_capture_on_commit_callbacks: Capture
) -> None:
    with translation.override("de"), django_capture_on_commit_callbacks(execute=True):
        add_note(session.pk, anna, "Hello", key=uuid4(), now=STARTED)
    assert "Note by Anna" in rows_told(told, "agent")[0]["html"]


def test_both_sides_see_who_wrote_what(session: LiveSession, anna: Agent) -> None:
    entry = send_message(session.pk, author(anna), "Hello", key=uuid4(), now=STARTED)
    assert "bubble-mine" in row_html(session, entry, Audience.AGENT)
    shown = row_html(session, entry, Audience.CUSTOMER)
    assert "Anna" in shown and "bubble-mine" not in shown
