"""Finding a session again, in a real browser."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import SOON
from tests.journeys.people import AgentAtWork, hears, ready, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_agent_finds_what_was_written(desktop: Page, stack: Stack, picture: Callable[[Page, str], None]) -> None:
    agent = AgentAtWork(desktop, stack)
    agent.sign_in()
    agent.start("Fiona Found", email="fiona@example.com")
    say(desktop, "Your zebra <b>statement</b> is ready.")
    hears(desktop, "Your zebra <b>statement</b> is ready.")
    desktop.get_by_role("link", name="Search").click()
    field = desktop.get_by_role("searchbox")
    expect(field).to_be_focused()
    field.fill("fiona")
    field.press("Enter")
    expect(desktop.locator(".search-results mark").first).to_have_text("Fiona")
    field.fill("statement zeb")
    field.press("Enter")
    expect(desktop.locator(".search-text")).to_have_text("Your zebra <b>statement</b> is ready.")
    expect(desktop).to_have_url(
        f"{stack.url}/search/?zone=UTC&q=statement+zeb&since=&until=&reason=&workstream=&agent="
    )
    picture(desktop, "agent-search")
    broken = Axe().run(desktop).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in broken] == []
    desktop.get_by_role("link", name="Fiona Found").click()
    ready(desktop)
    hears(desktop, "Your zebra <b>statement</b> is ready.")


def test_it_can_be_narrowed_down_and_a_wrong_date_is_explained(
    desktop: Page, stack: Stack, tolerated: list[str]
) -> None:
    tolerated += [r"status of 422"]  # the wrong date
    AgentAtWork(desktop, stack).sign_in()
    desktop.goto(f"{stack.url}/search/?q=dan&since=2026-03-02&until=2026-03-01")
    expect(desktop.get_by_text("This day is before the first one.")).to_be_visible(timeout=SOON)
    desktop.get_by_label("Started until").fill("")
    desktop.get_by_label("Started from").fill("")
    desktop.get_by_label("How it ended").select_option("Ended by the agent")
    desktop.get_by_role("button", name="Search").click()
    expect(desktop.get_by_role("link", name="Dan Fischer")).to_be_visible()
    expect(desktop.get_by_role("link", name="Eve Lindqvist")).to_have_count(0)
    expect(desktop.get_by_label("How it ended")).to_have_value("ended_by_agent")
