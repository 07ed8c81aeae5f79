"""A chat in the demo's shop, on a site of its own: reloads, tabs, and going back and forth never trip it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, SOON
from tests.journeys.lamps import GRACE, Lamps, Shopper
from tests.journeys.people import AgentAtWork, hears, part, said, say

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("widget-reloads")]

PAPER = {"name": "order.txt", "mimeType": "text/plain", "buffer": b"One lamp, please."}


@pytest.fixture
def mira(new_context: Callable[..., BrowserContext], lamps: Lamps) -> Shopper:
    return Shopper(new_context(**DESKTOP).new_page(), lamps)


def test_a_chat_goes_on_through_reloads_tabs_and_history(
    ada: AgentAtWork, mira: Shopper, lamps: Lamps, picture: Callable[[Page, str], None]
) -> None:
    mira.visit()
    mira.start("Mira Sand", "Do you have brass lamps?")
    ada.answer("Mira Sand")
    hears(ada.page, "Do you have brass lamps?")
    say(ada.page, "Yes, three of them.")
    mira.hears("Yes, three of them.")
    mira.says("Here is my order.")
    part(mira.frame, "file-input").set_input_files(PAPER)
    expect(mira.rows.get_by_role("link", name="order.txt")).to_be_visible(timeout=SOON)
    mira.writes("And one m")
    expect(part(ada.page, "rows")).to_contain_text("order.txt", timeout=SOON)

    for _ in range(2):
        mira.page.reload()
        everything_is_there(mira)
    second = Shopper(mira.page.context.new_page(), lamps)
    second.visit()
    second.open()
    everything_is_there(second)
    second.visit("/without-reconnect/")  # another chat widget of the same shop
    second.page.close()
    mira.visit("/one-minute/")
    mira.page.go_back()
    everything_is_there(mira)
    mira.leaves()
    mira.page.go_back()
    everything_is_there(mira)
    mira.page.go_forward()
    mira.page.go_back()
    everything_is_there(mira)
    picture(mira.page, "widget-shop")

    mira.page.wait_for_timeout((GRACE + 6) * 1_000)
    expect(part(ada.page, "away")).to_have_count(0)
    expect(part(ada.page, "rows")).not_to_contain_text("disconnected")
    part(mira.frame, "text").fill("And one more, please.")
    mira.frame.get_by_role("button", name="Send", exact=True).click()
    hears(ada.page, "And one more, please.")
    assert said(ada.page) == [
        "Do you have brass lamps?",
        "Yes, three of them.",
        "Here is my order.",
        "And one more, please.",
    ]
    assert lamps.events("Mira Sand") == []


def everything_is_there(mira: Shopper) -> None:
    for text in ("Do you have brass lamps?", "Yes, three of them.", "Here is my order."):
        mira.hears(text)
    expect(mira.rows.get_by_role("link", name="order.txt")).to_have_count(1)
    mira.wrote("And one m")
