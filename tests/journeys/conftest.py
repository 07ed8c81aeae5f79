"""What journeys need beside Parley: an address on the web that customers are sent to, and a place for pictures."""

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys import lamps as harbour_lamps
from tests.journeys.lamps import Lamps
from tests.journeys.people import AgentAtWork
from tests.stack import Stack

PAGE = b"<!doctype html><html lang=en><title>Thank you</title><h1>Thank you</h1></html>"


class _Portal(BaseHTTPRequestHandler):
    """Answers everything with the same friendly page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *args: object) -> None:
        """Says nothing."""


AS_AT_FIRST = """
from django.utils import timezone
from policies_app.kinds import AgentStatus, EndReason
from sessions_app.kinds import Actor
from sessions_app.management.commands.demo import policies
from sessions_app.models import Agent, LiveSession
from sessions_app.transitions import end
policies(timezone.now())
Agent.objects.update(status=AgentStatus.OFFLINE)
for session in LiveSession.objects.filter(ended_at=None):
    end(session.pk, EndReason.ENDED_BY_ADMIN, actor=Actor.ADMIN, now=timezone.now())
"""


@pytest.fixture(scope="module", autouse=True)
def _as_at_first(stack: Stack) -> None:
    """Journeys share a stack: policies that another module set are set back to what the demo begins with, its agents
    have gone home, and its sessions are over. Lists that grow and grow would make everybody slower."""
    stack.run(AS_AT_FIRST)


@pytest.fixture(scope="session")
def portal() -> Iterator[str]:
    """The address of somebody's web site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[Page, str], None]:
    """Takes a picture of a page; they are kept in the folder that PARLEY_TEST_PICTURES names (`make pictures`)."""
    folder = Path(os.environ.get("PARLEY_TEST_PICTURES", tmp_path))

    def keep(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{name}.png")

    return keep


@pytest.fixture(scope="module")
def lamps(stack: Stack) -> Iterator[Lamps]:
    """The demo's shop, whose chats only this module's agents answer."""
    with harbour_lamps.opened(stack) as shop:
        yield shop


@pytest.fixture
def ada(desktop: Page, lamps: Lamps) -> AgentAtWork:
    """The agent who answers the chats of the shop, and has none yet."""
    lamps.begin_anew()
    agent = AgentAtWork(desktop, lamps.stack)
    agent.sign_in(lamps.username("Ada"))
    return agent
