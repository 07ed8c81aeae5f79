"""Two agents and a supervisor: reading along, a transfer with a note, declining, taking over, releasing a seat."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser import DESKTOP, PHONE, SOON
from tests.journeys.customers import invited
from tests.journeys.people import AgentAtWork, come_in, hears, part, ready, say, sign_in
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("supervision")]


@pytest.fixture
def somebody(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Another person's browser."""
    return lambda device=DESKTOP, **more: new_context(**device, **more).new_page()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def line_of(page: Page, customer: str) -> Locator:
    """What the supervisor's page says of a customer's session."""
    return page.get_by_role("listitem").filter(has_text=customer)


def test_a_session_goes_from_hand_to_hand_and_the_customer_notices_only_what_they_should(
    stack: Stack, somebody: Callable[..., Page]
) -> None:
    annas, bens, saras, phone = somebody(), somebody(), somebody(), somebody(PHONE)
    anna, ben = AgentAtWork(annas, stack), AgentAtWork(bens, stack)
    anna.sign_in("anna")
    ben.sign_in("ben")
    sign_in(saras, stack, "sara")
    anna.start("Lena Brandt", email="lena@example.com")
    come_in(phone, anna.link())
    say(phone, "Can I move my appointment?")
    hears(annas, "Can I move my appointment?")

    # Sara reads along; nobody notices.
    saras.get_by_role("link", name="Supervise").click()
    expect(line_of(saras, "Lena Brandt")).to_contain_text("waits for an answer", timeout=SOON)
    line_of(saras, "Lena Brandt").get_by_role("link", name="Read along").click()
    ready(saras)
    expect(part(saras, "place")).to_contain_text("Anna Berg holds this session")
    expect(part(saras, "message-form")).to_be_hidden()
    expect(saras.get_by_role("button", name="End Session")).to_be_hidden()
    say(annas, "Of course. To which day?")
    hears(saras, "Of course. To which day?")
    hears(phone, "Of course. To which day?")
    expect(phone.get_by_text("Sara Lind")).to_have_count(0)

    # Anna transfers to Ben with a note, by keyboard.
    part(annas, "transfer-button").focus()
    annas.keyboard.press("Enter")
    expect(dialog(annas).get_by_role("heading", name="Transfer the session with Lena Brandt")).to_be_visible()
    dialog(annas).get_by_label("To").select_option(index=1)
    dialog(annas).get_by_label("Note").fill("She wants Friday.")
    dialog(annas).get_by_role("button", name="Transfer").click()
    expect(annas.get_by_role("heading", name="Lena Brandt")).to_have_count(0, timeout=SOON)

    # Ben sees the note, the customer does not; Ben has not opened it yet and declines.
    room = saras.url
    expect(part(saras, "place")).to_contain_text("Ben Okafor holds this session", timeout=SOON)
    bens.goto(room)
    ready(bens)
    expect(part(bens, "rows")).to_contain_text("She wants Friday.")
    expect(part(bens, "place")).to_contain_text("You were given this session")
    expect(part(phone, "rows")).to_contain_text("Ben Okafor", timeout=SOON)
    expect(phone.get_by_text("She wants Friday.")).to_have_count(0)
    part(bens, "place").get_by_role("button", name="Decline").click()
    expect(bens.get_by_role("heading", name="Lena Brandt")).to_have_count(0, timeout=SOON)

    # It came back to Anna, who is available; Sara takes it over and goes on.
    expect(part(saras, "place")).to_contain_text("Anna Berg holds this session", timeout=SOON)
    part(saras, "place").get_by_role("link", name="Take over").click()
    dialog(saras).get_by_role("button", name="Take over").click()
    expect(part(saras, "place")).to_have_count(0, timeout=SOON)
    say(saras, "Friday at ten is free.")
    hears(phone, "Friday at ten is free.")

    _release_in_admin(somebody(), stack)
    expect(part(saras, "message-form")).to_be_hidden(timeout=SOON)
    hears(phone, "Friday at ten is free.")


def _release_in_admin(office: Page, stack: Stack) -> None:
    """The ledger knows who holds the seat, and gives it free."""
    sign_in(office, stack, "admin")
    office.goto(f"{stack.url}/admin/sessions_app/livesession/seats/")
    row = office.get_by_role("row").filter(has_text="Lena Brandt")
    expect(row).to_contain_text("Sara Lind")
    row.get_by_role("link", name="Release").click()
    office.get_by_role("button", name="Release the seat").click()
    expect(office.get_by_text("Sara Lind has a free seat again.")).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_everybody_can_use_the_supervisors_pages(stack: Stack, somebody: Callable[..., Page], colours: str) -> None:
    invited(stack, f"Rita {colours}")
    page, phone = somebody(color_scheme=colours), somebody(PHONE, color_scheme=colours)
    for one in (page, phone):
        sign_in(one, stack, "sara")
        one.goto(f"{stack.url}/supervise/")
        one.wait_for_selector("html[data-ready]")
        _check(one)
        one.get_by_role("link", name="Take over").first.click()
        expect(dialog(one).get_by_role("button", name="Take over")).to_be_visible()
        _check(one)
        dialog(one).get_by_role("link", name="Cancel").click()
        expect(dialog(one)).to_have_count(0)
        assert one.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _check(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
