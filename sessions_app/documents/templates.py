"""What administrators do with templates: each change makes a version, and none that there is ever changes."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet

from policies_app.kinds import FileGroup
from sessions_app import scanning
from sessions_app.documents import storing, tasks
from sessions_app.documents.kinds import VersionState
from sessions_app.documents.layout import laid
from sessions_app.documents.pdf.bad import NO_FIELDS
from sessions_app.documents.selectors import newest_number
from sessions_app.models import Document, DocumentTemplate, TemplateVersion
from sessions_app.uploads import Accepted, Limits, accept

PDF = "application/pdf"


class Stale(Exception):
    """Somebody else has saved a version meanwhile: `newest`. Nothing was stored."""

    def __init__(self, newest: TemplateVersion) -> None:
        super().__init__(str(newest))
        self.newest = newest


class OnlyPdf(Limits):
    """A PDF and nothing else."""

    __slots__ = ()

    @property
    def types(self) -> frozenset[str]:
        return frozenset({PDF})

    @property
    def in_words(self) -> str:
        return "PDF"


def judged(upload: UploadedFile, *, largest_bytes: int) -> Accepted:
    """Whether a file may become a template, by its size and content, and, where there is one, by the virus scanner.

    Raises UploadProblem, and NotChecked if nobody can say now.
    """
    accepted = accept(upload, OnlyPdf(largest_bytes, 1, frozenset({FileGroup.DOCUMENTS})))
    scanning.check(upload)
    return accepted


@transaction.atomic
def add_file(template: DocumentTemplate, upload: UploadedFile, *, by: User | None, now: datetime) -> TemplateVersion:
    """A version with a file of its own, which a worker reads as soon as it is stored for good."""
    _lock(template)
    version = TemplateVersion(template=template, number=newest_number(template) + 1, saved_by=by, saved_at=now)
    storing.store_source(version, upload)
    try:
        version.save(force_insert=True)
    except BaseException:
        default_storage.delete(str(version.file.name))
        raise
    transaction.on_commit(partial(tasks.order_reading, version.pk))
    return version


@transaction.atomic
def save_layout(
    base: TemplateVersion, posted: Any, *, newest_known: int, by: User | None, now: datetime
) -> TemplateVersion:
    """A version with the file of another one and the fields that somebody laid onto it (`documents.layout`).

    `newest_known` is the number of the newest version that they know of. Answers with `base` if nothing is different
    from it. Raises layout.Unusable; Stale if somebody else has saved what they do not know of.
    """
    template = base.template
    _lock(template)
    newer = usable(template).filter(number__gt=newest_known).first()
    if newer:
        raise Stale(newer)
    fields = laid(posted, base.all_fields, base.pages)
    if fields == base.all_fields and not usable(template).filter(number__gt=base.number).exists():
        return base
    return TemplateVersion.objects.create(
        template=template,
        number=newest_number(template) + 1,
        state=VersionState.READY,
        file=base.file.name,
        file_name=base.file_name,
        sha256=base.sha256,
        pages=base.pages,
        fields=[field.to_json() for field in fields],
        problems=[one for one in base.problems if one != NO_FIELDS or not fields],
        saved_by=by,
        saved_at=now,
    )


def usable(template: DocumentTemplate) -> QuerySet[TemplateVersion]:
    """Its versions that can be sent or may become so, newest first."""
    return template.versions.exclude(state=VersionState.REFUSED).order_by("-number")


def sent_count(template: DocumentTemplate) -> int:
    """How many documents were made from it. What was sent keeps its version, so the template stays, too."""
    return Document.objects.filter(version__template=template).count()


@transaction.atomic
def remove(template: DocumentTemplate) -> None:
    """Delete a template that was never sent, with its files. Raises ProtectedError for any other."""
    names = {name for version in template.versions.all() for name in _stored(version)}
    template.delete()
    transaction.on_commit(partial(_delete, names))


def _stored(version: TemplateVersion) -> list[str]:
    return [str(version.file.name), *(version.picture(page) for page in range(len(version.pages)))]


def _delete(names: set[str]) -> None:
    for name in filter(None, names):
        default_storage.delete(name)


def _lock(template: DocumentTemplate) -> None:
    """One after the other: numbers of versions are given once."""
    DocumentTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
