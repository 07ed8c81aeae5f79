"""What pages post and ask, with script and without: messages, catching up, the end and its redirects (A1, A4, A10)."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from policies_app.kinds import EndReason
from sessions_app.actions import LONGEST_MESSAGE, send_message
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Attachment, Customer, LiveSession
from sessions_app.selectors import ROWS_AT_ONCE
from sessions_app.transitions import end
from tests.cast import (
    AS_SCRIPT,
    CUSTOMER,
    address,
    browser_of,
    come_in,
    fresh,
    full_then_limited,
    kinds,
    message,
    new_session,
    set_policy,
)
from tests.moments import STARTED

HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def annas(anna: Agent) -> Client:
    return browser_of(anna)


def test_a_message_without_script_leads_back_to_the_room(session: LiveSession, annas: Client) -> None:
    answer = annas.post(address(session, "agent", "message"), message("Grüße <b>"))
    assert (answer.status_code, answer.headers["Location"]) == (302, address(session, "agent"))
    assert "Grüße &lt;b&gt;" in annas.get(address(session, "agent")).content.decode()


def test_a_message_by_script_is_answered_with_what_is_new(session: LiveSession, annas: Client) -> None:
    answer = annas.post(address(session, "agent", "message"), message("Hello", after=1), **AS_SCRIPT).json()
    assert [row["n"] for row in answer["rows"]] == [2]
    assert "Hello" in answer["rows"][0]["html"] and answer["more"] is False


def test_line_breaks_of_forms_and_scripts_are_the_same(session: LiveSession, annas: Client) -> None:
    annas.post(address(session, "agent", "message"), message("one\r\ntwo\n"))
    assert session.timeline.get(kind="message").payload == {"text": "one\ntwo\n"}


@pytest.mark.parametrize(
    "posted",
    [
        {"text": "", "key": str(uuid4())},
        {"text": " \n ", "key": str(uuid4())},
        {"text": "x" * (LONGEST_MESSAGE + 1), "key": str(uuid4())},
        {"text": "a\x00b", "key": str(uuid4())},
        {"text": "Hello"},
        {"text": "Hello", "key": "key"},
        {},
    ],
)
def test_a_bad_message_is_answered_with_why_and_given_back(session: LiveSession, annas: Client, posted: Any) -> None:
    page = annas.post(address(session, "agent", "message"), posted)
    by_script = annas.post(address(session, "agent", "message"), posted, **AS_SCRIPT)
    assert page.status_code == by_script.status_code == 422
    assert by_script.json()["problem"]
    assert posted.get("text", "").strip().replace("\x00", "�")[:50] in page.content.decode().replace("\x00", "�")
    assert kinds(session) == ["started"]


@pytest.mark.parametrize("after", ["", "x", "-1", "1e3", "٣", "9" * 30, "0"])
def test_any_number_to_catch_up_from_is_answered(session: LiveSession, annas: Client, after: str) -> None:
    answer = annas.get(address(session, "agent", "updates"), {"after": after}).json()
    assert [row["n"] for row in answer["rows"]] == [1]


def test_a_page_catches_up_in_steps_and_looks_back_in_steps(session: LiveSession, annas: Client) -> None:
    for number in range(ROWS_AT_ONCE + 10):
        send_message(session.pk, CUSTOMER, f"message {number}", key=uuid4(), now=STARTED)
    total = ROWS_AT_ONCE + 11
    first = annas.get(address(session, "agent", "updates"), {"after": 0}).json()
    second = annas.get(address(session, "agent", "updates"), {"after": first["rows"][-1]["n"]}).json()
    assert [row["n"] for row in first["rows"] + second["rows"]] == list(range(1, total + 1))
    assert (first["more"], second["more"]) == (True, False)
    back = annas.get(address(session, "agent", "earlier"), {"before": total}).json()
    rest = annas.get(address(session, "agent", "earlier"), {"before": back["rows"][0]["n"]}).json()
    assert [row["n"] for row in rest["rows"] + back["rows"]] == list(range(1, total))
    assert (back["more"], rest["more"]) == (True, False)


def test_customers_count_hidden_rows_without_seeing_them(session: LiveSession, annas: Client) -> None:
    annas.post(address(session, "agent", "link"), **AS_SCRIPT)
    rows = come_in(session).get(address(session, "customer", "updates"), {"after": 1}).json()["rows"]
    assert [(row["n"], bool(row["html"])) for row in rows] == [(2, False), (3, True)]


@pytest.mark.parametrize(("stay", "goes_to"), [("welcome", "/?ended={id}"), ("stay", "")])
def test_at_the_end_the_agent_goes_where_the_policy_says(
    session: LiveSession, annas: Client, stay: str, goes_to: str
) -> None:
    set_policy(redirect_agent=stay)
    answer = annas.post(address(session, "agent", "end"), **AS_SCRIPT).json()
    assert (answer["open"], answer["redirect"]) == (False, goes_to.format(id=session.public_id))


def test_every_open_page_of_the_agent_goes_there_however_it_ended(session: LiveSession, annas: Client) -> None:
    set_policy()
    end(session.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=STARTED)
    assert annas.get(address(session, "agent", "updates")).json()["redirect"] == f"/?ended={session.public_id}"


def test_the_welcome_page_says_what_ended_and_why(session: LiveSession, annas: Client) -> None:
    end(session.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=STARTED)
    page = annas.get(f"/?ended={session.public_id}").content.decode()
    assert "Carla" in page and "Ended by the customer" in page


@pytest.mark.parametrize("ended", ["x", "01900000-0000-7000-8000-000000000000", "", "\x00"])
def test_the_welcome_page_of_nonsense_is_the_plain_one(annas: Client, ended: str) -> None:
    assert 'data-part="ended-note"' not in annas.get("/", {"ended": ended}).content.decode()


def test_a_colleague_learns_nothing_of_what_ended(session: LiveSession, ben: Agent) -> None:
    end(session.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=STARTED)
    assert "Carla" not in browser_of(ben).get(f"/?ended={session.public_id}").content.decode()


@pytest.mark.parametrize("reason", [EndReason.ENDED_BY_CUSTOMER, EndReason.ENDED_BY_AGENT])
def test_at_the_end_the_customer_is_sent_to_the_filled_in_address(session: LiveSession, reason: EndReason) -> None:
    set_policy(redirect_customer="https://portal.example.com/{session_id}?why={reason}")
    carlas = come_in(session)
    end(session.pk, reason, actor=Actor.API, now=STARTED)
    state = carlas.get(address(session, "customer", "updates")).json()
    assert state["redirect"] == f"https://portal.example.com/{session.public_id}?why={reason}"


def test_coming_back_by_the_link_shows_the_room_at_the_level_that_is_left(session: LiveSession) -> None:
    full_then_limited(redirect_customer="https://portal.example.com/")
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    LiveSession.objects.update(
        full_until="9000-01-01T00:00Z", limited_until="9000-01-01T00:00Z", next_due_at=None, next_due_kind=""
    )
    answer = come_in(session).get(address(session, "customer"))
    assert answer.status_code == 200 and 'data-part="full"' in answer.content.decode()


def test_a_customer_ends_the_session_without_script(session: LiveSession) -> None:
    set_policy(access="full_unlimited")
    carlas = come_in(session)
    assert carlas.post(address(session, "customer", "end")).headers["Location"] == address(session, "customer")
    assert fresh(session).end_reason == "ended_by_customer"


def test_a_file_is_only_ever_a_download(session: LiveSession, annas: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    posted = {"file": SimpleUploadedFile("page.html", HTML, "text/html"), "key": str(uuid4())}
    assert annas.post(address(session, "agent", "file"), posted).status_code == 302
    path = ["files", str(Attachment.objects.get().public_id)]
    for browser, side in ((annas, "agent"), (come_in(session), "customer")):
        answer = browser.get(address(session, side, *path))
        assert b"".join(answer.streaming_content) == HTML
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="page.html.txt"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_of_another_session_is_not_found(
    session: LiveSession, annas: Client, anna: Agent, dan: Customer, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    annas.post(address(session, "agent", "file"), {"file": SimpleUploadedFile("a.txt", b"a"), "key": str(uuid4())})
    other = new_session(anna, dan)
    path = ["files", str(Attachment.objects.get().public_id)]
    assert annas.get(address(other, "agent", *path)).status_code == 404
    assert come_in(other).get(address(other, "customer", *path)).status_code == 404


@pytest.mark.parametrize("posted", [{}, {"key": str(uuid4())}, {"file": "a.txt", "key": str(uuid4())}])
def test_a_form_without_a_file_is_answered_with_why(
    session: LiveSession, annas: Client, posted: dict[str, str]
) -> None:
    answer = annas.post(address(session, "agent", "file"), posted, **AS_SCRIPT)
    assert (answer.status_code, answer.json()["problem"]) == (422, "Choose a file first.")
