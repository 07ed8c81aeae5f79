"""The documents in a customer's room: what is asked and how far it is, and the files that are added there."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from policies_app.kinds import EndReason
from sessions_app.documents import actions
from sessions_app.documents.kinds import DocumentState
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Document, LiveSession
from sessions_app.transitions import end
from tests.cast import AS_SCRIPT, address, full_then_limited, kinds
from tests.documents.pages import again, at_level, save, submit, where
from tests.documents.papers import COMPLETE
from tests.moments import DAY, STARTED
from tests.sessions.test_uploads import PNG

# The room --------------------------------------------------------------------------------------------------------


def state(browser: Client, session: LiveSession) -> Any:
    return browser.get(address(session, "customer", "updates"), {"after": 0}, **AS_SCRIPT).json()


def test_the_room_shows_what_is_asked_and_how_far_it_is(
    document: Document, session: LiveSession, carlas: Client
) -> None:
    first = state(carlas, session)
    assert "Order" in first["parts"]["documents"] and "1 of 8 filled in" in first["parts"]["documents"]
    assert "Start" in first["parts"]["documents"] and first["completes"] is True
    save(carlas, document, remarks="x")
    second = state(carlas, session)
    assert "2 of 8 filled in" in second["parts"]["documents"] and "Continue" in second["parts"]["documents"]
    submit(carlas, document, COMPLETE)
    third = state(carlas, session)
    assert "It is being prepared for download." in third["parts"]["documents"]
    assert third["documents"] == {str(document.public_id): "completed"}
    actions.record_result(document.pk, stored="results/x.pdf", size=5, sha256="0" * 64, now=STARTED)
    assert f'href="{where(document, "result")}"' in state(carlas, session)["parts"]["documents"]


def test_the_page_of_what_is_asked_says_until_when(document: Document, session: LiveSession, carlas: Client) -> None:
    full_then_limited(access_for=3650 * DAY)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    found = state(carlas, session)
    assert "You can complete this until" in found["parts"]["documents"]
    assert found["until"] == int((STARTED + 3650 * DAY).timestamp() * 1000)
    assert "You can complete this until" in carlas.get(where(document)).content.decode()


# Files that were asked for ---------------------------------------------------------------------------------------


@pytest.fixture
def asked_for(session: LiveSession, anna: Agent, tmp_path: Path, settings: Any) -> Document:
    settings.MEDIA_ROOT = tmp_path / "attachments"
    return actions.ask_for_files(session.pk, anna, "Photo of your card", most=2, key=uuid4(), now=STARTED)


def add(browser: Client, document: Document, **more: Any) -> Any:
    given = {"file": SimpleUploadedFile("card.png", PNG), "key": str(uuid4())} | more
    return browser.post(where(document, "files"), given, **AS_SCRIPT)


def test_files_are_added_listed_and_done(asked_for: Document, session: LiveSession, carlas: Client) -> None:
    html = state(carlas, session)["parts"]["documents"]
    assert "Add a photo or file" in html and 'accept="image/*,' in html and "Done" not in html
    first = add(carlas, asked_for).json()
    assert "card.png" in first["parts"]["documents"] and "1 of at most 2 files added" in first["parts"]["documents"]
    assert again(asked_for).viewed_at is not None
    assert "Add a" not in add(carlas, asked_for).json()["parts"]["documents"]
    assert add(carlas, asked_for).status_code == 403
    for _retry in range(2):
        answer = carlas.post(where(asked_for, "files", "done"), **AS_SCRIPT).json()
    assert "All files added" in answer["parts"]["documents"]
    assert again(asked_for).state == DocumentState.READY and kinds(session).count("document_completed") == 1


def test_done_without_a_file_is_refused(asked_for: Document, carlas: Client) -> None:
    answer = carlas.post(where(asked_for, "files", "done"), **AS_SCRIPT)
    assert answer.status_code == 403 and answer.json()["problem"] == "Add a file first."


def test_files_are_refused_at_limited_before_anything_is_stored(
    asked_for: Document, session: LiveSession, carlas: Client, settings: Any
) -> None:
    at_level(session, "limited")
    assert add(carlas, asked_for).status_code == 403
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_bad_files_are_named(asked_for: Document, carlas: Client) -> None:
    answer = add(carlas, asked_for, file=SimpleUploadedFile("card.png", b"MZ" + bytes(200)))
    assert answer.status_code == 422 and answer.json()["problem"]


def test_without_script_a_file_is_added_and_the_room_comes_back(
    asked_for: Document, session: LiveSession, carlas: Client
) -> None:
    given = {"file": SimpleUploadedFile("card.png", PNG), "key": str(uuid4())}
    assert carlas.post(where(asked_for, "files"), given).url == address(session, "customer")
    assert carlas.get(where(asked_for)).url == address(session, "customer"), "files are added in the room"
