"""What one row of a document or template can express, the database refuses to contradict."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, models, transaction

from sessions_app.actions import attach
from sessions_app.documents.actions import ask_for_files, complete, files_done, recall, record_result
from sessions_app.models import Agent, Attachment, Document, DocumentFile, DocumentValue, Draft, LiveSession
from sessions_app.models import TemplateVersion as Version
from tests.cast import CUSTOMER
from tests.documents.papers import COMPLETE, CONSENT, new_version, sent, typed
from tests.moments import MINUTE, STARTED

LATER = STARTED + MINUTE

OPEN = [
    ("document_state_(known|has_moment)", {"state": "lost"}),
    ("document_form_has_version", {"kind": "letter"}),
    ("document_form_has_version", {"version": None}),
    ("document_form_has_version", {"kind": "files"}),
    ("document_state_has_moment", {"completed_at": LATER}),
    ("document_state_has_moment", {"recalled_at": LATER}),
    ("document_state_has_moment", {"state": "completed"}),
    ("document_state_has_moment", {"state": "recalled"}),
    ("document_state_has_moment", {"state": "completed", "completed_at": LATER, "recalled_at": LATER}),
    ("document_filled_at_most_asked", {"filled": 9}),
    ("document_files_at_least_one", {"most_files": 0}),
]
COMPLETED = [
    ("document_state_has_moment", {"completed_at": None}),
    ("document_state_has_moment", {"recalled_at": LATER}),
    ("document_state_has_moment", {"state": "open"}),
    ("document_ready_has_result", {"state": "ready"}),
    ("document_ready_has_result", {"state": "ready", "result": "a.pdf", "result_size": 1}),
    ("document_ready_has_result", {"state": "ready", "result": "a.pdf", "result_sha256": "a"}),
    ("document_ready_has_result", {"state": "ready", "result_size": 1, "result_sha256": "a"}),
]
READY = [
    ("document_ready_has_result", {"result": ""}),
    ("document_ready_has_result", {"result_sha256": ""}),
    ("document_ready_has_result", {"result_size": None}),
    ("document_state_has_moment", {"completed_at": None}),
]
RECALLED = [
    ("document_state_has_moment", {"recalled_at": None}),
    ("document_state_has_moment", {"completed_at": LATER}),
    ("document_state_has_moment", {"state": "open"}),
]


def refuses(one: models.Model, constraint: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        type(one)._default_manager.filter(pk=one.pk).update(**changes)


@pytest.fixture
def document(session: LiveSession, anna: Agent) -> Document:
    return sent(session, anna)


@pytest.mark.parametrize(("constraint", "changes"), OPEN)
def test_an_open_document_cannot(document: Document, constraint: str, changes: dict[str, Any]) -> None:
    refuses(document, constraint, changes)


@pytest.mark.parametrize(("constraint", "changes"), COMPLETED)
def test_a_completed_document_cannot(document: Document, constraint: str, changes: dict[str, Any]) -> None:
    complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=LATER)
    refuses(document, constraint, changes)


@pytest.mark.parametrize(("constraint", "changes"), READY)
def test_a_document_that_is_ready_cannot(document: Document, constraint: str, changes: dict[str, Any]) -> None:
    complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=LATER)
    record_result(document.pk, stored="a.pdf", size=1, sha256="a" * 64, now=LATER)
    refuses(document, constraint, changes)


@pytest.mark.parametrize(("constraint", "changes"), RECALLED)
def test_a_recalled_document_cannot(document: Document, anna: Agent, constraint: str, changes: dict[str, Any]) -> None:
    recall(document.pk, anna, now=LATER)
    refuses(document, constraint, changes)


def test_files_that_are_complete_need_no_result_and_no_version(session: LiveSession, anna: Agent) -> None:
    document = ask_for_files(session.pk, anna, "Card", key=uuid4(), now=STARTED)
    refuses(document, "document_form_has_version", {"version": new_version()})
    stored = attached(session)
    DocumentFile.objects.create(document=document, attachment=stored)
    files_done(document.pk, key=uuid4(), now=LATER)
    assert Document.objects.get(pk=document.pk).result == ""


def attached(session: LiveSession) -> Attachment:
    row = attach(session.pk, CUSTOMER, SimpleUploadedFile("a.txt", b"a"), key=uuid4(), now=STARTED)
    return Attachment.objects.get(public_id=row.payload["file"])


def test_a_field_has_one_value(document: Document) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentValue.objects.create(document=document, name="name", value="b", saved_at=STARTED)


def test_a_file_answers_one_question(session: LiveSession, anna: Agent) -> None:
    first, second = (ask_for_files(session.pk, anna, name, key=uuid4(), now=STARTED) for name in ("Card", "Bill"))
    stored = attached(session)
    DocumentFile.objects.create(document=first, attachment=stored)
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentFile.objects.create(document=second, attachment=stored)


def test_a_document_has_one_draft_of_what_was_refused(document: Document, session: LiveSession) -> None:
    given = {"session": session, "author": "customer", "text": "a", "saved_at": STARTED, "document": document}
    Draft.objects.create(**given, key=uuid4())
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(**given, key=uuid4())


def test_a_template_numbers_its_versions(db: None) -> None:
    first, second = new_version(), new_version()
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=second.pk).update(number=first.number)
    refuses(first, "template_version_state_known", {"state": "lost"})


def test_a_version_that_was_sent_stays(document: Document) -> None:
    assert document.version
    with pytest.raises(models.ProtectedError):
        document.version.delete()
    with pytest.raises(models.ProtectedError):
        document.version.template.delete()
    new_version("Never sent").template.delete()


def test_a_session_takes_everything_of_its_documents_with_it(document: Document, session: LiveSession) -> None:
    session.delete()
    assert not Document.objects.exists() and not DocumentValue.objects.exists()
    assert Version.objects.exists()
