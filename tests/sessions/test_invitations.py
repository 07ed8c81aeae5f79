"""What customers are sent, and in which way: letters, short messages, one-time codes; and links for their agent."""

import json
import re
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core import mail

from policies_app.kinds import EndReason
from policies_app.models import SystemSettings
from sessions_app import invitations, links, tasks
from sessions_app.assigning import open_prepared
from sessions_app.invitations import INVITATION, MORE_TIME, NEW_LINK, SENT_AGAIN
from sessions_app.kinds import Actor, LinkKind, Way
from sessions_app.models import Agent, Customer, LiveSession, OneTimeCode
from sessions_app.sms import NotSent
from sessions_app.transitions import end, start_invitation
from tests.cast import (
    AS_SCRIPT,
    address,
    browser_of,
    come_in,
    fresh,
    full_then_limited,
    general,
    kinds,
    new_session,
    waiting,
)
from tests.moments import ENDED, HOUR, MINUTE, STARTED

NOW = STARTED + MINUTE
PHONE = "+431234567"


@pytest.fixture(autouse=True)
def mailbox(settings: Any, tmp_path: Path) -> Path:
    """Where short messages are kept."""
    settings.SMS_URL, settings.MAILBOX_DIR = "mailbox:", tmp_path
    return tmp_path


@pytest.fixture
def phil(db: None) -> Customer:
    """A customer who can be reached by phone only."""
    return Customer.objects.create(name="Phil", phone=PHONE)


