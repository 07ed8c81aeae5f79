"""An administrator gives a workstream its own end session behavior, and knows what it will do before saving (D1)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sessions_app.management.commands.demo import ADMINISTRATOR
from tests.browser import SOON
from tests.journeys.people import sign_in, until_it_listens
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("settings")]


@pytest.fixture
def form(desktop: Page, stack: Stack) -> Page:
    """The system-wide form."""
    sign_in(desktop, stack, ADMINISTRATOR)
    desktop.goto(f"{stack.url}/admin/policies_app/endsessionbehavior/")
    desktop.get_by_role("link", name="Edit", exact=True).click()
    until_it_listens(desktop)
    return desktop


def test_the_tabs_are_used_by_keyboard(form: Page) -> None:
    agent, customer = form.get_by_role("tab", name="Agent"), form.get_by_role("tab", name="Customer")
    agent.focus()
    for key, now in (("ArrowRight", customer), ("ArrowRight", agent), ("ArrowLeft", customer), ("Home", agent)):
        form.keyboard.press(key)
        expect(now).to_be_focused()
        expect(now).to_have_attribute("aria-selected", "true")
    expect(form.get_by_role("tabpanel", name="Agent")).to_be_visible()
    expect(form.get_by_role("tabpanel", name="Customer")).to_be_hidden()


def test_the_preview_follows_what_is_typed_and_leads_to_what_is_wrong(form: Page) -> None:
    preview = form.get_by_role("region", name="Preview")
    form.locator("#id_end_when_inactive").click()
    form.locator("#id_inactive_after_0").fill("45")
    expect(preview).to_contain_text("inactive for 45 minutes", timeout=SOON)
    form.locator("#id_inactive_after_0").fill("")
    problem = preview.get_by_role("link", name="Duration of inactivity")
    expect(problem).to_be_visible(timeout=SOON)
    form.get_by_role("tab", name="Customer").click()
    problem.click()
    expect(form.locator("#id_inactive_after_0")).to_be_focused()


def test_an_override_is_marked_where_it_differs_while_it_is_typed(form: Page, stack: Stack) -> None:
    form.goto(f"{stack.url}/admin/policies_app/endsessionbehavior/")
    form.get_by_role("link", name="Make an override for General").click()
    until_it_listens(form)
    mark = form.locator(".field-redirect_agent .field-differs")
    expect(mark).to_have_count(0)
    form.get_by_label("Stay in room").check()
    expect(mark).to_have_text("System-wide: Back to Welcome page", timeout=SOON)
    form.get_by_label("Back to Welcome page").check()
    expect(mark).to_have_count(0, timeout=SOON)


def test_everybody_can_use_it(form: Page) -> None:
    found = Axe().run(form, context=".behavior")
    assert found.violations_count == 0, found.generate_report()
