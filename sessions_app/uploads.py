"""What may be uploaded, judged by the content of the file, and under which name it is kept (rules.md 7)."""

import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import filetype
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext as _

from policies_app.kinds import FileGroup
from policies_app.models import Workstream

MEGABYTE = 1024 * 1024

HEAD_BYTES = 8192
"""How much of a file is read to tell what it is."""

TYPES: dict[FileGroup, dict[str, tuple[str, ...]]] = {
    FileGroup.PICTURES: {
        "image/jpeg": ("jpg", "jpeg"),
        "image/png": ("png",),
        "image/gif": ("gif",),
        "image/webp": ("webp",),
        "image/heic": ("heic", "heif"),
        "image/avif": ("avif",),
    },
    FileGroup.DOCUMENTS: {
        "application/pdf": ("pdf",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
        "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
        "application/vnd.oasis.opendocument.text": ("odt",),
        "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    },
    FileGroup.MEDIA: {
        "video/mp4": ("mp4", "m4v"),
        "video/quicktime": ("mov",),
        "audio/mpeg": ("mp3",),
        "audio/mp4": ("m4a",),
    },
    FileGroup.TEXT: {"text/plain": ("txt", "csv", "md", "log")},
}
"""Types of content by group, each with the endings of names that go with it."""

ENDINGS = {content_type: endings for types in TYPES.values() for content_type, endings in types.items()}


class UploadProblem(ValueError):
    """Why a file cannot be taken; the text is for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may be stored: what people see as its name, and what it really is."""

    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be added to the sessions of a workstream."""

    largest_bytes: int
    most_files: int
    groups: frozenset[FileGroup]

    @property
    def types(self) -> frozenset[str]:
        """The types of content that are allowed."""
        return frozenset(one for group in self.groups for one in TYPES[group])

    @property
    def in_words(self) -> str:
        """The allowed groups, as a list for people."""
        return "; ".join(_(group.label) for group in FileGroup if group in self.groups)

    @property
    def choosable(self) -> str:
        """The endings that a browser offers when files are chosen."""
        return ",".join(f".{ending}" for group in FileGroup if group in self.groups for ending in _endings(group))


def limits_of(workstream: Workstream) -> Limits:
    """The workstream's limits, none of them wider than the installation's."""
    largest = min(settings.UPLOAD_MAX_BYTES, (workstream.largest_file_mb or sys.maxsize) * MEGABYTE)
    most = workstream.most_files
    return Limits(
        largest_bytes=largest,
        most_files=settings.UPLOAD_MAX_FILES if most is None else min(settings.UPLOAD_MAX_FILES, most),
        groups=workstream.allowed_groups,
    )


class NothingHuge(FileUploadHandler):
    """Stops reading a body as soon as it is larger than the largest file can be, before it fills the disk."""

    def handle_raw_input(self, input_data: Any, meta: dict[str, Any], content_length: int, *rest: Any) -> None:
        """Refuse by the announced length. Raises RequestDataTooBig."""
        if content_length > self._most():
            raise RequestDataTooBig("The body is larger than the largest file.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the chunk on to the next handler. Raises StopUpload when there have been too many."""
        self.received += len(raw_data)
        if self.received > self._most():
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has the file."""

    @staticmethod
    def _most() -> int:
        return settings.UPLOAD_MAX_BYTES + MEGABYTE


def accept(upload: UploadedFile, limits: Limits) -> Accepted:
    """Judge a file by its size and content. Raises UploadProblem; the file is left at its start."""
    size, name = upload.size or 0, str(upload.name)
    if not size:
        raise UploadProblem(_("“%(name)s” is empty.") % {"name": name})
    if size > limits.largest_bytes:
        largest = {"name": name, "limit": limits.largest_bytes // MEGABYTE}
        raise UploadProblem(_("“%(name)s” is larger than %(limit)d MB.") % largest)
    content_type = _content_type(upload)
    if content_type not in limits.types:
        allowed = {"name": name, "allowed": limits.in_words}
        raise UploadProblem(_("“%(name)s” is of a type that is not allowed. Allowed are: %(allowed)s.") % allowed)
    return Accepted(safe_name(name, content_type), content_type)


def safe_name(name: str, content_type: str) -> str:
    """The name without folders and control characters, at most 120 long, with an ending that fits its content."""
    base = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    kept = re.sub(r"[^\w\-. ()]", "_", base).strip(" .") or "file"
    stem, _dot, ending = kept.rpartition(".")
    endings = ENDINGS[content_type]
    if stem and ending.lower() in endings:
        return f"{stem[:110]}.{ending}"
    return f"{kept[:110]}.{endings[0]}"


def _endings(group: FileGroup) -> list[str]:
    return [ending for endings in TYPES[group].values() for ending in endings]


def _content_type(upload: UploadedFile) -> str:
    upload.seek(0)
    head = upload.read(HEAD_BYTES)
    upload.seek(0)
    guessed = filetype.guess_mime(head)
    if guessed is None and _is_text(head):
        return "text/plain"
    return guessed or ""


def _is_text(head: bytes) -> bool:
    """Whether the beginning of a file reads as UTF-8 text (a character may be cut at the end)."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode()
    return not any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\f" for sign in text)
