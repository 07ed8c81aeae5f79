"""What is half typed survives reloads, crashes and other devices (B8); files come through bad connections whole."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import SOON
from tests.journeys.people import AgentAtWork, come_in, hears, part, ready, said, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("drafts and files")]

OFFLINE = ["ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_RESET", "ERR_FAILED", "Failed to load resource"]
UNDER_WAY = re.compile(r"[1-9]\d? %")
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4000


@pytest.fixture
def room(stack: Stack, desktop: Page, phone: Page) -> Iterator[tuple[Page, Page]]:
    """An agent and a customer in the room of a new session, which ends with the test: the agent's seats are few."""
    agent = AgentAtWork(desktop, stack)
    agent.sign_in("ben")
    agent.start("Mira Lang", phone=f"0170 {uuid4().int % 10**8:08}")
    come_in(phone, agent.link())
    address = desktop.url
    yield desktop, phone
    desktop.goto("about:blank")
    token = next(one["value"] for one in desktop.context.cookies(stack.url) if one["name"] == "csrftoken")
    desktop.context.request.post(f"{address}end/", headers={"X-CSRFToken": token})


def writing(page: Page) -> Locator:
    return part(page, "text")


def pending(page: Page) -> Locator:
    return part(page, "pending").locator(".bubble")


def files(page: Page) -> Locator:
    """The files in the timeline."""
    return part(page, "rows").locator(".bubble-file")


def choose(page: Page, **named: bytes) -> None:
    """Choose files to add, several at once."""
    chosen: Any = [
        {"name": name.replace("_", "."), "mimeType": "application/octet-stream", "buffer": content}
        for name, content in named.items()
    ]
    part(page, "file-input").set_input_files(chosen)


def photo(width: int = 1200, height: int = 800) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(kept, "PNG")
    return kept.getvalue()


class Line:
    """The connection of one page, as bad as a test likes."""

    def __init__(self, page: Page) -> None:
        self._line = page.context.new_cdp_session(page)
        self._line.send("Network.enable")

    def is_slow(self, bytes_per_second: int) -> None:
        self._becomes(uploadThroughput=bytes_per_second)

    def drops(self) -> None:
        self._becomes(offline=True)

    def is_back(self) -> None:
        self._becomes()

    def _becomes(self, **conditions: Any) -> None:
        fine = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self._line.send("Network.emulateNetworkConditions", fine | conditions)


# Half typed ------------------------------------------------------------------------------------------------------


def test_what_is_typed_is_there_after_a_reload_and_on_another_device_until_it_is_sent(
    room: tuple[Page, Page],
) -> None:
    agent, customer = room
    writing(customer).fill("My number is 12")
    writing(agent).fill("Which number")
    for page, text in ((customer, "My number is 12"), (agent, "Which number")):
        page.reload()
        ready(page)
        expect(writing(page)).to_have_value(text)
    with customer.context.new_page() as tablet:
        tablet.goto(customer.url)
        ready(tablet)
        expect(writing(tablet)).to_have_value("My number is 12")
        writing(tablet).fill("My number is 1234")
        expect(writing(customer)).to_have_value("My number is 1234", timeout=SOON)
        tablet.get_by_role("button", name="Send", exact=True).click()
        hears(agent, "My number is 1234")
        expect(writing(customer)).to_have_value("", timeout=SOON)
    customer.reload()
    ready(customer)
    expect(writing(customer)).to_have_value("")
    expect(writing(agent)).to_have_value("Which number")


def test_what_the_server_never_got_comes_back_and_is_kept_there_then(
    room: tuple[Page, Page], tolerated: list[str]
) -> None:
    _agent, customer = room
    tolerated += OFFLINE
    customer.route("**/half-typed/", lambda route: route.abort())
    writing(customer).fill("Typed in the tunnel")
    customer.wait_for_timeout(1500)
    customer.unroute("**/half-typed/")
    customer.reload()
    ready(customer)
    expect(writing(customer)).to_have_value("Typed in the tunnel")
    with customer.context.new_page() as tablet:
        expect_there(tablet, customer.url, "Typed in the tunnel")


