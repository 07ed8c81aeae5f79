"""Send me a new link: to the stored address only, not too often, and in the same words whatever came of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from policies_app.kinds import EndReason
from sessions_app import invitations, links, tasks
from sessions_app.kinds import Actor
from sessions_app.models import AccessLink, LiveSession
from sessions_app.new_link import ask_for_link
from sessions_app.transitions import end
from tests.cast import address, full_then_limited, kinds
from tests.moments import DAY, LONG_AGO, MINUTE, STARTED


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """The letters that workers are told to write."""
    told: list[tuple[int, str]] = []
    monkeypatch.setattr(tasks, "order_letter", lambda *given: told.append(given))
    return told


def old_token(session: LiveSession) -> str:
    link = links.mint(session, by=None, now=LONG_AGO, lasts=MINUTE)
    return link.rstrip("/").rpartition("/")[2]


def test_an_old_link_asks_for_a_new_one(
    session: LiveSession, ordered: list[object], django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    path = f"/join/{old_token(session)}/"
    page = Client().get(path)
    assert page.status_code == 404 and f"{path}new-link/".encode() in page.content
    with django_capture_on_commit_callbacks(execute=True):
        assert Client().post(f"{path}new-link/").status_code == 200
    assert ordered == [(session.pk, invitations.NEW_LINK)]
    assert kinds(session) == ["started", "link_asked"]


def test_the_letter_has_a_link_that_works(session: LiveSession) -> None:
    invitations.send(session.pk, invitations.NEW_LINK, now=timezone.now())
    (letter,) = mail.outbox
    assert letter.to == ["carla@example.com"]
    assert AccessLink.objects.get().kind == "asked"


def test_the_answer_is_the_same_whether_or_not_there_was_something_to_send(session: LiveSession) -> None:
    revoked = old_token(session)
    AccessLink.objects.update(revoked_at=LONG_AGO)
    places = [f"/join/{token}/new-link/" for token in (old_token(session), revoked, "wrong")]
    places += [address(session, "customer", "new-link"), "/c/01900000-0000-7000-8000-000000000000/new-link/"]
    answers = [Client().post(place) for place in places]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_a_revoked_link_asks_for_nothing(session: LiveSession) -> None:
    token = old_token(session)
    AccessLink.objects.update(revoked_at=LONG_AGO)
    Client().post(f"/join/{token}/new-link/")
    Client().post(address(session, "customer", "new-link"))
    assert kinds(session) == ["started"]


def test_who_only_knows_the_room_can_have_a_link_sent_to_the_stored_address(session: LiveSession) -> None:
    old_token(session)
    page = Client().get(address(session, "customer"))
    assert page.status_code == 403 and address(session, "customer", "new-link").encode() in page.content
    Client().post(address(session, "customer", "new-link"))
    assert kinds(session) == ["started", "link_asked"]


def test_once_a_minute_and_five_times_a_day(session: LiveSession) -> None:
    for seconds in (0, 59, 60, 61):
        ask_for_link(session.pk, now=STARTED + timedelta(seconds=seconds))
    assert kinds(session).count("link_asked") == 2
    for minutes in range(10, 100, 10):
        ask_for_link(session.pk, now=STARTED + minutes * MINUTE)
    assert kinds(session).count("link_asked") == 5
    ask_for_link(session.pk, now=STARTED + DAY)
    assert kinds(session).count("link_asked") == 6


def test_only_while_there_is_something_to_open(session: LiveSession) -> None:
    full_then_limited()
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    ask_for_link(session.pk, now=STARTED + DAY)
    assert "link_asked" in kinds(session)
    before = kinds(session).count("link_asked")
    ask_for_link(session.pk, now=STARTED + 2 * DAY)
    assert kinds(session).count("link_asked") == before


def test_not_before_the_customer_was_invited(session: LiveSession) -> None:
    LiveSession.objects.filter(pk=session.pk).update(is_prepared=True)
    ask_for_link(session.pk, now=STARTED)
    assert kinds(session) == ["started"]


def test_looking_changes_nothing(session: LiveSession) -> None:
    assert Client().get(f"/join/{old_token(session)}/new-link/").status_code == 405
    assert Client().get(address(session, "customer", "new-link")).status_code == 405
