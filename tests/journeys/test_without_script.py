"""The customer's room without script: everything that it is for still works."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import PHONE
from tests.journeys.customers import in_queue, invited, said
from tests.journeys.people import part, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("without-script")]

FILL = """
from uuid import uuid4
from sessions_app.actions import Author, send_message
from sessions_app.kinds import Audience
session = LiveSession.objects.get(customer__name="{name}")
for number in range(60):
    send_message(session.pk, Author(Audience.AGENT, anna), f"Line {{number}}", key=uuid4(), now=timezone.now())
"""


@pytest.fixture
def plain(new_context: Callable[..., BrowserContext]) -> Page:
    """A phone whose browser runs no script."""
    return new_context(**PHONE, java_script_enabled=False).new_page()


def come_in(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Continue").click()
    expect(part(page, "rows")).to_be_visible()


def test_reading_writing_files_and_the_end(stack: Stack, plain: Page, picture: Callable[[Page, str], None]) -> None:
    name = f"Tom{uuid4().hex[:6]}"
    come_in(plain, invited(stack, name))
    said(stack, FILL.format(name=name))
    plain.get_by_role("link", name="Look for new messages").click()
    expect(part(plain, "rows").get_by_text("Line 59")).to_be_in_viewport()
    plain.get_by_role("link", name="Show earlier").click()
    expect(part(plain, "rows")).to_contain_text("Line 0")
    plain.get_by_role("link", name="Back to the newest").click()
    say(plain, "Sent without script")
    expect(part(plain, "rows").get_by_text("Sent without script")).to_be_in_viewport()
    picture(plain, "customer-plain")
    part(plain, "file-input").set_input_files({"name": "note.txt", "mimeType": "text/plain", "buffer": b"hello"})
    plain.get_by_role("button", name="Send file").click()
    with plain.expect_download() as download:
        plain.get_by_role("link", name="note.txt").click()
    assert download.value.suggested_filename == "note.txt"
    plain.get_by_text("More", exact=True).click()
    expect(plain.locator(".plain-more")).to_contain_text("As long as the session is open.")
    plain.get_by_role("button", name="Continue on another device").click()
    expect(plain.get_by_role("img", name="QR code with the link")).to_be_visible()
    plain.get_by_role("link", name="Back to the conversation").click()
    plain.get_by_text("More", exact=True).click()
    plain.get_by_role("button", name="End this conversation").click()
    expect(plain.locator("[data-part=over], [data-part=full]")).to_be_visible()


def test_the_queue(stack: Stack, plain: Page) -> None:
    come_in(plain, in_queue(stack, f"Uma{uuid4().hex[:6]}")[0])
    expect(plain.get_by_text("You are next.")).to_be_visible()
    plain.get_by_text("More", exact=True).click()
    plain.get_by_role("button", name="Leave the queue").click()
    expect(plain.locator("[data-part=over], [data-part=full]")).to_be_visible()
