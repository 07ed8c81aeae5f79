"""What people do in a session, besides ending it. Each decides on the locked session at `now` and records a row."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.kinds import AccessLevel, Permission
from policies_app.models import Workstream
from sessions_app import access, half_typed, scanning, stored_files, uploads
from sessions_app.activity import note_activity
from sessions_app.erased_rows import erased, is_of_erased
from sessions_app.kinds import Actor, Audience, EntryKind
from sessions_app.models import Agent, Attachment, LiveSession, TimelineEntry
from sessions_app.timeline import Row, append
from sessions_app.transitions import lock

LONGEST_MESSAGE = 10_000
MOST_DRAFTS = 50


_KEPT = gettext_lazy("What you wrote was not delivered; it is kept, and the agent can see it.")
NOTHING_STORED = gettext_lazy("Nothing was stored.")
_NOT_ANY_MORE = {
    Permission.CHAT: (gettext_lazy("The session has ended: you can still read it, but no longer write."), _KEPT),
    Permission.ATTACH: (
        gettext_lazy("The session has ended: you can still read it, but no longer add files."),
        NOTHING_STORED,
    ),
    Permission.COMPLETE: (
        gettext_lazy("The session has ended: you can still read it, but no longer complete documents."),
        gettext_lazy("What you entered was not submitted; it is kept, and the agent can see it."),
    ),
}
"""What a customer is told who may only read, and what became of what they sent."""


class Refused(Exception):
    """Somebody may not do this now. The text says why, in their words; what they typed is kept as a draft."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts in a room: the customer, or this agent."""

    audience: Audience
    agent: Agent | None = None

    @property
    def actor(self) -> Actor:
        return Actor(self.audience)


def send_message(
    session_id: int, author: Author, text: str, *, key: UUID, now: datetime, typed: int | None = None
) -> TimelineEntry:
    """Put a message into the session. The same key again answers with the same row, so a retry never doubles.

    What is kept as half typed goes with it, up to the version `typed` that was sent (`half_typed.sent`).
    Raises Refused when this side may not chat now (rules.md 4); the text is then kept as a draft that the agent sees.
    """
    try:
        row = Row(kind=EntryKind.MESSAGE, actor=author.actor, agent=author.agent, payload={"text": text}, key=key)
        return _act(session_id, author, Permission.CHAT, row, now, typed)
    except Refused:
        keep_draft(session_id, author, text, key=key, now=now)
        raise


def attach(
    session_id: int,
    author: Author,
    upload: UploadedFile,
    *,
    key: UUID,
    now: datetime,
    permission: Permission = Permission.ATTACH,
    also: Callable[[Attachment], None] | None = None,
) -> TimelineEntry:
    """Add a file to the session. Judged, and refused, before anything is stored. The same key adds it once.

    `also` is done with the file in the transaction that records it, and undoes it all by raising.
    Raises Refused when this side may not do that now, UploadProblem when the file itself cannot be taken, and
    NotChecked when nobody can say whether it is harmful.
    """
    if done := TimelineEntry.objects.filter(session_id=session_id, key=key).first():
        return done
    check_may(session_id, author, permission, now, became=NOTHING_STORED)
    accepted = uploads.accept(upload, _limits(session_id))
    _check_count(session_id)
    scanning.check(upload)
    stored = stored_files.store(session_id, upload, accepted)
    try:
        row = _file_row(author, stored, key)
        entry = _act(session_id, author, permission, row, now, also=partial(also, stored) if also else None)
    except BaseException:
        stored_files.discard(stored)
        raise
    if entry.payload["file"] != str(stored.public_id):  # a retry overtook us: the file is there already
        stored_files.discard(stored)
    return entry


@transaction.atomic
def join(session_id: int, *, now: datetime) -> None:
    """Note that the customer came in by their link for the first time."""
    session = lock(session_id, now)
    if session.joined_at is None and access.level(session, now) is not AccessLevel.NONE:
        append(session, Row(kind=EntryKind.JOINED, actor=Actor.CUSTOMER), now=now, joined_at=now)


def add_note(session_id: int, agent: Agent, text: str, *, key: UUID, now: datetime) -> TimelineEntry:
    """Write a note that only agents see, whatever the state of the session. The same key again adds nothing."""
    note_activity(agent, session_id, now=now)
    return _write_note(session_id, agent, text, key, now)


@transaction.atomic
def _write_note(session_id: int, agent: Agent, text: str, key: UUID, now: datetime) -> TimelineEntry:
    session = lock(session_id, now)
    if done := session.timeline.filter(key=key).first():
        return done
    row = Row(kind=EntryKind.NOTE, actor=Actor.AGENT, agent=agent, payload={"text": text}, key=key)
    return append(session, row, now=now)


@transaction.atomic
def record(session_id: int, row: Row, *, now: datetime) -> TimelineEntry:
    """Record something that changes nothing else in the session. Of a customer who was erased, also while it happened,
    only what would be left of it."""
    session = lock(session_id, now)
    if is_of_erased(session_id):
        row = replace(row, payload=erased(row.kind, row.payload))
    return append(session, row, now=now)


