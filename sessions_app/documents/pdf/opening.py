"""Opening a file from outside: the same bytes for pdfium, which draws, and for pypdf, which knows the form.

What is wrong with a file as a whole is found here. Runs in the worker only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pypdfium2
from pypdf import PdfReader
from pypdfium2 import PdfDocument, PdfiumError
from pypdfium2 import raw as pdfium

from sessions_app.documents.pdf import bad, limits
from sessions_app.documents.pdf.bad import BadFile
from sessions_app.documents.pdf.geometry import Sheet

CUT_OFF = "The file was damaged and has been repaired as far as possible. Look at every page before you use it."

_HEAD = 1024
"""Within so many bytes a PDF says that it is one; other programs are as generous."""

_REFUSALS = {pdfium.FPDF_ERR_PASSWORD: bad.ENCRYPTED, pdfium.FPDF_ERR_SECURITY: bad.PROTECTED}


@dataclass
class Opened:
    """An open file. `problems` are sentences for administrators."""

    content: bytes
    drawn: PdfDocument
    reader: PdfReader
    sheets: list[Sheet]
    problems: list[str] = field(default_factory=list)


def opened(source: Path) -> Opened:
    """The file, seen to be usable as a whole. Raises BadFile."""
    content = content_of(source)
    drawn = drawable(content)
    sheets = list(_sheets(drawn))
    reader = _reader(content, len(sheets))
    if reader and b"%%EOF" in content[-2048:]:
        return Opened(content, drawn, reader, sheets)
    repaired = saved(drawn)
    if reader := reader or _reader(repaired, len(sheets)):
        return Opened(content, drawn, reader, sheets, [CUT_OFF])
    raise BadFile(bad.DAMAGED)


def drawable(content: bytes) -> PdfDocument:
    """For pdfium. Raises BadFile for what it cannot open."""
    try:
        document = PdfDocument(content)
    except PdfiumError as error:
        raise BadFile(_REFUSALS.get(error.err_code, bad.DAMAGED)) from None
    document.init_forms()
    return document


def saved(document: PdfDocument) -> bytes:
    """The document as pdfium writes it."""
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def sheet_of(page: pypdfium2.PdfPage) -> Sheet:
    """The page as pdfium shows it."""
    left, bottom, right, top = page.get_bbox()
    return Sheet(left, bottom, right, top, page.get_rotation() // 90)


def content_of(source: Path) -> bytes:
    """The bytes of what could be a PDF. Raises BadFile."""
    size = source.stat().st_size
    if size > limits.LARGEST_SOURCE:
        raise BadFile(bad.HUGE)
    content = source.read_bytes()
    if not content.strip(b"\0 \r\n\t"):
        raise BadFile(bad.EMPTY)
    if b"%PDF-" not in content[:_HEAD]:
        raise BadFile(bad.NOT_PDF)
    return content


def _sheets(document: PdfDocument) -> Iterator[Sheet]:
    if not len(document):
        raise BadFile(bad.NO_PAGES)
    if len(document) > limits.MOST_PAGES:
        raise BadFile(bad.PAGES)
    for number in range(len(document)):
        try:
            sheet = sheet_of(document[number])
        except PdfiumError:
            raise BadFile(bad.DAMAGED) from None
        if not all(limits.SMALLEST_PAGE <= side <= limits.LARGEST_PAGE for side in sheet.size):
            raise BadFile(bad.page_size(number))
        yield sheet


def _reader(content: bytes, pages: int) -> PdfReader | None:
    """For pypdf, if it sees the same pages."""
    try:
        reader = PdfReader(BytesIO(content), strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        return reader if len(reader.pages) == pages else None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - pypdf raises nearly anything for what is not quite a PDF
        return None
