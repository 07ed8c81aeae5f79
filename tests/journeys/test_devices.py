"""From one device to another: the hand-over, the first device only, one-time codes, a new link."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, PHONE, SOON
from tests.journeys.customers import invited, new_link, said
from tests.journeys.people import come_in, hears, part, press, say, sign_in
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("devices")]


@pytest.fixture
def name() -> str:
    """Of a customer whom no other test knows."""
    return f"Rita{uuid4().hex[:6]}"


@pytest.mark.parametrize("access", ["any", "first"])
def test_the_customer_goes_on_on_a_phone(
    stack: Stack, desktop: Page, phone: Page, name: str, access: str, picture: Callable[[Page, str], None]
) -> None:
    come_in(desktop, invited(stack, name, access))
    say(desktop, "From my desk")
    hears(desktop, "From my desk")
    part(desktop, "text").fill("Half of a sen")
    desktop.wait_for_timeout(2_500)  # typing pauses, and what is written is kept
    desktop.get_by_role("button", name="What you can do here").click()
    desktop.get_by_role("button", name="Continue on another device").click()
    link = desktop.get_by_label("Link", exact=True)
    expect(link).to_have_value(re.compile("/join/"), timeout=SOON)
    picture(desktop, "customer-hand-over")
    come_in(phone, link.input_value())
    hears(phone, "From my desk")
    expect(part(phone, "text")).to_have_value("Half of a sen")
    expect(part(desktop, "rows")).to_contain_text("another device", timeout=SOON)


def test_only_the_first_device_until_the_agent_shows_a_new_link(
    stack: Stack, desktop: Page, phone: Page, name: str, tolerated: list[str]
) -> None:
    tolerated += ["status of 403"]
    link = invited(stack, name, "first")
    come_in(desktop, link)
    phone.goto(link)
    expect(phone.get_by_role("heading", name="Open on another device")).to_be_visible()
    come_in(phone, new_link(stack, name, "shown"))
    say(phone, "Now I am here, too")
    hears(desktop, "Now I am here, too")


def test_another_device_comes_in_with_a_code(
    stack: Stack,
    desktop: Page,
    phone: Page,
    name: str,
    new_context: Callable[..., BrowserContext],
    tolerated: list[str],
    picture: Callable[[Page, str], None],
) -> None:
    tolerated += ["status of 422"]
    link = invited(stack, name, "code")
    come_in(desktop, link)
    phone.goto(link)
    press(phone, "Send a code to r…@example.com")
    picture(phone, "customer-code")
    phone.get_by_label("Code").fill("12")
    phone.get_by_role("button", name="Continue").click()
    expect(phone.get_by_role("alert")).to_contain_text("This code is wrong")
    phone.get_by_label("Code").fill(_code(stack, new_context(**DESKTOP).new_page(), name))
    phone.get_by_role("button", name="Continue").click()
    phone.wait_for_selector("[data-ready]")
    say(phone, "It is me")
    hears(desktop, "It is me")


def _code(stack: Stack, mailbox: Page, name: str) -> str:
    """The digits in the letter, which comes soon."""
    sign_in(mailbox, stack, "anna")
    for _ in range(20):
        mailbox.goto(f"{stack.url}/mailbox/")
        letter = mailbox.locator("article").filter(has_text=f"{name.lower()}@example.com")
        if letter.count() and (found := re.search(r"\b\d{6}\b", letter.first.inner_text())):
            return found[0]
        mailbox.wait_for_timeout(500)
    raise AssertionError("no code came")


def test_a_new_link_comes_when_the_old_one_is_over(
    stack: Stack,
    desktop: Page,
    phone: Page,
    name: str,
    new_context: Callable[..., BrowserContext],
    tolerated: list[str],
) -> None:
    tolerated += ["status of 404"]
    link = invited(stack, name)
    said(stack, f'LiveSession.objects.get(customer__name="{name}").links.update(expires_at=now)')
    phone.goto(link)
    phone.get_by_role("button", name="Send me a new link").click()
    expect(phone.get_by_role("heading", name="Look into your mail")).to_be_visible()
    mailbox = new_context(**DESKTOP).new_page()
    sign_in(mailbox, stack, "anna")
    letter = mailbox.locator("article").filter(has_text=f"{name.lower()}@example.com")
    for _ in range(20):
        mailbox.goto(f"{stack.url}/mailbox/")
        if letter.count():
            break
        mailbox.wait_for_timeout(500)
    come_in(phone, str(letter.first.get_by_role("link").first.get_attribute("href")))


def test_a_browser_in_german_reads_german(stack: Stack, name: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(**PHONE, locale="de-DE").new_page()
    come_in(page, invited(stack, name))
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_placeholder("Nachricht")).to_be_visible()
    expect(part(page, "rows")).to_contain_text("Sie sind da")
