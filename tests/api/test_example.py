"""The example of the documentation does what it says."""

import os
import subprocess
import sys

import pytest
from pytest_django.live_server_helper import LiveServer

from config.environment import BASE_DIR
from sessions_app.api.scopes import Scope
from sessions_app.models import LiveSession
from tests.api.calling import api_of
from tests.cast import kinds, new_agent


@pytest.mark.django_db(transaction=True)
def test_the_example_works_through_a_whole_session(live_server: LiveServer) -> None:
    new_agent("Anna")
    token = api_of("Example", Scope.SESSIONS_READ, Scope.SESSIONS_WRITE, Scope.SESSIONS_END).token
    given = {"PARLEY_URL": live_server.url, "PARLEY_TOKEN": token, "PARLEY_AGENT": "anna"}
    done = subprocess.run(
        [sys.executable, str(BASE_DIR / "docs" / "api_example.py")],
        env=os.environ | given,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "2 message Hello, here is your offer.\n3 attached offer.txt\nEnded: ended_by_agent" in done.stdout
    assert "Anna: File: offer.txt (16" in done.stdout
    assert kinds(LiveSession.objects.get()) == ["started", "message", "attached", "ended"]
