"""A widget's customer in real browsers: only who is gone for longer than the grace is disconnected."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import PHONE, SOON
from tests.journeys import customers
from tests.journeys.people import ready
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("presence")]

GRACE = 6.0
LEEWAY = 5.0
LONGER = GRACE + LEEWAY

HIDE = """() => {
  Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def chatting(stack: Stack, name: str) -> str:
    """The link of a widget's customer whom Anna talks with."""
    code = f"""
from datetime import timedelta
from policies_app.models import ChatWidget
from sessions_app.kinds import LinkKind
within = workstream("Presence", assignment="pick", answer_within=None)
given = dict(workstream_id=within, reconnect_on=True, same_agent_for=timedelta(minutes=5))
widget = ChatWidget.objects.get_or_create(name="Presence", defaults=given | dict(grace=timedelta(seconds={GRACE})))[0]
session = enter_queue(customer("{name}"), within, widget=widget, now=now)
pick(session.pk, anna, now=now)
print(links.mint(session, by=anna, now=now))
"""
    return customers.said(stack, code)[-1]


def events(stack: Stack, name: str) -> list[tuple[str, float]]:
    """What became of their connection, and when it was written down (Unix time)."""
    code = f"""
for row in LiveSession.objects.get(customer__name="{name}").timeline.order_by("number"):
    if row.kind in ("disconnected", "reconnected"):
        print(row.kind, row.recorded_at.timestamp())
"""
    found = [line.split() for line in customers.said(stack, code)]
    return [(kind, float(at)) for kind, at in found]


@pytest.fixture
def tab(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(**PHONE).new_page()


def open_chat(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button").first.click()
    ready(page)


def disconnected_after(stack: Stack, name: str) -> float:
    """When it was written down that they are gone."""
    deadline = time.time() + LONGER + SOON / 1_000
    while time.time() < deadline:
        found = events(stack, name)
        if found:
            assert [kind for kind, _ in found] == ["disconnected"]
            return found[0][1]
    raise AssertionError("never disconnected")


def test_reloads_second_tabs_and_a_locked_phone_change_nothing(stack: Stack, tab: Page, tolerated: list[str]) -> None:
    tolerated += ["ERR_INTERNET_DISCONNECTED"]
    open_chat(tab, chatting(stack, "Rita"))
    for _ in range(3):
        tab.reload()
        ready(tab)
        tab.wait_for_timeout(1_500)
    second = tab.context.new_page()
    second.goto(tab.url)
    ready(second)
    second.close()
    tab.wait_for_timeout(1_000 * LONGER)
    tab.evaluate(HIDE)
    tab.wait_for_timeout(500)
    tab.context.set_offline(True)
    tab.wait_for_timeout(1_000 * LONGER)
    assert events(stack, "Rita") == []


def test_a_closed_window_is_noticed_when_the_grace_is_over(stack: Stack, tab: Page) -> None:
    open_chat(tab, chatting(stack, "Cleo"))
    tab.wait_for_timeout(4_000)
    closed_at = time.time()
    tab.close()
    assert disconnected_after(stack, "Cleo") - closed_at > GRACE - 0.5


def test_who_was_cut_off_for_long_goes_on_by_themselves(stack: Stack, tab: Page, tolerated: list[str]) -> None:
    tolerated += ["ERR_INTERNET_DISCONNECTED"]
    open_chat(tab, chatting(stack, "Otto"))
    tab.wait_for_timeout(4_000)
    cut_at = time.time()
    tab.context.set_offline(True)
    assert disconnected_after(stack, "Otto") - cut_at > GRACE - 2  # the last word may be due just then
    tab.context.set_offline(False)
    deadline = time.time() + SOON / 1_000
    while len(events(stack, "Otto")) < 2 and time.time() < deadline:
        tab.wait_for_timeout(500)
    tab.wait_for_timeout(2_000)
    assert [kind for kind, _ in events(stack, "Otto")] == ["disconnected", "reconnected"]


def test_who_has_a_network_again_listens_at_once(stack: Stack, tab: Page, tolerated: list[str]) -> None:
    tolerated += ["ERR_INTERNET_DISCONNECTED"]
    open_chat(tab, chatting(stack, "Nina"))
    tab.context.set_offline(True)
    tab.wait_for_timeout(30_000)  # by now the page tries every 10 to 30 seconds
    with tab.expect_request(re.compile("/push/stream"), timeout=5_000):
        tab.context.set_offline(False)
