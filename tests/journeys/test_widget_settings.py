"""An administrator makes a chat widget, sees how it looks, and what a customer who drops out will get."""

import re
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from sessions_app.management.commands.demo import ADMINISTRATOR
from tests.browser import SOON
from tests.journeys.people import sign_in
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("settings")]

TABS = ("General", "Look", "Before the chat", "Reconnect", "Sign-in")


@pytest.fixture
def form(desktop: Page, stack: Stack) -> Page:
    """The form of a new widget."""
    return opened(desktop, stack)


def opened(page: Page, stack: Stack) -> Page:
    sign_in(page, stack, ADMINISTRATOR)
    page.goto(f"{stack.url}/admin/policies_app/chatwidget/add/")
    expect(page.get_by_role("tab", name="General")).to_have_attribute("aria-selected", "true")
    return page


def on_tab(form: Page, name: str) -> Page:
    form.get_by_role("tab", name=name).click()
    return form


def test_a_widget_is_made_and_its_snippet_is_copied(form: Page, stack: Stack) -> None:
    form.context.grant_permissions(["clipboard-read", "clipboard-write"])
    form.get_by_label("Workstream").select_option(label="General")
    form.locator("#id_name").fill(f"Shop {uuid4().hex[:6]}")
    form.locator("#id_allowed_origins").fill("https://shop.example.com/")
    on_tab(form, "Reconnect").locator("#id_reconnect_on").click()
    expect(form.locator("[data-limit]")).to_have_text("10 minutes", timeout=SOON)
    form.locator("#id_same_agent_for_0").fill("4")
    preview = form.get_by_role("region", name="Preview")
    expect(preview).to_contain_text("Within 4 minutes they come back to the same agent", timeout=SOON)
    form.get_by_role("button", name="Save and continue editing").click()
    expect(form.get_by_text("was added successfully")).to_be_visible(timeout=SOON)
    expect(form.get_by_role("tab", name="General")).to_have_attribute("aria-selected", "true")
    on_tab(form, "General").get_by_role("button", name="Copy").first.click()
    expect(form.get_by_role("button", name="Copied")).to_be_visible()
    form.locator("#id_name").fill("")
    form.locator("#id_name").press("ControlOrMeta+v")
    snippet = re.escape(f'<script async src="{stack.url}/widget.js" data-widget="')
    expect(form.locator("#id_name")).to_have_value(re.compile(snippet))


def test_what_is_wrong_leads_to_its_field_on_another_tab(form: Page) -> None:
    form.get_by_label("Workstream").select_option(label="General")
    on_tab(form, "Reconnect").locator("#id_reconnect_on").click()
    form.locator("#id_same_agent_for_0").fill("11")
    on_tab(form, "Look")
    problem = form.get_by_role("region", name="Preview").get_by_role("link", name="Reconnect to previous agent for")
    expect(problem).to_be_visible(timeout=SOON)
    problem.click()
    expect(form.locator("#id_same_agent_for_0")).to_be_focused()


def test_the_look_follows_what_is_typed(form: Page) -> None:
    on_tab(form, "Look").locator("#id_launcher").fill("Ask <us>")
    look = form.locator(".look")
    expect(look.locator(".look-launcher")).to_have_text("Ask <us>")
    form.get_by_label("Bottom left").check()
    expect(look).to_have_attribute("data-corner", "left")
    form.get_by_role("button", name="Minimised").click()
    expect(look.locator(".look-panel")).to_be_hidden()
    form.get_by_role("button", name="Dark", exact=True).click()
    expect(look).to_have_css("background-color", "rgb(17, 24, 39)")
    form.locator("#id_colour").fill("#ffcc00")
    expect(look.locator(".look-launcher")).to_have_css("background-color", "rgb(255, 204, 0)")
    expect(form.get_by_text("Text on this colour is black")).to_be_visible(timeout=SOON)
    expect(look.locator(".look-launcher")).to_have_css("color", "rgb(0, 0, 0)")


def test_hours_are_copied_to_the_other_days(form: Page) -> None:
    on_tab(form, "Before the chat").locator("#id_by_hours").click()
    form.get_by_label("Monday").fill("9-17")
    form.get_by_role("button", name="Same hours from Monday to Friday").click()
    expect(form.get_by_label("Friday")).to_have_value("9-17")
    expect(form.get_by_label("Saturday")).to_have_value("")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_it(form: Page, theme: str) -> None:
    form.emulate_media(color_scheme=theme)
    on_tab(form, "Before the chat").locator("#id_by_hours").click()
    on_tab(form, "Reconnect").locator("#id_reconnect_on").click()
    for tab in TABS:
        on_tab(form, tab)
        found = Axe().run(form, context=".behavior")
        assert found.violations_count == 0, found.generate_report()


def test_it_fits_on_a_phone(phone: Page, stack: Stack) -> None:
    form = opened(phone, stack)
    for tab in TABS:
        on_tab(form, tab)
        assert form.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
