"""What everything that is done to documents rests on: the lock, who may, and what rows say of a document.

The session's lock guards its documents, too: nobody changes one without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from policies_app.kinds import Permission
from sessions_app.actions import NOTHING_STORED, Author, Refused, require
from sessions_app.documents.fields import Field
from sessions_app.documents.kinds import DocumentState
from sessions_app.documents.values import unfinished
from sessions_app.half_typed import LARGEST_VERSION, Typed
from sessions_app.kinds import Audience, EntryKind
from sessions_app.models import Document, LiveSession, TimelineEntry
from sessions_app.transitions import lock

CUSTOMER = Author(Audience.CUSTOMER)


class KeyTaken(Refused):
    """The key of a request has already done something else in the session: a defect of whoever asks."""

    def __init__(self) -> None:
        super().__init__(_("This was sent before, for something else. Reload the page and try again."))


class Incomplete(ValueError):
    """A document cannot be completed as it is. `problems` says why for each field, by its name."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def named(document: Document) -> dict[str, str]:
    """What every row about a document says of it."""
    return {"document": str(document.public_id), "name": document.name, "kind": document.kind}


def entered(document: Document) -> dict[str, str]:
    """What stands in its fields, by name. One query."""
    return dict(document.values.values_list("name", "value"))


def stored_in(document: Document) -> dict[str, Typed]:
    """What stands in its fields, by name, with its versions. One query."""
    return {
        name: Typed(value, version) for name, value, version in document.values.values_list("name", "value", "version")
    }


def what_was_sent(document: Document) -> dict[str, str]:
    """What rows say of the form itself, so that evidence names the very file."""
    version = document.version
    return {"version": str(version.public_id), "template_sha256": version.sha256} if version else {}


def fields_of(document: Document) -> Sequence[Field]:
    """The fields of a form; files that were asked for have none."""
    return document.version.all_fields if document.version else ()


def session_of(document_id: int) -> int:
    """The key of the session that it was sent into. One query."""
    return Document.objects.values_list("session_id", flat=True).get(pk=document_id)


def found(document_id: int) -> Document:
    """The document with its version and template. One query."""
    return Document.objects.select_related("version__template").get(pk=document_id)


def locked(document_id: int, now: datetime) -> tuple[LiveSession, Document]:
    """The session first, and the document as it is under that lock."""
    session = lock(session_of(document_id), now)
    return session, found(document_id)


def require_open(session: LiveSession, document: Document, now: datetime) -> None:
    """Raise Refused unless the customer can complete this document now (rules.md 4)."""
    became = None if document.is_form else NOTHING_STORED
    require(session, CUSTOMER, Permission.COMPLETE, now, became=became)
    if document.state == DocumentState.RECALLED:
        said = _("This was recalled, so there is nothing left to do here.")
        kept = _("What you entered is kept.") if document.is_form else NOTHING_STORED
        raise Refused(f"{said} {kept}")
    if not document.is_open:
        raise Refused(_("This document is completed already."))


def done_by(session: LiveSession, key: UUID, kind: EntryKind, document: Document | None = None) -> TimelineEntry | None:
    """The row that this key has already made; a retry after a drop. Raises KeyTaken if that was something else."""
    done = session.timeline.filter(key=key).first()
    if done and (done.kind != kind or (document and done.payload.get("document") != str(document.public_id))):
        raise KeyTaken
    return done


def newest(fields: Iterable[Field], known: Mapping[str, Typed], typed: Mapping[str, Typed]) -> dict[str, Typed]:
    """What was typed into these fields and is newer than what is known, as it is kept: of equals the first stays."""
    given = {one: typed[one.name] for one in fields if one.name in typed}
    newer = {one: it for one, it in given.items() if it.version > known.get(one.name, Typed()).version}
    return {one.name: Typed(unfinished(one, it.text), min(it.version, LARGEST_VERSION)) for one, it in newer.items()}


def change(document: Document, **changes: object) -> None:
    """Change columns of a document whose session is locked."""
    Document.objects.filter(pk=document.pk).update(**changes)
    for name, value in changes.items():
        setattr(document, name, value)
