"""With worker and beat stopped nobody keeps access too long (product.md, D3)."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, SOON
from tests.journeys.people import Administrator, AgentAtWork, come_in, part
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.xdist_group("without-workers")
def test_access_ends_on_time_without_worker_and_beat(
    stack: Stack, desktop: Page, phone: Page, new_context: Callable[..., BrowserContext]
) -> None:
    administrator = Administrator(new_context(**DESKTOP).new_page(), stack)
    administrator.open_settings()
    administrator.agent_tab(redirect="stay")
    administrator.customer_tab(full_minutes=1, chat=True)
    administrator.save()
    agent = AgentAtWork(desktop, stack)
    agent.sign_in()
    agent.start("Iris Tanaka", phone="030 99")
    come_in(phone, agent.link())
    stack.pause("beat")
    stack.pause("worker")

    ended = time.monotonic()
    agent.end()
    expect(part(phone, "full")).to_be_visible(timeout=SOON)
    expect(phone.get_by_role("heading", name="This session is over")).to_be_visible(timeout=60_000 + SOON)
    assert time.monotonic() - ended >= 59, "full access ended early"
    expect(part(desktop, "ended")).to_contain_text("The customer has no access any more", timeout=SOON)
