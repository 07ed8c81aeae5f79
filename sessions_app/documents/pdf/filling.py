"""Fills a form in and makes it part of the pages. Runs in the worker only.

1. Boxes of the form whose values are given are emptied: a check box is turned off, other boxes are taken away.
2. Everything but pages and appearances is left behind (`stripping`).
3. pdfium makes what is left of the form part of the pages, so that it looks as it did.
4. The values are drawn over it (`overlay`), each in its places.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from pypdf.generic import DictionaryObject, NameObject
from pypdfium2 import PdfDocument, PdfMatrix
from pypdfium2 import raw as pdfium

from sessions_app.documents.fields import Field, Place
from sessions_app.documents.pdf import bad
from sessions_app.documents.pdf.bad import BadFile
from sessions_app.documents.pdf.drawings import drawing_of, text_of
from sessions_app.documents.pdf.looks import Look, frame_of, look_of
from sessions_app.documents.pdf.objects import dictionary, entries, identity, text, with_keys
from sessions_app.documents.pdf.opening import opened, sheet_of
from sessions_app.documents.pdf.overlay import Mark, overlay
from sessions_app.documents.pdf.recognising import PUSH_BUTTON
from sessions_app.documents.pdf.stripping import bare
from sessions_app.documents.pdf.tree import Terminal, Widget, terminals

_ID = re.compile(rb"/ID\s*\[\s*<[0-9A-Fa-f]{32}>\s*<[0-9A-Fa-f]{32}>\s*\]")


@dataclass
class _Emptied:
    """What becomes of the form: boxes that go, what is drawn for them first, and how values want to look."""

    gone: set[tuple[str, int]] = field(default_factory=set)
    marks: list[Mark] = field(default_factory=list)
    looks: dict[str, Look] = field(default_factory=dict)


def filled(source: Path, fields: Sequence[Field], values: Mapping[str, str]) -> bytes:
    """The PDF with the values in it, flat. Raises BadFile."""
    file = opened(source)
    form = terminals(dictionary(file.reader.root_object), list(file.reader.pages), file.sheets)
    emptied = _emptied(form, {one.name for one in fields if one.in_form})
    marks = [*emptied.marks, *_entered(fields, values, emptied.looks)]
    over, numbers = overlay([sheet.size for sheet in file.sheets], marks)
    return _flat(bare(file, emptied.gone), over, numbers)


def _entered(fields: Sequence[Field], values: Mapping[str, str], looks: Mapping[str, Look]) -> Iterator[Mark]:
    for one in fields:
        value = values.get(one.name, "")
        for place in one.places if value else ():
            look = looks.get(one.name, Look()) if one.in_form else Look()
            if drawing := drawing_of(one, place, value, look):
                yield Mark(place.page, _box(place), drawing)


def _box(place: Place) -> tuple[float, float, float, float]:
    return place.left, place.bottom, place.right, place.top


# The form's own boxes ----------------------------------------------------------------------------------------------


def _emptied(form: Sequence[Terminal], given: set[str]) -> _Emptied:
    found = _Emptied()
    for terminal in form:
        if terminal.name in given:
            found.looks[terminal.name] = look_of(terminal)
        for widget in terminal.widgets:
            if terminal.name in given:
                _empty(terminal, widget, found)
            else:
                _leave(terminal, widget, found)
    return found


def _empty(terminal: Terminal, widget: Widget, found: _Emptied) -> None:
    """A box whose value is given: its own appearance would show the value that the file came with."""
    states = entries(entries(widget.node, "/AP"), "/N")
    is_button = text(terminal.get("/FT")) == "Btn"
    if is_button and "/Off" in states:
        widget.node[NameObject("/AS")] = NameObject("/Off")
        return
    found.gone.add(identity(None, widget.node))
    if widget.is_seen:
        found.marks.append(Mark(widget.page, widget.box, frame=frame_of(widget, look_of(terminal).cells)))


def _leave(terminal: Terminal, widget: Widget, found: _Emptied) -> None:
    """A box that stays as it is. Buttons that did something do nothing any more; what had no appearance gets one."""
    kind = text(terminal.get("/FT"))
    if kind == "Btn" and terminal.flags & PUSH_BUTTON and _acts(terminal, widget):
        found.gone.add(identity(None, widget.node))
    elif kind in ("Tx", "Ch") and widget.is_seen and not entries(entries(widget.node, "/AP"), "/N"):
        value = text(terminal.get("/V"))
        drawing = text_of(value, Look(align=look_of(terminal).align), lines="\n" in value) if value else None
        found.marks.append(Mark(widget.page, widget.box, drawing, frame_of(widget)))


def _acts(terminal: Terminal, widget: Widget) -> bool:
    nodes: list[DictionaryObject] = [*terminal.lineage, widget.node]
    return any(with_keys(node, ("/A", "/AA")) for node in nodes)


# Putting together --------------------------------------------------------------------------------------------------


def _flat(form: bytes, over: bytes, numbers: Mapping[int, int]) -> bytes:
    """The form with its appearances and the overlay's pages as part of its own pages."""
    document = PdfDocument(form)
    above = PdfDocument(over) if over else None
    for number in range(len(document)):
        _flatten(document, number)
        if above and number in numbers:
            _lay(above, numbers[number], document, number)
    kept = BytesIO()
    document.save(kept, flags=pdfium.FPDF_NO_INCREMENTAL)
    return _with_steady_id(kept.getvalue())


def _with_steady_id(made: bytes) -> bytes:
    """The same bytes for the same input: pdfium gives every file a random identifier, of 32 digits, twice."""
    *_others, found = _ID.finditer(made)  # pdfium writes it at the end, always
    before, after = made[: found.start()], made[found.end() :]
    steady = hashlib.sha256(before + after).hexdigest()[:32].upper().encode()
    return before + b"/ID[<" + steady + b"><" + steady + b">]" + after


def _flatten(document: PdfDocument, number: int) -> None:
    """pypdfium2's own `flatten` asks for a form, of which there is none any more."""
    if pdfium.FPDFPage_Flatten(document[number], pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_FAIL:
        raise BadFile(bad.DAMAGED)


def _lay(above: PdfDocument, at: int, document: PdfDocument, number: int) -> None:
    page = document[number]
    layer = above.page_as_xobject(at, document).as_pageobject()
    layer.set_matrix(PdfMatrix(*sheet_of(page).matrix()))
    page.insert_obj(layer)
    page.gen_content()
