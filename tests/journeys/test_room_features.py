"""The room as people use it: what is new, who saw what, who types, notes, quick replies, and the customer's card."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser import DESKTOP, SOON
from tests.journeys.people import AgentAtWork, come_in, hears, part, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("room-features")]


def at_work(desktop: Page, stack: Stack, name: str, email: str, *, username: str = "anna") -> AgentAtWork:
    """An agent in the room of a session that they have just started. Neither has seats for all of these tests."""
    agent = AgentAtWork(desktop, stack)
    agent.sign_in(username)
    agent.start(name, email=email)
    return agent


def rows(page: Page) -> Locator:
    return part(page, "rows")


def finds_nothing_wrong(page: Page, where: str = "[data-room]:not([hidden])") -> None:
    found = Axe().run(page, context=where)
    assert found.violations_count == 0, found.generate_report()


def test_both_see_what_is_new_what_was_seen_and_who_is_typing(stack: Stack, desktop: Page, phone: Page) -> None:
    agent = at_work(desktop, stack, "Nora Lind", "nora@example.com")
    say(desktop, "Hello Nora, see https://example.com/offer?a=1&b=2")
    expect(rows(desktop).get_by_text("Seen", exact=True)).to_have_count(0)
    link = agent.link()
    come_in(phone, link)
    expect(rows(phone).locator(".day-break")).to_have_text(["today"])
    expect(rows(desktop).get_by_text("Seen", exact=True)).to_be_visible(timeout=SOON)
    address = rows(phone).get_by_role("link", name="https://example.com/offer?a=1&b=2")
    expect(address).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(address).to_have_attribute("target", "_blank")

    part(phone, "text").press_sequentially("I have")
    expect(desktop.get_by_text("Nora Lind is typing…")).to_be_visible(timeout=SOON)
    say(phone, "I have a question")
    hears(desktop, "I have a question")
    expect(desktop.get_by_text("Nora Lind is typing…")).to_be_hidden()
    expect(rows(phone).get_by_text("Seen", exact=True)).to_be_visible(timeout=SOON)

    phone.goto("about:blank")
    for number in range(6):
        say(desktop, f"Line {number}" + "\nand more" * 9)
    expect(rows(desktop).get_by_text("Line 5")).to_be_visible(timeout=SOON)
    come_in(phone, link)
    line = rows(phone).get_by_text("New", exact=True)
    expect(line).to_be_in_viewport()
    expect(line.locator("xpath=..")).to_contain_text("Line 0")
    expect(rows(phone).get_by_text("Line 5")).not_to_be_in_viewport()
    part(phone, "newest").click()
    expect(rows(phone).get_by_text("Line 5")).to_be_in_viewport()
    finds_nothing_wrong(phone)


def test_a_note_stays_between_agents(stack: Stack, desktop: Page, phone: Page) -> None:
    agent = at_work(desktop, stack, "Olaf Holm", "olaf@example.com")
    come_in(phone, agent.link())
    desktop.get_by_role("button", name="Note", exact=True).click()
    note = desktop.get_by_label("Note for colleagues")
    expect(note).to_be_focused()
    expect(part(desktop, "text")).to_be_hidden()
    note.press_sequentially("He paid twice")
    desktop.keyboard.press("Shift+Enter")
    desktop.keyboard.type("on Monday")
    finds_nothing_wrong(desktop)
    desktop.keyboard.press("Enter")
    expect(rows(desktop).locator(".private-note")).to_contain_text("Note by Anna Berg")
    expect(rows(desktop).locator(".private-note .bubble-text")).to_have_text("He paid twice\non Monday")
    desktop.get_by_role("button", name="Message", exact=True).click()
    say(desktop, "One moment please")
    hears(phone, "One moment please")
    assert "paid twice" not in phone.content()


def test_quick_replies_are_found_by_a_slash_and_kept_by_agents(stack: Stack, desktop: Page, phone: Page) -> None:
    agent = AgentAtWork(desktop, stack)
    agent.sign_in()
    for shortcut, reply in (("greet", "Hello {customer}, I am {agent}."), ("goodbye", "Goodbye!")):
        desktop.goto(f"{stack.url}/quick-replies/")
        desktop.get_by_label("Shortcut").fill(shortcut)
        desktop.get_by_label("Text").fill(reply)
        desktop.get_by_role("button", name="Save").click()
        expect(desktop.get_by_text(f"/{shortcut}", exact=True)).to_be_visible()
    finds_nothing_wrong(desktop, "body")
    agent.start("Petra Falk", email="petra@example.com")
    text = part(desktop, "text")
    text.press_sequentially("/g")
    offered = desktop.get_by_role("listbox", name="Quick replies").get_by_role("option")
    expect(offered).to_have_text([re.compile("^/goodbye"), re.compile("^/greet"), re.compile("^/sign")])
    finds_nothing_wrong(desktop)
    text.press("ArrowDown")
    expect(offered.nth(1)).to_have_attribute("aria-selected", "true")
    text.press("Enter")
    expect(text).to_have_value("Hello Petra Falk, I am Anna Berg.")
    expect(offered).to_have_count(0)
    text.fill("")
    text.press_sequentially("and/or")
    expect(desktop.get_by_role("listbox")).to_be_hidden()
    desktop.get_by_role("button", name="Quick replies").click()
    expect(offered.first).to_be_visible()
    text.press("Escape")
    expect(offered).to_have_count(0)
    expect(text).to_have_value("and/or /")


def test_emoji_are_chosen_by_keyboard(stack: Stack, desktop: Page) -> None:
    at_work(desktop, stack, "Rosa Voss", "rosa.voss@example.com", username="ben")
    part(desktop, "text").fill("Good ")
    desktop.get_by_role("button", name="Emoji").press("Enter")
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("ArrowRight")
    finds_nothing_wrong(desktop)
    desktop.keyboard.press("Enter")
    expect(part(desktop, "text")).to_have_value("Good 😘")
    expect(part(desktop, "text")).to_be_focused()
    desktop.get_by_role("button", name="Emoji").press("Enter")
    desktop.keyboard.press("Escape")
    expect(desktop.get_by_role("button", name="Emoji")).to_be_focused()


def test_the_customers_details_are_corrected_without_leaving_the_room(
    stack: Stack, desktop: Page, phone: Page, tolerated: list[str]
) -> None:
    tolerated += [r"status of 422"]
    agent = at_work(desktop, stack, "Sven Berk", "sven@example.com")
    come_in(phone, agent.link())
    say(phone, "Hello")
    hears(desktop, "Hello")
    part(desktop, "text").fill("half a sentence")
    desktop.get_by_role("link", name="Edit").click()
    dialog = desktop.get_by_role("dialog")
    finds_nothing_wrong(desktop)
    dialog.get_by_label("Customer's name").fill("Sven Berg")
    dialog.get_by_label("E-mail").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Enter an e-mail address or a phone number.")
    expect(dialog.get_by_label("Customer's name")).to_have_value("Sven Berg")
    dialog.get_by_label("E-mail").fill("sven@example.com")
    dialog.get_by_role("button", name="Save").click()
    expect(desktop.get_by_role("heading", name="Sven Berg")).to_be_visible()
    expect(part(desktop, "facts")).to_contain_text("Sven Berg")
    expect(rows(desktop)).to_contain_text("Anna Berg changed the customer's details. name: Sven Berk → Sven Berg")
    expect(part(desktop, "text")).to_have_value("half a sentence")
    expect(rows(phone).locator(".bubble-author", has_text="Sven Berg")).to_be_visible(timeout=SOON)


def test_earlier_sessions_are_on_the_card(stack: Stack, desktop: Page) -> None:
    agent = at_work(desktop, stack, "Tina Roth", "tina@example.com", username="ben")
    first = desktop.url
    agent.start("Tina Roth", email="other@example.com")
    expect(part(desktop, "earlier-sessions")).to_be_hidden()
    desktop.get_by_role("link", name="Edit").click()
    desktop.get_by_role("dialog").get_by_label("E-mail").fill("TINA@example.com")
    desktop.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(part(desktop, "facts")).to_contain_text("TINA@example.com")
    earlier = part(desktop, "earlier-sessions").get_by_role("link")
    expect(earlier).to_have_count(1)
    earlier.click()
    expect(desktop).to_have_url(first)


KEPT = [("PDF", "button", "pdf", b"%PDF-"), ("text", "link", "txt", b"Conversation")]


@pytest.mark.parametrize(("label", "role", "ending", "begins"), KEPT)
def test_both_save_the_conversation(
    stack: Stack, desktop: Page, phone: Page, label: str, role: str, ending: str, begins: bytes
) -> None:
    agent = at_work(desktop, stack, f"Ulla {label}", f"{label}@example.com", username="ben")
    come_in(phone, agent.link())
    phone.get_by_role("button", name="What you can do here").click()
    for page in (desktop, phone):
        with page.expect_download() as waiting:
            page.get_by_role(role, name=f"Save as {label}").click()
        assert waiting.value.suggested_filename.endswith(f".{ending}")
        assert Path(waiting.value.path()).read_bytes().startswith(begins)


LENGTHEN = """
from datetime import timedelta
from django.utils import timezone
from sessions_app.models import LiveSession, TimelineEntry
session, now = LiveSession.objects.latest("pk"), timezone.now()
numbers = range(session.last_number + 1, {last} + 1)
moments = {{number: now - timedelta(minutes=5 * ({last} - number)) for number in numbers}}
TimelineEntry.objects.bulk_create([
    TimelineEntry(session=session, number=number, kind="message", actor=("agent", "customer")[number % 2],
                  agent=None if number % 2 else session.agent,
                  payload={{"text": f"message {{number}} " + "long " * (number % 40)}},
                  due_at=moments[number], recorded_at=moments[number], hash=str(number))
    for number in numbers
], batch_size=500)
LiveSession.objects.filter(pk=session.pk).update(last_number={last}, seen_by_agent={last})
"""


def test_ten_thousand_rows_open_at_the_end_and_come_backwards_without_jumping(stack: Stack, desktop: Page) -> None:
    at_work(desktop, stack, "Vera Long", "vera@example.com", username="ben")
    room = desktop.url
    stack.run(LENGTHEN.format(last=10_000))
    desktop.goto(room)
    desktop.wait_for_selector("[data-room][data-ready]")
    expect(rows(desktop).get_by_text("message 10000 ")).to_be_in_viewport()
    assert rows(desktop).locator("> *").count() == 50
    conversation = part(desktop, "conversation")
    jumps = conversation.evaluate(SCROLL_UP)
    assert jumps == []
    assert rows(desktop).locator("> *").count() > 200
    numbers = rows(desktop).locator("> *").evaluate_all("items => items.map((item) => Number(item.dataset.n))")
    assert numbers == list(range(numbers[0], 10_001))
    days = rows(desktop).locator(".day-break").count()
    assert days >= (10_000 - numbers[0]) * timedelta(minutes=5) // timedelta(days=1)


# Scrolls up as a wheel does, and answers with every step after which a row in view was not where it belongs. At the top
# it waits until there is more.
SCROLL_UP = """async (box) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const jumps = [];
  for (let step = 0; step < 220; step++) {
    const top = box.getBoundingClientRect().top;
    const rows = [...box.querySelectorAll(".row-item:not([hidden])")];
    const row = rows.find((one) => one.getBoundingClientRect().bottom > top + 50);
    const place = () => row.lastElementChild.getBoundingClientRect().top;
    const [before, room] = [place(), box.scrollTop];
    const by = Math.min(120, room);
    box.scrollTop -= by;
    await frame(); await frame();
    const moved = place() - before;
    if (Math.abs(moved - by) > 3) jumps.push({ step, row: row.dataset.n, by, moved });
  }
  return jumps;
}"""


def test_on_a_phone_an_agent_has_everything_within_reach(
    stack: Stack, new_context: Callable[..., BrowserContext], picture: Callable[[Page, str], None]
) -> None:
    narrow = new_context(**(DESKTOP | {"viewport": {"width": 360, "height": 740}})).new_page()
    at_work(narrow, stack, "Wilma Noe", "wilma@example.com", username="ben")
    say(narrow, "Hello")
    hears(narrow, "Hello")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 360
    narrow.get_by_role("button", name="Emoji").click()
    box = narrow.locator(".emoji-panel").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360
    picture(narrow, "agent-room-narrow")
