"""Reconnect links in the demo's shop: two browsers with one conversation, guesses, and third parties blocked."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from tests.browser import DESKTOP, PHONE, SOON
from tests.journeys.lamps import Lamps, Shopper, chatting, is_back, is_gone
from tests.journeys.people import AgentAtWork, hears
from tests.programs import chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("widget-links")]

Contexts = Callable[..., BrowserContext]
ELSEWHERE = "This conversation continues elsewhere"
NO_LINK = "This link does not work any more. It may be incomplete, too old, or no longer valid."
MOST = 30
"""Links that one address may try in a minute."""


def test_one_conversation_goes_on_in_one_of_two_browsers(
    ada: AgentAtWork, new_context: Contexts, lamps: Lamps, picture: Callable[[Page, str], None]
) -> None:
    first = chatting(new_context(**DESKTOP).new_page(), ada, lamps, "Rita Meyer")
    first.writes("Half a word")
    second = Shopper(new_context(**PHONE).new_page(), lamps)
    second.page.goto(lamps.reconnect_link("Rita Meyer").replace("parley.reconnect", "oc.reconnectid"))
    second.hears("Hello!")
    second.wrote("Half a word")
    expect(first.frame.get_by_role("heading", name=ELSEWHERE)).to_be_visible(timeout=SOON)
    picture(first.page, "widget-elsewhere")
    first.frame.get_by_role("button", name="Take it back").click()
    first.hears("Hello!")
    expect(second.frame.get_by_role("heading", name=ELSEWHERE)).to_be_visible(timeout=SOON)
    first.page.frame_locator("parley-chat iframe").locator("[data-part=text]").fill("")
    first.says("Here again.")
    hears(ada.page, "Here again.")
    second.page.reload()  # a link that was used once is not used again by itself, and nothing is taken back unasked
    expect(second.frame.get_by_role("heading", name=ELSEWHERE)).to_be_visible(timeout=SOON)
    second.frame.get_by_role("button", name="Take it back").click()
    second.hears("Here again.")
    expect(first.frame.get_by_role("heading", name=ELSEWHERE)).to_be_visible(timeout=SOON)
    events = lamps.events("Rita Meyer")
    assert set(events) == {"device_switched"} and len(events) == 3


def test_guessed_links_are_answered_all_alike_and_then_not_at_all(
    ada: AgentAtWork, new_context: Contexts, lamps: Lamps, tolerated: list[str]
) -> None:
    quinn = chatting(new_context(**DESKTOP).new_page(), ada, lamps, "Quinn Abel")
    revoked, works = lamps.reconnect_link("Quinn Abel"), lamps.reconnect_link("Quinn Abel")
    lamps.do(
        "from sessions_app.models import AccessLink\nfrom sessions_app.links import hash_of\n"
        f"AccessLink.objects.filter(token_hash=hash_of('{revoked.partition('=')[2]}')).update(revoked_at=now)"
    )
    answers = set()
    for token in (revoked.partition("=")[2], "A" * 43, "short", "%00%ff"):
        guesser = Shopper(new_context(**DESKTOP).new_page(), lamps)
        guesser.page.goto(f"{lamps.url}/?parley.reconnect={token}")
        guesser.is_offered_new_chat()
        answers.add(guesser.frame.locator("[data-state=offer]").inner_text())
    assert len(answers) == 1 and NO_LINK in answers.pop()

    statuses = guesser.page.frames[-1].evaluate(GUESS, MOST)
    assert statuses[0] == "new_chat" and statuses[-1] == "not_now"
    last = Shopper(new_context(**DESKTOP).new_page(), lamps)
    last.page.goto(works)
    expect(last.frame.get_by_text("There were too many attempts. Please wait a moment.")).to_be_visible(timeout=SOON)
    expect(last.frame.get_by_text("We keep trying.", exact=True)).to_be_visible()
    quinn.says("I am not disturbed.")
    hears(ada.page, "I am not disturbed.")
    lamps.forget_floods()
    last.frame.get_by_role("button", name="Try again").click()  # the link was not used up by having to wait
    last.hears("I am not disturbed.")


GUESS = """async (most) => {
  const offers = [];
  for (let guess = 0; guess < most; guess += 1) {
    const body = new FormData();
    const asked = { token: "t".repeat(43), link: `guess-${guess}`, session: "", identity: "" };
    for (const [name, value] of Object.entries(asked)) body.append(name, value);
    offers.push((await (await fetch("enter/", { method: "POST", body })).json()).offer);
  }
  return offers;
}"""
"""What a script does that tries links, from our own page."""


@pytest.fixture
def strict_browser(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> BrowserContext:
    """A browser whose owner blocks third-party cookies: the whole Chromium, since the one without windows cannot."""
    whole = shutil.which("chromium") or chromium()
    (tmp_path / "Default").mkdir()
    blocks = {"profile": {"cookie_controls_mode": 1, "block_third_party_cookies": True}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(blocks), encoding="utf-8")
    given = browser_type_launch_args | {"executable_path": whole}
    return browser_type.launch_persistent_context(tmp_path, **given, **DESKTOP)


BLOCKED = """() => {
  document.cookie = "probe=1; SameSite=None; Secure";
  let storage;
  try { storage = localStorage.length; } catch (error) { storage = error.name; }
  return [document.cookie, storage];
}"""


def test_all_of_it_works_where_third_parties_may_keep_nothing(
    ada: AgentAtWork, strict_browser: BrowserContext, lamps: Lamps
) -> None:
    try:
        sven = chatting(strict_browser.new_page(), ada, lamps, "Sven Holt")
        assert sven.page.frames[-1].evaluate(BLOCKED) == ["", "SecurityError"]
        sven.writes("Nothing is ke")
        sven.page.wait_for_timeout(1_000)
        sven.page.reload()
        sven.wrote("Nothing is ke")
        sven.leaves()
        is_gone(ada)
        sven.visit()
        is_back(ada)
        sven.wrote("Nothing is ke")
        sven.leaves()
        is_gone(ada)
        sven.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        sven.page.goto(lamps.reconnect_link("Sven Holt"))
        sven.hears("Hello!")
        is_back(ada)
        assert lamps.state("Sven Holt") == "active/-/Ada Moor"
        assert [one["name"] for one in strict_browser.cookies(lamps.stack.url)] == []
    finally:
        strict_browser.close()
