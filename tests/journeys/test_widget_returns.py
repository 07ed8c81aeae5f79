"""Customers of the demo's shop come back late, or to a session that was closed or ended: the table of rules.md 5."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, PHONE, SOON
from tests.journeys.lamps import Lamps, Shopper, chatting, is_gone
from tests.journeys.people import AgentAtWork, hears, part

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("widget-returns")]

Contexts = Callable[..., BrowserContext]
OVER = "Your previous conversation is over."


@pytest.fixture
def tab(new_context: Contexts) -> Page:
    return new_context(**PHONE).new_page()


@pytest.fixture
def bo(new_context: Contexts, lamps: Lamps) -> Iterator[AgentAtWork]:
    """Another agent, who helps out when `bo_helps`."""
    agent = AgentAtWork(new_context(**DESKTOP).new_page(), lamps.stack)
    agent.sign_in(lamps.username("Bo"))
    yield agent
    lamps.bo_helps(False)


def closes(ada: AgentAtWork) -> None:
    part(ada.page, "close-button").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Close the session").click()
    expect(part(ada.page, "status")).to_contain_text("closed it: no seat is held", timeout=SOON)


def test_close_frees_the_seat_for_somebody_else_and_the_customer_waits(
    ada: AgentAtWork, tab: Page, new_context: Contexts, lamps: Lamps
) -> None:
    uma = chatting(tab, ada, lamps, "Uma Rossi")
    uma.leaves()
    is_gone(ada)
    lamps.set_seats("Ada", 1)
    lamps.set("demo-shop", grace="timedelta(minutes=1)")  # on a busy machine nobody leaves the queue meanwhile
    otto = Shopper(new_context(**PHONE).new_page(), lamps)
    otto.visit()
    otto.start("Otto Brand", "Is anybody there?")
    expect(part(otto.frame, "waiting")).to_contain_text("You are next.", timeout=SOON)  # the seat is held
    closes(ada)
    expect(part(otto.frame, "waiting")).to_have_count(0, timeout=SOON)  # and now it is Otto's
    ada.answer("Otto Brand")

    uma.visit()
    uma.is_in_room()
    expect(part(uma.frame, "waiting")).to_contain_text("You are next.", timeout=SOON)
    for text in ("This is Uma Rossi.", "Hello!"):
        uma.hears(text)
    assert lamps.state("Uma Rossi") == "queued/-/-"
    ada.end()
    ada.answer("Uma Rossi")
    hears(ada.page, "This is Uma Rossi.")
    uma.says("At last!")
    hears(ada.page, "At last!")


def test_after_close_the_previous_agent_has_room(ada: AgentAtWork, tab: Page, lamps: Lamps) -> None:
    ines = chatting(tab, ada, lamps, "Ines Falk")
    ines.leaves()
    is_gone(ada)
    closes(ada)
    assert lamps.seats_of("Ada") == 0
    ada.page.goto(ada.stack.url)  # whoever does something in the room has opened the session with that
    ines.visit()
    ada.answer("Ines Falk")
    expect(part(ada.page, "away")).to_have_count(0, timeout=SOON)
    assert lamps.state("Ines Falk") == "active/-/Ada Moor"
    assert lamps.events("Ines Falk") == ["disconnected", "closed", "reconnected"]


def test_after_the_hold_whoever_is_there_gets_the_whole_timeline(
    ada: AgentAtWork, bo: AgentAtWork, tab: Page, lamps: Lamps, tolerated: list[str]
) -> None:
    tolerated.append("status of 404")  # Ada's page asks about what is not hers any more, and is told so
    theo = chatting(tab, ada, lamps, "Theo Lund")
    theo.writes("What I had")
    theo.leaves()
    is_gone(ada)
    assert lamps.seats_of("Ada") == 1
    lamps.later("Theo Lund", minutes=6)
    is_gone(ada, "free")
    assert lamps.seats_of("Ada") == 0
    ada.page.get_by_role("button", name="Away", exact=True).click()
    lamps.bo_helps()
    theo.visit()
    bo.answer("Theo Lund")
    for text in ("This is Theo Lund.", "Hello!"):
        hears(bo.page, text)
        theo.hears(text)
    theo.wrote("What I had")
    expect(ada.page.get_by_role("heading", name="Theo Lund")).to_have_count(0, timeout=SOON)
    assert lamps.state("Theo Lund") == "active/-/Bo Lind"
    assert lamps.events("Theo Lund") == ["disconnected", "hold_over", "returned"]


def test_after_the_time_limit_a_new_chat_is_offered(ada: AgentAtWork, tab: Page, lamps: Lamps) -> None:
    iris = chatting(tab, ada, lamps, "Iris Kern")
    iris.leaves()
    is_gone(ada)
    lamps.later("Iris Kern", minutes=10)
    iris.visit()
    iris.is_offered_new_chat()
    expect(iris.frame.get_by_text(OVER)).to_be_visible()
    assert lamps.state("Iris Kern") == "ended/reconnect_timeout/Ada Moor"
    expect(ada.page.get_by_text("Iris Kern is over")).to_be_visible(timeout=SOON)
    iris.frame.get_by_role("link", name="Look at it").click()
    iris.hears("Hello!")
    iris.frame.get_by_role("link", name="Start a new chat").click()
    iris.start("Iris Kern", "Once more.")
    assert lamps.state("Iris Kern") == "active/-/Ada Moor"


def test_after_a_real_minute_the_customer_is_sent_to_the_redirection_url(
    ada: AgentAtWork, tab: Page, lamps: Lamps
) -> None:
    nils = chatting(tab, ada, lamps, "Nils Arp", "/one-minute/")
    left_at = time.monotonic()
    nils.leaves()
    is_gone(ada)
    expect(part(ada.page, "away")).to_contain_text("then the session ends.")
    expect(ada.page.get_by_text("Nils Arp is over")).to_be_visible(timeout=60_000 + 2 * SOON)
    assert time.monotonic() - left_at >= 59, "the session ended early"
    nils.page.goto(f"{lamps.url}/one-minute/")
    expect(nils.page).to_have_url(f"{lamps.url}/over/", timeout=SOON)
    nils.visit("/one-minute/")
    nils.open()
    nils.is_offered_new_chat()  # once is enough
    nils.frame.get_by_role("link", name="Look at it").click()
    nils.hears("Hello!")


def test_who_was_there_at_the_end_has_the_room_in_view_after_a_reload(
    ada: AgentAtWork, tab: Page, lamps: Lamps
) -> None:
    tilda = chatting(tab, ada, lamps, "Tilda Moen", "/one-minute/")
    ada.end()
    expect(part(tilda.frame, "after")).to_be_visible(timeout=SOON)
    tab.reload()
    tilda.hears("Hello!")
    expect(part(tilda.frame, "after")).to_be_visible()
    tab.goto(f"{lamps.url}/away/")
    tilda.visit("/one-minute/")
    tilda.hears("Hello!")
    tilda.frame.get_by_role("link", name="Start a new chat").click()
    tilda.is_offered_new_chat()


def test_what_the_agent_ended_is_over_by_link_and_by_memory(
    ada: AgentAtWork, tab: Page, new_context: Contexts, lamps: Lamps
) -> None:
    edda = chatting(tab, ada, lamps, "Edda Voss")
    link = lamps.reconnect_link("Edda Voss")
    edda.leaves()
    is_gone(ada)
    ada.end()
    edda.visit()
    edda.is_offered_new_chat()
    expect(edda.frame.get_by_text(OVER)).to_be_visible()
    elsewhere = Shopper(new_context(**PHONE).new_page(), lamps)
    elsewhere.page.goto(link)
    elsewhere.is_offered_new_chat()
    expect(elsewhere.frame.get_by_text("This link does not work any more.")).to_be_visible()
    assert lamps.state("Edda Voss") == "ended/ended_by_agent/Ada Moor"


def test_without_reconnect_only_the_grace_brings_somebody_back(ada: AgentAtWork, tab: Page, lamps: Lamps) -> None:
    jana = chatting(tab, ada, lamps, "Jana Pohl", "/without-reconnect/")
    jana.leaves()
    jana.visit("/without-reconnect/")
    jana.hears("Hello!")
    assert lamps.events("Jana Pohl") == []
    jana.leaves()
    is_gone(ada, "gone")
    expect(part(ada.page, "away")).to_contain_text(re.compile("Reconnect is off: Jana Pohl can only start a new chat"))
    jana.visit("/without-reconnect/")
    jana.is_offered_new_chat()
    expect(jana.frame.get_by_text(OVER)).to_be_visible()
    lamps.later("Jana Pohl", minutes=10)
    expect(ada.page.get_by_text("Jana Pohl is over")).to_be_visible(timeout=2 * SOON)
    assert lamps.state("Jana Pohl") == "ended/reconnect_timeout/Ada Moor"
