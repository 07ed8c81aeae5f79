"""The certificate page says who completed what, when, from where, and how that can be checked."""

import json
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript

from config import sealing as configured
from sessions_app.documents.actions import Consent, complete
from sessions_app.documents.certificate import certificate, with_certificate
from sessions_app.documents.evidence import IN_DOCUMENT, DocumentFacts
from sessions_app.models import Agent, Customer, Document, LiveSession, TimelineEntry
from tests.documents.papers import COMPLETE, sent, typed
from tests.documents.sealed import a_pdf, stored_version, text_of
from tests.moments import STARTED

DEVICE = "Chromium on Android, phone"
AGREED = "I agree to sign this document electronically. 👍"


@pytest.fixture
def row(session: LiveSession, anna: Agent, carla: Customer) -> TimelineEntry:
    """Of a form that Carla completed."""
    Customer.objects.filter(pk=carla.pk).update(phone="+15550100")
    document = sent(session, anna, stored_version())
    return complete(document.pk, typed(**COMPLETE), Consent(AGREED, "2001:db8::7", DEVICE), key=uuid4(), now=STARTED)


@pytest.fixture
def document(row: TimelineEntry) -> Document:
    return Document.objects.select_related("session__customer", "version", "sent_by").get(session=row.session_id)


def test_it_says_everything_that_is_known(document: Document, row: TimelineEntry) -> None:
    text = text_of(certificate(document, row, now=STARTED))
    joined = text.replace(" ", "")
    for wanted in ("Order", "Anna", "Carla", "carla@example.com", "+15550100", "March 2, 2026, 09:00:00 UTC"):
        assert wanted in text, wanted
    assert "2001:db8::7" in text and DEVICE in text and "I agree to sign" in text and "[thumbs up sign]" in text
    assert "Signature: typed, as “Carla Customer”" in text
    version = document.version
    hashes = (version.sha256, row.payload["values_sha256"], row.payload["consent_sha256"], row.hash)
    assert all(value in joined for value in hashes)
    assert str(document.session.public_id) in joined and f"Row of its timeline {row.number}" in text
    assert "Self-made key, not trusted" in text


def test_it_names_who_completed_it_as_they_were_called_then(document: Document, row: TimelineEntry) -> None:
    Customer.objects.update(name="Somebody Else", email="else@example.com", phone="")
    again = Document.objects.select_related("session__customer", "version", "sent_by").get(pk=document.pk)
    text = text_of(certificate(again, row, now=STARTED))
    assert "Carla" in text and "carla@example.com" in text and "+15550100" in text
    assert "Somebody Else" not in text and "else@example.com" not in text


def test_a_key_of_the_operators_has_no_mark(document: Document, row: TimelineEntry, settings: object) -> None:
    settings.SEAL = configured.Seal(Path("x"), "", is_self_made=False, is_accepted=False, timestamp_url="")
    assert "self-made" not in text_of(certificate(document, row, now=STARTED)).lower()


def test_it_stands_behind_the_document_and_programs_can_read_it(document: Document, row: TimelineEntry) -> None:
    made = PdfReader(BytesIO(with_certificate(a_pdf("Order", 3), document, row, now=STARTED)))
    assert len(made.pages) == 4
    facts = DocumentFacts.from_json(made.attachments[IN_DOCUMENT][0].decode())
    assert (facts.document, facts.number, facts.hash) == (str(document.public_id), row.number, row.hash)
    assert facts.values_sha256 == row.payload["values_sha256"]


def test_nothing_that_a_template_carries_passes_as_ours_or_runs(document: Document, row: TimelineEntry) -> None:
    theirs = PdfWriter()
    theirs.append(BytesIO(a_pdf()))
    theirs.add_attachment(IN_DOCUMENT, json.dumps({"parley": "document"}))
    theirs.add_open_action(JavaScript("app.alert('hello')"))
    filled = BytesIO()
    theirs.write(filled)
    made = PdfReader(BytesIO(with_certificate(filled.getvalue(), document, row, now=STARTED)))
    assert len(made.attachments[IN_DOCUMENT]) == 1
    assert b"app.alert" not in b"".join(str(one).encode() for one in made.root_object.values())
    assert "/OpenAction" not in made.root_object and "/JavaScript" not in made.root_object.get("/Names", {})


def test_a_long_consent_goes_on_on_the_next_page(document: Document, row: TimelineEntry) -> None:
    document.consent["text"] = "I agree. " * 2000
    page = certificate(document, row, now=STARTED)
    assert len(PdfReader(BytesIO(page)).pages) > 2 and text_of(page).count("agree.") == 2000
