"""Files that were asked for: part of completing, so what allows that decides (rules.md 4)."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from policies_app.kinds import EndReason
from policies_app.models import Workstream
from sessions_app.actions import Refused, attach
from sessions_app.documents.actions import add_file, ask_for_files, complete, files_done, recall
from sessions_app.documents.selectors import documents_of
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Attachment, Document, LiveSession
from sessions_app.stored_files import remove_left_over
from sessions_app.transitions import end
from sessions_app.uploads import UploadProblem
from tests.cast import CUSTOMER, fresh, full_then_limited, kinds
from tests.documents.pages import again
from tests.documents.papers import CONSENT, sent
from tests.moments import DAY, ENDED, HOUR, MINUTE, STARTED

LATER = STARTED + MINUTE
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(30)


def upload(name: str = "card.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored_in(files: Path) -> list[Path]:
    return [path for path in files.rglob("*") if path.is_file()]


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Path:
    """The folder in which files are stored, empty at first."""
    settings.MEDIA_ROOT = tmp_path / "attachments"
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def document(session: LiveSession, anna: Agent, files: Path) -> Document:
    return ask_for_files(session.pk, anna, "Both sides of your card", most=2, key=uuid4(), now=STARTED)


def test_a_file_is_on_the_timeline_and_with_the_document(document: Document, session: LiveSession, files: Path) -> None:
    row = add_file(document.pk, upload(), key=uuid4(), now=LATER)
    assert (row.kind, row.actor, row.payload["name"]) == ("attached", "customer", "card.png")
    (file,) = document.files.all()
    assert str(file.attachment.public_id) == row.payload["file"]
    assert str(file) == "card.png"
    assert documents_of(session)[0].added == 1
    assert again(document).saved_at == LATER and again(document).is_open
    assert len(stored_in(files)) == 1


def test_the_same_key_adds_it_once(document: Document, files: Path) -> None:
    key = uuid4()
    rows = [add_file(document.pk, upload(), key=key, now=LATER) for _ in range(2)]
    assert rows[0] == rows[1]
    assert document.files.count() == len(stored_in(files)) == 1


def test_a_retry_is_answered_even_when_all_was_added(document: Document) -> None:
    key = uuid4()
    row = add_file(document.pk, upload(), key=key, now=LATER)
    add_file(document.pk, upload(), key=uuid4(), now=LATER)
    files_done(document.pk, key=uuid4(), now=LATER)
    assert add_file(document.pk, upload(), key=key, now=LATER) == row


def test_a_key_that_added_another_file_adds_nothing(document: Document, session: LiveSession, files: Path) -> None:
    key = uuid4()
    attach(session.pk, CUSTOMER, upload(), key=key, now=LATER)
    for taken in (key, session.timeline.get(kind="document_sent").key):
        with pytest.raises(Refused, match="for something else"):
            add_file(document.pk, upload(), key=taken, now=LATER)
    assert not document.files.exists() and len(stored_in(files)) == 1


def test_no_more_than_was_asked_for_and_nothing_is_stored(document: Document, files: Path) -> None:
    for _ in range(2):
        add_file(document.pk, upload(), key=uuid4(), now=LATER)
    with pytest.raises(Refused, match=r"No more files were asked for here\. Nothing was stored\."):
        add_file(document.pk, upload(), key=uuid4(), now=LATER)
    assert document.files.count() == len(stored_in(files)) == Attachment.objects.count() == 2


def test_a_form_takes_no_files(session: LiveSession, anna: Agent, files: Path) -> None:
    with pytest.raises(Refused, match="No more files"):
        add_file(sent(session, anna).pk, upload(), key=uuid4(), now=LATER)
    assert not stored_in(files)


def test_what_cannot_be_taken_is_not(document: Document, session: LiveSession, files: Path) -> None:
    with pytest.raises(UploadProblem):
        add_file(document.pk, upload("run.exe", b"MZ\x90\x00" + bytes(200)), key=uuid4(), now=LATER)
    Workstream.objects.update(most_files=1)
    add_file(document.pk, upload(), key=uuid4(), now=LATER)
    with pytest.raises(UploadProblem, match="already 1 file"):
        add_file(document.pk, upload(), key=uuid4(), now=LATER)
    assert document.files.count() == len(stored_in(files)) == 1


def test_files_are_kept_although_they_are_old(document: Document, files: Path) -> None:
    add_file(document.pk, upload(), key=uuid4(), now=LATER)
    assert remove_left_over(timezone.now() + 2 * HOUR) == 0
    assert document.files.count() == len(stored_in(files)) == 1


def test_done_is_recorded_once(document: Document, session: LiveSession) -> None:
    add_file(document.pk, upload(), key=uuid4(), now=LATER)
    key = uuid4()
    rows = [files_done(document.pk, key=key, now=LATER + at * MINUTE) for at in range(2)]
    assert rows[0] == rows[1]
    assert rows[0].payload == {
        "document": str(document.public_id),
        "name": "Both sides of your card",
        "kind": "files",
    }
    assert kinds(session) == ["started", "document_sent", "attached", "document_completed"]
    assert (again(document).state, again(document).completed_at) == ("ready", LATER)
    with pytest.raises(Refused, match="completed already"):
        files_done(document.pk, key=uuid4(), now=LATER)
    with pytest.raises(Refused, match="completed already"):
        add_file(document.pk, upload(), key=uuid4(), now=LATER)


def test_done_needs_a_file_and_a_key_of_its_own(document: Document, session: LiveSession, anna: Agent) -> None:
    with pytest.raises(Refused, match="Add a file first"):
        files_done(document.pk, key=uuid4(), now=LATER)
    with pytest.raises(Refused, match="Add a file first"):
        files_done(sent(session, anna).pk, key=uuid4(), now=LATER)
    key = uuid4()
    add_file(document.pk, upload(), key=key, now=LATER)
    with pytest.raises(Refused, match="for something else"):
        files_done(document.pk, key=key, now=LATER)
    assert again(document).is_open


def test_files_are_not_completed_as_a_form_is(document: Document) -> None:
    with pytest.raises(Refused, match="Add the files"):
        complete(document.pk, {}, CONSENT, key=uuid4(), now=LATER)
    assert again(document).is_open


def test_after_the_end_they_wait_among_the_follow_ups(document: Document, session: LiveSession) -> None:
    """At the toggle for attachments nobody looks: it is about files that nobody asked for."""
    full_then_limited(attachments=False, chat=False)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    with pytest.raises(Refused):
        attach(session.pk, CUSTOMER, upload(), key=uuid4(), now=ENDED + HOUR)
    add_file(document.pk, upload(), key=uuid4(), now=ENDED + HOUR)
    assert fresh(session).follow_up_since == ENDED + HOUR
    files_done(document.pk, key=uuid4(), now=ENDED + 2 * HOUR)
    assert again(document).state == "ready"


@pytest.mark.parametrize("at", [DAY, 2 * DAY], ids=["limited", "over"])
def test_too_late_nothing_is_stored_and_nobody_is_told_that_it_was(
    document: Document, session: LiveSession, files: Path, at: timedelta
) -> None:
    add_file(document.pk, upload(), key=uuid4(), now=LATER)
    full_then_limited()
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    with pytest.raises(Refused, match=r"Nothing was stored\.$"):
        add_file(document.pk, upload(), key=uuid4(), now=ENDED + at)
    with pytest.raises(Refused, match=r"Nothing was stored\.$"):
        files_done(document.pk, key=uuid4(), now=ENDED + at)
    assert len(stored_in(files)) == Attachment.objects.count() == 1
    assert not session.drafts.exists()


def test_what_was_recalled_takes_no_files(document: Document, anna: Agent, files: Path) -> None:
    recall(document.pk, anna, now=LATER)
    with pytest.raises(Refused, match=r"recalled.*Nothing was stored\.$"):
        add_file(document.pk, upload(), key=uuid4(), now=LATER)
    assert not stored_in(files)
