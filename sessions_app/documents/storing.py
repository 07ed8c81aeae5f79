"""Where the files of documents are kept: beside attachments, on disk or in an object store (`config.files`)."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from sessions_app.models import TemplateVersion
from sessions_app.uploads import safe_name

CHUNK = 1024 * 1024


def store_source(version: TemplateVersion, upload: UploadedFile) -> None:
    """Store the file of a version that is not saved yet, and note its name and SHA-256 in it.

    What is in the file is not judged: that comes when it is read.
    """
    version.file_name = safe_name(str(upload.name), "application/pdf")
    version.sha256 = _sha256(upload)
    version.file.name = default_storage.save(f"{version.folder}/source.pdf", upload)


def store(name: str, content: bytes) -> str:
    """Store bytes; returns the name under which they really are. What is stored already is never overwritten."""
    return default_storage.save(name, ContentFile(content))


def replace(name: str, content: bytes) -> None:
    """Store bytes under exactly this name. Of what was there, perhaps half-written, nothing stays."""
    default_storage.delete(name)
    if (other := store(name, content)) != name:
        default_storage.delete(other)  # somebody else has just stored the same


def open_stored(name: str) -> File:
    """A stored file, to be read. Raises OSError if it is not there."""
    return default_storage.open(name, "rb")


@contextmanager
def local_copy(name: str) -> Iterator[Path]:
    """A stored file as a path that can be read until the end of the block. Raises OSError if it is not there."""
    with open_stored(name) as stored:
        if path := _own_path(name):
            yield path
            return
        with NamedTemporaryFile(prefix="parley-", suffix=".pdf") as copy:
            shutil.copyfileobj(stored, copy, CHUNK)
            copy.flush()
            yield Path(copy.name)


def _own_path(name: str) -> Path | None:
    """Where the store keeps it on this computer's disk, if it does."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        return None
    return path if path.is_file() else None


def _sha256(upload: UploadedFile) -> str:
    sha256 = hashlib.sha256()
    for chunk in upload.chunks(CHUNK):
        sha256.update(chunk)
    upload.seek(0)
    return sha256.hexdigest()
