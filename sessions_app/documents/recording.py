"""What becomes of the completed document: the worker who prepares it says so here."""

from datetime import datetime

from django.db import transaction

from sessions_app.documents.kinds import DocumentState
from sessions_app.documents.shared import change, locked, named
from sessions_app.erased_rows import is_of_erased
from sessions_app.kinds import Actor, EntryKind
from sessions_app.timeline import Row, append


@transaction.atomic
def record_result(document_id: int, *, stored: str, size: int, sha256: str, now: datetime) -> bool:
    """The sealed document is stored under that name. Returns False if there was one already: the first one stays; and
    if its customer was erased meanwhile: there is to be none."""
    session, document = locked(document_id, now)
    if document.state != DocumentState.COMPLETED or is_of_erased(session.pk):
        return False
    told = named(document) | {"sha256": sha256, "size": size}
    append(session, Row(kind=EntryKind.DOCUMENT_READY, actor=Actor.SYSTEM, payload=told), now=now)
    change(document, state=DocumentState.READY, result=stored, result_size=size, result_sha256=sha256)
    return True


@transaction.atomic
def record_failure(document_id: int, *, final: bool, now: datetime) -> None:
    """It could not be prepared this time; `final`: nobody tries again by themselves, so the agent is told."""
    session, document = locked(document_id, now)
    if document.state != DocumentState.COMPLETED:
        return
    change(document, failures=document.failures + 1)
    if final:
        append(session, Row(kind=EntryKind.DOCUMENT_FAILED, actor=Actor.SYSTEM, payload=named(document)), now=now)
