"""The widget on the page of a portal, on another origin, in a browser that lets it keep nothing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import SOON
from tests.journeys.customers import said
from tests.journeys.shop import Shop, answered, file_from_agent, frame_of, reconnect_link, running
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("widget-loader")]


@pytest.fixture(scope="module")
def shop(stack: Stack) -> Iterator[Shop]:
    with running(stack) as shop:
        yield shop


@pytest.fixture
def closed_off(desktop: Page, stack: Stack) -> Page:
    """A browser that lets no frame of ours keep anything, as with everything of third parties blocked."""
    forbid = """
    if (location.origin === "%s") {
      const no = { get() { throw new DOMException("blocked", "SecurityError"); } };
      for (const name of ["localStorage", "sessionStorage", "indexedDB"]) Object.defineProperty(window, name, no);
      Object.defineProperty(document, "cookie", { get: () => "", set: () => {} });
    }
    """
    desktop.context.add_init_script(forbid % stack.url)
    return desktop


def launcher(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("Ask us"))


def start_chat(page: Page, question: str = "Do you have size 42?") -> None:
    launcher(page).click()
    frame = frame_of(page)
    frame.get_by_label("What is it about?").fill(question)
    frame.get_by_role("button", name="Start the chat").click()
    expect(rows(page)).to_contain_text(question, timeout=SOON)


def rows(page: Page) -> Locator:
    return frame_of(page).locator("[data-part=rows]")


def say(page: Page, text: str) -> None:
    frame_of(page).locator("[data-room][data-ready] [data-part=text]").fill(text)
    frame_of(page).get_by_role("button", name="Send", exact=True).click()
    expect(rows(page).get_by_text(text, exact=True)).to_have_count(1, timeout=SOON)


def heard(page: Page) -> list[str]:
    """The names of the events that the portal's own script was told of."""
    return [name for name, _detail in page.evaluate("heard")]


def focused(page: Page) -> str:
    """What has the focus: the text of an element, or the name of the frame."""
    return str(
        page.evaluate("""() => {
          const one = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
          return one.tagName === "IFRAME" ? one.title : one.ariaLabel ?? one.textContent;
        }""")
    )


def test_a_chat_under_a_strict_policy_with_nothing_kept_in_the_frame(
    closed_off: Page, stack: Stack, shop: Shop, tmp_path: Path, picture: Callable[[Page, str], None]
) -> None:
    page = closed_off
    page.goto(f"{shop.url}/")
    start_chat(page)
    picture(page, "widget-waiting")
    answered(stack, shop, "Yes, in black.")
    expect(rows(page)).to_contain_text("Yes, in black.", timeout=SOON)
    say(page, "And in red?")
    Image.new("RGB", (60, 40), "red").save(tmp_path / "shoe.png")
    file_from_agent(stack, shop, tmp_path / "shoe.png")
    added = rows(page).get_by_role("link", name=re.compile("shoe.png"))
    expect(added).to_have_attribute("href", re.compile(r"^/f/[^/]+/c/.*/files/"), timeout=SOON)
    expect(rows(page).locator("img")).to_have_js_property("complete", True)
    assert rows(page).locator("img").evaluate("(image) => image.naturalWidth") > 0
    with page.expect_download() as download:
        added.click()
    assert download.value.suggested_filename == "shoe.png"
    assert page.context.cookies() == []
    page.reload()
    expect(rows(page)).to_contain_text("And in red?", timeout=SOON)
    expect(launcher(page)).to_have_attribute("aria-expanded", "true")
    assert "started" not in heard(page)


def test_it_opens_and_minimises_by_keyboard_and_the_focus_goes_in_and_comes_back(desktop: Page, shop: Shop) -> None:
    desktop.goto(f"{shop.url}/")
    expect(launcher(desktop)).to_have_attribute("aria-expanded", "false")
    launcher(desktop).press("Enter")
    expect(launcher(desktop)).to_have_attribute("aria-expanded", "true")
    field = frame_of(desktop).get_by_label("Name")
    expect(field).to_be_focused(timeout=SOON)
    assert focused(desktop) == "Shop chat"
    field.press("Escape")
    expect(launcher(desktop)).to_have_attribute("aria-expanded", "false")
    assert "Ask us" in focused(desktop)
    desktop.get_by_label("Search").focus()
    desktop.evaluate("Parley.open()")
    expect(field).to_be_focused(timeout=SOON)
    frame_of(desktop).get_by_role("button", name="Minimise").click()
    expect(field).not_to_be_visible()
    assert focused(desktop) == "Search"
    assert heard(desktop) == ["open", "close", "open", "close"]