@transaction.atomic
def keep_draft(session_id: int, author: Author, text: str, *, key: UUID, now: datetime) -> None:
    """Keep what this side sent and what was refused; the customer's waits for the agent among the follow-ups.

    The same key again changes nothing. At most MOST_DRAFTS are kept of each side, beside what was entered into
    documents (`documents.refused`). Nothing is kept about a customer who was erased.
    """
    session = lock(session_id, now)
    if is_of_erased(session_id):
        return
    kept = session.drafts.filter(author=author.audience, document=None)
    if session.drafts.filter(key=key).exists() or kept.count() >= MOST_DRAFTS:
        return
    session.drafts.create(author=author.audience, text=text, saved_at=now, key=key)
    if author.audience is Audience.CUSTOMER:  # what an agent could not deliver is no answer
        LiveSession.objects.filter(pk=session.pk).update(**follow_up(session, author, now))


@transaction.atomic
def follow_up_done(session_id: int, agent: Agent, *, now: datetime) -> None:
    """The agent has seen to what the customer wrote after the end."""
    session = lock(session_id, now)
    if session.follow_up_since or session.asked_for_time_at:
        row = Row(kind=EntryKind.FOLLOW_UP_DONE, actor=Actor.AGENT, agent=agent)
        append(session, row, now=now, follow_up_since=None, asked_for_time_at=None)


@transaction.atomic
def check_may(
    session_id: int, author: Author, permission: Permission, now: datetime, *, became: Promise | None = None
) -> None:
    """Raise Refused unless this side may do this now, as `require` does."""
    require(lock(session_id, now), author, permission, now, became=became)


def _act(
    session_id: int,
    author: Author,
    permission: Permission,
    row: Row,
    now: datetime,
    typed: int | None = None,
    also: Callable[[], None] | None = None,
) -> TimelineEntry:
    """Write the row. What an agent does first counts as activity, in its own transaction: it locks other sessions."""
    if author.agent:
        note_activity(author.agent, session_id, now=now)
    return _write(session_id, author, permission, row, now, typed, also)


@transaction.atomic
def _write(
    session_id: int,
    author: Author,
    permission: Permission,
    row: Row,
    now: datetime,
    typed: int | None,
    also: Callable[[], None] | None,
) -> TimelineEntry:
    session = lock(session_id, now)
    if done := session.timeline.filter(key=row.key).first():
        return done
    require(session, author, permission, now, became=NOTHING_STORED if row.kind is EntryKind.ATTACHED else None)
    if row.kind is EntryKind.ATTACHED:
        _check_count(session_id)
    if row.kind is EntryKind.MESSAGE:
        half_typed.sent(session_id, author.agent, typed, now=now)
    if also:
        also()
    return append(session, row, now=now, **follow_up(session, author, now), **waits(session, author, now))


def waits(session: LiveSession, author: Author, now: datetime) -> dict[str, datetime | None]:
    """The customer waits from the first thing that they sent after the agent's last."""
    return {"waits_since": None if author.audience is Audience.AGENT else session.waits_since or now}


def follow_up(session: LiveSession, author: Author, now: datetime) -> dict[str, datetime | None]:
    """What is written after the end waits for an answer until the agent gives one (rules.md 4).

    From then on, even if the customer asked for more time before: giving that answers only the request.
    """
    if session.is_open:
        return {}
    if author.audience is Audience.AGENT:
        return {"follow_up_since": None, "asked_for_time_at": None}
    only_asked = session.follow_up_since == session.asked_for_time_at
    return {"follow_up_since": now if only_asked else session.follow_up_since or now}


def require(
    session: LiveSession, author: Author, permission: Permission, now: datetime, *, became: Promise | None = None
) -> None:
    """Raise Refused unless this side may do this now in a locked session.

    `became` tells the customer what became of what they sent, where that is not what usually does.
    """
    if author.agent and session.agent_id != author.agent.pk:
        raise Refused(_("This session is no longer yours."))
    if permission not in access.permitted(session, now):
        raise Refused(_why_not(session, author, permission, now, became))


def _why_not(
    session: LiveSession, author: Author, permission: Permission, now: datetime, became: Promise | None
) -> str:
    """In the words of who is refused; a message that was refused is kept, and they are told so."""
    if author.audience is Audience.AGENT:
        return _("The session has ended, and the customer can no longer get what you send.")
    said, usually = _NOT_ANY_MORE[permission]
    if access.level(session, now) is AccessLevel.NONE:
        said = gettext_lazy("This session is over, and so is your access to it.")
    return f"{said} {became or usually}"


def _check_count(session_id: int) -> None:
    """Asked before the file is stored, and again under the lock. A file counts once a row names it."""
    files = TimelineEntry.objects.filter(session_id=session_id, kind=EntryKind.ATTACHED).count()
    if files >= _limits(session_id).most_files:
        raise uploads.UploadProblem(_("There are already %d files in this session.") % files)


def _limits(session_id: int) -> uploads.Limits:
    return uploads.limits_of(Workstream.objects.get(sessions=session_id))


def _file_row(author: Author, stored: Attachment, key: UUID) -> Row:
    payload = {"file": str(stored.public_id), "name": stored.name, "size": stored.size, "sha256": stored.sha256}
    if stored.thumbnail:
        payload |= {"width": stored.width or 0, "height": stored.height or 0}
    return Row(kind=EntryKind.ATTACHED, actor=author.actor, agent=author.agent, payload=payload, key=key)