@pytest.fixture(autouse=True)
def _worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that does at once what it is told."""
    for task in (tasks.send_letter, tasks.send_code):
        monkeypatch.setattr(task, "delay", lambda *given, task=task: task.apply(given))


def messages(mailbox: Path) -> list[dict[str, str]]:
    return [json.loads(file.read_text()) for file in mailbox.glob("*.sms")]


def prepared(agent: Agent, customer: Customer) -> LiveSession:
    return start_invitation(agent, customer, general().pk, prepared=True, now=STARTED)


# Ways ----------------------------------------------------------------------------------------------------------------


def test_who_has_no_e_mail_address_is_invited_by_sms(anna: Agent, phil: Customer, mailbox: Path) -> None:
    session = new_session(anna, phil)
    assert tasks.order_letter(session.pk)
    (message,) = messages(mailbox)
    link = re.search(r"http://localhost:8000/join/[\w-]+/", message["text"]).group()
    assert message["to"] == PHONE and "Anna" in message["text"]
    assert links.find(link.split("/")[-2], NOW).session == session
    assert session.timeline.get(kind="invited").payload == {"to": PHONE, "letter": "invitation"}
    assert mail.outbox == []


def test_e_mail_comes_first_and_both_can_be_asked_for(anna: Agent, carla: Customer, mailbox: Path) -> None:
    carla.phone = PHONE
    carla.save()
    session = new_session(anna, carla)
    tasks.order_letter(session.pk)
    assert len(mail.outbox) == 1 and messages(mailbox) == []
    tasks.order_letter(session.pk, INVITATION, [Way.EMAIL, Way.SMS])
    assert len(mail.outbox) == 2 and len(messages(mailbox)) == 1
    assert sorted(session.links.values_list("sent_to", flat=True)) == [PHONE, carla.email, carla.email]


@pytest.mark.parametrize("ways", [None, [Way.EMAIL], []])
def test_without_an_address_nothing_is_sent_and_whoever_asks_is_told(
    anna: Agent, phil: Customer, settings: Any, ways: list[Way] | None
) -> None:
    settings.SMS_URL = ""
    session = new_session(anna, phil)
    assert not tasks.order_letter(session.pk, INVITATION, ways)
    assert kinds(session) == ["started"] and not session.links.exists()


def test_a_number_that_is_refused_for_good_is_recorded_with_the_reason(
    anna: Agent, phil: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuse(*given: object) -> None:
        tries.append(given)
        raise NotSent("this is no mobile phone")

    monkeypatch.setattr("sessions_app.sms.MailboxGateway.send", refuse)
    session = new_session(anna, phil)
    tasks.order_letter(session.pk)
    assert len(tries) == 1
    failed = session.timeline.get(kind="invitation_failed")
    assert failed.payload == {"to": PHONE, "reason": "this is no mobile phone"}
    assert not session.links.exists(), "nobody has its token"


def test_a_gateway_that_is_away_is_tried_again_and_then_given_up(
    anna: Agent, phil: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*given: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr("sessions_app.sms.MailboxGateway.send", away)
    session = new_session(anna, phil)
    tasks.order_letter(session.pk)
    assert kinds(session) == ["started", "invitation_failed"] and not session.links.exists()


@pytest.mark.parametrize(("code", "tries"), [(550, 1), (450, 6)])
def test_an_address_that_the_mail_server_refuses_for_good_is_not_tried_again(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch, code: int, tries: int
) -> None:
    sent = []

    def refuse(*given: object) -> None:
        sent.append(given)
        raise SMTPRecipientsRefused({"carla@example.com": (code, b"no such user")})

    monkeypatch.setattr("sessions_app.delivery.EmailMultiAlternatives.send", refuse)
    tasks.order_letter(session.pk)
    assert len(sent) == tries
    assert ("no such user" in str(session.timeline.get(kind="invitation_failed").payload)) == (code == 550)


# Letters -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letter", "kind"),
    [(INVITATION, LinkKind.INVITATION), (NEW_LINK, LinkKind.ASKED), (SENT_AGAIN, LinkKind.INVITATION)],
)
def test_a_link_knows_how_it_came_about(session: LiveSession, letter: str, kind: LinkKind) -> None:
    invitations.send(session.pk, letter, now=NOW)
    link = session.links.get()
    assert (link.kind, link.sent_to, link.expires_at) == (kind, "carla@example.com", None)


def test_links_last_as_long_as_the_settings_say(session: LiveSession) -> None:
    SystemSettings.objects.update_or_create(pk=1, defaults={"link_lasts": HOUR})
    invitations.send(session.pk, now=NOW)
    assert session.links.get().expires_at == NOW + HOUR


def test_a_new_link_goes_out_as_long_as_there_is_access(session: LiveSession) -> None:
    full_then_limited()
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=NOW)
    invitations.send(session.pk, NEW_LINK, now=NOW + HOUR)
    invitations.send(session.pk, INVITATION, now=NOW + HOUR)
    invitations.send(session.pk, NEW_LINK, now=NOW + 50 * HOUR)
    assert [letter.subject for letter in mail.outbox] == ["Your new link"]


def test_letters_are_in_the_language_of_the_customer(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str] = []
    monkeypatch.setattr("sessions_app.delivery.translation.override", _noting(spoken))
    Customer.objects.update(language="de")
    invitations.send(session.pk, now=NOW)
    assert spoken == ["de"]


def _noting(spoken: list[str]) -> Any:
    from django.utils import translation

    override = translation.override

    def noted(language: str) -> Any:
        spoken.append(language)
        return override(language)

    return noted


def test_a_letter_to_somebody_who_waits_names_no_agent(carla: Customer) -> None:
    invitations.send(waiting(carla).pk, NEW_LINK, now=NOW)
    (letter,) = mail.outbox
    assert "None" not in f"{letter.subject}{letter.body}"


def test_more_time_is_told_by_sms_too(anna: Agent, phil: Customer, mailbox: Path) -> None:
    full_then_limited()
    session = new_session(anna, phil)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=NOW)
    invitations.send(session.pk, MORE_TIME, Way.SMS, now=NOW + MINUTE)
    assert "more time" in messages(mailbox)[0]["text"]


# One-time codes ------------------------------------------------------------------------------------------------------


def code_for(session: LiveSession, to: str) -> OneTimeCode:
    return OneTimeCode.objects.create(
        session=session, sent_to=to, created_at=NOW, expires_at=NOW + 10 * MINUTE, code_hash=""
    )


def test_a_code_is_drawn_by_the_worker_and_kept_as_a_hash(session: LiveSession) -> None:
    code = code_for(session, "carla@example.com")
    invitations.send_code(code.pk, now=NOW)
    (letter,) = mail.outbox
    digits = re.search(r"\b\d{6}\b", str(letter.body)).group()
    code.refresh_from_db()
    assert check_password(digits, code.code_hash) and digits not in code.code_hash


def test_a_code_can_go_to_a_phone(session: LiveSession, mailbox: Path) -> None:
    invitations.send_code(code_for(session, PHONE).pk, now=NOW)
    (message,) = messages(mailbox)
    assert message["to"] == PHONE and re.search(r"\b\d{6}\b", message["text"])


def test_a_code_that_is_over_is_not_sent(session: LiveSession) -> None:
    invitations.send_code(code_for(session, "carla@example.com").pk, now=NOW + 10 * MINUTE)
    assert mail.outbox == []


# In the agent's room -------------------------------------------------------------------------------------------------


def post(agent: Agent, session: LiveSession, name: str, **fields: str) -> Any:
    return browser_of(agent).post(address(session, "agent", name), fields, **AS_SCRIPT)


def test_nobody_hears_of_a_prepared_session(anna: Agent, carla: Customer) -> None:
    session = prepared(anna, carla)
    assert tasks.order_letter(session.pk)
    assert mail.outbox == [] and not session.links.exists()


def test_invite_now_opens_a_prepared_session(anna: Agent, carla: Customer) -> None:
    session = prepared(anna, carla)
    assert post(anna, session, "invite", way="email").status_code == 200
    assert not fresh(session).is_prepared and len(mail.outbox) == 1
    assert kinds(session) == ["started", "accepted", "invited"]


def test_showing_a_link_opens_a_prepared_session_too(anna: Agent, carla: Customer) -> None:
    session = prepared(anna, carla)
    assert "/join/" in post(anna, session, "link").json()["link"]
    assert not fresh(session).is_prepared


@pytest.mark.parametrize(("view", "fields"), [("invite", {"way": "email"}), ("link", {})])
def test_without_a_free_seat_a_prepared_session_stays_prepared(
    anna: Agent, carla: Customer, dan: Customer, view: str, fields: dict[str, str]
) -> None:
    Agent.objects.update(capacity=1)
    new_session(anna, dan)
    session = prepared(anna, carla)
    answer = post(anna, session, view, **fields)
    assert answer.status_code == 403 and "1 of 1" in answer.json()["problem"]
    assert fresh(session).is_prepared and mail.outbox == []


def test_who_was_here_already_is_sent_a_new_link(session: LiveSession, anna: Agent) -> None:
    come_in(session)
    post(anna, session, "invite", way="email")
    assert mail.outbox[0].subject == "Your new link"


@pytest.mark.parametrize("way", ["sms", "fax", ""])
def test_a_way_without_an_address_is_refused(session: LiveSession, anna: Agent, way: str) -> None:
    answer = post(anna, session, "invite", way=way)
    assert answer.status_code == 422 and "no address" in answer.json()["problem"]


def test_after_all_access_there_is_nobody_to_send_a_link_to(session: LiveSession, anna: Agent) -> None:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    assert post(anna, session, "invite", way="email").status_code == 403


def test_who_came_in_by_a_revoked_link_is_out(session: LiveSession, anna: Agent) -> None:
    browser = come_in(session)
    link = session.links.get()
    assert post(anna, session, "revoke", link=str(link.pk)).status_code == 200
    assert browser.get(address(session, "customer")).status_code == 403
    row = session.timeline.get(kind="link_revoked")
    assert row.agent == anna and row.payload == {"link": "invitation", "to": ""}


def test_revoking_twice_is_recorded_once(session: LiveSession, anna: Agent) -> None:
    links.mint(session, by=anna, now=NOW)
    link = session.links.get()
    for _ in range(2):
        links.revoke(session.pk, link.pk, anna, now=NOW)
    assert kinds(session).count("link_revoked") == 1


def test_a_link_of_another_session_is_not_revoked_from_here(
    session: LiveSession, anna: Agent, ben: Agent, dan: Customer
) -> None:
    other = new_session(ben, dan)
    links.mint(other, by=ben, now=NOW)
    assert post(anna, session, "revoke", link=str(other.links.get().pk)).status_code == 200
    assert other.links.get().revoked_at is None


@pytest.mark.parametrize("link", ["", "x", "-1", "9" * 40, "\u0663"])
def test_odd_links_are_refused(session: LiveSession, anna: Agent, link: str) -> None:
    assert post(anna, session, "revoke", link=link).status_code == 422


@pytest.mark.parametrize("view", ["invite", "link", "revoke"])
def test_a_colleague_can_do_none_of_it(session: LiveSession, ben: Agent, view: str) -> None:
    assert post(ben, session, view, way="email").status_code in (403, 404)
    assert not session.links.exists()


def test_the_list_says_what_became_of_each_link(session: LiveSession, anna: Agent) -> None:
    SystemSettings.objects.update_or_create(pk=1, defaults={"link_lasts": MINUTE})
    invitations.send(session.pk, now=STARTED)
    SystemSettings.objects.update(link_lasts=None)
    come_in(session)
    for query in ("", "?part=links"):
        page = browser_of(anna).get(address(session, "agent", "links") + query).content.decode()
        assert page.count("<li>") == 2 and "carla@example.com" in page
        assert "Expired" in page and "last used" in page and page.count("Revoke this link") == 2


def test_opening_a_prepared_session_takes_its_seat_once(anna: Agent, carla: Customer) -> None:
    session = prepared(anna, carla)
    for _ in range(2):
        open_prepared(session.pk, anna, now=NOW)
    assert kinds(session) == ["started", "accepted"]
