"""Files: judged by their content, named so that they do no harm, refused before they are stored (rules.md 4, 7)."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from policies_app.kinds import EndReason
from policies_app.models import Workstream
from sessions_app.actions import Author, Refused, attach
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Attachment, LiveSession, TimelineEntry
from sessions_app.transitions import end
from sessions_app.uploads import ENDINGS, UploadProblem, accept, limits_of, safe_name
from tests.cast import CUSTOMER, author, full_then_limited, kinds
from tests.moments import DAY, ENDED, MICROSECOND, STARTED

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(30)
PDF = b"%PDF-1.7\n" + bytes(range(256))
PROGRAM = b"MZ\x90\x00" + bytes(200)
ELF = b"\x7fELF" + bytes(200)
ZIP = b"PK\x03\x04" + bytes(200)
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    """The folder in which files are stored."""
    settings.MEDIA_ROOT = tmp_path / "attachments"
    return Path(settings.MEDIA_ROOT)


def stored_in(files: Path) -> list[Path]:
    return [path for path in files.rglob("*") if path.is_file()]


def add(
    session: LiveSession, who: Author = CUSTOMER, content: bytes = PNG, name: str = "id.png", **more: Any
) -> TimelineEntry:
    given_ = {"key": uuid4(), "now": STARTED} | more
    return attach(session.pk, who, SimpleUploadedFile(name, content), **given_)


JUDGED = [
    ("picture.png", PNG, "image/png", "picture.png"),
    ("picture.PNG", PNG, "image/png", "picture.PNG"),
    ("picture.jpg", PNG, "image/png", "picture.jpg.png"),
    ("contract.pdf", PDF, "application/pdf", "contract.pdf"),
    ("contract", PDF, "application/pdf", "contract.pdf"),
    ("notes.txt", "Grüße".encode(), "text/plain", "notes.txt"),
    ("table.csv", b"a;b\r\n1;2\r\n", "text/plain", "table.csv"),
    ("page.html", HTML, "text/plain", "page.html.txt"),
    ("page", HTML, "text/plain", "page.txt"),
    ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain", "picture.svg.txt"),
    ("run.sh", b"#!/bin/sh\nrm -rf /\n", "text/plain", "run.sh.txt"),
    ("cut.txt", b"x" * 8191 + "ü".encode() + b"x", "text/plain", "cut.txt"),
]


@pytest.mark.parametrize(("name", "content", "content_type", "shown"), JUDGED)
def test_a_file_is_what_its_content_says(name: str, content: bytes, content_type: str, shown: str) -> None:
    accepted = accept(SimpleUploadedFile(name, content, content_type="image/jpeg"), limits_of(Workstream()))
    assert (accepted.content_type, accepted.name) == (content_type, shown)


REFUSED = [
    ("holiday.jpg", PROGRAM, "type that is not allowed"),
    ("holiday.jpg", ELF, "type that is not allowed"),
    ("holiday.txt", b"text\x00with a zero", "type that is not allowed"),
    ("holiday.txt", b"\xff\xfe" * 50, "type that is not allowed"),
    ("archive.zip", ZIP, "type that is not allowed"),
    ("holiday.jpg", b"", "is empty"),
]


@pytest.mark.parametrize(("name", "content", "said"), REFUSED)
def test_what_is_not_allowed_is_refused_and_nothing_is_stored(
    session: LiveSession, files: Path, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(UploadProblem, match=said):
        add(session, content=content, name=name)
    assert stored_in(files) == [] and kinds(session) == ["started"]


def test_the_largest_file_is_taken_and_one_byte_more_is_not(session: LiveSession, files: Path, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 2 * 1024 * 1024
    add(session, content=PNG.ljust(settings.UPLOAD_MAX_BYTES, b"\0"))
    with pytest.raises(UploadProblem, match="larger than 2 MB"):
        add(session, content=PNG.ljust(settings.UPLOAD_MAX_BYTES + 1, b"\0"))
    assert len(stored_in(files)) == 1


def test_there_is_a_limit_to_the_number_of_files(session: LiveSession, files: Path, settings: Any) -> None:
    settings.UPLOAD_MAX_FILES = 2
    add(session)
    add(session)
    with pytest.raises(UploadProblem, match="already 2 files"):
        add(session)
    assert len(stored_in(files)) == 2


NAMES = [
    ("../../etc/passwd.png", "passwd.png"),
    ("C:\\Users\\Carla\\id.png", "id.png"),
    ("a\x00b\x1fc.png", "a_b_c.png"),
    ("photo\u202egnp.exe", "photo_gnp.exe.png"),
    ('quo"te\n.png', "quo_te_.png"),
    ("<b>.png", "_b_.png"),
    ("...", "file.png"),
    ("", "file.png"),
    (".png", "png.png"),
    ("Grüße 1 (2).png", "Grüße 1 (2).png"),
    ("x" * 300 + ".png", "x" * 110 + ".png"),
]


@pytest.mark.parametrize(("name", "kept"), NAMES)
def test_names_are_made_harmless(name: str, kept: str) -> None:
    assert safe_name(name, "image/png") == kept


@given(st.text(), st.sampled_from(sorted(ENDINGS)))
def test_any_name_becomes_a_short_plain_one_with_an_ending_that_fits(name: str, content_type: str) -> None:
    kept = safe_name(name, content_type)
    assert kept.rpartition(".")[2].lower() in ENDINGS[content_type]
    assert len(kept) <= 120 and kept.isprintable()
    assert not set(kept) & set('/\\"<>\n\u202e') and not kept.startswith(".")


def test_a_file_is_stored_with_its_size_and_sum_under_a_name_that_gives_nothing_away(
    session: LiveSession, files: Path, anna: Agent
) -> None:
    row = add(session, author(anna), PDF, "secret plans.pdf")
    stored = Attachment.objects.get()
    assert [path.read_bytes() for path in stored_in(files)] == [PDF]
    assert "secret" not in stored.file.name
    assert (row.kind, row.agent, row.payload["name"]) == ("attached", anna, "secret plans.pdf")
    assert (row.payload["size"], row.payload["sha256"]) == (len(PDF), stored.sha256)


def test_a_retry_of_a_file_adds_it_once(session: LiveSession, files: Path) -> None:
    key = uuid4()
    assert add(session, key=key) == add(session, key=key)
    assert len(stored_in(files)) == Attachment.objects.count() == 1


def test_a_retry_of_the_last_file_that_fits_is_no_problem(session: LiveSession, settings: Any) -> None:
    settings.UPLOAD_MAX_FILES = 1
    key = uuid4()
    assert add(session, key=key) == add(session, key=key)


@pytest.mark.parametrize(
    ("attachments", "now", "may"),
    [(True, ENDED, True), (True, ENDED + DAY - MICROSECOND, True), (True, ENDED + DAY, False), (False, ENDED, False)],
)
def test_after_the_end_files_need_full_access_and_the_toggle(
    session: LiveSession, files: Path, attachments: bool, now: Any, may: bool
) -> None:
    full_then_limited(attachments=attachments)
    end(session.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=ENDED)
    if may:
        add(session, now=now)
    else:
        with pytest.raises(Refused):
            add(session, now=now)
    assert len(stored_in(files)) == Attachment.objects.count() == int(may)


def test_a_file_that_comes_too_late_while_it_is_stored_is_thrown_away(
    session: LiveSession, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session ends between the first look and the moment at which the row would be written."""
    from sessions_app import stored_files

    def store_slowly(*args: Any) -> Attachment:
        stored = store(*args)
        end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
        return stored

    store = stored_files.store
    monkeypatch.setattr(stored_files, "store", store_slowly)
    with pytest.raises(Refused):
        add(session)
    assert stored_in(files) == [] and not Attachment.objects.exists()
