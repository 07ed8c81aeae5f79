"""What the customer does with what was asked for: open it, fill it in, submit it, add files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from policies_app.kinds import Permission
from sessions_app import access, chain
from sessions_app.actions import Refused, attach, follow_up, waits
from sessions_app.activity import is_busy
from sessions_app.documents import values
from sessions_app.documents.fields import asked, filled
from sessions_app.documents.kinds import DocumentState
from sessions_app.documents.live import announce_progress
from sessions_app.documents.refused import keep_refused
from sessions_app.documents.shared import (
    CUSTOMER,
    Incomplete,
    KeyTaken,
    change,
    done_by,
    fields_of,
    found,
    locked,
    named,
    newest,
    require_open,
    stored_in,
    what_was_sent,
)
from sessions_app.half_typed import Typed
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Attachment, Customer, Document, DocumentFile, DocumentValue, LiveSession, TimelineEntry
from sessions_app.timeline import Row, append


@dataclass(frozen=True, slots=True)
class Consent:
    """What a customer agreed to when they completed a document, and from where: evidence (product.md D7)."""

    text: str
    address: str
    device: str

    def to_json(self, at: datetime, by: Customer) -> dict[str, str]:
        """As it is kept, with the moment (UTC) and who the customer was then, whatever they are called later."""
        who = {"name": by.name, "email": by.email, "phone": by.phone}
        return who | {"text": self.text, "address": self.address, "device": self.device, "at": at.isoformat()}


@transaction.atomic
def note_opened(document_id: int, *, now: datetime) -> None:
    """The customer looks at it: the first time is recorded, if they may see it. From then on they are busy with it."""
    session, document = locked(document_id, now)
    if document.viewed_at is None and document.is_open and Permission.REVIEW in access.permitted(session, now):
        row = Row(kind=EntryKind.DOCUMENT_OPENED, actor=Actor.CUSTOMER, payload=named(document))
        append(session, row, now=now)
        change(document, viewed_at=now)
        is_busy(session, now=now)


def save(document_id: int, typed: Mapping[str, Typed], *, now: datetime) -> Document:
    """Keep what the customer entered so far, finished or not, each value unless something newer is known (B8).

    What is not a field of the customer's is ignored. Returns the document with its progress. Raises Refused when it
    cannot be completed now (rules.md 4): what was entered is then kept as a draft that the agent sees.
    """
    try:
        return _save(document_id, typed, now)
    except Refused:
        keep_refused(document_id, typed, now=now)
        raise


def complete(
    document_id: int, typed: Mapping[str, Typed], consent: Consent, *, key: UUID, now: datetime
) -> TimelineEntry:
    """Submit a form, with the last of what was entered. A worker then prepares the sealed document.

    The same key again answers with the same row. Raises Incomplete where something is missing or wrong (what was
    entered stays), and Refused when it cannot be completed now: what was entered is then kept as a draft.
    """
    try:
        if typed:
            _save(document_id, typed, now)
        return _complete(document_id, consent, key, now)
    except KeyTaken:  # nothing was lost: it was saved
        raise
    except Refused:
        if done := _completed_by(document_id, key):
            return done
        keep_refused(document_id, typed, now=now, submitted=key)
        raise


def add_file(document_id: int, upload: UploadedFile, *, key: UUID, now: datetime) -> TimelineEntry:
    """Add one of the files that were asked for: part of completing, so what allows that decides (rules.md 4).

    The same key again adds it once. Raises what `actions.attach` does, and Refused where no more files were asked for.
    """
    session_id, done = _may_add(document_id, key, now)
    return done or attach(
        session_id,
        CUSTOMER,
        upload,
        key=key,
        now=now,
        permission=Permission.COMPLETE,
        also=partial(_asked_for, document_id, now),
    )


@transaction.atomic
def files_done(document_id: int, *, key: UUID, now: datetime) -> TimelineEntry:
    """The customer has added the files that were asked for. Raises Refused if there is none yet.

    The same key again answers with the same row.
    """
    session, document = locked(document_id, now)
    if done := done_by(session, key, EntryKind.DOCUMENT_COMPLETED, document):
        return done
    require_open(session, document, now)
    if document.is_form or not document.files.exists():
        raise Refused(_("Add a file first."))
    entry = _submitted(session, document, {}, key, now)
    change(document, state=DocumentState.READY, completed_at=now)
    return entry


@transaction.atomic
def _save(document_id: int, typed: Mapping[str, Typed], now: datetime) -> Document:
    session, document = locked(document_id, now)
    require_open(session, document, now)
    theirs = asked(fields_of(document))
    stored = stored_in(document)
    if not (newer := newest(theirs, stored, typed)):
        return document
    DocumentValue.objects.bulk_create(
        [
            DocumentValue(document=document, name=name, value=it.text, version=it.version, saved_at=now)
            for name, it in newer.items()
        ],
        update_conflicts=True,
        unique_fields=["document", "name"],
        update_fields=["value", "version", "saved_at"],
    )
    stands = {name: it.text for name, it in (stored | newer).items()}
    change(document, filled=filled(theirs, stands), saved_at=now)
    is_busy(session, now=now)
    transaction.on_commit(partial(announce_progress, session, document))
    return document


@transaction.atomic
def _complete(document_id: int, consent: Consent, key: UUID, now: datetime) -> TimelineEntry:
    session, document = locked(document_id, now)
    if done := done_by(session, key, EntryKind.DOCUMENT_COMPLETED, document):
        return done
    require_open(session, document, now)
    if not document.is_form:
        raise Refused(_("Add the files that were asked for."))
    every, stored = fields_of(document), list(document.values.all())
    raw = {one.name: one.value for one in stored}
    if wrong := values.problems(asked(every), raw):
        raise Incomplete(wrong)
    kept = {one.name: values.cleaned(one, raw.get(one.name, "")) for one in every}
    agreed = consent.to_json(now, session.customer)
    _settle(stored, kept, now)
    vouched = {"values_sha256": chain.digest(_not_empty(kept)), "consent_sha256": chain.digest(agreed)}
    entry = _submitted(session, document, what_was_sent(document) | vouched, key, now)
    change(document, state=DocumentState.COMPLETED, completed_at=now, consent=agreed)
    transaction.on_commit(partial(_order_result, document.pk))
    return entry


def _submitted(
    session: LiveSession, document: Document, more: Mapping[str, str], key: UUID, now: datetime
) -> TimelineEntry:
    """The row that says so. After the end it waits for the agent among the follow-ups, as messages do."""
    row = Row(kind=EntryKind.DOCUMENT_COMPLETED, actor=Actor.CUSTOMER, payload=named(document) | dict(more), key=key)
    return append(session, row, now=now, **follow_up(session, CUSTOMER, now), **waits(session, CUSTOMER, now))


def _completed_by(document_id: int, key: UUID) -> TimelineEntry | None:
    document = found(document_id)
    rows = TimelineEntry.objects.filter(session=document.session_id, key=key, kind=EntryKind.DOCUMENT_COMPLETED)
    return rows.filter(payload__document=str(document.public_id)).first()


@transaction.atomic
def _may_add(document_id: int, key: UUID, now: datetime) -> tuple[int, TimelineEntry | None]:
    """The key of the session, and the row if the file is there already. Raises Refused before anything is stored."""
    session, document = locked(document_id, now)
    if done := done_by(session, key, EntryKind.ATTACHED):
        if document.files.filter(attachment__public_id=done.payload["file"]).exists():
            return session.pk, done
        raise KeyTaken
    _require_room(session, document, now)
    return session.pk, None


def _asked_for(document_id: int, now: datetime, attachment: Attachment) -> None:
    """The file is one of those that were asked for, in the transaction that records it on the locked session."""
    session, document = locked(document_id, now)
    _require_room(session, document, now)
    DocumentFile.objects.create(document=document, attachment=attachment)
    change(document, saved_at=now)
    is_busy(session, now=now)
    transaction.on_commit(partial(announce_progress, session, document))


def _require_room(session: LiveSession, document: Document, now: datetime) -> None:
    require_open(session, document, now)
    if document.is_form or document.files.count() >= document.most_files:
        raise Refused(_("No more files were asked for here. Nothing was stored."))


def _order_result(document_id: int) -> None:
    from sessions_app.documents.tasks import order_result

    order_result(document_id)


def _settle(stored: Iterable[DocumentValue], kept: Mapping[str, str], now: datetime) -> None:
    """Values in the one form in which they are kept: those of a completed document change no more."""
    changed = [one for one in stored if one.value != kept.get(one.name, "")]
    for one in changed:
        one.value, one.saved_at = kept.get(one.name, ""), now
    DocumentValue.objects.bulk_update(changed, ["value", "saved_at"])


def _not_empty(kept: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in kept.items() if value}
