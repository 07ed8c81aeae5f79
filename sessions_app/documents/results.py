"""A worker prepares the result of a completed document: filled, with its certificate, sealed, and stored once."""

import hashlib
import logging
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from sessions_app.documents import storing
from sessions_app.documents.actions import entered, record_failure, record_result
from sessions_app.documents.certificate import with_certificate
from sessions_app.documents.kinds import MOST_FAILURES, DocumentState
from sessions_app.documents.pdf import engine
from sessions_app.documents.sealing import seal
from sessions_app.erased_rows import is_of_erased
from sessions_app.kinds import EntryKind
from sessions_app.models import Document
from sessions_app.transitions import lock

log = logging.getLogger(__name__)


class OtherFile(RuntimeError):
    """What is stored in place of a template is another file than that which the customer saw."""


def prepare(document_id: int, *, now: datetime) -> bool:
    """Prepare the result, if it is not there yet. Returns whether this call did.

    1. The document is filled and flattened, its certificate is put behind it, and all of it is sealed.
    2. It is stored under a name of its own: nobody knows of it, and nobody can be served half of it.
    3. One UPDATE with its row makes it the result. Of two workers one wins, and the other removes what it stored.
    4. The winner removes what workers that were stopped between 2 and 3 have left.

    Raises whatever keeps it from being prepared; it is safe to call again.
    """
    document = _found(document_id)
    if document.state != DocumentState.COMPLETED or document.session.customer.erased_at:
        return False
    content = _made(document, now)
    stored = storing.store(f"{folder(document)}/{uuid4()}.pdf", content)
    sha256 = hashlib.sha256(content).hexdigest()
    # An exception leaves the file: the database may have it recorded all the same. Step 4 removes it otherwise.
    won = record_result(document_id, stored=stored, size=len(content), sha256=sha256, now=now)
    _remove_others(document, keep=stored) if won else _remove(stored)
    return won


def failed(document_id: int, *, now: datetime) -> bool:
    """Note that it could not be prepared. Returns whether that was the last try."""
    document = _found(document_id)
    is_last = document.failures + 1 >= MOST_FAILURES
    record_failure(document_id, final=is_last, now=now)
    return is_last


@transaction.atomic
def try_again(document_id: int, *, now: datetime) -> bool:
    """Have it prepared anew after the last try has failed, because an agent or administrator wants that.

    Returns False where there is nothing to try. Whether they may is decided before.
    """
    session_id = Document.objects.values_list("session_id", flat=True).get(pk=document_id)
    if is_of_erased(lock(session_id, now).pk):
        return False
    given_up = Document.objects.filter(pk=document_id, state=DocumentState.COMPLETED, failures__gte=MOST_FAILURES)
    if not given_up.update(failures=0):
        return False
    from sessions_app.documents.tasks import order_result

    transaction.on_commit(partial(order_result, document_id))
    return True


def folder(document: Document) -> str:
    """Where in the store the results of a document are."""
    return f"results/{document.public_id}"


def _found(document_id: int) -> Document:
    related = ("session__customer", "version__template", "sent_by")
    return Document.objects.select_related(*related).get(pk=document_id)


def _made(document: Document, now: datetime) -> bytes:
    version = document.version
    assert version, "only forms are completed in this way"
    row = document.session.timeline.get(kind=EntryKind.DOCUMENT_COMPLETED, payload__document=str(document.public_id))
    with storing.local_copy(str(version.file.name)) as source:
        _require_what_was_sent(source, row.payload["template_sha256"])
        filled = engine.fill(source, version.all_fields, entered(document))
    with translation.override(document.session.customer.language or settings.LANGUAGE_CODE):
        return seal(with_certificate(filled, document, row, now=now), reason=_("Completed in Parley"), now=now)


def _require_what_was_sent(source: Path, sha256: str) -> None:
    """The certificate vouches for this very file: nobody signed what may be in its place now."""
    with source.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise OtherFile("What is stored of the template is not the file that the customer completed.")


def _remove_others(document: Document, *, keep: str) -> None:
    try:
        _folders, files = default_storage.listdir(folder(document))
    except Exception:
        log.exception("What was left over of a document could not be looked for.")
        return
    for name in files:
        if name != keep.rpartition("/")[2]:
            _remove(f"{folder(document)}/{name}")


def _remove(name: str) -> None:
    try:
        default_storage.delete(name)
    except Exception:
        log.exception("A file that nobody needs could not be removed.")
