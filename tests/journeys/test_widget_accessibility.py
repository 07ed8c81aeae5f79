"""The chat widget can be used by everybody: axe finds nothing at two widths, light and dark, and keys are enough."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, PHONE, SOON
from tests.journeys.lamps import Lamps, Shopper, is_gone
from tests.journeys.people import AgentAtWork, hears, part, say

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("widget-accessibility")]

Contexts = Callable[..., BrowserContext]
MIA = "Mia Novak"
LOOKS = {
    f"{name} {colours}": size | {"color_scheme": colours}
    for name, size in (("1440", DESKTOP), ("360", PHONE))
    for colours in ("light", "dark")
}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    return LOOKS[request.param]


def check(shopper: Shopper, what: str) -> None:
    """The shop's page, and what is in the frame: axe looks into no frame of another origin by itself."""
    shopper.page.wait_for_timeout(300)
    for frame in shopper.page.frames:
        found = Axe().run(frame)
        assert found.violations_count == 0, f"{what}\n{found.generate_report()}"
        wide = frame.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{what} is {wide} pixels too wide"


def test_axe_finds_nothing_in_launcher_start_page_room_and_prompt(
    ada: AgentAtWork, look: dict[str, Any], new_context: Contexts, lamps: Lamps, picture: Callable[[Page, str], None]
) -> None:
    name = f"widget-{look['viewport']['width']}-{look['color_scheme']}"
    mia = Shopper(new_context(**look).new_page(), lamps)
    mia.visit()
    mia.sign_in(MIA)
    check(mia, "launcher")
    mia.open()
    mia.is_offered_new_chat()
    check(mia, "start page")
    picture(mia.page, f"{name}-start")
    mia.start(question="Do you have brass lamps?")
    ada.answer(MIA)
    say(ada.page, "Yes.")
    mia.hears("Yes.")
    check(mia, "room")
    picture(mia.page, f"{name}-room")
    again = Shopper(new_context(**look).new_page(), lamps)
    again.visit()
    again.sign_in(MIA)
    again.open()
    expect(again.frame.get_by_role("button", name="Continue with Ada Moor")).to_be_visible(timeout=SOON)
    check(again, "prompt")
    picture(again.page, f"{name}-prompt")
    again.frame.get_by_role("button", name="Continue with Ada Moor").click()
    expect(mia.frame.get_by_role("heading", name="This conversation continues elsewhere")).to_be_visible(timeout=SOON)
    check(mia, "elsewhere")


def test_a_chat_is_held_dropped_and_continued_with_keys_alone(
    ada: AgentAtWork, new_context: Contexts, lamps: Lamps
) -> None:
    olga = Shopper(new_context(**DESKTOP).new_page(), lamps)
    page, keys = olga.page, olga.page.keyboard
    olga.visit()
    tab_to(page, "Chat with us")
    keys.press("Enter")
    expect(olga.frame.get_by_label("Name")).to_be_focused(timeout=SOON)
    keys.type("Olga Berg")
    keys.press("Tab")
    keys.type("By keys alone?")
    keys.press("Tab")
    keys.press("Enter")
    olga.is_in_room()
    expect(part(olga.frame, "text")).to_be_focused(timeout=SOON)
    ada.answer("Olga Berg")
    keys.type("Hello")
    keys.press("Enter")
    hears(ada.page, "Hello")
    keys.press("Escape")
    expect(olga.launcher).to_have_attribute("aria-expanded", "false")
    say(ada.page, "While you looked elsewhere")
    expect(page.locator("parley-chat [role=status].said")).to_have_text("New messages: 1", timeout=SOON)
    olga.leaves()
    is_gone(ada)
    olga.visit()
    expect(part(ada.page, "away")).to_have_count(0, timeout=SOON)
    tab_to(page, "Chat with us")
    keys.press("Enter")
    olga.hears("While you looked elsewhere")
    expect(part(olga.frame, "text")).to_be_focused(timeout=SOON)
    keys.type("And back")
    keys.press("Enter")
    hears(ada.page, "And back")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is there, as often as a patient person would."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if name in str(page.evaluate(FOCUSED)):
            return
    raise AssertionError(f"Tab never came to {name}")


FOCUSED = "() => (document.activeElement?.shadowRoot?.activeElement ?? document.activeElement)?.textContent ?? ''"
