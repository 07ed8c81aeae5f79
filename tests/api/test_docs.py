"""The interactive documentation works in a real browser, under our content security policy."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.api.fuzzing import token_of
from tests.stack import Stack

pytestmark = [pytest.mark.xdist_group("journeys")]

OPERATION = "#operations-workstreams-workstreams_list"


def test_somebody_authorises_with_a_token_and_tries_an_operation(stack: Stack, desktop: Page) -> None:
    """Whatever the content security policy refused would be trouble, which `desktop` reports."""
    desktop.goto(f"{stack.url}/api/v1/docs/")
    desktop.get_by_role("button", name="Authorize").first.click(timeout=30_000)
    desktop.get_by_label("auth-bearer-value").fill(token_of(stack))
    desktop.get_by_role("button", name="Apply credentials").click()
    desktop.get_by_role("button", name="Close", exact=True).click()
    operation = desktop.locator(OPERATION)
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    expect(answer.locator(".response-col_status").last).to_have_text(re.compile("200"))
    expect(answer).to_contain_text('"General"')


def test_it_can_be_read_on_a_phone(stack: Stack, phone: Page) -> None:
    phone.goto(f"{stack.url}/api/v1/docs/")
    expect(phone.get_by_role("heading", name="Parley").first).to_be_visible(timeout=30_000)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
