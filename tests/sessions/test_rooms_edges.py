"""What happens at the edges of rooms: long texts, huge bodies, rows that come between two reads, plain forms."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from sessions_app import selectors
from sessions_app.actions import LONGEST_MESSAGE, send_message
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.rooms.forms import MessageForm
from tests.cast import CUSTOMER, address, browser_of, fresh, kinds, set_policy
from tests.moments import STARTED


def test_the_end_of_a_line_counts_as_one_character() -> None:
    text = "x\r\n" * (LONGEST_MESSAGE // 2)
    form = MessageForm({"text": text, "key": uuid4()})
    assert form.is_valid() and form.cleaned_data["text"] == "x\n" * (LONGEST_MESSAGE // 2)


def test_a_row_that_came_between_two_reads_is_left_to_the_next_answer(session: LiveSession) -> None:
    read_before = fresh(session)
    send_message(session.pk, CUSTOMER, "Meanwhile", key=uuid4(), now=STARTED)
    assert [row.number for row in selectors.rows_before(read_before, 1000)] == [1]


def test_a_body_larger_than_any_file_is_not_read(session: LiveSession, anna: Agent, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    browser = browser_of(anna)
    huge = b"-" * (settings.UPLOAD_MAX_BYTES + 2 * 1024 * 1024)
    posted = {"key": str(uuid4()), "file": _file(huge)}
    assert browser.post(address(session, "agent", "file"), posted).status_code == 413
    assert kinds(session) == ["started"]


def _file(content: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("huge.txt", content)


@pytest.mark.parametrize(("redirect", "leads_to"), [("welcome", "/?ended={id}"), ("stay", "/room/{id}/")])
def test_without_script_the_agent_goes_where_the_policy_says(
    anna: Agent, session: LiveSession, redirect: str, leads_to: str
) -> None:
    set_policy(redirect_agent=redirect)
    answer = browser_of(anna).post(address(session, "agent", "end"))
    assert answer.headers["Location"] == leads_to.format(id=session.public_id)


def test_the_agent_can_say_that_a_follow_up_is_done(anna: Agent, session: LiveSession) -> None:
    set_policy(access="full_unlimited", chat=True)
    browser = browser_of(anna)
    browser.post(address(session, "agent", "end"))
    send_message(session.pk, CUSTOMER, "One more thing", key=uuid4(), now=fresh(session).ended_at)
    assert "Follow-ups" in browser.get("/").content.decode()
    browser.post(address(session, "agent", "done"))
    assert "Follow-ups" not in browser.get("/").content.decode()


def test_catching_up_without_news_brings_the_same_words(anna: Agent, carla: Customer, session: LiveSession) -> None:
    """A page replaces what it shows only when it differs: a token in it would make every answer differ."""
    browser: Client = browser_of(anna)
    set_policy(access="full_unlimited", chat=True)
    browser.post(address(session, "agent", "end"))
    send_message(session.pk, CUSTOMER, "One more thing", key=uuid4(), now=fresh(session).ended_at)
    first, second = (browser.get(address(session, "agent", "updates")).json()["status"] for _ in range(2))
    assert first == second and "Done" in first
