"""The agent's side of documents: sent from the room, followed live while the customer fills them in, recalled."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import SOON, Questions
from tests.journeys.customers import said
from tests.journeys.people import AgentAtWork, come_in, new_phone, part, ready
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("agent_documents")]

_TEMPLATES = """
from io import BytesIO
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from sessions_app.documents.selectors import newest_number
from tests.documents.papers import EVERY_KIND, new_version
picture = BytesIO()
Image.new("RGB", (595, 842), "white").save(picture, "WEBP")
for name in ["Service agreement", *(f"Form {number}" for number in range(7))]:
    version = new_version(name, EVERY_KIND, now=now)
    default_storage.save(version.picture(0), ContentFile(picture.getvalue()))
"""

_ENTERED = """
from sessions_app.documents import actions
from sessions_app.models import Document
from tests.documents.papers import typed
document = Document.objects.get(name="Service agreement", session__customer__name="{name}")
actions.note_opened(document.pk, now=now)
actions.save(document.pk, typed({version}, **{texts}), now=now)
"""


@pytest.fixture(scope="module", autouse=True)
def _templates(stack: Stack) -> None:
    said(stack, _TEMPLATES)


def customer_enters(stack: Stack, name: str, version: int, **texts: str) -> None:
    """What the customer's page saves, as they go on."""
    said(stack, _ENTERED.format(name=name, version=version, texts=repr(texts)))


def in_panel(page: Page) -> dict[str, str]:
    """The documents of the room in view: how far each is, by name."""
    found = part(page, "documents").locator("li")
    return {
        one.locator(".documents-name > a").evaluate("link => link.firstChild.textContent"): one.locator(
            "[data-stage]"
        ).inner_text()
        for one in found.all()
    }


def nothing_in_the_way(page: Page, within: str) -> None:
    found = Axe().run(page, context=within).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def choose(page: Page, *names: str) -> None:
    """Open what is offered, and choose these."""
    page.get_by_role("link", name="Send a document, or ask for files").click()
    for name in names:
        page.get_by_role("dialog").get_by_label("Search documents").fill(name)
        page.get_by_role("dialog").get_by_label(name).check()
    page.get_by_role("button", name="Continue").click()


def test_an_agent_sends_follows_looks_and_recalls(
    stack: Stack, desktop: Page, phone: Page, picture: Callable[[Page, str], None]
) -> None:
    updates = Questions(desktop, "/updates/")
    anna = AgentAtWork(desktop, stack)
    anna.sign_in()
    anna.start("Dora Diaz", phone=new_phone())

    # A search finds it among many; a mistake names its field and loses nothing; two clicks send once.
    choose(desktop, "Service agreement")
    dialog = desktop.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_have_value("Dora Diaz")
    dialog.get_by_label("Name").fill("Dora D. Diaz")
    dialog.get_by_label("Number").fill("A-7")
    dialog.get_by_label("Note to the customer").fill("By Friday, please.")
    nothing_in_the_way(desktop, "dialog[open]")
    picture(desktop, "agent-document-send")
    dialog.get_by_role("button", name="Send").dblclick()
    expect(dialog).to_be_hidden()
    expect(part(desktop, "documents").get_by_text("1 of 8 fields")).to_be_visible(timeout=SOON)
    assert in_panel(desktop) == {"Service agreement": "Sent"}

    # The customer opens it and goes on: the room hears of each step, and does not need to ask the server.
    come_in(phone, anna.link())
    phone.get_by_role("link", name="Start Service agreement").click()
    expect(part(desktop, "documents").get_by_text("Opened")).to_be_visible(timeout=SOON)
    with updates.unanswered():
        for label, text, filled in (("Remarks", "Ring twice", 2), ("Amount", "12.50", 3)):
            phone.get_by_role("button", name="Next").click()
            phone.get_by_label(label).fill(text)
            for place in (part(desktop, "documents"), desktop.locator("[data-part=mine]")):
                expect(place.get_by_text(f"{filled} of 8 fields")).to_be_visible(timeout=SOON)
    assert in_panel(desktop) == {"Service agreement": "Filling in"}
    nothing_in_the_way(desktop, "[data-room]:not([hidden])")
    picture(desktop, "agent-documents-panel")

    # Looked at beside the rooms, which stay open, and live as well.
    with desktop.expect_popup() as opened:
        part(desktop, "documents").get_by_role("link", name="Service agreement").first.click()
    paper = opened.value
    expect(paper.locator("[data-part=entries]").get_by_text("Ring twice")).to_be_visible()
    phone.get_by_role("button", name="Next").click()
    phone.get_by_label("Born").fill("1990-02-03")
    expect(paper.locator("[data-part=entries]").get_by_text("1990-02-03")).to_be_visible(timeout=SOON)
    expect(paper.locator("[data-part=marks-0] .mark-said").get_by_text("1990-02-03")).to_be_visible(timeout=SOON)
    nothing_in_the_way(paper, "main")
    picture(paper, "agent-document-looked-at")

    # Recalled, after a question; everybody's page knows.
    part(desktop, "documents").get_by_role("link", name="Recall").click()
    dialog.get_by_role("button", name="Recall").click()
    expect(part(desktop, "documents").get_by_text("Recalled").first).to_be_visible(timeout=SOON)
    expect(paper.locator(".document-title").get_by_text("Recalled")).to_be_visible(timeout=SOON)
    assert in_panel(desktop) == {"Service agreement": "Recalled"}
    expect(phone.get_by_role("heading", name="This is no longer needed")).to_be_visible(timeout=SOON)
    expect(part(desktop, "rows").get_by_text("recalled")).to_have_count(1)


