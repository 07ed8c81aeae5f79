"""Documents that customers' journeys complete: a real PDF of four pages, with fields laid onto it."""

from playwright.sync_api import Locator, Page, expect

from tests.browser import SOON
from tests.journeys.customers import said
from tests.journeys.people import Place, come_in
from tests.stack import Stack

_FOUR_PAGES = """
from io import BytesIO
from uuid import uuid4
from django.core.files.base import ContentFile
from fpdf import FPDF
from sessions_app.documents import storing
from sessions_app.documents.actions import ask_for_files, send_form
from sessions_app.documents.fields import Field, Option, Place
from sessions_app.documents.kinds import FieldKind, FilledBy, Prefill, VersionState
from sessions_app.documents.pdf import engine
from sessions_app.models import DocumentTemplate, TemplateVersion

HEIGHT = 841.89
FIELDS = [
    (0, 150, "name", FieldKind.TEXT, "Full name", dict(required=True, prefill=Prefill.CUSTOMER_NAME)),
    (0, 250, "email", FieldKind.TEXT, "E-mail", dict(prefill=Prefill.CUSTOMER_EMAIL)),
    (0, 350, "number", FieldKind.TEXT, "Contract number", dict(by=FilledBy.AGENT)),
    (1, 150, "born", FieldKind.DATE, "Date of birth", dict(required=True)),
    (1, 250, "amount", FieldKind.NUMBER, "Sum insured", dict(required=True, help="In euros, as in your contract.")),
    (1, 350, "insured", FieldKind.RADIO, "Are you insured elsewhere?",
        dict(required=True, options=(Option("yes", "Yes"), Option("no", "No")))),
    (2, 150, "tariff", FieldKind.CHOICE, "Tariff",
        dict(options=(Option("basic", "Basic"), Option("complete", "Complete")))),
    (2, 250, "remarks", FieldKind.MULTILINE, "Anything that we should know", {}),
    (3, 150, "terms", FieldKind.CHECKBOX, "I have read the terms", dict(required=True)),
    (3, 250, "signature", FieldKind.SIGNATURE, "Signature", dict(required=True)),
]

def places(page, top, name):
    if name == "insured":
        return (Place(page, 200, HEIGHT - top - 16, 216, HEIGHT - top, "yes"),
                Place(page, 280, HEIGHT - top - 16, 296, HEIGHT - top, "no"))
    tall = {"remarks": 90, "signature": 70}.get(name, 22)
    return (Place(page, 200, HEIGHT - top - tall, 216 if name == "terms" else 520, HEIGHT - top),)

def four_pages():
    paper = FPDF(unit="pt", format="A4")
    paper.set_font("Helvetica", size=12)
    for page in range(4):
        paper.add_page()
        paper.set_font_size(18)
        paper.text(60, 80, f"Claim, page {page + 1} of 4")
        paper.set_font_size(12)
        for at, top, name, kind, label, more in FIELDS:
            if at == page:
                paper.text(60, top + 14, label[:24])
                paper.line(200, top + 24, 520, top + 24)
    return bytes(paper.output())

def version():
    template, is_new = DocumentTemplate.objects.get_or_create(name="Claim")
    if not is_new:
        return template.versions.get()
    fields = [
        Field(name=name, kind=kind, label=label, places=places(page, top, name), **more)
        for page, top, name, kind, label, more in FIELDS
    ]
    made = TemplateVersion(template=template, number=1, state=VersionState.READY, saved_at=now)
    made.pages, made.fields = [[595.28, HEIGHT]] * 4, [field.to_json() for field in fields]
    storing.store_source(made, ContentFile(four_pages(), "claim.pdf"))
    made.save()
    with storing.local_copy(made.file.name) as path:
        for page in range(4):
            storing.store(made.picture(page), engine.picture(path, page))
    return made
"""

_SENT = """
session = start_invitation(anna, customer("{name}"), workstream("Documents"), now=now)
sent = send_form(session.pk, anna, version(), {{"number": "A-17"}}, note="For your claim of May.", key=uuid4(), now=now)
ask_for_files(session.pk, anna, "Photo of your card", most=2, key=uuid4(), now=now)
print(links.mint(session, by=anna, now=now))
print(sent.public_id)
"""

_SENT_TO = """
session = LiveSession.objects.filter(customer__name="{name}").latest("pk")
sent = send_form(session.pk, session.agent, version(), {{"number": "A-17"}}, note="", key=uuid4(), now=now)
print(sent.public_id)
"""

_RECALLED = """
from sessions_app.documents.actions import recall
from sessions_app.models import Document
recall(Document.objects.get(public_id="{document}").pk, anna, now=now)
"""

_ENTERED = """
import json
from sessions_app.documents.actions import entered
from sessions_app.models import Document
print(json.dumps(entered(Document.objects.get(public_id="{document}"))))
"""


def asked(stack: Stack, page: Page, name: str) -> str:
    """A customer is in a new session in which a form and files are asked for; the form's public id."""
    link, document = said(stack, _FOUR_PAGES + _SENT.format(name=name))[-2:]
    come_in(page, link)
    return document


def sent_to(stack: Stack, name: str) -> str:
    """The agent of this customer's session asks for a form in it; the form's public id."""
    return said(stack, _FOUR_PAGES + _SENT_TO.format(name=name))[-1]


def recalled(stack: Stack, document: str) -> None:
    """Anna takes the form back."""
    said(stack, _RECALLED.format(document=document))


def entered(stack: Stack, document: str) -> str:
    """What the server has of the form, as JSON."""
    return said(stack, _ENTERED.format(document=document))[-1]


def open_form(page: Place, button: str = "Start") -> None:
    """From the room into the form."""
    page.get_by_role("link", name=f"{button} Claim").click()
    page.locator(".document[data-ready]").wait_for()


def question(page: Place, label: str) -> Locator:
    """The question that is in view."""
    asks = page.locator(".question:visible")
    expect(asks).to_have_count(1)
    expect(asks).to_contain_text(label)
    return asks


def following(page: Place) -> None:
    """On to the next question."""
    page.locator("[data-part=next]").click()


def saved(page: Place) -> None:
    """Everything that was entered is on the server."""
    expect(page.locator("[data-part=saved]")).to_have_text("Saved", timeout=SOON)


def sign(page: Page) -> None:
    """Two lines with a finger, or as near as a test comes to one."""
    box = page.locator(".pad-canvas").bounding_box()
    assert box
    for start in (0.2, 0.5):
        page.mouse.move(box["x"] + box["width"] * start, box["y"] + box["height"] * 0.3)
        page.mouse.down()
        for step in range(1, 9):
            across, down = start + step * 0.03, 0.3 + 0.4 * (step % 2)
            page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        page.mouse.up()
