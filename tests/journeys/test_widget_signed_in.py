"""Customers who are signed in at the demo's shop, by its real tokens: the prompt, and whose conversation is whose."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser import DESKTOP, SOON
from tests.journeys.lamps import Lamps, Shopper, is_back, is_gone
from tests.journeys.people import AgentAtWork, hears, say

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("widget-signed-in")]

MIA, NOAH = "Mia Novak", "Noah Silva"
NO_LINK = "This link does not work any more."


@pytest.fixture
def arrives(new_context: Callable[..., BrowserContext], lamps: Lamps) -> Callable[[str], Shopper]:
    """Somebody comes to the shop in a browser of their own, and signs in there unless the name is empty."""

    def arrive(name: str = "") -> Shopper:
        shopper = Shopper(new_context(**DESKTOP).new_page(), lamps)
        shopper.visit()
        if name:
            shopper.sign_in(name)
        return shopper

    return arrive


@pytest.fixture
def requires_sign_in(lamps: Lamps) -> Iterator[None]:
    lamps.set("demo-shop", sign_in="'required'")
    yield
    lamps.set("demo-shop", sign_in="'optional'")


def chats(mia: Shopper, ada: AgentAtWork, question: str) -> None:
    mia.start(question=question)
    ada.answer(MIA)
    say(ada.page, f"You ask: {question}")
    mia.hears(f"You ask: {question}")


def test_the_prompt_continues_or_starts_anew_and_nobody_else_is_asked(
    ada: AgentAtWork, arrives: Callable[..., Shopper], lamps: Lamps, picture: Callable[[Page, str], None]
) -> None:
    first = arrives(MIA)
    chats(first, ada, "Is it brass?")
    first.leaves()
    is_gone(ada)
    second = arrives(MIA)
    second.open()
    expect(second.frame.get_by_role("heading", name="Continue your conversation?")).to_be_visible(timeout=SOON)
    picture(second.page, "widget-prompt")
    second.frame.get_by_role("button", name="Continue with Ada Moor").click()
    second.hears("You ask: Is it brass?")
    is_back(ada)
    assert lamps.events(MIA) == ["disconnected", "reconnected", "device_switched"]

    noah = arrives(NOAH)
    noah.open()
    noah.is_offered_new_chat()
    noah.page.goto(lamps.reconnect_link(MIA))
    noah.is_offered_new_chat()
    expect(noah.frame.get_by_text(NO_LINK)).to_be_visible()
    expect(noah.frame.locator("body")).not_to_contain_text("brass")

    second.leaves()
    is_gone(ada)
    third = arrives(MIA)
    third.open()
    third.frame.get_by_role("button", name="Start a new chat").click()
    third.start(question="Something else.")
    assert lamps.states(MIA) == ["ended/superseded/Ada Moor", "active/-/Ada Moor"]
    assert lamps.seats_of("Ada") == 1
    second.visit()
    second.open()
    expect(second.frame.get_by_role("button", name="Continue with Ada Moor")).to_be_visible(timeout=SOON)


def test_who_signs_out_leaves_nothing_behind_in_the_browser(
    ada: AgentAtWork, arrives: Callable[..., Shopper], lamps: Lamps
) -> None:
    mia = arrives(MIA)
    chats(mia, ada, "Between us.")
    mia.page.get_by_role("button", name="Sign out").click()
    mia.sign_in(NOAH)
    mia.open()
    mia.is_offered_new_chat()
    expect(mia.frame.locator("body")).not_to_contain_text("Between us")
    mia.page.get_by_role("button", name="Sign out").click()
    expect(mia.page.get_by_text("Nobody is signed in")).to_be_visible()
    mia.open()
    mia.is_offered_new_chat()
    mia.sign_in(MIA)
    mia.open()
    mia.frame.get_by_role("button", name="Continue with Ada Moor").click()
    mia.hears("Between us.")


@pytest.mark.usefixtures("requires_sign_in")
def test_a_widget_that_requires_sign_in_opens_for_nobody_else(
    ada: AgentAtWork, arrives: Callable[..., Shopper], lamps: Lamps
) -> None:
    please = "Please sign in"
    mia = arrives()
    mia.open()
    expect(mia.frame.get_by_role("heading", name=please)).to_be_visible(timeout=SOON)
    mia.sign_in(MIA)
    chats(mia, ada, "Only for members?")
    link = lamps.reconnect_link(MIA)
    mia.leaves()
    is_gone(ada)
    for name, answer in (("", please), (NOAH, NO_LINK)):
        somebody = arrives(name)
        somebody.page.goto(link)
        expect(somebody.frame.get_by_text(answer)).to_be_visible(timeout=SOON)
        expect(somebody.frame.locator("body")).not_to_contain_text("members")
    elsewhere = arrives(MIA)
    answers = holding_back(elsewhere)
    elsewhere.page.goto(link)
    expect(elsewhere.frame.get_by_role("heading", name=please)).to_be_visible(timeout=SOON)
    answers.pop().continue_()  # the link has waited for that
    elsewhere.hears("Only for members?")
    is_back(ada)
    elsewhere.says("Here I am.")
    hears(ada.page, "Here I am.")


def holding_back(shopper: Shopper) -> list[Route]:
    """The shop is slow to say who is signed in: what it is asked is kept here."""
    asked: list[Route] = []

    def keep(route: Route) -> None:
        asked.append(route)

    shopper.page.route("**/me.json", keep)
    return asked
