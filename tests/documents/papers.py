"""Documents for tests: a template with a field of every kind, sent by Anna to Carla."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sessions_app.documents.actions import Consent, send_form
from sessions_app.documents.fields import Field, Option, Place
from sessions_app.documents.kinds import FieldKind, FilledBy, Prefill, VersionState
from sessions_app.documents.selectors import newest_number
from sessions_app.half_typed import Typed
from sessions_app.models import Agent, Document, DocumentTemplate, LiveSession, TemplateVersion
from tests.moments import STARTED

A4 = [595.28, 841.89]
CONSENT = Consent("I agree to sign this document electronically.", "192.0.2.7", "Phone")


def a_field(name: str, kind: FieldKind = FieldKind.TEXT, *, row: int = 0, **settings: Any) -> Field:
    """A field of one line on the first page, the given row from the top; radios get a box for each option."""
    top = A4[1] - 60 - 40 * row
    places = [Place(0, 200, top - 20, 500, top)]
    if kind is FieldKind.RADIO:
        settings.setdefault("options", (Option("yes", "Yes"), Option("no", "No")))
        boxes = enumerate(settings["options"])
        places = [Place(0, 200 + 60 * at, top - 12, 212 + 60 * at, top, option.value) for at, option in boxes]
    if kind is FieldKind.CHOICE:
        settings.setdefault("options", (Option("a", "Alpha"), Option("b", "Beta")))
    return Field(name=name, kind=kind, label=settings.pop("label", name.capitalize()), places=tuple(places), **settings)


EVERY_KIND = (
    a_field("name", required=True, prefill=Prefill.CUSTOMER_NAME),
    a_field("remarks", FieldKind.MULTILINE, row=1),
    a_field("amount", FieldKind.NUMBER, row=2),
    a_field("born", FieldKind.DATE, row=3),
    a_field("terms", FieldKind.CHECKBOX, row=4, required=True),
    a_field("insured", FieldKind.RADIO, row=5),
    a_field("tariff", FieldKind.CHOICE, row=6),
    a_field("number", row=7, by=FilledBy.AGENT),
    a_field("signature", FieldKind.SIGNATURE, row=8, required=True),
)

SIGNED = '{"name": "Carla Customer"}'
COMPLETE = {"name": "Carla", "terms": "on", "signature": SIGNED}
"""What has to be in a form of EVERY_KIND at least."""


def new_version(
    name: str = "Order", fields: Sequence[Field] = EVERY_KIND, *, now: datetime = STARTED, **more: Any
) -> TemplateVersion:
    """A version of a template that can be sent. Its file is not there: tests that fill it store one."""
    template = DocumentTemplate.objects.get_or_create(name=name)[0]
    given = {"state": VersionState.READY, "file_name": "order.pdf", "sha256": "0" * 64, "pages": [A4], "saved_at": now}
    number = newest_number(template) + 1
    stored = [field.to_json() for field in fields]
    return TemplateVersion.objects.create(template=template, number=number, fields=stored, **given | more)


def sent(
    session: LiveSession,
    agent: Agent,
    version: TemplateVersion | None = None,
    *,
    now: datetime = STARTED,
    **entered: str,
) -> Document:
    """A form in the session, with what the agent filled in."""
    return send_form(session.pk, agent, version or new_version(), entered, key=uuid4(), now=now)


def typed(version: int = 2**42, **texts: str) -> dict[str, Typed]:
    """What a page sends: texts by field, newer than whatever was there before unless told otherwise."""
    return {name: Typed(text, version) for name, text in texts.items()}