def test_what_comes_in_while_it_is_minimised_is_said_in_words(desktop: Page, stack: Stack, shop: Shop) -> None:
    desktop.goto(f"{shop.url}/")
    start_chat(desktop)
    answered(stack, shop)
    launcher(desktop).click()
    answered(stack, shop, "First", "Second")
    expect(desktop.locator("parley-chat [role=status].said")).to_have_text("New messages: 2", timeout=SOON)
    desktop.goto(f"{shop.url}/other")  # and on the next page, without opening it
    expect(desktop.locator("parley-chat .badge")).to_have_text("2", timeout=SOON)
    launcher(desktop).click()
    expect(rows(desktop)).to_contain_text("Second")
    expect(desktop.locator("parley-chat .badge")).to_be_hidden()
    assert heard(desktop)[-2:] == ["open", "unread"]
    desktop.evaluate("Parley.end()")
    expect(frame_of(desktop).get_by_role("link", name="Start a new chat")).to_be_visible(timeout=SOON)
    desktop.wait_for_function("heard.some(([name]) => name === 'ended')")
    frame_of(desktop).get_by_role("link", name="Start a new chat").click()
    expect(frame_of(desktop).get_by_role("button", name="Start the chat")).to_be_visible(timeout=SOON)


BOXES = "() => [...document.body.children].map((one) => JSON.stringify(one.getBoundingClientRect()))"


SILENT = "ChatWidget.objects.filter(key='{}').update(sounds=False)"
COUNTS_SOUNDS = """
window.rings = 0;
const { start } = AudioScheduledSourceNode.prototype;
AudioScheduledSourceNode.prototype.start = function (...when) { window.rings += 1; return start.apply(this, when); };
"""


def test_a_customer_turns_sounds_off_and_on_and_this_browser_remembers_it(
    desktop: Page, phone: Page, stack: Stack, shop: Shop
) -> None:
    desktop.add_init_script(COUNTS_SOUNDS)
    desktop.goto(f"{shop.url}/")
    start_chat(desktop)
    sounds = frame_of(desktop).get_by_role("button", name="Sounds for new messages")
    expect(sounds).to_have_attribute("aria-pressed", "true")
    launcher(desktop).click()
    answered(stack, shop, "One moment.")
    expect(desktop.locator("parley-chat .badge")).to_have_text("1", timeout=SOON)
    assert desktop.evaluate("rings") == 1
    launcher(desktop).click()
    sounds.press("Enter")
    expect(sounds).to_have_attribute("aria-pressed", "false")
    desktop.reload()
    expect(sounds).to_have_attribute("aria-pressed", "false", timeout=SOON)
    launcher(desktop).click()
    answered(stack, shop, "Yes, we do.")
    expect(desktop.locator("parley-chat .badge")).to_have_text("1", timeout=SOON)
    assert desktop.evaluate("rings") == 0

    said(stack, f"from policies_app.models import ChatWidget; {SILENT.format(shop.key)}")
    phone.goto(f"{shop.url}/")
    launcher(phone).click()
    expect(frame_of(phone).get_by_role("button", name="Sounds")).to_have_attribute("aria-pressed", "false")


def test_the_page_looks_and_scrolls_as_without_it(desktop: Page, shop: Shop) -> None:
    desktop.goto(f"{shop.url}/none")
    without = desktop.evaluate(BOXES)
    size = desktop.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    desktop.goto(f"{shop.url}/")
    launcher(desktop).click()
    expect(frame_of(desktop).get_by_label("Name")).to_be_visible(timeout=SOON)
    # The tag itself is one more element of the body.
    assert desktop.evaluate(BOXES)[: len(without)] == without
    assert desktop.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == size
    assert desktop.evaluate("shifts") == 0


@pytest.mark.parametrize("path", ["/twice", "/head"])
def test_there_is_one_launcher_wherever_and_however_often_the_tag_is(desktop: Page, shop: Shop, path: str) -> None:
    desktop.goto(f"{shop.url}{path}")
    expect(launcher(desktop)).to_be_visible(timeout=SOON)
    expect(desktop.locator("parley-chat")).to_have_count(1)
    expect(desktop.locator("parley-chat iframe")).to_have_count(0)  # nothing is there before somebody wants it


def test_calls_from_before_it_was_loaded_are_answered(desktop: Page, shop: Shop) -> None:
    desktop.goto(f"{shop.url}/#asks")
    expect(frame_of(desktop).get_by_label("Name")).to_be_visible(timeout=SOON)
    assert heard(desktop) == ["open"]


