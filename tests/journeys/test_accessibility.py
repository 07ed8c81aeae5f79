"""axe finds nothing in any page, in light and dark."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.browser import DESKTOP, PHONE
from tests.journeys.people import AgentAtWork, come_in, hears, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("accessibility")]


@pytest.fixture(params=["light", "dark"])
def pages(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]) -> tuple[Page, Page]:
    """An agent's and a customer's page in one colour scheme."""
    colours = {"color_scheme": request.param}
    return new_context(**DESKTOP, **colours).new_page(), new_context(**PHONE, **colours).new_page()


def _check(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def test_every_page_can_be_used_by_everybody(stack: Stack, pages: tuple[Page, Page]) -> None:
    desktop, phone = pages
    desktop.goto(f"{stack.url}/sign-in/")
    _check(desktop)
    agent = AgentAtWork(desktop, stack)
    agent.sign_in()
    agent.start("Karin Olsen", email="karin@example.com")
    _check_customer_outside(phone, stack)
    link = agent.link()
    come_in(phone, link)
    say(phone, "Hello")
    hears(desktop, "Hello")
    _check(desktop)
    _check(phone)
    desktop.get_by_role("button", name="End Session").click()
    _check(desktop)
    desktop.get_by_role("button", name="Cancel").click()
    room = desktop.url
    agent.end()
    desktop.wait_for_selector("[data-part=ended], [data-part=ended-note]")
    for address in (room, f"{stack.url}/", f"{stack.url}/mailbox/", f"{stack.url}/nothing-here/"):
        desktop.goto(address)
        _check(desktop)
    phone.goto(link)
    phone.wait_for_selector("[data-part=over], [data-part=full]")
    _check(phone)


def _check_customer_outside(phone: Page, stack: Stack) -> None:
    phone.goto(f"{stack.url}/join/wrong/")
    _check(phone)
