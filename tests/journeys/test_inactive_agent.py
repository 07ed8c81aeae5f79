"""An agent falls silent: everybody is warned, *Keep open* works, and then the session ends by itself."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, SOON
from tests.journeys.people import Administrator, AgentAtWork, come_in, hears, part, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTE = 60_000


@pytest.mark.xdist_group("inactive-agent")
def test_a_silent_agent_is_warned_may_keep_open_and_then_loses_the_session(
    stack: Stack,
    desktop: Page,
    phone: Page,
    new_context: Callable[..., BrowserContext],
    picture: Callable[[Page, str], None],
) -> None:
    administrator = Administrator(new_context(**DESKTOP).new_page(), stack)
    administrator.open_settings()
    administrator.agent_tab(redirect="stay", inactive_seconds=60, warn_seconds=45)
    administrator.customer_tab()
    administrator.save()
    agent = AgentAtWork(desktop, stack)
    agent.sign_in()
    agent.start("Henry Novak", phone="+49 30 1234")
    come_in(phone, agent.link())
    say(phone, "Are you there?")
    hears(desktop, "Are you there?")

    expect(part(desktop, "closing")).to_contain_text("This session closes in", timeout=MINUTE)
    expect(part(phone, "closing")).to_contain_text("This session closes in", timeout=SOON)
    picture(desktop, "agent-countdown")
    picture(phone, "customer-countdown")
    desktop.get_by_role("button", name="Keep open").click()
    expect(part(desktop, "closing")).to_have_count(0, timeout=SOON)
    expect(part(phone, "closing")).to_have_count(0, timeout=SOON)

    expect(part(desktop, "closing")).to_be_visible(timeout=MINUTE)
    expect(part(desktop, "ended")).to_contain_text("Ended because the agent was inactive", timeout=MINUTE + SOON)
    expect(phone.get_by_role("heading", name="This session is over")).to_be_visible(timeout=SOON)
    _the_agent_stays_in_the_room(desktop)


def _the_agent_stays_in_the_room(desktop: Page) -> None:
    expect(desktop.get_by_role("heading", name="Henry Novak")).to_be_visible()
    expect(part(desktop, "rows")).to_contain_text("Are you there?")
    expect(desktop.get_by_label("Message", exact=True)).to_be_hidden()
    expect(desktop.get_by_role("button", name="End Session")).to_be_hidden()
