"""The main journey: an administrator sets what happens at the end, two people talk, and both get exactly that."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, SOON
from tests.journeys.people import Administrator, AgentAtWork, come_in, enter, hears, part, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTE = 60.0


@pytest.mark.xdist_group("start-to-end")
def test_everybody_gets_what_the_administrator_set(
    stack: Stack,
    portal: str,
    desktop: Page,
    phone: Page,
    new_context: Callable[..., BrowserContext],
    picture: Callable[[Page, str], None],
    tolerated: list[str],
) -> None:
    tolerated += [r"status of 403"]  # what this customer tries after the end is refused, and Chromium says so
    _set_policy(stack, new_context(**DESKTOP).new_page(), portal, picture)
    agent = AgentAtWork(desktop, stack)
    enter(desktop, stack, "anna")
    expect(desktop).to_have_url(f"{stack.url}/")
    agent.start("Grace Miller", email="grace@example.com")
    link = agent.invitation("grace@example.com")

    come_in(phone, link)
    expect(desktop.locator(".room-head").get_by_text("online")).to_be_visible(timeout=SOON)
    say(phone, "Hello, is this the right place?")
    hears(desktop, "Hello, is this the right place?")
    say(desktop, "It is. How can I help you?")
    hears(phone, "It is. How can I help you?")
    picture(desktop, "agent-room")
    picture(phone, "customer-room")

    agent.end()
    ended = time.monotonic()
    expect(phone).to_have_url(
        re.compile(rf"^{portal}/thanks\?session=[0-9a-f-]{{36}}&why=ended_by_agent$"), timeout=SOON
    )
    expect(desktop).to_have_url(re.compile(rf"^{stack.url}/\?ended="), timeout=SOON)
    expect(desktop.get_by_text("Your session with Grace Miller is over. Ended by the agent")).to_be_visible()
    picture(desktop, "agent-welcome")

    come_in(phone, link)
    expect(part(phone, "full")).to_contain_text("You can still read everything and write until")
    expect(phone.get_by_label("Add files")).to_be_hidden()
    say(phone, "One more thing: thank you!")
    expect(desktop.get_by_text("Follow-ups")).to_be_visible(timeout=SOON)
    picture(phone, "customer-full-access")

    expect(part(phone, "limited")).to_be_visible(timeout=2 * MINUTE * 1000)
    assert time.monotonic() - ended >= MINUTE - 1, "full access ended early"
    expect(phone.get_by_label("Message", exact=True)).to_be_hidden()
    expect(part(phone, "rows")).to_contain_text("One more thing: thank you!")
    assert _post_message(phone) == 403
    picture(phone, "customer-limited-access")

    expect(phone.get_by_role("heading", name="This session is over")).to_be_visible(timeout=2 * MINUTE * 1000)
    assert time.monotonic() - ended >= 2 * MINUTE - 1, "limited access ended early"
    expect(phone.get_by_text("thank you!")).to_have_count(0)
    assert _post_message(phone) == 403
    picture(phone, "customer-over")
    come_in_again_shows_the_closing_page(phone, link)
    _agent_sees_what_was_refused(desktop, stack)


def _set_policy(stack: Stack, page: Page, portal: str, picture: Callable[[Page, str], None]) -> None:
    administrator = Administrator(page, stack)
    administrator.open_settings()
    administrator.agent_tab(redirect="welcome")
    picture(page, "admin-agent")
    address = f"{portal}/thanks?session={{session_id}}&why={{reason}}"
    administrator.customer_tab(full_minutes=1, limited_minutes=1, chat=True, redirect=address)
    expect(page.get_by_role("region", name="Preview")).to_contain_text("full access for 1 minute", timeout=SOON)
    picture(page, "admin-customer")
    administrator.save()


def _post_message(page: Page) -> int:
    """What the server says to a page that goes on sending, whatever it shows."""
    return int(
        page.evaluate(
            """async () => {
                const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
                const body = new URLSearchParams({text: "Too late", key: crypto.randomUUID()});
                const headers = {"X-CSRFToken": token, "Accept": "application/json"};
                return (await fetch("message/", {method: "POST", body, headers})).status;
            }"""
        )
    )


def come_in_again_shows_the_closing_page(phone: Page, link: str) -> None:
    phone.goto(link)
    expect(phone.get_by_role("heading", name="This session is over")).to_be_visible()


def _agent_sees_what_was_refused(desktop: Page, stack: Stack) -> None:
    desktop.get_by_role("link", name="Grace Miller").first.click()
    expect(part(desktop, "status")).to_contain_text("it was no longer delivered")
    expect(part(desktop, "status")).to_contain_text("Too late")
    expect(desktop.get_by_role("button", name="End Session")).to_be_hidden()
