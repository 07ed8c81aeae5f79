"""Where the files of sessions are kept: on disk or in an object store, as PARLEY_ATTACHMENTS says."""

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from policies_app.kinds import FileGroup
from sessions_app.kinds import EntryKind
from sessions_app.models import Attachment, TimelineEntry
from sessions_app.thumbnails import thumbnail_of
from sessions_app.uploads import TYPES, Accepted

LEFT_OVER_AFTER = timedelta(hours=1)
"""A file that no row names after this long never gets one: it is stored within seconds of its row."""

LOOKED_FOR = timedelta(days=2)
BATCH = 500

log = logging.getLogger(__name__)


def store(session_id: int, upload: UploadedFile, accepted: Accepted) -> Attachment:
    """Store a file, and a small version of a picture. Nobody can see it until a row of the timeline names it.

    The record comes first: of whatever a crash leaves behind, `remove_left_over` then knows.
    """
    stored = Attachment(session_id=session_id, name=accepted.name, content_type=accepted.content_type)
    stored.size, stored.sha256 = upload.size or 0, _sha256(upload)
    stored.file.name = f"{session_id}/{stored.public_id}"
    small = thumbnail_of(upload) if accepted.content_type in TYPES[FileGroup.PICTURES] else None
    if small:
        stored.thumbnail.name = f"{stored.file.name}.webp"
        stored.width, stored.height = small.width, small.height
    stored.save()
    try:
        if small:
            default_storage.save(str(stored.thumbnail.name), ContentFile(small.content))
        default_storage.save(str(stored.file.name), upload)
    except BaseException:
        discard(stored)
        raise
    return stored


def discard(stored: Attachment) -> None:
    """Remove a file that no row names. What cannot be removed now is left to `remove_left_over`."""
    try:
        for file in (stored.file, stored.thumbnail):
            if file:
                default_storage.delete(str(file.name))
        stored.delete()
    except Exception:
        log.exception("A file that was refused could not be removed; that is tried again later.")


def remove_left_over(now: datetime) -> int:
    """Remove files of the last days that no row names: a process was stopped while it stored them. Returns how many."""
    since, until = _first_id(now - LOOKED_FOR), _first_id(now - LEFT_OVER_AFTER)
    recent = Attachment.objects.filter(public_id__gte=since, public_id__lt=until).order_by("public_id")
    left_over = [one for some in _batches(recent) for one in _nameless(some)]
    for one in left_over:
        discard(one)
    return len(left_over)


def _batches(files: QuerySet[Attachment]) -> Iterator[list[Attachment]]:
    found = files.iterator(BATCH)
    while some := list(islice(found, BATCH)):
        yield some


def _nameless(files: list[Attachment]) -> list[Attachment]:
    sessions = {file.session_id for file in files}
    rows = TimelineEntry.objects.filter(session__in=sessions, kind=EntryKind.ATTACHED)
    named = set(rows.values_list("payload__file", flat=True))
    return [file for file in files if str(file.public_id) not in named]


def _first_id(moment: datetime) -> UUID:
    """The first of the ids that are made at this moment: they begin with their time (UUIDv7)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def _sha256(upload: UploadedFile) -> str:
    sha256 = hashlib.sha256()
    for chunk in upload.chunks():
        sha256.update(chunk)
    upload.seek(0)
    return sha256.hexdigest()
