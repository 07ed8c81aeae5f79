"""Reads an uploaded template: its pages with their pictures, its fields, and what administrators should know of it."""

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.files.storage import default_storage

from sessions_app.documents.fields import Field
from sessions_app.documents.kinds import VersionState
from sessions_app.documents.pdf import engine
from sessions_app.documents.storing import local_copy, replace
from sessions_app.models import TemplateVersion

GONE = "The file is no longer in the store. Upload it again."

log = logging.getLogger(__name__)


def read_version(version_id: int, *, now: datetime) -> VersionState:
    """Read the file of a version that waits for it, and say so in its state: ready, or refused with the reason.

    Any number of calls have the effect of one; a call that was killed is made good by the next. Fields that the version
    has already stay as they are: only what is missing is done. Raises WorkerGone, or what the store raises, if it could
    not be read this time: the version then still waits.
    """
    version = TemplateVersion.objects.get(pk=version_id)
    if version.state != VersionState.READING:
        return VersionState(version.state)
    try:
        found = _read(version)
    except engine.BadFile as why:
        return _settle(version, now, state=VersionState.REFUSED, problems=[str(why)])
    except FileNotFoundError:
        return _settle(version, now, state=VersionState.REFUSED, problems=[GONE])
    stored = version.fields or [field.to_json() for field in found.fields]
    return _settle(
        version, now, state=VersionState.READY, pages=found.pages, fields=stored, problems=_problems(version, found)
    )


def _read(version: TemplateVersion) -> engine.Reading:
    """What is in the file, once pictures of all its pages are stored."""
    name = str(version.file.name)
    if default_storage.size(name) > settings.UPLOAD_MAX_BYTES:
        largest = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise engine.BadFile(f"The file is larger than {largest} MB, which is the most that is taken here.")
    with local_copy(name) as source:
        found = engine.read(source)
        _store_pictures(version, source, version.all_fields or found.fields, len(found.pages))
    return found


def _store_pictures(version: TemplateVersion, source: Path, fields: Sequence[Field], pages: int) -> None:
    """Of the form as customers begin with it: without the values that stood in the file, which are not theirs."""
    with TemporaryDirectory(prefix="parley-") as folder:
        empty = Path(folder) / "empty.pdf"
        empty.write_bytes(engine.fill(source, fields, {}))
        for page in range(pages):
            replace(version.picture(page), engine.picture(empty, page))


def _problems(version: TemplateVersion, found: engine.Reading) -> list[str]:
    """Fields that were laid by hand answer the file's having none."""
    return [one for one in found.problems if not (version.fields and one == engine.NO_FIELDS)]


def _settle(version: TemplateVersion, now: datetime, **changes: object) -> VersionState:
    """Unless another call was faster."""
    waiting = TemplateVersion.objects.filter(pk=version.pk, state=VersionState.READING)
    if waiting.update(**changes):
        log.info("Version %s of a template was read at %s: %s", version.public_id, now.isoformat(), changes["state"])
    version.refresh_from_db(fields=["state"])
    return VersionState(version.state)
