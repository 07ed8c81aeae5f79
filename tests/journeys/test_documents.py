"""A customer completes and signs a form of four pages on a phone, whatever the connection and the session do."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect
from pyhanko.sign.validation.status import SignatureCoverageLevel

from tests.browser import DESKTOP, PHONE, SOON
from tests.journeys.customers import new_link, said
from tests.journeys.documents import asked, entered, following, open_form, question, recalled, saved, sign
from tests.journeys.people import come_in, part
from tests.journeys.readers import by_pdf_js, by_pdfium, seal_of
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("documents")]

Contexts = Callable[..., BrowserContext]
PREPARED = 60_000
"""Milliseconds that a worker may take to prepare a document on a busy machine."""

END = """
from policies_app.kinds import AccessSetting, EndReason
from sessions_app.kinds import Actor
from sessions_app.transitions import end
from tests.cast import set_policy
from datetime import timedelta
session = LiveSession.objects.get(customer__name="{name}")
own = session.workstream
set_policy(workstream=own, now=now, **{settings})
end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=timezone.now())
"""


@pytest.fixture
def name() -> str:
    return f"Mia{uuid4().hex[:6]}"


def value(stack: Stack, document: str, field: str) -> str:
    return str(json.loads(entered(stack, document)).get(field, ""))


def test_a_form_is_completed_and_signed_through_a_drop_and_on_another_device(
    stack: Stack,
    phone: Page,
    name: str,
    new_context: Contexts,
    tolerated: list[str],
    tmp_path: Path,
    picture: Callable[[Page, str], None],
) -> None:
    tolerated += ["ERR_INTERNET_DISCONNECTED", "Failed to load resource"]
    document = asked(stack, phone, name)
    expect(part(phone, "documents")).to_contain_text("2 of 9 filled in", timeout=SOON)
    _begin_and_go_through_a_tunnel(stack, phone, document)
    picture(phone, "customer-document")

    tablet = new_context(**PHONE).new_page()
    come_in(tablet, new_link(stack, name))
    open_form(tablet, "Continue")
    _go_on(tablet)
    picture(tablet, "customer-signature")
    _submit(tablet)
    for page in (tablet, phone):
        expect(page.get_by_role("heading", name="Thank you, this is completed")).to_be_visible(timeout=SOON)
    _check(tablet)
    assert value(stack, document, "amount") == "12500.50"
    assert len(json.loads(value(stack, document, "signature"))["lines"]) == 2

    download = tablet.get_by_role("link", name="Download")
    expect(download).to_be_visible(timeout=PREPARED)
    with tablet.expect_download() as downloaded:
        download.click()
    downloaded.value.save_as(tmp_path / "claim.pdf")
    _read_by_three_programs(new_context(**DESKTOP).new_page(), stack, tmp_path / "claim.pdf", name)
    tablet.get_by_role("link", name="Back to the conversation").last.click()
    expect(part(tablet, "documents").get_by_role("link", name="Download Claim")).to_be_visible()


def _read_by_three_programs(page: Page, stack: Stack, file: Path, name: str) -> None:
    """What was entered stands on the pages for everybody, and the seal is over all of it."""
    (file.parent / "reader").mkdir()
    for pages in (by_pdfium(file), by_pdf_js(page, file, file.parent / "reader")):
        assert len(pages) == 5  # the certificate behind the four
        words = " ".join(" ".join(pages[:4]).split())
        for entered_there in (name, "1990-05-17", "12500.50", "Two lines", "of text"):
            assert entered_there in words
        assert name in pages[4]
    seal = seal_of(file)
    assert seal.bottom_line and seal.coverage == SignatureCoverageLevel.ENTIRE_FILE and seal.docmdp_ok
    assert "agree" in stack.manage("verify_transcript", str(file))


def _begin_and_go_through_a_tunnel(stack: Stack, phone: Page, document: str) -> None:
    open_form(phone)
    question(phone, "Full name")
    for _prefilled in range(2):
        following(phone)
    question(phone, "Date of birth").locator("input[type=date]").fill("1990-05-17")
    saved(phone)
    following(phone)
    phone.context.set_offline(True)
    question(phone, "Sum insured").get_by_role("textbox").fill("12 500,50")
    expect(phone.locator("[data-part=saved]")).to_have_text("Not saved yet: waits for the connection", timeout=SOON)
    following(phone)
    question(phone, "insured elsewhere").get_by_text("No", exact=True).click()
    assert value(stack, document, "amount") == ""
    phone.context.set_offline(False)
    saved(phone)
    assert value(stack, document, "amount") == "12 500,50"


def _go_on(tablet: Page) -> None:
    """Where the phone stopped, to the signature."""
    question(tablet, "Tariff").get_by_role("combobox").select_option("complete")
    following(tablet)
    question(tablet, "Anything").get_by_role("textbox").fill("Two lines\nof text")
    following(tablet)
    question(tablet, "terms").get_by_role("checkbox").check()
    following(tablet)
    question(tablet, "Signature")
    sign(tablet)
    saved(tablet)


def _submit(tablet: Page) -> None:
    following(tablet)
    expect(tablet.get_by_role("heading", name="Review what you entered")).to_be_visible()
    expect(tablet.locator("[data-part=entered]")).to_contain_text("12 500,50")
    expect(tablet.locator("[data-part=missing]")).to_be_hidden()
    tablet.get_by_role("button", name="Submit").click()
    expect(tablet.locator("#consent-problem")).to_have_text("Tick this box to submit.")
    tablet.get_by_role("checkbox", name="I agree to sign").check()
    tablet.get_by_role("button", name="Submit").click()


def test_a_reload_offline_in_between_and_the_place_loses_nothing(
    stack: Stack, phone: Page, name: str, tolerated: list[str]
) -> None:
    tolerated += ["ERR_FAILED", "Failed to load resource"]
    document = asked(stack, phone, name)
    open_form(phone)
    question(phone, "Full name").get_by_role("textbox").fill("Mia Meier-Muster")
    saved(phone)
    following(phone)
    phone.route("**/values/", lambda route: route.abort())
    question(phone, "E-mail").get_by_role("textbox").fill("mia@example.org")
    phone.wait_for_timeout(1_500)
    phone.unroute("**/values/")
    phone.reload()
    expect(question(phone, "E-mail").get_by_role("textbox")).to_have_value("mia@example.org")
    saved(phone)
    assert value(stack, document, "email") == "mia@example.org"
    assert value(stack, document, "name") == "Mia Meier-Muster"


def test_two_tabs_offline_lose_nothing_of_each_other(
    stack: Stack, phone: Page, name: str, tolerated: list[str]
) -> None:
    tolerated += ["ERR_FAILED", "ERR_INTERNET_DISCONNECTED", "Failed to load resource"]
    document = asked(stack, phone, name)
    first, second = phone.context.new_page(), phone.context.new_page()
    for tab in (first, second):
        tab.goto(phone.url)
        open_form(tab)
    phone.context.set_offline(True)
    question(first, "Full name").get_by_role("textbox").fill("From the first tab")
    following(first)
    following(second)
    question(second, "E-mail").get_by_role("textbox").fill("second@example.org")
    address = first.url
    for tab in (first, second):
        tab.close()
    phone.context.set_offline(False)
    phone.goto(address)
    saved(phone)
    assert value(stack, document, "name") == "From the first tab"
    assert value(stack, document, "email") == "second@example.org"


def test_two_devices_see_what_the_other_one_enters(stack: Stack, phone: Page, name: str, new_context: Contexts) -> None:
    asked(stack, phone, name)
    open_form(phone)
    tablet = new_context(**PHONE).new_page()
    come_in(tablet, new_link(stack, name))
    open_form(tablet)
    question(phone, "Full name").get_by_role("textbox").fill("From the phone")
    expect(question(tablet, "Full name").get_by_role("textbox")).to_have_value("From the phone", timeout=SOON)


def test_the_whole_page_is_filled_in_by_keyboard(stack: Stack, desktop: Page, name: str) -> None:
    document = asked(stack, desktop, name)
    open_form(desktop)
    desktop.get_by_role("button", name="Whole page").click()
    sheets = desktop.locator(".sheet")
    expect(sheets).to_have_count(4)
    expect(sheets.first).to_contain_text("A-17")
    desktop.get_by_role("textbox", name="E-mail").fill("typed@example.org")
    desktop.keyboard.press("Tab")
    expect(desktop.locator(".sheet input[type=date]")).to_be_focused()
    desktop.get_by_role("textbox", name="Sum insured").focus()
    desktop.keyboard.type("7")
    desktop.keyboard.press("Tab")
    desktop.get_by_role("radio", name="Are you insured elsewhere?: Yes").check()
    saved(desktop)
    assert (value(stack, document, "email"), value(stack, document, "amount")) == ("typed@example.org", "7")
    assert value(stack, document, "insured") == "yes"
    desktop.get_by_role("button", name="One by one").click()
    question(desktop, "insured elsewhere")


def test_a_mistake_is_said_when_leaving_and_what_is_missing_on_the_review(stack: Stack, phone: Page, name: str) -> None:
    asked(stack, phone, name)
    open_form(phone)
    for _prefilled in range(2):
        following(phone)
    following(phone)
    expect(question(phone, "Date of birth")).to_contain_text("Fill this in, please.")
    following(phone)
    question(phone, "Sum insured").get_by_role("textbox").fill("a lot")
    phone.keyboard.press("Enter")
    expect(question(phone, "Sum insured")).to_contain_text("Enter a number, such as 1234.50.")
    phone.get_by_role("button", name="Whole page").click()
    following(phone)
    missing = phone.locator("[data-part=missing]")
    expect(missing).to_contain_text("Date of birth")
    missing.get_by_role("button", name="Sum insured").click()
    expect(question(phone, "Sum insured").get_by_role("textbox")).to_be_focused()


def ended(stack: Stack, name: str, settings: str) -> None:
    said(stack, END.format(name=name, settings=settings))


def test_when_access_drops_to_limited_the_form_turns_read_only_and_what_was_typed_is_kept(
    stack: Stack, phone: Page, name: str, tolerated: list[str]
) -> None:
    tolerated += ["status of 403", "ERR_INTERNET_DISCONNECTED"]
    asked(stack, phone, name)
    open_form(phone)
    question(phone, "Full name")
    phone.context.set_offline(True)
    question(phone, "Full name").get_by_role("textbox").fill("Typed in the tunnel")
    ended(stack, name, '{"access": AccessSetting.LIMITED, "access_for": timedelta(days=1)}')
    phone.context.set_offline(False)
    expect(phone.locator("[data-part=read-only]")).to_be_visible(timeout=SOON)
    expect(phone.locator("[data-part=form]")).to_have_count(0)
    expect(part(phone, "status")).to_contain_text("Typed in the tunnel")


def test_the_form_stays_at_full_access_and_goes_read_only_on_time(
    stack: Stack, phone: Page, name: str, portal: str, tolerated: list[str]
) -> None:
    tolerated += ["status of 403"]
    asked(stack, phone, name)
    open_form(phone)
    settings = f"""dict(access=AccessSetting.FULL_RESTRICTED, access_for=timedelta(minutes=1),
        then_limited_for=timedelta(days=1), redirect_customer="{portal}/bye")"""
    ended(stack, name, settings)
    expect(part(phone, "status").get_by_role("link", name="Continue to")).to_be_visible(timeout=SOON)
    question(phone, "Full name").get_by_role("textbox").fill("Still allowed")
    saved(phone)
    expect(phone.locator("[data-part=read-only]")).to_be_visible(timeout=90_000)
    expect(phone.locator(".entered")).to_contain_text("Still allowed")


def test_a_form_that_is_recalled_meanwhile_says_so(stack: Stack, phone: Page, name: str, tolerated: list[str]) -> None:
    tolerated += ["status of 403"]
    document = asked(stack, phone, name)
    open_form(phone)
    recalled(stack, document)
    expect(phone.get_by_role("heading", name="This is no longer needed")).to_be_visible(timeout=SOON)


def test_files_that_were_asked_for(stack: Stack, phone: Page, name: str) -> None:
    asked(stack, phone, name)
    with phone.expect_file_chooser() as opened:
        part(phone, "documents").get_by_text("Add a photo or file").click()
    opened.value.set_files({"name": "card.txt", "mimeType": "text/plain", "buffer": b"my card"})
    expect(part(phone, "documents").get_by_text("card.txt")).to_be_visible(timeout=SOON)
    phone.get_by_role("button", name="Done Photo of your card").click()
    expect(part(phone, "documents")).to_contain_text("All files added", timeout=SOON)


def test_a_file_is_not_lost_when_the_list_changes_while_it_is_chosen(stack: Stack, phone: Page, name: str) -> None:
    document = asked(stack, phone, name)
    with phone.expect_file_chooser() as opened:
        part(phone, "documents").get_by_text("Add a photo or file").click()
    recalled(stack, document)
    expect(part(phone, "documents").get_by_role("heading", name="Claim")).to_have_count(0, timeout=SOON)
    opened.value.set_files({"name": "card.txt", "mimeType": "text/plain", "buffer": b"my card"})
    expect(part(phone, "documents").get_by_text("card.txt")).to_be_visible(timeout=SOON)


def test_without_script_a_form_is_completed_too(stack: Stack, phone: Page, name: str, new_context: Contexts) -> None:
    asked(stack, phone, name)
    plain = new_context(**PHONE, java_script_enabled=False).new_page()
    plain.goto(new_link(stack, name))
    plain.get_by_role("button", name="Continue").click()
    plain.get_by_role("link", name="Start Claim").click()
    plain.get_by_label("Sum insured").fill("a lot")
    plain.get_by_role("button", name="Submit").click()
    expect(plain.get_by_text("Tick this box to submit.").first).to_be_visible()
    plain.get_by_label("Date of birth").fill("1990-05-17")
    plain.get_by_label("Sum insured").fill("7")
    plain.get_by_role("radio", name="No").check()
    plain.get_by_role("checkbox", name="I have read the terms").check()
    plain.get_by_role("textbox", name="Signature").fill("Mia Meier")
    plain.get_by_role("checkbox", name="I agree to sign").check()
    plain.get_by_role("button", name="Submit").click()
    expect(plain.get_by_role("heading", name="Thank you, this is completed")).to_be_visible()


def _check(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_everybody_can_use_it(
    stack: Stack, name: str, new_context: Contexts, colours: str, size: str, picture: Callable[[Page, str], None]
) -> None:
    device = PHONE if size == "phone" else DESKTOP
    page = new_context(**device, color_scheme=colours).new_page()

    def looks(view: str) -> None:
        page.wait_for_load_state("networkidle")
        _check(page)
        fits = "document.documentElement.scrollWidth <= window.innerWidth"
        assert page.evaluate(fits), view
        picture(page, f"document-{view}-{size}-{colours}")

    asked(stack, page, name)
    expect(part(page, "documents")).to_contain_text("Claim", timeout=SOON)
    looks("room")
    open_form(page)
    looks("question")
    for _question in range(4):
        following(page)
        following(page)
    page.get_by_role("button", name="Whole page").click()
    looks("whole-page")
    following(page)
    looks("review")
    page.locator("[data-part=missing]").get_by_role("button", name="Signature").click()
    sign(page)
    looks("signature")
    saved(page)
    ended(stack, name, '{"access": AccessSetting.LIMITED, "access_for": timedelta(days=1)}')
    expect(page.locator("[data-part=read-only]")).to_be_visible(timeout=SOON)
    looks("read-only")
