"""A customer needs more time: before a session closes by itself, and after it has ended (product.md D6)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, SOON
from tests.journeys.people import Administrator, AgentAtWork, come_in, hears, part, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTE = 60_000


@pytest.mark.xdist_group("more-time")
def test_a_customer_asks_for_more_time_and_gets_it(
    stack: Stack,
    desktop: Page,
    phone: Page,
    new_context: Callable[..., BrowserContext],
    picture: Callable[[Page, str], None],
) -> None:
    administrator = Administrator(new_context(**DESKTOP).new_page(), stack)
    administrator.open_settings()
    administrator.agent_tab(redirect="stay", inactive_seconds=60, warn_seconds=45)
    administrator.wait_for_customer(minutes=1)
    administrator.customer_tab()
    administrator.save()
    agent = AgentAtWork(desktop, stack)
    agent.sign_in()
    agent.start("Ida Moreau", phone="+33 1 2345")
    come_in(phone, agent.link())

    expect(part(phone, "closing")).to_be_visible(timeout=MINUTE)
    phone.get_by_role("button", name="I need more time").click()
    expect(part(phone, "asked-for-time")).to_contain_text("has been told", timeout=SOON)
    expect(part(desktop, "closing")).to_contain_text("Ida Moreau needs more time", timeout=SOON)
    _the_end_waits_while_the_customer_writes(desktop, phone)
    expect(part(desktop, "ended")).to_contain_text("Ended because the agent was inactive", timeout=2 * MINUTE)

    expect(phone.get_by_role("heading", name="This session is over")).to_be_visible(timeout=SOON)
    expect(phone.locator("[data-part=asked-for-time]")).to_be_visible()
    _give(desktop, picture)
    expect(part(phone, "full")).to_contain_text("You can still read everything until", timeout=3 * SOON)
    expect(part(phone, "rows")).to_contain_text("You have more time: full access until")
    expect(part(phone, "rows")).not_to_contain_text("train")


def _the_end_waits_while_the_customer_writes(desktop: Page, phone: Page) -> None:
    """For more than the forty-five seconds that were left."""
    for _ in range(6):
        phone.get_by_label("Message", exact=True).press_sequentially("One moment, please ... ")
        phone.wait_for_timeout(9_000)
    expect(part(desktop, "closing")).to_be_visible()
    expect(part(desktop, "ended")).to_have_count(0)
    say(phone, "One moment, please")
    hears(desktop, "One moment, please")


def _give(desktop: Page, picture: Callable[[Page, str], None]) -> None:
    expect(part(desktop, "follow-up")).to_contain_text("asked for more time")
    part(desktop, "give-more-time").click()
    dialog = desktop.get_by_role("dialog")
    dialog.get_by_label("For how long").fill("2")
    dialog.get_by_label("Unit").select_option("hours")
    dialog.get_by_label("Reason").fill("Her train was late")
    picture(desktop, "agent-gives-time")
    dialog.get_by_role("button", name="Give more time").click()
    expect(part(desktop, "rows")).to_contain_text("More time given: full access until", timeout=SOON)
    expect(part(desktop, "rows")).to_contain_text("Reason: Her train was late")
    expect(part(desktop, "follow-up")).to_have_count(0, timeout=SOON)
