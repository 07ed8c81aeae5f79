"""Files go past ClamAV's own daemon where there is one: nothing is stored that it did not look at (rules.md 7)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config import files
from sessions_app import scanning
from sessions_app.actions import attach
from sessions_app.models import Agent, Attachment, LiveSession
from sessions_app.scanning import NotChecked, check
from sessions_app.uploads import UploadProblem
from tests.cast import AS_SCRIPT, CUSTOMER, address, browser_of, come_in, kinds
from tests.clamd import EICAR, Clamd
from tests.moments import STARTED

CLEAN = b"Dear Anna, here is what you asked for.\n"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    """ClamAV's daemon; tests that ask for it are marked `clamd`."""
    running = Clamd(tmp_path_factory.mktemp("clamd"))
    yield running
    running.stop()


@pytest.fixture
def checked(daemon: Clamd, settings: Any, tmp_path: Path) -> Clamd:
    """An installation that has its files checked."""
    settings.CLAMAV, settings.MEDIA_ROOT = daemon.address, tmp_path
    return daemon


def upload(content: bytes, name: str = "letter.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.clamd
def test_a_harmless_file_is_stored_whole(session: LiveSession, checked: Clamd) -> None:
    attach(session.pk, CUSTOMER, upload(CLEAN), key=uuid4(), now=STARTED)
    assert Attachment.objects.get().file.read() == CLEAN


@pytest.mark.clamd
def test_a_harmful_file_is_refused_in_plain_words_and_never_stored(
    session: LiveSession, checked: Clamd, tmp_path: Path
) -> None:
    with pytest.raises(UploadProblem, match=r"“letter\.txt” contains something harmful"):
        attach(session.pk, CUSTOMER, upload(EICAR), key=uuid4(), now=STARTED)
    assert not Attachment.objects.exists() and list(tmp_path.iterdir()) == [] and kinds(session) == ["started"]


@pytest.mark.clamd
def test_harm_far_down_in_a_file_is_found(checked: Clamd) -> None:
    with pytest.raises(UploadProblem, match="harmful"):
        check(upload(CLEAN * 10_000 + EICAR))


@pytest.mark.clamd
def test_a_file_that_the_daemon_does_not_take_is_refused_for_good(checked: Clamd) -> None:
    with pytest.raises(UploadProblem, match="too large to be checked"):
        check(upload(bytes(3 * 1024 * 1024)))


def test_while_the_daemon_is_away_nothing_is_stored_and_the_browser_is_told_to_try_again(
    session: LiveSession, settings: Any, tmp_path: Path
) -> None:
    settings.CLAMAV, settings.MEDIA_ROOT = str(tmp_path / "nobody.sock"), tmp_path / "files"
    answer = come_in(session).post(
        address(session, "customer", "file"), {"file": upload(CLEAN), "key": uuid4()}, **AS_SCRIPT
    )
    assert answer.status_code == 503
    assert "cannot be checked for viruses right now" in answer.json()["problem"]
    assert "kept on your device" in answer.json()["problem"]
    assert not Attachment.objects.exists() and "attached" not in kinds(session)


def test_a_daemon_that_says_nothing_is_not_waited_for_for_ever(
    session: LiveSession, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from socket import AF_UNIX, socket

    monkeypatch.setattr(scanning, "PATIENCE", 0.2)
    settings.CLAMAV = str(tmp_path / "mute.sock")
    with socket(AF_UNIX) as mute:
        mute.bind(settings.CLAMAV)
        mute.listen()
        with pytest.raises(NotChecked):
            check(upload(CLEAN))


def test_without_a_daemon_nobody_is_asked(session: LiveSession, anna: Agent, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    answer = browser_of(anna).post(address(session, "agent", "file"), {"file": upload(EICAR), "key": uuid4()})
    assert settings.CLAMAV is None and answer.status_code == 302


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ("", None),
        ("unix:/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("tcp://scanner:3311", ("scanner", 3311)),
        ("tcp://scanner", ("scanner", 3310)),
        ("tcp://[::1]:3310", ("::1", 3310)),
    ],
)
def test_the_daemon_has_a_socket_or_a_host(given: str, understood: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_CLAMAV", given)
    assert files.clamav() == understood
