"""What Parley does with PDF files. Each file is opened in a process of its own, with limits, never in this one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sessions_app.documents.fields import Field, from_json
from sessions_app.documents.pdf.bad import NO_FIELDS, BadFile
from sessions_app.documents.pdf.isolation import WorkerGone, done

__all__ = ["NO_FIELDS", "BadFile", "Reading", "WorkerGone", "fill", "picture", "read"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is in a PDF: the size of each page in points as shown ([width, height]), the fields of its form in the order
    in which they are filled in, and sentences for administrators about what is left out or was mended."""

    pages: list[list[float]]
    fields: tuple[Field, ...]
    problems: list[str]


def read(source: Path) -> Reading:
    """Everything that is in the file. Raises BadFile (a sentence for people), and WorkerGone: try again later."""
    found, _made = done("read", source)
    return Reading(found["pages"], from_json(found["fields"]), found["problems"])


def picture(source: Path, page: int, *, width: int = 1240) -> bytes:
    """A page (counted from 0) as WebP of that width in pixels, with the empty boxes of its form. Raises as `read`."""
    _found, made = done("picture", source, page=page, width=width)
    return made


def fill(source: Path, fields: Sequence[Field], values: Mapping[str, str]) -> bytes:
    """The PDF with these values in it as part of its pages, and without any form, script or embedded file.

    `values` are in their canonical form (`documents.values`), by name of the field; fields without one stay empty, what
    else was in the form stays as it was. The same input gives the same bytes. Raises as `read`.
    """
    entered = {"fields": [field.to_json() for field in fields], "values": dict(values)}
    _found, made = done("fill", source, entered=entered)
    return made
