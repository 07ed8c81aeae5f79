"""Templates for trying Parley out (`manage.py demo`): a service agreement with a form, a flat change of address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from sessions_app.documents import reading, storing, tasks
from sessions_app.documents.example_papers import A4, Paper
from sessions_app.documents.fields import Field
from sessions_app.documents.kinds import FieldKind, FilledBy, Prefill
from sessions_app.documents.pdf.engine import WorkerGone
from sessions_app.documents.templates import PDF
from sessions_app.models import DocumentTemplate, TemplateVersion

AGREEMENT, ADDRESS = "Service agreement", "Change of address"

_LONG = (
    "This is an example that Parley makes for trying things out. It is no contract, and nobody is bound by it. "
    "It has a field of every kind, so that you can see how each is filled in on a phone."
)


@dataclass(frozen=True, slots=True)
class Example:
    """A PDF, and what its fields are."""

    content: bytes
    pages: int
    fields: tuple[Field, ...]


def load(*, by: User | None, now: datetime) -> None:
    """Make both, ready to be sent. They are read here and now, without a worker."""
    for name, make in EXAMPLES.items():
        example = make()
        version = TemplateVersion(
            template=DocumentTemplate.objects.create(name=name),
            number=1,
            pages=[list(A4)] * example.pages,
            fields=[field.to_json() for field in example.fields],
            saved_by=by,
            saved_at=now,
        )
        file_name = f"{name.replace(' ', '-').lower()}.pdf"
        storing.store_source(version, SimpleUploadedFile(file_name, example.content, PDF))
        version.save(force_insert=True)
        try:
            reading.read_version(version.pk, now=now)
        except WorkerGone:  # this computer is busy: a worker does it when there is one
            transaction.on_commit(partial(tasks.order_reading, version.pk))


def service_agreement() -> Example:
    """Four pages with a form of their own: a field of every kind, one of them filled in by the agent."""
    paper = Paper(AGREEMENT)
    paper.page("Service agreement")
    paper.says(_LONG)
    paper.asks("number", FieldKind.TEXT, "Customer number", width=160, by=FilledBy.AGENT, required=True, longest=20)
    paper.asks("name", FieldKind.TEXT, "Name", required=True, prefill=Prefill.CUSTOMER_NAME, longest=100)
    paper.asks("email", FieldKind.TEXT, "E-mail", prefill=Prefill.CUSTOMER_EMAIL, longest=100)
    paper.asks("address", FieldKind.MULTILINE, "Address", required=True, help="Street, postal code and town.")
    paper.asks("born", FieldKind.DATE, "Date of birth", width=160)
    paper.page("What you order")
    paper.says("Choose a plan. You can change it at any time, to the beginning of the next month.")
    paper.asks("plan", FieldKind.RADIO, "Plan", options=["Basic", "Plus", "Premium"], required=True)
    paper.asks(
        "period", FieldKind.CHOICE, "Period", width=200, options=["12 months", "24 months", "36 months"], required=True
    )
    paper.asks("people", FieldKind.NUMBER, "Number of people", width=160, required=True, help="From 1 to 50.")
    paper.asks("start", FieldKind.DATE, "Start", width=160, required=True)
    paper.asks("remarks", FieldKind.MULTILINE, "Remarks", help="Anything that we should know.")
    paper.page("Terms")
    for paragraph in _TERMS:
        paper.says(paragraph)
    paper.asks("terms", FieldKind.CHECKBOX, "I have read the terms and agree to them", required=True)
    paper.asks("news", FieldKind.CHECKBOX, "Send me news about the service by e-mail")
    paper.page("Signature")
    paper.says("With your signature the agreement begins. You get a copy of it at once.")
    paper.asks("place", FieldKind.TEXT, "Place", width=240, longest=100)
    paper.asks("signed_on", FieldKind.DATE, "Date", width=160, prefill=Prefill.TODAY, required=True)
    paper.asks("signature", FieldKind.SIGNATURE, "Signature", width=280, required=True)
    return Example(paper.with_form(), 4, tuple(field.changed(in_form=True) for field in paper.fields))


def change_of_address() -> Example:
    """One flat page, with fields laid onto it."""
    paper = Paper(ADDRESS)
    paper.page("Change of address")
    paper.says("Tell us where you live now. We change it in all your contracts.")
    paper.asks("name", FieldKind.TEXT, "Name", required=True, prefill=Prefill.CUSTOMER_NAME, longest=100)
    paper.asks("old-address", FieldKind.MULTILINE, "Address until now")
    paper.asks("new-address", FieldKind.MULTILINE, "New address", required=True, help="Street, postal code and town.")
    paper.asks("valid-from", FieldKind.DATE, "Valid from", width=160, required=True)
    paper.asks("letters", FieldKind.CHECKBOX, "Send letters to the new address, too")
    paper.asks("signature", FieldKind.SIGNATURE, "Signature", width=280, required=True)
    return Example(paper.flat(), 1, tuple(paper.fields))


EXAMPLES: dict[str, Callable[[], Example]] = {AGREEMENT: service_agreement, ADDRESS: change_of_address}

_TERMS = """
1. The service begins on the day that you chose above and lasts for the period that you chose. After that it goes on \
until one of us ends it.
2. Either of us can end it in writing, with a month's notice to the end of a month. What was paid for longer is \
paid back.
3. The price is that of the plan. If it rises, we say so two months before, and you can end the agreement until then \
without giving a reason.
4. We keep what you entered here for as long as the agreement lasts, and afterwards for as long as the law asks us to. \
We give it to nobody else.
5. If a part of this agreement does not hold, the rest does.
""".strip().splitlines()
