"""The agent's page: several rooms open at once, the queue, shortcuts, and what is said at an end."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import DESKTOP, PHONE, SOON
from tests.journeys.people import Administrator, AgentAtWork, come_in, hears, new_phone, part, ready, said, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("workspace")]

QUEUE = """
from django.utils import timezone
from policies_app.models import Workstream
from sessions_app.assigning import enter_queue
from sessions_app.models import Customer
work = Workstream.objects.get(name="{workstream}")
customer = Customer.objects.create(name="{name}", phone="+43 1 99")
enter_queue(customer, work.pk, now=timezone.now())
"""


def wait_in_queue(stack: Stack, name: str, workstream: str) -> None:
    """A customer of a chat widget comes into the queue. In General sessions are given to agents, in Loans picked."""
    stack.run(QUEUE.format(name=name, workstream=workstream))


@pytest.fixture(scope="module", autouse=True)
def _seats_enough(stack: Stack) -> None:
    """For all sessions of this module."""
    stack.run("from sessions_app.models import Agent; Agent.objects.update(capacity=100)")


@pytest.fixture
def agent(stack: Stack, desktop: Page) -> AgentAtWork:
    at_work = AgentAtWork(desktop, stack)
    at_work.sign_in()
    desktop.wait_for_selector("html[data-ready]")
    return at_work


def start_here(page: Page, name: str) -> None:
    """Start another session from the page that is open, without loading it anew."""
    page.get_by_role("link", name="Welcome", exact=True).click()
    page.get_by_label("Customer's name").fill(name)
    page.get_by_label("Phone").fill(new_phone())
    page.get_by_label("Workstream").select_option("General")
    page.get_by_role("button", name="Start and invite").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=SOON)
    ready(page)


def go_to(page: Page, name: str) -> None:
    page.locator("#lists").get_by_role("link", name=re.compile(name)).first.click()
    expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=SOON)


def mark(page: Page) -> None:
    """Leave something in the page that is gone when it is loaded anew."""
    page.evaluate("document.documentElement.dataset.mark = 'still the same page'")


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.dataset.mark"))


@pytest.fixture
def two_rooms(agent: AgentAtWork, new_context: Callable[..., BrowserContext]) -> tuple[Page, Page, Page]:
    """The agent's page with the rooms of Mia and Theo open, Theo's in view; and the pages of both customers."""
    agent.start("Mia Lang", phone=new_phone())
    mark(agent.page)
    customers = [new_context(**PHONE).new_page() for _ in range(2)]
    come_in(customers[0], agent.link())
    start_here(agent.page, "Theo Brandt")
    come_in(customers[1], agent.link())
    return agent.page, customers[0], customers[1]


def test_rooms_stay_alive_side_by_side(two_rooms: tuple[Page, Page, Page]) -> None:
    page, mia, theo = two_rooms
    for customer in (mia, theo):
        expect(customer.locator(".room-head").get_by_text("online")).to_be_visible(timeout=SOON)
    say(mia, "From Mia")
    say(theo, "From Theo")
    hears(page, "From Theo")
    line = page.locator("#lists").get_by_role("link", name=re.compile("Mia Lang")).first
    expect(line.locator(".session-unread")).to_contain_text("1", timeout=SOON)
    expect(page).to_have_title(re.compile(r"^\(\d+\) Theo Brandt"))
    part(page, "text").fill("Half a sentence to Theo")
    go_to(page, "Mia Lang")
    assert said(page) == ["From Mia"]
    expect(line.locator(".session-unread")).to_have_count(0, timeout=SOON)
    page.go_back()
    expect(page.get_by_role("heading", name="Theo Brandt")).to_be_visible()
    expect(part(page, "text")).to_have_value("Half a sentence to Theo")
    page.go_forward()
    expect(page.get_by_role("heading", name="Mia Lang")).to_be_visible()
    assert is_marked(page)


def test_what_is_pressed_stays_until_it_is_let_go(stack: Stack, two_rooms: tuple[Page, Page, Page]) -> None:
    page, _mia, _theo = two_rooms
    page.locator("#lists").get_by_role("link", name=re.compile("Mia Lang")).first.hover()
    page.mouse.down()
    with page.expect_response(re.compile("/sessions/[?]?")):
        wait_in_queue(stack, "Lotte Kern", "Loans")
    page.wait_for_timeout(300)
    expect(page.locator("#lists")).not_to_contain_text("Lotte Kern")
    page.mouse.up()
    expect(page.get_by_role("heading", name="Mia Lang")).to_be_visible()
    expect(page.locator("#lists")).to_contain_text("Lotte Kern", timeout=SOON)


def test_a_room_that_ends_closes_and_the_others_stay(stack: Stack, two_rooms: tuple[Page, Page, Page]) -> None:
    page, mia, _theo = two_rooms
    part(page, "text").fill("Half a sentence to Theo")
    mia.get_by_role("button", name="End", exact=True).click()
    mia.get_by_role("dialog").get_by_role("button", name="End", exact=True).click()
    expect(page.locator("#lists")).to_contain_text("Your session with Mia Lang is over", timeout=SOON)
    expect(page.get_by_role("heading", name="Theo Brandt")).to_be_visible()
    expect(part(page, "text")).to_have_value("Half a sentence to Theo")
    AgentAtWork(page, stack).end()
    expect(page.locator("[data-part=ended-note]").last).to_contain_text("Theo Brandt is over", timeout=SOON)
    expect(page).to_have_url(re.compile(r"/\?ended="))
    assert is_marked(page)


def test_the_agent_stays_in_the_room_where_the_policy_says_so(
    stack: Stack, two_rooms: tuple[Page, Page, Page], new_context: Callable[..., BrowserContext]
) -> None:
    administrator = Administrator(new_context(**DESKTOP).new_page(), stack)
    administrator.open_settings()
    administrator.agent_tab(redirect="stay")
    administrator.save()
    page, _mia, _theo = two_rooms
    AgentAtWork(page, stack).end()
    expect(part(page, "ended")).to_contain_text("Ended by the agent", timeout=SOON)
    expect(page.get_by_role("button", name="End Session")).to_have_count(0)
    go_to(page, "Mia Lang")
    page.go_back()
    expect(part(page, "ended")).to_be_visible()
    administrator.open_settings()
    administrator.agent_tab(redirect="welcome")
    administrator.save()


def test_who_is_given_a_session_opens_or_declines_it(stack: Stack, agent: AgentAtWork) -> None:
    page = agent.page
    wait_in_queue(stack, "Rosa Klein", "General")
    offered = page.get_by_role("region", name="New for you")
    expect(offered).to_contain_text("Rosa Klein", timeout=SOON)
    offered.get_by_role("link", name="Open Rosa Klein").click()
    expect(page.get_by_role("heading", name="Rosa Klein")).to_be_visible(timeout=SOON)
    expect(offered).to_have_count(0, timeout=SOON)
    wait_in_queue(stack, "Emil Frey", "General")
    offered.get_by_role("button", name="Decline Emil Frey").click(timeout=SOON)
    expect(offered).to_have_count(0, timeout=SOON)
    expect(page.get_by_role("region", name="Queue")).to_contain_text("Emil Frey", timeout=SOON)


def test_a_session_is_picked_from_the_queue(stack: Stack, agent: AgentAtWork) -> None:
    page = agent.page
    wait_in_queue(stack, "Vera Lind", "Loans")
    queue = page.get_by_role("region", name="Queue")
    queue.get_by_role("link", name="Vera Lind").click(timeout=SOON)
    expect(page.get_by_role("heading", name="Vera Lind")).to_be_visible(timeout=SOON)
    expect(part(page, "text")).to_be_hidden()
    queue.get_by_role("button", name="Pick Vera Lind").click()
    expect(part(page, "text")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("region", name="My open sessions")).to_contain_text("Vera Lind", timeout=SOON)


def test_everything_is_reached_by_keys(agent: AgentAtWork) -> None:
    page = agent.page
    agent.start("Ada Stern", phone=new_phone())
    start_here(page, "Bob Falk")
    expect(page.locator("[data-part=mine]")).to_contain_text("Bob Falk", timeout=SOON)
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("heading", name="Ada Stern")).to_be_visible(timeout=SOON)
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("heading", name="Bob Falk")).to_be_visible(timeout=SOON)
    page.keyboard.type("2?")
    expect(part(page, "text")).to_have_value("2?")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.get_by_role("heading", name="Ada Stern")).to_be_visible(timeout=SOON)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Shortcuts and alerts")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="Start a session")).to_be_visible(timeout=SOON)
    page.keyboard.press("/")
    expect(page).to_have_url(re.compile("/search/"), timeout=SOON)


def test_single_keys_can_be_turned_off(agent: AgentAtWork) -> None:
    page = agent.page
    page.get_by_role("button", name="Shortcuts and alerts").click()
    page.get_by_label("Single-key shortcuts").click()
    page.get_by_role("button", name="Close", exact=True).click()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.locator("body").press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_away_is_chosen_and_stays(agent: AgentAtWork) -> None:
    page = agent.page
    page.get_by_role("button", name="Away", exact=True).click()
    expect(page.get_by_role("button", name="Away", exact=True)).to_have_attribute("aria-pressed", "true")
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.get_by_role("button", name="Away", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Available", exact=True).click()
    expect(page.get_by_role("button", name="Available", exact=True)).to_have_attribute("aria-pressed", "true")


LOOKS_AWAY = """
window.shown = [];
window.tones = 0;
window.Notification = class {
  static permission = "granted";
  static requestPermission() { return Promise.resolve("granted"); }
  constructor(title) { window.shown.push(title); }
  close() {}
};
window.OscillatorNode = class extends OscillatorNode { start(at) { window.tones += 1; super.start(at); } };
Object.defineProperty(document, "hidden", { get: () => window.looksAway === true });
"""
"""Writes down what the page notifies of and how often it makes itself heard, and says that nobody looks at it."""


def test_alerts_are_shown_and_heard_until_they_are_turned_off(stack: Stack, agent: AgentAtWork) -> None:
    page = agent.page
    page.add_init_script(LOOKS_AWAY)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="Shortcuts and alerts").click()
    page.get_by_label("Notifications of the browser").check()
    _look_away(page, stack, "Jana Roth")
    assert page.evaluate("window.shown") == ["Jana Roth waits in the queue"]
    assert page.evaluate("window.tones") == 2
    page.get_by_label("Notifications of the browser").uncheck()
    page.get_by_label("A sound").uncheck()
    _look_away(page, stack, "Kurt Weiss")
    assert page.evaluate("[window.shown.length, window.tones]") == [1, 2]


def _look_away(page: Page, stack: Stack, name: str) -> None:
    page.evaluate("window.looksAway = true")
    wait_in_queue(stack, name, "Loans")
    expect(page.locator("#lists [data-alert=waiting]").filter(has_text=name)).to_have_count(1, timeout=SOON)
    page.evaluate("window.looksAway = false")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_on_a_phone_list_and_room_take_turns(
    stack: Stack, agent: AgentAtWork, new_context: Callable[..., BrowserContext], colours: str
) -> None:
    agent.start("Lea Holm", phone=new_phone())
    phone = new_context(**PHONE, color_scheme=colours, storage_state=agent.page.context.storage_state()).new_page()
    phone.goto(stack.url)
    phone.wait_for_selector("html[data-ready]")
    _fits(phone)
    go_to(phone, "Lea Holm")
    expect(phone.locator("#lists")).to_be_hidden()
    _fits(phone)
    phone.get_by_role("link", name="Back to Welcome page").click()
    expect(phone.locator("#lists")).to_be_visible()
    expect(phone.get_by_role("heading", name="Lea Holm")).to_be_hidden()


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_without_script_lists_and_rooms_are_plain_pages(
    stack: Stack, agent: AgentAtWork, new_context: Callable[..., BrowserContext]
) -> None:
    agent.start("Nils Berg", phone=new_phone())
    state = agent.page.context.storage_state()
    plain = new_context(**DESKTOP, java_script_enabled=False, storage_state=state).new_page()
    plain.goto(stack.url)
    plain.get_by_role("link", name=re.compile("Nils Berg")).first.click()
    say(plain, "Without script")
    expect(plain.locator("[data-part=rows]")).to_contain_text("Without script")
    plain.get_by_role("button", name="Away", exact=True).click()
    expect(plain.get_by_role("button", name="Away", exact=True)).to_have_attribute("aria-pressed", "true")
    plain.get_by_role("button", name="Available", exact=True).click()
