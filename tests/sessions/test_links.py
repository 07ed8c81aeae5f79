"""Links and invitations: how a customer gets in, and that a link gives nothing away (rules.md 5, architecture.md)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from kombu.exceptions import OperationalError

from policies_app.kinds import EndReason
from sessions_app import invitations, links, tasks
from sessions_app.kinds import Actor
from sessions_app.models import AccessLink, Agent, Customer, LiveSession
from sessions_app.transitions import end
from tests.cast import kinds, new_session
from tests.moments import ENDED, MINUTE, STARTED

NOW = STARTED + MINUTE


def token_of(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_a_link_finds_its_session_and_is_stored_only_as_a_hash(session: LiveSession, anna: Agent) -> None:
    token = token_of(links.mint(session, by=anna, now=NOW))
    found = links.find(token, NOW)
    assert found and (found.session, found.created_by, found.created_at) == (session, anna, NOW)
    assert token not in str(AccessLink.objects.values())


def test_tokens_are_long_and_never_the_same(session: LiveSession) -> None:
    tokens = {token_of(links.mint(session, by=None, now=NOW)) for _ in range(20)}
    assert len(tokens) == 20
    assert all(re.fullmatch(r"[\w-]{43}", token) for token in tokens), "256 bits each"


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 43, "A" * 43])
def test_no_other_token_finds_anything(session: LiveSession, token: str) -> None:
    links.mint(session, by=None, now=NOW)
    assert links.find(token, NOW) is None


def test_a_revoked_link_finds_nothing_and_the_others_still_do(session: LiveSession) -> None:
    first, second = (token_of(links.mint(session, by=None, now=NOW)) for _ in range(2))
    AccessLink.objects.filter(pk=links.find(first, NOW).pk).update(revoked_at=NOW)
    assert links.find(first, NOW) is None
    assert links.find(second, NOW)


def test_an_invitation_is_a_letter_with_a_link_that_works(session: LiveSession) -> None:
    invitations.send(session.pk, now=NOW)
    (letter,) = mail.outbox
    ((html, _type),) = letter.alternatives
    link = re.search(r"http://localhost:8000/join/[\w-]+/", str(letter.body)).group()
    assert letter.to == ["carla@example.com"] and "Anna" in letter.subject
    assert links.find(token_of(link), NOW).session == session
    assert link in html


def test_an_invitation_is_recorded_without_its_link(session: LiveSession) -> None:
    invitations.send(session.pk, now=NOW)
    row = session.timeline.get(kind="invited")
    assert (row.actor, row.payload) == ("system", {"to": "carla@example.com", "letter": "invitation"})


def test_nobody_is_invited_into_a_session_that_has_ended(session: LiveSession) -> None:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=NOW)
    invitations.send(session.pk, now=ENDED)
    assert mail.outbox == []


def test_a_customer_with_a_phone_only_gets_no_letter(anna: Agent) -> None:
    session = new_session(anna, Customer.objects.create(name="Phil", phone="+43 1 234"))
    invitations.send(session.pk, now=NOW)
    assert mail.outbox == [] and kinds(session) == ["started"]


def test_a_link_that_the_agent_passes_on_is_recorded(session: LiveSession, anna: Agent) -> None:
    link = invitations.show_link(session, anna, now=NOW)
    assert links.find(token_of(link), NOW)
    assert session.timeline.get(kind="link_shown").agent == anna


def test_a_mail_server_that_does_not_answer_is_tried_again_and_then_recorded(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuse(*args: Any, **kwargs: Any) -> None:
        tries.append(args)
        raise ConnectionRefusedError

    monkeypatch.setattr("sessions_app.delivery.EmailMultiAlternatives.send", refuse)
    assert tasks.send_letter.apply([session.pk]).failed()
    assert len(tries) == 6
    assert kinds(session) == ["started", "invitation_failed"]


def test_an_invitation_that_no_worker_can_be_told_of_is_recorded(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any) -> Callable[..., None]:
        raise OperationalError

    monkeypatch.setattr(tasks.send_letter, "delay", away)
    tasks.order_letter(session.pk)
    assert kinds(session) == ["started", "invitation_failed"]
