"""Who looks at documents, in which browser; a document that was sent; and time and workers that stand still."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sessions_app.documents import tasks
from sessions_app.models import Agent, Document, LiveSession
from tests.cast import browser_of, come_in
from tests.documents.papers import sent
from tests.moments import STARTED
from tests.people import *  # noqa: F403 - fixtures, which pytest finds by being imported


@pytest.fixture
def annas(anna: Agent) -> Client:
    return browser_of(anna)


@pytest.fixture
def document(session: LiveSession, anna: Agent) -> Document:
    return sent(session, anna, number="A-17")


@pytest.fixture
def carlas(session: LiveSession) -> Client:
    """Carla's phone."""
    return come_in(session)


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def _standing_still(time_machine: Any, settings: Any, tmp_path: Path) -> None:
    """It is STARTED all the time, and files are stored in the folder of the test."""
    time_machine.move_to(STARTED, tick=False)
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The versions that a worker was told to read: no worker is at work here."""
    told: list[int] = []
    monkeypatch.setattr(tasks, "order_reading", told.append, raising=False)
    return told
