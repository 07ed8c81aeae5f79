"""Customers of the demo's shop drop out, by a cut network, a closed tab, a killed browser, and come back in time."""

import os
import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import DESKTOP, SOON
from tests.journeys.documents import open_form, question, sent_to
from tests.journeys.lamps import Lamps, Shopper, chatting, is_back, is_gone
from tests.journeys.people import AgentAtWork, hears, part, said, say

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("widget-drops")]

Contexts = Callable[..., BrowserContext]
WITHOUT_NETWORK = ["ERR_INTERNET_DISCONNECTED", "Failed to load resource"]


def test_a_cut_network_loses_nothing_and_doubles_nothing(
    ada: AgentAtWork, new_context: Contexts, lamps: Lamps, tolerated: list[str], picture: Callable[[Page, str], None]
) -> None:
    tolerated += WITHOUT_NETWORK
    nora = chatting(new_context(**DESKTOP).new_page(), ada, lamps, "Nora Vale")
    nora.writes("Half a")
    nora.page.wait_for_timeout(1_000)
    nora.page.context.set_offline(True)
    expect(part(ada.page, "away")).to_have_attribute("data-stage", "lost", timeout=SOON)
    presence = ada.page.locator(".room-head [data-presence]")
    expect(presence).to_have_attribute("data-presence", "lost", timeout=SOON)  # though the stream is not cut
    nora.writes(" sentence")
    is_gone(ada)
    expect(presence).to_have_attribute("data-presence", "away", timeout=SOON)
    expect(part(ada.page, "away")).to_contain_text(re.compile(r"Your seat is held until .*, 4:\d\d left"))
    picture(ada.page, "agent-customer-away")
    say(ada.page, "Are you there?")
    part(nora.frame, "text").fill("")
    nora.says("Written in the tunnel")
    nora.writes("Half a sentence")
    expect(part(nora.frame, "pending").locator(".bubble")).to_have_count(1)
    picture(nora.page, "widget-offline")
    nora.page.context.set_offline(False)
    is_back(ada)
    hears(ada.page, "Written in the tunnel")
    nora.hears("Are you there?")
    nora.wrote("Half a sentence")
    expect(part(nora.frame, "pending").locator(".bubble")).to_have_count(0, timeout=SOON)
    expected = ["This is Nora Vale.", "Hello!", "Are you there?", "Written in the tunnel"]
    assert said(ada.page) == said_in(nora) == expected
    assert lamps.state("Nora Vale") == "active/-/Ada Moor"
    assert lamps.events("Nora Vale") == ["disconnected", "reconnected"]


def said_in(shopper: Shopper) -> list[str]:
    return shopper.rows.locator(".bubble-text").all_inner_texts()


def test_a_closed_tab_is_seen_at_once_and_another_one_goes_on(
    ada: AgentAtWork, new_context: Contexts, lamps: Lamps
) -> None:
    context = new_context(**DESKTOP)
    paul = chatting(context.new_page(), ada, lamps, "Paul Reed")
    paul.writes("I was about to")
    paul.page.wait_for_timeout(1_000)
    paul.page.close()
    is_gone(ada)
    again = Shopper(context.new_page(), lamps)
    again.visit()
    is_back(ada)
    again.open()
    again.hears("Hello!")
    again.wrote("I was about to")
    assert lamps.state("Paul Reed") == "active/-/Ada Moor"


def test_a_killed_browser_comes_back_elsewhere_by_the_agents_link(
    ada: AgentAtWork, new_context: Contexts, lamps: Lamps, launch_browser: Callable[[], Browser]
) -> None:
    doomed = launch_browser()
    vera = chatting(doomed.new_page(), ada, lamps, "Vera Holm")
    part(ada.page, "text").press_sequentially("/link")
    expect(part(ada.page, "quick-replies")).to_contain_text("brings you back")
    ada.page.keyboard.press("Enter")
    expect(part(ada.page, "text")).to_have_value(re.compile(r"parley\.reconnect="), timeout=SOON)
    ada.page.get_by_role("button", name="Send", exact=True).click()
    sent = vera.rows.locator(".bubble-text").filter(has_text="parley.reconnect=")
    expect(sent).to_be_visible(timeout=SOON)
    link = re.search(r"http\S+", sent.inner_text())
    assert link and link[0].startswith(f"{lamps.url}/?parley.reconnect=")
    vera.writes("Unsent")
    vera.page.wait_for_timeout(1_500)
    kill(doomed)
    is_gone(ada)
    elsewhere = Shopper(new_context(**DESKTOP).new_page(), lamps)
    elsewhere.page.goto(link[0])
    elsewhere.hears("Hello!")
    elsewhere.wrote("Unsent")
    assert elsewhere.page.url == f"{lamps.url}/"
    is_back(ada)
    elsewhere.says("Here I am again.")
    hears(ada.page, "Here I am again.")
    assert lamps.state("Vera Holm") == "active/-/Ada Moor"


def kill(browser: Browser) -> None:
    """As if the computer lost power: nothing is said any more."""
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    os.kill(next(one["id"] for one in told["processInfo"] if one["type"] == "browser"), signal.SIGKILL)


def test_a_document_and_a_draft_survive_a_cut_network_and_a_closed_tab(
    ada: AgentAtWork, new_context: Contexts, lamps: Lamps, tolerated: list[str]
) -> None:
    tolerated += WITHOUT_NETWORK
    context = new_context(**DESKTOP)
    lena = chatting(context.new_page(), ada, lamps, "Lena Frost")
    sent_to(lamps.stack, "Lena Frost")
    lena.writes("About the form:")
    expect(lena.frame.get_by_role("link", name="Start Claim")).to_be_visible(timeout=SOON)
    open_form(lena.frame)
    name = question(lena.frame, "Full name").get_by_role("textbox")
    name.fill("Lena Maria Frost")
    lena.page.wait_for_timeout(1_500)
    lena.page.context.set_offline(True)
    name.fill("Lena Maria Frost-Hall")
    is_gone(ada)
    lena.page.context.set_offline(False)
    is_back(ada)
    expect(lena.frame.locator("[data-part=saved]")).to_have_text("Saved", timeout=2 * SOON)

    lena.page.close()
    is_gone(ada)
    again = Shopper(context.new_page(), lamps)
    again.visit()
    again.open()
    again.wrote("About the form:")
    open_form(again.frame, "Continue")
    expect(question(again.frame, "Full name").get_by_role("textbox")).to_have_value("Lena Maria Frost-Hall")
    assert lamps.state("Lena Frost") == "active/-/Ada Moor"
