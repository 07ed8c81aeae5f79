"""Dropped connections, reloads, stopped parts: nothing is lost, doubled or out of order."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser import DESKTOP, SOON
from tests.journeys.people import Administrator, AgentAtWork, come_in, hears, new_phone, part, ready, said, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("drops")]


@pytest.fixture
def room(stack: Stack, desktop: Page, phone: Page) -> tuple[Page, Page]:
    """An agent and a customer in the room of a new session."""
    agent = AgentAtWork(desktop, stack)
    agent.sign_in("ben")
    agent.start("Jonas Weber", phone=new_phone())
    come_in(phone, agent.link())
    return desktop, phone


def test_what_was_sent_while_the_other_was_offline_is_there_once_and_in_order(
    room: tuple[Page, Page], tolerated: list[str]
) -> None:
    agent, customer = room
    tolerated += ["ERR_INTERNET_DISCONNECTED"]
    customer.context.set_offline(True)
    for number in range(3):
        say(agent, f"From the agent {number}")
    hears(agent, "From the agent 2")
    say(customer, "Typed in the tunnel")
    say(customer, "And one more")
    expect(customer.locator("#offline")).to_be_visible(timeout=SOON)
    expect(part(customer, "pending").locator(".bubble")).to_have_count(2)
    customer.context.set_offline(False)
    for side in (agent, customer):
        hears(side, "And one more")
    expect(part(customer, "pending").locator(".bubble")).to_have_count(0, timeout=SOON)
    expected = [*(f"From the agent {number}" for number in range(3)), "Typed in the tunnel", "And one more"]
    assert said(agent) == said(customer) == expected


def test_what_was_written_offline_while_the_session_ended_is_kept(
    stack: Stack, room: tuple[Page, Page], new_context: Callable[..., BrowserContext], tolerated: list[str]
) -> None:
    agent, customer = room
    tolerated += ["ERR_INTERNET_DISCONNECTED", "status of 403"]
    administrator = Administrator(new_context(**DESKTOP).new_page(), stack)
    administrator.open_settings()
    administrator.agent_tab(redirect="stay")
    administrator.customer_tab()
    administrator.save()
    customer.context.set_offline(True)
    for text in ("first", "second", "third"):
        say(customer, text)
    AgentAtWork(agent, stack).end()
    expect(part(agent, "ended")).to_be_visible(timeout=SOON)
    customer.context.set_offline(False)
    expect(customer.get_by_role("heading", name="This session is over")).to_be_visible(timeout=SOON)
    for page, box in ((agent, "[data-part=status]"), (customer, "main")):
        page.reload()
        assert page.locator(f"{box} .bubble-text").all_inner_texts() == ["first", "second", "third"]
    agent.goto(stack.url)
    expect(agent.get_by_text("Follow-ups")).to_be_visible()


def test_what_was_not_sent_yet_survives_a_reload(room: tuple[Page, Page], tolerated: list[str]) -> None:
    agent, customer = room
    tolerated += ["ERR_FAILED", "Failed to load resource"]
    customer.route("**/message/", lambda route: route.abort())
    say(customer, "Sent into the void")
    customer.get_by_label("Message", exact=True).fill("Half a sentence")
    customer.unroute("**/message/")
    customer.reload()
    ready(customer)
    hears(agent, "Sent into the void")
    hears(customer, "Sent into the void")
    expect(customer.get_by_label("Message", exact=True)).to_have_value("Half a sentence")


def test_an_answer_that_got_lost_does_not_double_the_message(room: tuple[Page, Page], tolerated: list[str]) -> None:
    agent, customer = room
    tolerated += ["ERR_FAILED", "Failed to load resource"]
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().text())
            route.abort()

    customer.route("**/message/", lose_the_first_answer)
    say(customer, "Only once, please")
    hears(agent, "Only once, please")
    expect(part(customer, "pending").locator(".bubble")).to_have_count(0, timeout=SOON)
    say(customer, "Done")
    hears(agent, "Done")
    hears(customer, "Done")
    assert said(agent) == said(customer) == ["Only once, please", "Done"]


@pytest.mark.parametrize("program", ["redis", "push"])
def test_messages_arrive_while_a_part_hangs_and_live_again_afterwards(
    stack: Stack, room: tuple[Page, Page], program: str
) -> None:
    agent, customer = room
    stack.pause(program)
    say(agent, "Without live updates")
    expect(part(customer, "rows")).to_contain_text("Without live updates", timeout=70_000)
    stack.resume(program)
    say(customer, "And back")
    hears(agent, "And back")
    hears(customer, "And back")
    assert said(agent) == said(customer) == ["Without live updates", "And back"]


def test_a_page_that_slept_catches_up_when_it_wakes(room: tuple[Page, Page]) -> None:
    agent, customer = room
    lid = customer.context.new_cdp_session(customer)
    lid.send("Page.setWebLifecycleState", {"state": "frozen"})
    for number in range(3):
        say(agent, f"While you slept {number}")
    hears(agent, "While you slept 2")
    lid.send("Page.setWebLifecycleState", {"state": "active"})
    hears(customer, "While you slept 2")
    assert said(customer) == said(agent) == [f"While you slept {number}" for number in range(3)]


def test_ending_twice_is_one_end_and_every_open_tab_goes_where_the_policy_says(
    stack: Stack, portal: str, room: tuple[Page, Page], new_context: Callable[..., BrowserContext]
) -> None:
    agent, customer = room
    administrator = Administrator(new_context(**DESKTOP).new_page(), stack)
    administrator.open_settings()
    administrator.agent_tab(redirect="welcome")
    administrator.customer_tab(redirect=f"{portal}/bye")
    administrator.save()
    address = agent.url
    with agent.context.new_page() as second_of_agent, customer.context.new_page() as second_of_customer:
        for second, first in ((second_of_agent, agent), (second_of_customer, customer)):
            second.goto(first.url)
            ready(second)
        for tab in (agent, second_of_agent):
            part(tab, "end-button").click()
        second_of_agent.get_by_role("dialog").get_by_role("button", name="End Session").dblclick(no_wait_after=True)
        for tab in (agent, second_of_agent):
            expect(tab.locator("[data-part=ended-note]")).to_be_visible(timeout=SOON)
        for tab in (customer, second_of_customer):
            expect(tab).to_have_url(f"{portal}/bye", timeout=SOON)
    agent.goto(address)
    expect(part(agent, "rows").locator(".happened").filter(has_text="Ended by the agent")).to_have_count(1)


def test_a_customer_without_script_can_read_write_and_download(
    stack: Stack, room: tuple[Page, Page], new_context: Callable[..., BrowserContext]
) -> None:
    agent, _customer = room
    say(agent, "Can you read this?")
    link = AgentAtWork(agent, stack).link()
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto(link)
    plain.get_by_role("button", name="Continue").click()
    expect(part(plain, "rows")).to_contain_text("Can you read this?")
    say(plain, "Yes, and I can answer")
    hears(agent, "Yes, and I can answer")
    part(plain, "file-input").set_input_files({"name": "note.txt", "mimeType": "text/plain", "buffer": b"hello"})
    plain.get_by_role("button", name="Send file").click()
    with plain.expect_download() as download:
        plain.get_by_role("link", name="note.txt").click()
    assert download.value.suggested_filename == "note.txt"
    expect(part(agent, "rows")).to_contain_text("note.txt", timeout=SOON)
