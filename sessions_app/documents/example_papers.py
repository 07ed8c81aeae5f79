"""Paper for examples: pages written from top to bottom, with fields on them; flat, or with a form of their own.

The same words and fields always give the same bytes.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fpdf import FPDF
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from sessions_app.documents.fields import Field, Option, Place
from sessions_app.documents.kinds import FieldKind

A4 = (595.28, 841.89)
"""Width and height in points."""

MARGIN, WIDTH = 56, 483
LINE = 20
SIDE = 12
"""Of a box to tick, in points."""

_HEIGHTS = {FieldKind.MULTILINE: 72, FieldKind.SIGNATURE: 60}
_TICKED, _EMPTY = "/Yes", "/Off"
_FLAGS = {FieldKind.MULTILINE: 1 << 12, FieldKind.RADIO: (1 << 15) | (1 << 14), FieldKind.CHOICE: 1 << 17}
_REQUIRED, _PRINTED = 1 << 1, 4
_TYPES = {
    FieldKind.CHECKBOX: "/Btn",
    FieldKind.RADIO: "/Btn",
    FieldKind.CHOICE: "/Ch",
    FieldKind.SIGNATURE: "/Sig",
}


class Paper:
    """Pages of A4. `fields` are those that were put onto them, in their order."""

    def __init__(self, title: str) -> None:
        self.fields: list[Field] = []
        self._pdf = FPDF(unit="pt", format=A4)
        self._pdf.set_title(title)
        self._pdf.set_lang("en")
        self._pdf.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
        self._pdf.set_margins(MARGIN, MARGIN)
        self._pdf.set_auto_page_break(False)

    def page(self, heading: str) -> None:
        """Begin a page."""
        self._pdf.add_page()
        self._pdf.set_font("helvetica", "B", 18)
        self._pdf.cell(WIDTH, 28, heading, new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(6)

    def says(self, text: str) -> None:
        """A paragraph."""
        self._pdf.set_font("helvetica", "", 10.5)
        self._pdf.multi_cell(WIDTH, 15, text, new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(8)

    def asks(
        self, name: str, kind: FieldKind, label: str, *, width: float = WIDTH, options: Sequence[str] = (), **more: Any
    ) -> None:
        """A field with its label: above it, or beside a box to tick."""
        given = tuple(Option(option.lower().replace(" ", "-"), option) for option in options)
        if kind is FieldKind.RADIO:
            self._label(label)
            places = tuple(self._box(option.label, option.value) for option in given)
        elif kind is FieldKind.CHECKBOX:
            places = (self._box(label),)
        else:
            self._label(label)
            places = (self._frame(width, _HEIGHTS.get(kind, LINE)),)
        self._pdf.ln(14)
        self.fields.append(Field(name=name, kind=kind, label=label, places=places, options=given, **more))

    def flat(self) -> bytes:
        """The pages alone: fields have to be laid onto them."""
        return bytes(self._pdf.output())

    def with_form(self) -> bytes:
        """The pages with the fields as a form of the PDF itself (AcroForm)."""
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(self.flat())))
        form = _Form(writer)
        for field in self.fields:
            form.add(field)
        made = io.BytesIO()
        writer.write(made)
        return made.getvalue()

    def _label(self, label: str) -> None:
        self._pdf.set_font("helvetica", "B", 9)
        self._pdf.cell(WIDTH, 14, label, new_x="LMARGIN", new_y="NEXT")

    def _frame(self, width: float, height: float) -> Place:
        top = self._pdf.get_y()
        self._draw(MARGIN, top, width, height)
        self._pdf.set_y(top + height)
        return self._place(MARGIN, top, width, height)

    def _box(self, label: str, option: str = "") -> Place:
        top = self._pdf.get_y() + 3
        self._draw(MARGIN, top, SIDE, SIDE)
        self._pdf.set_font("helvetica", "", 10.5)
        self._pdf.set_xy(MARGIN + SIDE + 6, top - 2)
        self._pdf.multi_cell(WIDTH - SIDE - 6, 16, label, new_x="LMARGIN", new_y="NEXT")
        return self._place(MARGIN, top, SIDE, SIDE, option)

    def _draw(self, left: float, top: float, width: float, height: float) -> None:
        self._pdf.set_draw_color(120)
        self._pdf.set_line_width(0.6)
        self._pdf.rect(left, top, width, height)

    def _place(self, left: float, top: float, width: float, height: float, option: str = "") -> Place:
        bottom = round(A4[1] - top - height, 2)
        return Place(self._pdf.page_no() - 1, left, bottom, left + width, round(bottom + height, 2), option)


class _Form:
    """An AcroForm in the making."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._fields = ArrayObject()
        fonts = {"/Helv": _font("/Helvetica"), "/ZaDb": _font("/ZapfDingbats")}
        form = {
            "/Fields": self._fields,
            "/DR": _dictionary({"/Font": _dictionary(fonts)}),
            "/DA": TextStringObject("/Helv 0 Tf 0 g"),
        }
        writer.root_object[NameObject("/AcroForm")] = writer._add_object(_dictionary(form))

    def add(self, field: Field) -> None:
        """A field with a widget for each of its places."""
        flags = _FLAGS.get(field.kind, 0) | (_REQUIRED if field.required else 0)
        entries = {
            "/FT": NameObject(_TYPES.get(field.kind, "/Tx")),
            "/T": TextStringObject(field.name),
            "/TU": TextStringObject(field.label),
            "/Ff": NumberObject(flags),
            "/DA": TextStringObject("/Helv 10 Tf 0 g"),
        }
        if field.kind is FieldKind.CHOICE:
            pairs = ([option.value, option.label] for option in field.options)
            entries["/Opt"] = ArrayObject(ArrayObject(map(TextStringObject, pair)) for pair in pairs)
        if field.kind in (FieldKind.CHECKBOX, FieldKind.RADIO):
            entries["/V"] = NameObject(_EMPTY)
        if field.kind is FieldKind.RADIO:
            self._fields.append(self._group(field, entries))
        else:
            states = [_TICKED] if field.kind is FieldKind.CHECKBOX else []
            self._fields.append(self._widget(field.places[0], entries, states))

    def _group(self, field: Field, entries: dict[str, Any]) -> IndirectObject:
        parent = _dictionary(entries)
        reference = self._writer._add_object(parent)
        kids = [self._widget(place, {"/Parent": reference}, [f"/{place.option}"]) for place in field.places]
        parent[NameObject("/Kids")] = ArrayObject(kids)
        return reference

    def _widget(self, place: Place, entries: dict[str, Any], states: Sequence[str]) -> IndirectObject:
        page = self._writer.pages[place.page]
        own = {
            "/Type": NameObject("/Annot"),
            "/Subtype": NameObject("/Widget"),
            "/Rect": ArrayObject(map(FloatObject, (place.left, place.bottom, place.right, place.top))),
            "/F": NumberObject(_PRINTED),
            "/P": page.indirect_reference,
        }
        if states:
            looks = {state: self._look(place, is_ticked=True) for state in states}
            looks[_EMPTY] = self._look(place, is_ticked=False)
            own |= {"/AP": _dictionary({"/N": _dictionary(looks)}), "/AS": NameObject(_EMPTY)}
        reference = self._writer._add_object(_dictionary(entries | own))
        page.setdefault(NameObject("/Annots"), ArrayObject()).append(reference)
        return reference

    def _look(self, place: Place, *, is_ticked: bool) -> IndirectObject:
        stream = StreamObject()
        stream.set_data(b"q BT /ZaDb 10 Tf 0 g 2 2.5 Td (4) Tj ET Q" if is_ticked else b"")
        fonts = _dictionary({"/ZaDb": _font("/ZapfDingbats")})
        stream.update(
            _dictionary(
                {
                    "/Type": NameObject("/XObject"),
                    "/Subtype": NameObject("/Form"),
                    "/BBox": ArrayObject(
                        map(FloatObject, (0, 0, place.right - place.left, place.top - place.bottom)),
                    ),
                    "/Resources": _dictionary({"/Font": fonts}),
                }
            )
        )
        return self._writer._add_object(stream)


def _font(name: str) -> DictionaryObject:
    return _dictionary(
        {"/Type": NameObject("/Font"), "/Subtype": NameObject("/Type1"), "/BaseFont": NameObject(name)},
    )


def _dictionary(entries: dict[str, Any]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in entries.items()})