def test_a_mistake_names_its_field_and_loses_nothing(stack: Stack, desktop: Page, tolerated: list[str]) -> None:
    tolerated.append("422")
    anna = AgentAtWork(desktop, stack)
    anna.sign_in()
    anna.start("Emil Ebner", phone=new_phone())
    desktop.get_by_role("heading", name="Emil Ebner").click()
    desktop.keyboard.press("d")
    dialog = desktop.get_by_role("dialog")
    dialog.get_by_role("link", name="Ask for files").click()
    dialog.get_by_label("Note to the customer").fill("Both sides")
    dialog.get_by_role("button", name="Ask for files").click()
    expect(dialog.get_by_role("alert")).to_have_text("What do you need?: Say what you need.")
    expect(dialog.get_by_label("What do you need?")).to_be_focused()
    expect(dialog.get_by_label("Note to the customer")).to_have_value("Both sides")
    dialog.get_by_label("What do you need?").fill("Photo of your ID")
    dialog.get_by_role("button", name="Ask for files").click()
    expect(part(desktop, "documents").get_by_text("Files added: 0 of at most 1")).to_be_visible(timeout=SOON)
    assert in_panel(desktop) == {"Photo of your ID": "Asked for"}


def test_on_a_phone_the_agent_has_documents_within_reach(
    stack: Stack, phone: Page, picture: Callable[[Page, str], None]
) -> None:
    anna = AgentAtWork(phone, stack)
    anna.sign_in()
    anna.start("Franz Fuchs", phone=new_phone())
    part(phone, "documents-shortcut").click()
    dialog = phone.get_by_role("dialog")
    dialog.get_by_label("Service agreement").check()
    picture(phone, "agent-document-choose-360")
    dialog.get_by_role("button", name="Continue").click()
    dialog.get_by_label("Note to the customer").fill("Thank you")
    dialog.get_by_role("link", name="Back").click()
    expect(dialog.get_by_label("Service agreement")).to_be_checked()
    dialog.get_by_role("button", name="Continue").click()
    dialog.get_by_role("button", name="Send").click()
    expect(part(phone, "documents-line").get_by_text("1 of 8 fields")).to_be_visible(timeout=SOON)
    customer_enters(stack, "Franz Fuchs", 2**42, remarks="Hello")
    expect(part(phone, "documents-line").get_by_text("2 of 8 fields")).to_be_visible(timeout=SOON)
    picture(phone, "agent-documents-line-360")
    ready(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