def test_what_was_done_before_the_script_ran_is_not_lost(room: tuple[Page, Page]) -> None:
    agent, customer = room
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    customer.route(re.compile(r"/parley/customer\.\w*\.?js"), hold)
    customer.reload(wait_until="commit")
    writing(customer).fill("On a slow phone")
    choose(customer, early_txt=b"chosen early")
    expect(part(customer, "file-input")).not_to_have_value("")
    held[0].continue_()
    ready(customer)
    expect(writing(customer)).to_have_value("On a slow phone")
    for page in (agent, customer):
        expect(files(page)).to_have_count(1, timeout=SOON)


def expect_there(page: Page, address: str, text: str) -> None:
    """Opened anew until the server has it: somebody else is just saving it."""
    for _ in range(20):
        page.goto(address)
        ready(page)
        if writing(page).input_value() == text:
            return
        page.wait_for_timeout(250)
    expect(writing(page)).to_have_value(text)


def test_what_was_typed_offline_stays_beside_what_was_typed_elsewhere_meanwhile(
    room: tuple[Page, Page], tolerated: list[str]
) -> None:
    _agent, customer = room
    tolerated += OFFLINE
    with customer.context.new_page() as tablet:
        tablet.goto(customer.url)
        ready(tablet)
        line = Line(customer)
        line.drops()
        writing(customer).fill("From the tunnel")
        customer.wait_for_timeout(1500)
        writing(tablet).fill("From the sofa")
        tablet.wait_for_timeout(1500)
        line.is_back()
        for page in (customer, tablet):
            expect(writing(page)).to_have_value("From the tunnel\nFrom the sofa", timeout=30_000)


def test_a_message_that_waits_for_the_connection_is_not_half_typed_any_more(
    room: tuple[Page, Page], tolerated: list[str]
) -> None:
    agent, customer = room
    tolerated += OFFLINE
    writing(customer).fill("Sent")
    customer.wait_for_timeout(1500)
    customer.route("**/message/", lambda route: route.abort())
    say(customer, "Sent into the void")
    expect(writing(customer)).to_have_value("")
    customer.unroute("**/message/")
    customer.reload()
    ready(customer)
    expect(writing(customer)).to_have_value("")
    hears(agent, "Sent into the void")
    assert said(customer) == ["Sent into the void"]


# Files -----------------------------------------------------------------------------------------------------------


def test_several_files_at_once_each_with_its_own_fate(
    room: tuple[Page, Page], tolerated: list[str], picture: Callable[[Page, str], None]
) -> None:
    agent, customer = room
    tolerated += ["status of 422"]
    choose(customer, house_png=photo(), plan_txt=b"rooms", program_jpg=b"MZ\x90\x00" + bytes(200))
    for page in (agent, customer):
        expect(files(page)).to_have_count(2, timeout=SOON)
        shown = files(page).get_by_role("img", name="house.png")
        shown.scroll_into_view_if_needed()
        expect(shown).to_have_js_property("naturalWidth", 480)
        box = shown.bounding_box()
        assert box and box["width"] / box["height"] == pytest.approx(1.5, abs=0.02)
    expect(pending(customer)).to_have_count(1)
    expect(pending(customer).get_by_role("alert")).to_contain_text("of a type that is not allowed")
    picture(customer, "files")
    picture(agent, "files-agent")
    pending(customer).get_by_role("button", name="Remove").click()
    expect(pending(customer)).to_have_count(0)
    with agent.expect_download() as download:
        files(agent).filter(has_text="plan.txt").click()
    assert download.value.path().read_bytes() == b"rooms"


def test_a_file_shows_its_progress_and_can_be_cancelled(room: tuple[Page, Page]) -> None:
    agent, customer = room
    line = Line(customer)
    line.is_slow(100_000)
    choose(customer, one_pdf=PDF, two_pdf=PDF, three_pdf=PDF)
    expect(pending(customer)).to_have_count(3)
    expect(pending(customer).filter(has_text="three.pdf")).to_contain_text("Waits for its turn")
    first = pending(customer).filter(has_text="one.pdf")
    expect(first.get_by_role("progressbar")).to_have_attribute("aria-label", "Progress of “one.pdf”")
    expect(first).to_contain_text(UNDER_WAY, timeout=SOON)
    pending(customer).filter(has_text="three.pdf").get_by_role("button", name="Cancel").click()
    pending(customer).filter(has_text="two.pdf").get_by_role("button", name="Cancel").click()
    expect(pending(customer)).to_have_count(1)
    line.is_back()
    for page in (agent, customer):
        expect(files(page)).to_have_count(1, timeout=40_000)
        expect(files(page)).to_contain_text("one.pdf")
    expect(pending(customer)).to_have_count(0)


