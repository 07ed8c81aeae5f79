"""What people do in a session, besides ending it. Each decides on the locked session at `now` and records a row."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.kinds import AccessLevel, Permission
from sessions_app import access, uploads
from sessions_app.activity import note_activity
from sessions_app.kinds import Actor, Audience, EntryKind
from sessions_app.models import Agent, Attachment, LiveSession, TimelineEntry
from sessions_app.timeline import Row, append
from sessions_app.transitions import lock

LONGEST_MESSAGE = 10_000
MOST_DRAFTS = 50


_KEPT = gettext_lazy("What you wrote was not delivered; it is kept, and the agent can see it.")
_NOTHING_STORED = gettext_lazy("Nothing was stored.")


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


def send_message(session_id: int, author: Author, text: str, *, key: UUID, now: datetime) -> TimelineEntry:
    """Put a message into the session. The same key again answers with the same row, so a retry never doubles.

    Raises Refused when this side may not chat now (rules.md 4); the text is then kept as a draft that the agent sees.
    """
    try:
        row = Row(kind=EntryKind.MESSAGE, actor=author.actor, agent=author.agent, payload={"text": text}, key=key)
        return _act(session_id, author, Permission.CHAT, row, now)
    except Refused:
        keep_draft(session_id, author, text, key=key, now=now)
        raise


def attach(session_id: int, author: Author, upload: UploadedFile, *, key: UUID, now: datetime) -> TimelineEntry:
    """Add a file to the session. Judged, and refused, before anything is stored. The same key adds it once.

    Raises Refused when this side may not add files now, UploadProblem when the file itself cannot be taken.
    """
    if done := TimelineEntry.objects.filter(session_id=session_id, key=key).first():
        return done
    check_may(session_id, author, Permission.ATTACH, now)
    accepted = uploads.accept(upload)
    _check_count(session_id)
    stored = _store(session_id, upload, accepted)
    try:
        entry = _act(session_id, author, Permission.ATTACH, _file_row(author, stored, key), now)
    except BaseException:
        _discard(stored)
        raise
    if entry.payload["file"] != str(stored.public_id):  # a retry overtook us: the file is there already
        _discard(stored)
    return entry


@transaction.atomic
def join(session_id: int, *, now: datetime) -> None:
    """Note that the customer came in by their link for the first time."""
    session = lock(session_id, now)
    if session.joined_at is None and access.level(session, now) is not AccessLevel.NONE:
        append(session, Row(kind=EntryKind.JOINED, actor=Actor.CUSTOMER), now=now, joined_at=now)


@transaction.atomic
def record(session_id: int, row: Row, *, now: datetime) -> TimelineEntry:
    """Record something that changes nothing else in the session."""
    return append(lock(session_id, now), row, now=now)


@transaction.atomic
def keep_draft(session_id: int, author: Author, text: str, *, key: UUID, now: datetime) -> None:
    """Keep what this side sent and what was refused; the customer's waits for the agent among the follow-ups.

    The same key again changes nothing. At most MOST_DRAFTS are kept of each side.
    """
    session = lock(session_id, now)
    kept = session.drafts.filter(author=author.audience)
    if kept.filter(key=key).exists() or kept.count() >= MOST_DRAFTS:
        return
    session.drafts.create(author=author.audience, text=text, saved_at=now, key=key)
    LiveSession.objects.filter(pk=session.pk).update(**_follow_up(session, author, now))


@transaction.atomic
def follow_up_done(session_id: int, agent: Agent, *, now: datetime) -> None:
    """The agent has seen to what the customer wrote after the end."""
    session = lock(session_id, now)
    if session.follow_up_since:
        row = Row(kind=EntryKind.FOLLOW_UP_DONE, actor=Actor.AGENT, agent=agent)
        append(session, row, now=now, follow_up_since=None)


def check_may(session_id: int, author: Author, permission: Permission, now: datetime) -> None:
    """Raise Refused unless this side may do this now."""
    with transaction.atomic():
        session = lock(session_id, now)
        _require(session, author, permission, now)


def _act(session_id: int, author: Author, permission: Permission, row: Row, now: datetime) -> TimelineEntry:
    """Write the row. What an agent does first counts as activity, in its own transaction: it locks other sessions."""
    if author.agent:
        note_activity(author.agent, session_id, now=now)
    return _write(session_id, author, permission, row, now)


@transaction.atomic
def _write(session_id: int, author: Author, permission: Permission, row: Row, now: datetime) -> TimelineEntry:
    session = lock(session_id, now)
    if done := session.timeline.filter(key=row.key).first():
        return done
    _require(session, author, permission, now)
    if row.kind is EntryKind.ATTACHED:
        _check_count(session_id)
    return append(session, row, now=now, **_follow_up(session, author, now))


def _follow_up(session: LiveSession, author: Author, now: datetime) -> dict[str, datetime | None]:
    """What is written after the end waits for an answer until the agent gives one (rules.md 4)."""
    if session.is_open:
        return {}
    waits = author.audience is Audience.CUSTOMER
    return {"follow_up_since": (session.follow_up_since or now) if waits else None}


def _require(session: LiveSession, author: Author, permission: Permission, now: datetime) -> None:
    if permission not in access.permitted(session, now):
        raise Refused(_why_not(session, author, permission, now))


def _why_not(session: LiveSession, author: Author, permission: Permission, now: datetime) -> str:
    """In the words of who is refused; a message that was refused is kept, and they are told so."""
    chat = permission is Permission.CHAT
    if author.audience is Audience.AGENT:
        return _("The session has ended, and the customer can no longer get what you send.")
    if access.level(session, now) is AccessLevel.NONE:
        said = _("This session is over, and so is your access to it.")
    elif chat:
        said = _("The session has ended: you can still read it, but no longer write.")
    else:
        said = _("The session has ended: you can still read it, but no longer add files.")
    return f"{said} {_KEPT if chat else _NOTHING_STORED}"


def _check_count(session_id: int) -> None:
    """Asked before the file is stored, and again under the lock. A file counts once a row names it."""
    files = TimelineEntry.objects.filter(session_id=session_id, kind=EntryKind.ATTACHED).count()
    if files >= settings.UPLOAD_MAX_FILES:
        raise uploads.UploadProblem(_("There are already %d files in this session.") % files)


def _store(session_id: int, upload: UploadedFile, accepted: uploads.Accepted) -> Attachment:
    """Store the file and its record. Nobody can see it until a row of the timeline names it."""
    sha256 = hashlib.sha256()
    for chunk in upload.chunks():
        sha256.update(chunk)
    stored = Attachment(
        session_id=session_id,
        name=accepted.name,
        content_type=accepted.content_type,
        size=upload.size or 0,
        sha256=sha256.hexdigest(),
    )
    upload.seek(0)
    stored.file.save(f"{session_id}/{stored.public_id}", upload, save=True)
    return stored


def _discard(stored: Attachment) -> None:
    stored.file.delete(save=False)
    stored.delete()


def _file_row(author: Author, stored: Attachment, key: UUID) -> Row:
    payload = {"file": str(stored.public_id), "name": stored.name, "size": stored.size, "sha256": stored.sha256}
    return Row(kind=EntryKind.ATTACHED, actor=author.actor, agent=author.agent, payload=payload, key=key)
