"""An administrator asks why a session is as it is, and gives ended sessions another policy (D2, rules.md 6)."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sessions_app.management.commands.demo import ADMINISTRATOR
from tests.browser import SOON
from tests.journeys.people import sign_in
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("settings")]

CUSTOMER = "Gita Rao"
"""Of the demo: her session with the workstream Loans has ended, with limited access for a month."""


def test_a_session_is_explained_and_then_given_another_policy(
    desktop: Page, stack: Stack, picture: Callable[[Page, str], None]
) -> None:
    sign_in(desktop, stack, ADMINISTRATOR)
    _open_session(desktop, stack)
    answer = desktop.locator(".explain")
    expect(answer).to_contain_text("Limited access")
    expect(answer).to_contain_text("Rule 4, first table")
    picture(desktop, "admin-explain")
    desktop.locator("a.mark-label", has_text="Customer joined").click()
    expect(answer).to_contain_text("While a session is open, the customer may do everything in it.")
    found = Axe().run(desktop, context=".explain")
    assert found.violations_count == 0, found.generate_report()

    desktop.goto(f"{stack.url}/admin/policies_app/policyversion/2/change/")
    desktop.get_by_role("link", name="Apply to ended sessions").click()
    desktop.get_by_label("Loans").check()
    desktop.get_by_role("button", name="Show what would change").click()
    expect(desktop.locator("#preview")).to_contain_text("What would change now")
    desktop.get_by_role("button", name="Apply version 2").click()
    expect(desktop.locator("#progress")).to_have_text("Finished", timeout=3 * SOON)

    _open_session(desktop, stack)
    expect(answer).to_contain_text("Full access")
    expect(answer).to_contain_text("gave it this version instead of the one that was in force at its end")


def _open_session(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/admin/sessions_app/livesession/?q={CUSTOMER}")
    page.get_by_role("link", name=CUSTOMER).click()
    expect(page.locator(".explain")).to_be_visible()