def test_a_link_opens_it_and_leaves_the_address_bar(
    desktop: Page, phone: Page, stack: Stack, shop: Shop, picture: Callable[[Page, str], None]
) -> None:
    desktop.goto(f"{shop.url}/")
    start_chat(desktop, "Is anybody there?")
    answered(stack, shop, "I am.")
    token = reconnect_link(stack, shop).partition("parley.reconnect=")[2]
    phone.goto(f"{shop.url}/?a=1%20b&oc.reconnectid={token}&c#there")
    expect(rows(phone)).to_contain_text("I am.", timeout=SOON)
    assert phone.url == f"{shop.url}/?a=1%20b&c#there"
    box = phone.locator("parley-chat .box").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 360, "height": 740}
    expect(launcher(phone)).to_be_hidden()
    picture(phone, "widget-phone")
    elsewhere = frame_of(desktop).get_by_role("heading", name="This conversation continues elsewhere")
    expect(elsewhere).to_be_visible(timeout=SOON)
    assert "elsewhere" in heard(desktop)
    frame_of(desktop).get_by_role("button", name="Take it back").click()
    expect(rows(desktop)).to_contain_text("I am.", timeout=SOON)
    say(desktop, "Here I am again.")
    expect(frame_of(phone).get_by_role("heading", name="This conversation continues elsewhere")).to_be_visible(
        timeout=SOON
    )
    frame_of(phone).get_by_role("button", name="Minimise").click()
    expect(launcher(phone)).to_be_visible()


def test_a_page_that_was_taken_over_sends_nothing_more(
    desktop: Page, phone: Page, stack: Stack, shop: Shop, tolerated: list[str]
) -> None:
    tolerated.append("ERR_FAILED")
    desktop.goto(f"{shop.url}/")
    start_chat(desktop, "Do you deliver?")
    desktop.route("**/seen/", lambda route: route.abort())  # so that there is always something left to tell
    with desktop.expect_event("requestfailed", lambda request: request.url.endswith("/seen/")):
        answered(stack, shop, "We do.")
    sent: list[str] = []
    desktop.on("request", lambda one: sent.append("page" if one.is_navigation_request() else one.method))
    phone.goto(reconnect_link(stack, shop))
    expect(frame_of(desktop).get_by_role("button", name="Take it back")).to_be_visible(timeout=SOON)
    assert "POST" not in sent[sent.index("page") :]


def test_without_an_answer_it_says_so_and_begins_nothing(
    desktop: Page, shop: Shop, stack: Stack, tolerated: list[str]
) -> None:
    tolerated += ["503", "ERR_FAILED"]
    asked: list[str] = []

    def fails(route: Any) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=503, json={"offer": "doubt"})
        elif len(asked) == 2:
            route.abort()
        else:
            route.continue_()

    desktop.route("**/enter/", fails)
    desktop.goto(f"{shop.url}/")
    launcher(desktop).click()
    expect(frame_of(desktop).get_by_role("heading", name="We cannot check right now")).to_be_visible(timeout=SOON)
    frame_of(desktop).get_by_role("button", name="Try again now").click()
    expect(frame_of(desktop).get_by_role("button", name="Start the chat")).to_be_visible(timeout=20_000)
    assert len(asked) == 3


def test_another_tab_of_the_portal_has_the_same_chat(desktop: Page, shop: Shop) -> None:
    desktop.goto(f"{shop.url}/")
    other = desktop.context.new_page()
    other.goto(f"{shop.url}/other")
    launcher(other).click()
    expect(frame_of(other).get_by_role("button", name="Start the chat")).to_be_visible(timeout=SOON)
    start_chat(desktop, "In two tabs")
    expect(rows(other)).to_contain_text("In two tabs", timeout=SOON)


def test_it_is_there_again_after_back_and_forward(desktop: Page, shop: Shop) -> None:
    desktop.goto(f"{shop.url}/")
    start_chat(desktop, "Back and forth")
    desktop.goto(f"{shop.url}/other")
    expect(rows(desktop)).to_contain_text("Back and forth", timeout=SOON)
    desktop.go_back()
    expect(rows(desktop)).to_contain_text("Back and forth", timeout=SOON)
    say(desktop, "Still here")


def test_elsewhere_on_the_web_it_does_not_show(browser: Browser, shop: Shop) -> None:
    page = browser.new_page()
    with page.expect_event("requestfailed", lambda request: "config.json" in request.url):
        page.goto(f"{shop.url.replace('127.0.0.1', 'localhost')}/")
    page.wait_for_timeout(300)
    expect(page.locator("parley-chat")).to_have_count(0)
    page.close()