def test_a_file_waits_out_a_drop_of_the_connection_and_goes_on_by_itself(
    room: tuple[Page, Page], tolerated: list[str]
) -> None:
    agent, customer = room
    tolerated += OFFLINE
    customer.route("**/file/", lambda route: route.abort("connectionreset"))
    choose(customer, tunnel_txt=b"light at its end")
    expect(pending(customer)).to_contain_text("Waits for the connection", timeout=SOON)
    expect(pending(customer).get_by_role("button", name="Try again")).to_be_visible()
    customer.unroute("**/file/")
    for page in (agent, customer):
        expect(files(page)).to_have_count(1, timeout=40_000)
    expect(pending(customer)).to_have_count(0)


def test_an_answer_that_got_lost_does_not_double_the_file(room: tuple[Page, Page], tolerated: list[str]) -> None:
    agent, customer = room
    tolerated += OFFLINE
    lost: list[str] = []

    def lose_the_first_answer(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    customer.route("**/file/", lose_the_first_answer)
    choose(customer, once_txt=b"once")
    for page in (agent, customer):
        expect(files(page)).to_have_count(1, timeout=SOON)
    expect(pending(customer)).to_have_count(0, timeout=SOON)
    agent.reload()
    expect(files(agent)).to_have_count(1)
    assert lost


PASTE = """(target, [name, type, text]) => {
  const data = new DataTransfer();
  data.items.add(new File(["GIF89a" + "x".repeat(50)], name, { type }));
  if (text) data.setData("text/plain", text);
  return !target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
DRAG = """(target, [name, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([content], "dropped.txt"));
  return !target.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def test_files_are_pasted_and_dropped_into_the_room(
    room: tuple[Page, Page], picture: Callable[[Page, str], None]
) -> None:
    agent, customer = room
    hint = part(agent, "drop-hint")
    assert writing(agent).evaluate(PASTE, ["pasted.gif", "image/gif", ""])
    assert not writing(agent).evaluate(PASTE, ["cells.gif", "image/gif", "from a spreadsheet"])
    assert part(agent, "conversation").evaluate(DRAG, ["dragenter", "x"])
    expect(hint).to_be_visible()
    expect(hint).to_have_text("Drop files here to add them")
    picture(agent, "dropping-files")
    assert part(agent, "conversation").evaluate(DRAG, ["drop", "dropped"])
    expect(hint).to_be_hidden()
    for page in (agent, customer):
        expect(files(page)).to_have_count(2, timeout=SOON)
        expect(part(page, "rows")).to_contain_text("pasted.gif")
        expect(part(page, "rows")).to_contain_text("dropped.txt")


def test_files_are_added_by_keyboard_alone(room: tuple[Page, Page]) -> None:
    agent, _customer = room
    agent.on("filechooser", lambda _chooser: None)  # Chromium is told early that one is expected, not beside Enter
    writing(agent).focus()
    button = agent.get_by_label("Add files")
    for _ in range(4):
        agent.keyboard.press("Shift+Tab")
        if button.evaluate("it => it === document.activeElement"):
            break
    expect(button).to_be_focused()
    with agent.expect_file_chooser() as chooser:
        agent.keyboard.press("Enter")
    assert chooser.value.is_multiple()
    chooser.value.set_files({"name": "keys.txt", "mimeType": "text/plain", "buffer": b"keys"})
    expect(files(agent)).to_have_count(1, timeout=SOON)


def test_a_page_with_files_on_their_way_asks_before_it_is_left(room: tuple[Page, Page]) -> None:
    _agent, customer = room
    Line(customer).is_slow(20_000)
    choose(customer, slow_pdf=PDF)
    expect(pending(customer)).to_contain_text(UNDER_WAY, timeout=SOON)
    with customer.expect_event("dialog") as asked:
        customer.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    pending(customer).get_by_role("button", name="Cancel").click()
    expect(pending(customer)).to_have_count(0)
