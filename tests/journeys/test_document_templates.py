"""An administrator makes a template: uploads a PDF, sees what was recognised, and lays fields onto a flat one."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from sessions_app.documents.examples import change_of_address, service_agreement
from sessions_app.management.commands.demo import ADMINISTRATOR
from tests.browser import SOON
from tests.journeys.people import sign_in
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("settings")]

READ = 60_000
"""Milliseconds within which a worker that has other things to do has read a file."""


class Office:
    """The pages of templates, as somebody at a desk uses them."""

    def __init__(self, page: Page, stack: Stack) -> None:
        self.page, self.stack = page, stack
        sign_in(page, stack, ADMINISTRATOR)

    def upload(self, name: str, file: Path) -> None:
        """Make a template and wait, without touching anything, until it was read."""
        self.page.goto(f"{self.stack.url}/admin/sessions_app/documenttemplate/add/")
        self.page.get_by_label("Name").fill(name)
        self.page.locator("input[type=file]").set_input_files(file)
        self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.state()).to_have_text("Ready", timeout=READ)

    def state(self) -> Locator:
        return self.page.locator(".documents-head span").first

    def edit(self) -> None:
        """Open the editor."""
        self.page.get_by_role("link", name=re.compile("Edit fields|Lay fields onto it")).click()
        self.page.wait_for_selector("#layout[data-ready]")

    def draw(self, kind: str, left: float, top: float, width: float, height: float) -> None:
        """Drag across the first page, in hundredths of its width."""
        self.page.get_by_label("Draw", exact=True).select_option(label=kind)
        at = self.page.locator(".layout-page").first.bounding_box()
        assert at
        unit = at["width"] / 100
        self.page.mouse.move(at["x"] + left * unit, at["y"] + top * unit)
        self.page.mouse.down()
        self.page.mouse.move(at["x"] + (left + width / 2) * unit, at["y"] + (top + height / 2) * unit)
        self.page.mouse.move(at["x"] + (left + width) * unit, at["y"] + (top + height) * unit)
        self.page.mouse.up()

    def boxes(self) -> Locator:
        return self.page.locator(".layout-box")

    def settings(self) -> Locator:
        """Those of the field that is selected."""
        return self.page.locator(".layout-item.is-open")

    def save(self) -> None:
        self.page.get_by_role("button", name="Save", exact=True).click()


@pytest.fixture
def office(desktop: Page, stack: Stack) -> Office:
    return Office(desktop, stack)


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    file = tmp_path / "address.pdf"
    file.write_bytes(change_of_address().content)
    return file


def test_fields_are_laid_onto_a_flat_pdf(office: Office, flat: Path, picture: Callable[[Page, str], None]) -> None:
    office.upload("Removal", flat)
    page = office.page
    expect(page.get_by_text("No fields were recognised")).to_be_visible()
    office.edit()

    office.draw("Text", 10, 20, 50, 4)
    page.keyboard.type("Town")  # the label has the focus
    office.draw("Text", 10, 35, 30, 6)
    page.keyboard.type("Your signature")
    office.settings().get_by_label("Kind").select_option(label="Signature")
    office.settings().get_by_label("Required").check()
    expect(office.boxes()).to_have_count(2)
    picture(page, "admin-layout")
    office.save()

    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()
    fields = page.locator(".documents-fields li")
    expect(fields).to_have_count(2)
    expect(fields.nth(0)).to_contain_text("Town")
    expect(fields.nth(1)).to_contain_text("Your signature")
    expect(fields.nth(1)).to_contain_text("required")
    expect(page.locator(".documents-box rect")).to_have_count(2)
    loaded = page.locator(".documents-page image").first.get_attribute("href")
    assert page.request.get(f"{office.stack.url}{loaded}").headers["content-type"] == "image/webp"


def test_a_box_is_moved_resized_taken_away_and_brought_back_by_keyboard(office: Office, flat: Path) -> None:
    office.upload("By keyboard", flat)
    office.edit()
    page = office.page
    page.get_by_role("button", name="Add to this page").press("Enter")
    box = office.boxes().first
    expect(box).to_be_focused()
    before = _place(box)
    for key in ("ArrowRight", "Control+ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    after = _place(box)
    assert after["left"] > before["left"]
    assert after["top"] > before["top"]
    assert after["width"] > before["width"]
    assert after["height"] == before["height"]
    page.keyboard.press("Delete")
    expect(office.boxes()).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(office.boxes()).to_have_count(1)
    assert _place(office.boxes().first) == after
    office.boxes().first.press("Enter")
    expect(office.settings().get_by_label("Label", exact=True)).to_be_focused()


def _place(box: Locator) -> dict[str, float]:
    """Where a box stands, in hundredths of its page."""
    found: dict[str, float] = box.evaluate(
        "box => Object.fromEntries(['left', 'top', 'width', 'height'].map(name => [name, parseFloat(box.style[name])]))"
    )
    return found


def test_a_box_is_dragged_and_resized_by_mouse(office: Office, flat: Path) -> None:
    office.upload("By mouse", flat)
    office.edit()
    office.draw("Check box", 70, 70, 4, 4)
    box, page = office.boxes().first, office.page
    before = _place(box)
    _drag(page, box, 60, 0)
    moved = _place(box)
    assert moved["left"] > before["left"]
    assert moved["width"] == before["width"]
    _drag(page, box.locator(".is-bottom-right"), 30, 30)
    resized = _place(box)
    assert resized["width"] > moved["width"]
    assert resized["left"] == moved["left"]


def _drag(page: Page, what: Locator, right: float, down: float) -> None:
    at = what.bounding_box()
    assert at
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2)
    page.mouse.move(x + right, y + down)
    page.mouse.up()


def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_lost(
    office: Office, flat: Path, tolerated: list[str]
) -> None:
    tolerated.append("422")
    office.upload("Without label", flat)
    office.edit()
    office.draw("One of several, each with a box", 10, 20, 3, 3)
    expect(office.boxes()).to_have_count(2)
    office.save()
    expect(office.page.get_by_role("alert")).to_contain_text("Give the field a label")
    expect(office.settings()).to_contain_text("Give the field a label")
    expect(office.boxes()).to_have_count(2)
    office.settings().get_by_label("Label", exact=True).fill("Size")
    office.settings().get_by_label("Option 1", exact=True).fill("Small")
    office.save()
    expect(office.page.locator(".documents-fields")).to_contain_text("Options: Small, Option 2", timeout=SOON)


def test_who_saves_last_is_told_of_the_other(office: Office, flat: Path, tolerated: list[str]) -> None:
    tolerated.append("409")
    office.upload("Two of us", flat)
    office.edit()
    page = office.page
    with page.context.new_page() as other:
        colleague = Office.__new__(Office)
        colleague.page, colleague.stack = other, office.stack
        other.goto(page.url)
        other.wait_for_selector("#layout[data-ready]")
        colleague.draw("Text", 10, 20, 50, 4)
        other.keyboard.type("Theirs")
        colleague.save()
        expect(other.get_by_role("heading", name="Version 2")).to_be_visible()
    office.draw("Text", 10, 20, 50, 4)
    page.keyboard.type("Mine")
    office.save()
    expect(page.get_by_role("alert")).to_contain_text("Nothing of yours is lost")
    page.get_by_role("button", name="Save mine as the newest version").click()
    expect(page.get_by_role("heading", name="Version 3")).to_be_visible()
    expect(page.locator(".documents-fields")).to_contain_text("Mine")


def test_the_fields_of_a_form_are_recognised(office: Office, tmp_path: Path) -> None:
    example = service_agreement()
    file = tmp_path / "agreement.pdf"
    file.write_bytes(example.content)
    office.upload("Agreement", file)
    labels = office.page.locator(".documents-fields .documents-label")
    expect(labels).to_have_count(len(example.fields))
    for field in example.fields:
        expect(labels.filter(has_text=field.label).first).to_be_visible()
    expect(office.page.locator(".documents-page")).to_have_count(4)


def test_a_file_that_is_none_is_refused_in_words(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "photo.pdf"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    page = office.page
    page.goto(f"{office.stack.url}/admin/sessions_app/documenttemplate/add/")
    page.get_by_label("Name").fill("Photo")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Allowed are: PDF.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Photo")


def test_on_a_phone_the_settings_can_be_changed(phone: Page, stack: Stack) -> None:
    office = Office(phone, stack)
    phone.goto(f"{stack.url}/admin/sessions_app/documenttemplate/")
    phone.get_by_role("link", name="Change of address").click()
    office.edit()
    expect(phone.get_by_text("This screen is too small to draw")).to_be_visible()
    phone.locator(".layout-open").first.click()
    office.settings().get_by_label("Label", exact=True).fill("Full name")
    expect(phone.locator(".layout-open").first).to_contain_text("Full name")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_everybody_can_use_it(office: Office) -> None:
    page = office.page
    page.goto(f"{office.stack.url}/admin/sessions_app/documenttemplate/")
    with page.expect_navigation():
        page.get_by_role("link", name="Service agreement").click()
    found = Axe().run(page, context=".documents")
    assert found.violations_count == 0, found.generate_report()
    office.edit()
    office.boxes().first.click()
    found = Axe().run(page, context=".documents")
    assert found.violations_count == 0, found.generate_report()
