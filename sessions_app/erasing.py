"""Erasing a customer, as they have the right to: who they are, what was said and written, and every file, for good.

What happened stays, without a word of anybody: that there was a session, when, with which agent, and how it ended. The
chain of each timeline still holds, by the digests of what was erased (`erased_rows`), and a last row says who did it.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from policies_app.kinds import EndReason
from sessions_app import chain
from sessions_app.documents import kept_transcripts
from sessions_app.documents.kinds import MOST_FAILURES, DocumentKind, DocumentState
from sessions_app.erased_rows import ERASED, erased
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Customer, LinkEvent, LiveSession, TimelineEntry, WebhookAttempt
from sessions_app.timeline import Row, append
from sessions_app.transitions import due_changes, end, lock

AT_ONCE = 500

log = logging.getLogger(__name__)

ENDS = {Actor.ADMIN: EndReason.ENDED_BY_ADMIN, Actor.API: EndReason.ENDED_BY_API}


@dataclass(frozen=True, slots=True)
class By:
    """Who erases: an administrator (user name) or an integration (its name)."""

    actor: Actor
    name: str


class NotErased(Exception):
    """Nothing was erased, because a file could not be removed. The text says so."""


class _Overtaken(Exception):
    """A session began meanwhile, or somebody else has erased them."""


def erase(customers: Sequence[Customer], *, by: By, now: datetime) -> int:
    """Erase these customers. Whoever was erased before stays so. Returns in how many sessions they were.

    1. Their sessions are locked, and then they are. If a session began meanwhile, all of it is done again.
    2. Open sessions end first: nobody goes on writing to somebody who is to be forgotten.
    3. Each session is emptied, and what its customer still could do is over; their links let nobody in.
    4. The customer becomes nobody.
    5. Files go last, before anything is committed: if one cannot be removed, nothing is said to be erased.

    Raises NotErased if a file cannot be removed; erasing again then goes on from there.
    """
    while True:
        with suppress(_Overtaken):
            return _erase(customers, by, now)


@transaction.atomic
def _erase(customers: Sequence[Customer], by: By, now: datetime) -> int:
    known = _locked_sessions(customers, now)
    locked = Customer.objects.select_for_update().filter(pk__in=[one.pk for one in customers]).order_by("pk")
    theirs = [one for one in locked if one.erased_at is None]
    if _sessions_of(customers) != known:
        raise _Overtaken
    sessions = _sessions_of(theirs)
    files = [name for session_id in sessions for name in _empty_session(session_id, by, now)]
    for customer in theirs:
        _become_nobody(customer, now)
    _remove(files, sessions)
    return len(sessions)


def _locked_sessions(customers: Iterable[Customer], now: datetime) -> list[int]:
    """Whoever locks both a session and its customer does it in this order."""
    found = _sessions_of(customers)
    for session_id in found:
        lock(session_id, now)
    return found


def _remove(files: Iterable[str], sessions: Collection[int]) -> None:
    try:
        for name in files:
            default_storage.delete(name)
        kept_transcripts.remove_of(sessions)
    except Exception as error:  # whatever a store raises
        log.exception("Files of a customer who is to be erased could not be removed.")
        raise NotErased(_("A file could not be removed just now. Nothing was erased; please try again.")) from error


def _sessions_of(customers: Iterable[Customer]) -> list[int]:
    found = LiveSession.objects.filter(customer__in=customers).order_by("pk")
    return list(found.values_list("pk", flat=True))


def _become_nobody(customer: Customer, now: datetime) -> None:
    customer.name, customer.erased_at = _word(), now
    customer.email = customer.phone = customer.language = customer.subject = ""
    customer.save()


def _word() -> str:
    """What stands for a name: stored, so that every page, list and file says it."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(ERASED)


# One session -----------------------------------------------------------------------------------------------------


def _empty_session(session_id: int, by: By, now: datetime) -> list[str]:
    """Erase what one session holds. Returns the names of its files, which are still there."""
    _hold_off(session_id)
    if lock(session_id, now).is_open:
        end(session_id, ENDS[by.actor], actor=by.actor, named=by.name, now=now)
    session = lock(session_id, now)
    _empty_rows(session)
    files = [*_files(session)]
    session.attachments.all().delete()
    session.drafts.all().delete()
    session.half_typed.all().delete()
    session.codes.all().delete()
    _empty_documents(session)
    _close_ways_in(session, now)
    row = Row(kind=EntryKind.CUSTOMER_ERASED, actor=by.actor, payload={"by": by.name})
    append(session, row, now=now, **_over(session, now))
    return files


def _hold_off(session_id: int) -> None:
    """Whoever stores anything that refers to the session waits until it is erased, and then finds that it is. The lock
    of others (`transitions.lock`) lets such rows in."""
    LiveSession.objects.select_for_update().get(pk=session_id)


def _empty_rows(session: LiveSession) -> None:
    """What a row said is gone; its digest stays, so that the chain holds."""
    keys = list(session.timeline.filter(erased_sha256="").order_by("number").values_list("pk", flat=True))
    for first in range(0, len(keys), AT_ONCE):
        some = TimelineEntry.objects.filter(pk__in=keys[first : first + AT_ONCE])
        TimelineEntry.objects.bulk_update([*_emptied(some)], ["payload", "erased_sha256"])


def _emptied(rows: Iterable[TimelineEntry]) -> Iterator[TimelineEntry]:
    for row in rows:
        left = erased(row.kind, row.payload)
        if left != row.payload:
            row.erased_sha256, row.payload = chain.digest(row.payload), left
            yield row


def _files(session: LiveSession) -> Iterator[str]:
    """Attachments with their small versions, and everything that was made of documents, also what was left over."""
    from sessions_app.documents.results import folder

    for attachment in session.attachments.all():
        yield from (str(file.name) for file in (attachment.file, attachment.thumbnail) if file)
    for document in session.documents.all():
        with suppress(FileNotFoundError):
            yield from (f"{folder(document)}/{name}" for name in default_storage.listdir(folder(document))[1])


def _empty_documents(session: LiveSession) -> None:
    """What was entered and agreed to. No worker tries again to prepare what is to be gone."""
    from sessions_app.models import DocumentValue

    DocumentValue.objects.filter(document__session=session).delete()
    session.documents.update(note="", consent={})
    session.documents.filter(kind=DocumentKind.FILES).update(name=_word())
    session.documents.filter(state=DocumentState.COMPLETED).update(failures=MOST_FAILURES)


def _close_ways_in(session: LiveSession, now: datetime) -> None:
    session.links.filter(revoked_at=None).update(revoked_at=now)
    session.links.update(sent_to="")
    LinkEvent.objects.filter(link__session=session).update(user_agent="")
    WebhookAttempt.objects.filter(session=session).delete()  # whose answers may repeat what was sent
    session.devices.all().delete()


def _over(session: LiveSession, now: datetime) -> dict[str, object]:
    """The columns of an ended session in which nobody can do anything any more, and nobody waits."""
    windows = session.windows
    return {
        "full_until": min(windows.full_until, now),
        "limited_until": min(windows.limited_until, now),
        "follow_up_since": None,
        "asked_for_time_at": None,
        "waits_since": None,
        "customer_busy_at": None,
        "current_device": None,
        **due_changes(None),
    }
