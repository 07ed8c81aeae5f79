"""A widget's customer drops out while an agent looks on: what the page says by itself, Close, and the return."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import SOON
from tests.journeys.people import IN_VIEW, AgentAtWork, part, ready
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("customer_away")]

BEFORE = """
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from policies_app.models import ChatWidget, Workstream
from sessions_app import assigning, beats, reconnecting
from sessions_app.actions import Author, send_message
from sessions_app.kinds import Audience
from sessions_app.live import room_topic
from sessions_app.models import Agent, Customer, LiveSession, QuickReply
now = timezone.now()

def page_of(session):
    return room_topic(session.public_id, Audience.CUSTOMER)

def opens_page(session):
    beats.expect(page_of(session), now + timedelta(minutes=10))

def loses(session, at):
    beats.forget({page_of(session): now + timedelta(hours=1)})
    reconnecting.connection_lost(session.pk, at, now=now)
"""
STARTS = """
anna = Agent.objects.get(user__username="anna")
workstream = Workstream.objects.get_or_create(name="Shop", defaults={"assignment": "pick"})[0]
workstream.agents.add(anna)
widget = ChatWidget.objects.get_or_create(name="Shop", defaults={
    "workstream": workstream, "reconnect_on": True, "same_agent_for": timedelta(minutes=5),
    "portal_url": "https://shop.example/help",
})[0]
QuickReply.objects.get_or_create(shortcut="back", defaults={"text": "Come back by {ReconnectURL} any time."})
customer = Customer.objects.create(name=NAME, came_by="widget")
session = assigning.enter_queue(customer, workstream.pk, widget=widget, now=now)
assigning.pick(session.pk, anna, now=now)
send_message(session.pk, Author(Audience.AGENT, anna), "Hello", key=uuid4(), now=now)
opens_page(session)
print(session.public_id)
"""
HEARS = """
window.tones = 0;
window.OscillatorNode = class extends OscillatorNode { start(at) { window.tones += 1; super.start(at); } };
"""


def do(stack: Stack, name: str, what: str) -> str:
    """As the presence of the customer's page has it done, or the customer."""
    found = "" if what == STARTS else "session = LiveSession.objects.filter(customer__name=NAME).latest('pk')\n"
    return stack.run(f"NAME = {name!r}\n{BEFORE}{found}{what}")


def drops(stack: Stack, name: str) -> None:
    """The connection was lost half a minute ago, and so the grace is over."""
    do(stack, name, "loses(session, now - timedelta(seconds=30))")


def line(page: Page, name: str) -> Locator:
    return page.locator("#lists .session-line").filter(has_text=name)


@pytest.fixture
def anna(desktop: Page, stack: Stack) -> AgentAtWork:
    desktop.add_init_script(HEARS)
    agent = AgentAtWork(desktop, stack)
    agent.sign_in("anna")
    return agent


def opened(anna: AgentAtWork, name: str) -> Page:
    room = do(anna.stack, name, STARTS).strip()
    anna.page.goto(f"{anna.stack.url}/room/{room}/")
    ready(anna.page)
    return anna.page


def test_the_agent_sees_the_drop_and_the_return_and_goes_on_writing(anna: AgentAtWork, stack: Stack) -> None:
    page = opened(anna, "Vera Lindt")
    do(stack, "Vera Lindt", "loses(session, now)")
    expect(part(page, "status")).to_contain_text("Vera Lindt may be back at any moment", timeout=SOON)
    do(stack, "Vera Lindt", "opens_page(session); reconnecting.connection_back(session.pk, now=now)")
    expect(part(page, "away")).to_have_count(0, timeout=SOON)

    part(page, "text").press_sequentially("As I ")
    drops(stack, "Vera Lindt")
    expect(part(page, "status")).to_contain_text("Your seat is held until", timeout=SOON)
    expect(part(page, "status")).to_contain_text("1 message was not seen by the customer yet.")
    expect(page.locator(f"{IN_VIEW} .unseen-line")).to_have_text("Not seen by the customer yet")
    expect(part(page, "transfer-button")).to_be_hidden()
    countdown = part(page, "away").locator("[data-time=countdown]").first
    expect(countdown).to_have_text(re.compile(r"^4:\d\d$"))
    before = countdown.inner_text()
    expect(countdown).not_to_have_text(before)

    do(stack, "Vera Lindt", "reconnecting.come_back(session.pk, now=now); opens_page(session)")
    expect(part(page, "away")).to_have_count(0, timeout=SOON)
    expect(part(page, "rows")).to_contain_text("Customer is back")
    expect(part(page, "close-button")).to_be_hidden()
    expect(part(page, "text")).to_be_focused()
    expect(part(page, "text")).to_have_value("As I ")
    part(page, "text").fill("")


def test_close_by_keyboard_frees_the_seat_and_the_return_is_heard(anna: AgentAtWork, stack: Stack) -> None:
    page = opened(anna, "Nils Falk")
    drops(stack, "Nils Falk")
    expect(line(page, "Nils Falk")).to_contain_text("seat held until", timeout=SOON)
    page.get_by_role("link", name="Welcome", exact=True).click()
    expect(page.get_by_label("Customer's name")).to_be_visible()
    do(stack, "Nils Falk", "reconnecting.come_back(session.pk, now=now); opens_page(session)")
    expect(line(page, "Nils Falk")).not_to_contain_text("seat held until", timeout=SOON)
    assert page.evaluate("window.tones") == 2

    drops(stack, "Nils Falk")
    expect(line(page, "Nils Falk")).to_contain_text("seat held until", timeout=SOON)
    line(page, "Nils Falk").click()
    expect(part(page, "close-button")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nils Falk can still come back, but not necessarily to you.")
    dialog.get_by_role("button", name="Close the session").click()
    expect(part(page, "status")).to_contain_text("closed it: no seat is held.")
    expect(part(page, "close-button")).to_be_hidden()
    expect(line(page, "Nils Falk")).to_contain_text("customer away, closed", timeout=SOON)
    expect(page.locator("[data-part=mine]").filter(has_text="Nils Falk")).to_have_count(0)


def test_a_quick_reply_brings_the_link_and_never_its_placeholder(
    anna: AgentAtWork, stack: Stack, tolerated: list[str]
) -> None:
    tolerated.append("422")  # there is no link, as the page says
    page = opened(anna, "Rosa Blum")
    text = part(page, "text")
    text.press_sequentially("Hello! /bac")
    expect(part(page, "quick-replies")).to_contain_text("Come back by (reconnect link) any time.")
    page.keyboard.press("Enter")
    link = r"https://shop\.example/help\?parley\.reconnect=[\w-]{22,}"
    expect(text).to_have_value(re.compile(rf"^Hello! Come back by {link} any time\.$"))
    expect(part(page, "rows")).to_contain_text("Anna Berg inserted the reconnect link", timeout=SOON)
    text.fill("")

    do(stack, "Rosa Blum", "ChatWidget.objects.filter(pk=session.widget_id).update(portal_url='')")
    text.press_sequentially("/bac")
    page.keyboard.press("Enter")
    expect(part(page, "problem-text")).to_contain_text("Shop has no portal URL")
    expect(text).to_have_value("/bac")
    text.fill("")
    do(
        stack,
        "Rosa Blum",
        "ChatWidget.objects.filter(pk=session.widget_id).update(portal_url='https://shop.example/help')",
    )
