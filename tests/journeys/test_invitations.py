"""Inviting customers in a real browser: later, by SMS, once more; links that are revoked; the same customer again."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import SOON
from tests.journeys.people import AgentAtWork, come_in, part, ready
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def anna(desktop: Page, stack: Stack) -> AgentAtWork:
    agent = AgentAtWork(desktop, stack)
    agent.sign_in()
    return agent


def fill(page: Page, name: str, email: str = "", phone: str = "") -> None:
    page.get_by_label("Customer's name").fill(name)
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Phone").fill(phone)
    page.get_by_label("Workstream").select_option("General")


def test_a_session_is_prepared_and_invited_later_by_sms(
    anna: AgentAtWork, desktop: Page, phone: Page, stack: Stack
) -> None:
    fill(desktop, "Paula Prepared", phone="0043 660 77 66 55 1")
    desktop.get_by_role("button", name="Prepare, invite later").click()
    ready(desktop)
    expect(part(desktop, "prepared")).to_contain_text("Paula Prepared has not been invited yet")
    expect(desktop.locator("#lists").get_by_text("prepared, not invited yet")).to_be_visible()
    desktop.get_by_role("button", name="Invite now").click()
    expect(part(desktop, "prepared")).to_be_hidden(timeout=SOON)
    come_in(phone, anna.invitation("+436607766551"))
    expect(part(desktop, "rows")).to_contain_text("Customer joined", timeout=SOON)


def test_a_revoked_link_puts_the_customer_out_and_a_new_one_lets_them_in(
    anna: AgentAtWork, desktop: Page, phone: Page, tolerated: list[str]
) -> None:
    tolerated += [r"status of 40[34]"]  # what this customer meets after it, and Chromium says so
    anna.start("Rita Revoked", email="rita@example.com")
    come_in(phone, anna.invitation("rita@example.com"))
    desktop.get_by_text("Links so far").click()
    revoke = part(desktop, "links").get_by_text("Revoke", exact=True)
    revoke.click()
    desktop.get_by_role("button", name="Revoke this link").click()
    expect(part(desktop, "links").get_by_text("Revoked", exact=True)).to_be_visible(timeout=SOON)
    expect(phone.get_by_role("heading", name="This link does not work")).to_be_visible(timeout=SOON)
    desktop.get_by_role("button", name="Send by e-mail").click()
    expect(part(desktop, "rows").get_by_text("Link sent to rita@example.com")).to_be_visible(timeout=SOON)
    come_in(phone, anna.link())


def test_the_same_customer_again_is_continued_or_started_anew(
    anna: AgentAtWork, desktop: Page, stack: Stack, tolerated: list[str]
) -> None:
    tolerated += [r"status of 422"]  # how the question comes
    anna.start("Sam Same", email="sam@example.com")
    first = desktop.url
    desktop.goto(stack.url)
    fill(desktop, "Sam", email="SAM@example.com")
    desktop.get_by_role("button", name="Start and invite").click()
    question = desktop.get_by_role("alert").filter(has_text="has an open session already")
    expect(question).to_be_focused(timeout=SOON)
    expect(desktop.get_by_label("E-mail", exact=True)).to_have_value("SAM@example.com")
    question.get_by_role("link", name="Continue").click()
    expect(desktop).to_have_url(first)

    desktop.goto(stack.url)
    fill(desktop, "Sam", email="SAM@example.com")
    desktop.get_by_role("button", name="Start and invite").click()
    desktop.get_by_role("button", name="Start another session").click()
    ready(desktop)
    expect(desktop).not_to_have_url(first)
    expect(desktop).to_have_url(re.compile("/room/"))
