"""Fixtures for journeys in a real browser: `desktop` and `phone`, two people who share nothing.

Debian's Chromium is driven through pytest-playwright. Its fixtures live for one module here, not for the whole run: as
long as Playwright runs, this thread counts as inside an event loop, and other tests need that loop or must not see one.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Page,
    Playwright,
    Request,
    Route,
    expect,
    sync_playwright,
)

from tests.programs import chromium

SOON = 10_000
"""Milliseconds that anything may take to be seen, on a machine that is busy with other tests."""

expect.set_options(timeout=SOON)

# No calls home, no updates: a test run talks to Parley only.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
    "user_agent": (
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/130.0.0.0 Mobile Safari/537.36"
    ),
}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium(), "args": [*QUIET, *sandbox]}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser_type(playwright: Playwright) -> BrowserType:
    return playwright.chromium


@pytest.fixture(scope="module")
def launch_browser(browser_type_launch_args: dict[str, Any], browser_type: BrowserType) -> Callable[[], Browser]:
    return lambda: browser_type.launch(**browser_type_launch_args)


@pytest.fixture(scope="module")
def browser(launch_browser: Callable[[], Browser]) -> Iterator[Browser]:
    launched = launch_browser()
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def browser_context_args() -> dict[str, Any]:
    return {"reduced_motion": "reduce"}


@pytest.fixture
def tolerated() -> list[str]:
    """Patterns of trouble that a test brings about on purpose: it appends, say, `ERR_INTERNET_DISCONNECTED`."""
    return []


class Trouble:
    """What went wrong in one person's browser without being seen: console errors (the content security policy
    complains there too), errors nobody caught, answers of 500 and above."""

    def __init__(self, context: BrowserContext) -> None:
        self._seen: list[str] = []
        context.on("console", lambda message: self._note(message.type == "error", f"console: {message.text}"))
        context.on("weberror", lambda error: self._note(True, f"error: {error.error}"))
        context.on("response", lambda answer: self._note(answer.status >= 500, f"{answer.status}: {answer.url}"))

    def _note(self, is_trouble: bool, text: str) -> None:
        if is_trouble:
            self._seen.append(text)

    def beyond(self, tolerated: list[str]) -> list[str]:
        return [text for text in self._seen if not any(re.search(pattern, text) for pattern in tolerated)]


class Questions:
    """What a page asks of addresses that contain something."""

    def __init__(self, page: Page, part: str) -> None:
        self._page = page
        self._is_one: Callable[[str], bool] = lambda address: part in address
        self._open: set[Request] = set()
        page.on("request", self._begins)
        page.on("requestfinished", self._ends)
        page.on("requestfailed", self._ends)

    def _begins(self, request: Request) -> None:
        if self._is_one(request.url):
            self._open.add(request)

    def _ends(self, request: Request) -> None:
        self._open.discard(request)

    @contextmanager
    def unanswered(self) -> Iterator[None]:
        """Whatever the page asks has no answer before this is over. What it asked earlier has one at the beginning."""
        held: list[Route] = []
        is_over = False

        def hold(route: Route) -> None:
            if is_over:
                route.continue_()
            else:
                held.append(route)

        self._page.route(self._is_one, hold)
        while self._open - {route.request for route in held}:
            self._page.wait_for_timeout(50)
        yield
        is_over = True
        for route in held:
            route.continue_()
        self._page.unroute(self._is_one)


def _visit(context: BrowserContext, tolerated: list[str]) -> Iterator[Page]:
    trouble = Trouble(context)
    yield context.new_page()
    assert trouble.beyond(tolerated) == []


@pytest.fixture
def desktop(new_context: Callable[..., BrowserContext], tolerated: list[str]) -> Iterator[Page]:
    """Somebody at a desk, usually the agent."""
    yield from _visit(new_context(**DESKTOP), tolerated)


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext], tolerated: list[str]) -> Iterator[Page]:
    """Somebody on a phone, usually the customer."""
    yield from _visit(new_context(**PHONE), tolerated)
