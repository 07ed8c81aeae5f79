"""The customer's room on a phone: the queue, what is asked of them, what they can do, and the end."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import PHONE, SOON
from tests.journeys.customers import in_queue, invited, picked
from tests.journeys.people import come_in, hears, part, ready, say, sign_in
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("customer-room")]


def a_name(first: str) -> str:
    return f"{first}{uuid4().hex[:6]}"


def both_in(stack: Stack, desktop: Page, phone: Page) -> None:
    """A customer and Anna are in their room."""
    come_in(phone, invited(stack, a_name("Lena")))
    sign_in(desktop, stack, "anna")
    desktop.goto(phone.url.replace("/c/", "/room/"))
    ready(desktop)


def test_customers_who_wait_see_themselves_move_up(
    stack: Stack, phone: Page, new_context: Callable[..., BrowserContext], picture: Callable[[Page, str], None]
) -> None:
    names = [a_name(one) for one in ("Ida", "Jon", "Kim")]
    links = in_queue(stack, *names)
    pages = [phone, *(new_context(**PHONE).new_page() for _ in range(2))]
    for page, link in zip(pages, links, strict=True):
        come_in(page, link)
    first, second, third = pages
    expect(part(first, "waiting")).to_contain_text("You are next.")
    expect(part(third, "waiting")).to_contain_text("You are number 3 in the queue.")
    picture(third, "customer-queue")
    say(third, "It is about my invoice")

    part(second, "waiting").get_by_role("button", name="Leave the queue").click()
    second.get_by_role("dialog").get_by_role("button", name="Leave the queue").click()
    expect(part(third, "waiting")).to_contain_text("You are number 2 in the queue.", timeout=SOON)

    picked(stack, names[0])
    expect(first.get_by_role("heading", name="Anna Berg")).to_be_visible(timeout=SOON)
    expect(part(first, "waiting")).to_have_count(0)
    expect(first).to_have_title("Anna Berg · Parley")
    expect(part(third, "waiting")).to_contain_text("You are next.", timeout=SOON)
    expect(part(third, "rows")).to_contain_text("It is about my invoice")


def test_whose_turn_it_is_what_one_can_do_and_the_end(stack: Stack, desktop: Page, phone: Page) -> None:
    both_in(stack, desktop, phone)
    turn = part(phone, "turn")
    expect(turn).to_contain_text("Write below what it is about.", use_inner_text=True)
    say(phone, "Hello")
    expect(turn).to_contain_text("has your message", use_inner_text=True)
    hears(desktop, "Hello")
    say(desktop, "How can I help?")
    expect(turn).to_contain_text("waits for your answer", use_inner_text=True, timeout=SOON)

    phone.get_by_role("button", name="What you can do here").click()
    dialog = phone.get_by_role("dialog")
    expect(dialog).to_contain_text("As long as the session is open.")
    expect(dialog).to_contain_text("After the end")
    dialog.get_by_role("button", name="Close").click()

    phone.get_by_role("button", name="End", exact=True).click()
    expect(phone.get_by_role("dialog")).to_contain_text("It ends for both of you.")
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("dialog")).to_have_count(0)
    phone.get_by_role("button", name="End", exact=True).click()
    phone.get_by_role("dialog").get_by_role("button", name="End").click()
    expect(phone.locator("[data-part=over], [data-part=full]")).to_be_visible(timeout=SOON)


KEYBOARD = """
window.keyboard = new EventTarget();
Object.assign(window.keyboard, { height: innerHeight, scale: 1 });
Object.defineProperty(window, "visualViewport", { value: window.keyboard });
"""


def test_what_is_being_written_stays_above_a_keyboard_that_covers_the_page(stack: Stack, phone: Page) -> None:
    """As browsers do it that cover the page instead of making it smaller: here a stand-in for their viewport."""
    phone.add_init_script(KEYBOARD)
    come_in(phone, invited(stack, a_name("Mia")))
    phone.evaluate("keyboard.height = 380; keyboard.dispatchEvent(new Event('resize'))")
    box = part(phone, "text").bounding_box()
    assert box and box["y"] + box["height"] <= 380
    phone.evaluate("keyboard.height = innerHeight; keyboard.dispatchEvent(new Event('resize'))")
    box = part(phone, "text").bounding_box()
    assert box and box["y"] > 600


def test_a_page_that_slept_is_up_to_date_when_it_is_looked_at_again(
    stack: Stack, desktop: Page, phone: Page, tolerated: list[str]
) -> None:
    """Another app is in front: no line, no timers. The moment the page is back it asks."""
    tolerated += [r"ERR_FAILED", r"ERR_INTERNET_DISCONNECTED"]
    both_in(stack, desktop, phone)
    phone.clock.install()
    phone.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    cut: list[str] = []
    phone.on("requestfailed", lambda request: cut.append(request.url))
    phone.route("**/push/**", lambda route: route.abort())
    phone.reload(wait_until="networkidle")
    ready(phone)
    say(desktop, "Are you still there?")
    hears(desktop, "Are you still there?")
    assert any("/push/" in url for url in cut), "there is a line"
    expect(part(phone, "rows")).not_to_contain_text("Are you still there?")
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    hears(phone, "Are you still there?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_used_by_everybody(
    stack: Stack, new_context: Callable[..., BrowserContext], scheme: str, tolerated: list[str]
) -> None:
    page = new_context(**PHONE, color_scheme=scheme).new_page()
    come_in(page, invited(stack, a_name("Olga")))
    _check(page)
    page.get_by_role("button", name="What you can do here").click()
    _check(page)
    page.get_by_role("button", name="Continue on another device").click()
    expect(page.get_by_role("img", name="QR code with the link")).to_be_visible()
    _check(page)
    come_in(page, in_queue(stack, a_name("Pia"))[0])
    _check(page)
    page.goto(f"{stack.url}/join/wrong/")
    _check(page)
    page.get_by_role("button", name="Send me a new link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    _check(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _check(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def test_the_room_can_become_an_icon(stack: Stack, phone: Page) -> None:
    come_in(phone, invited(stack, a_name("Quin")))
    manifest = phone.context.request.get(str(phone.locator("link[rel=manifest]").evaluate("link => link.href")))
    assert re.search(r"/c/[0-9a-f-]{36}/$", manifest.json()["start_url"])
    for icon in manifest.json()["icons"]:
        assert phone.context.request.get(stack.url + icon["src"]).headers["content-type"] == "image/png"
