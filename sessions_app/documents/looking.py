"""A document as somebody sees it who only reads: field by field, and its values where they stand on the pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sessions_app.documents.fields import Field, Place, is_filled
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.signatures import Signature, read_signature
from sessions_app.documents.values import BadValue, cleaned, shown

LARGEST_TEXT, LARGEST_NAME = 11.0, 24.0
"""Points that text, and a name as a signature, has at the most where its field leaves that to the box."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in one box of a page. Lengths are in points from the upper left corner, written for SVG.

    `kind` is `text`, `lines` (text of several), `tick`, `dot`, `drawn` or `name`; empty where nothing stands yet.
    """

    kind: str
    by: str
    left: str
    top: str
    width: str
    height: str
    size: str = "0"
    text: str = ""
    drawn: tuple[str, ...] = ()
    box: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page with what stands on it. `number` counts from 0, as its picture does."""

    number: int
    width: str
    height: str
    marks: tuple[Mark, ...]

    @property
    def shown_number(self) -> int:
        return self.number + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One field in words. `problem` says what is wrong with what was entered so far."""

    field: Field
    text: str
    drawn: tuple[str, ...] = ()
    box: str = ""
    problem: str = ""


def entries(fields: Sequence[Field], values: Mapping[str, str]) -> list[Entry]:
    """Every field with what stands in it, in the order in which they are filled in."""
    return [_entry(field, values.get(field.name, "")) for field in fields]


def pages(sizes: Sequence[Sequence[float]], fields: Sequence[Field], values: Mapping[str, str]) -> list[Page]:
    """The pages, each of its size in points, with the values where they belong."""
    marks: dict[int, list[Mark]] = {number: [] for number in range(len(sizes))}
    for field in fields:
        for place in field.places:
            if place.page in marks:
                marks[place.page].append(_mark(field, place, values.get(field.name, ""), sizes[place.page][1]))
    return [Page(at, _svg(wide), _svg(high), tuple(marks[at])) for at, (wide, high) in enumerate(sizes)]


def _entry(field: Field, value: str) -> Entry:
    if not is_filled(value):
        return Entry(field, "")
    try:
        kept = cleaned(field, value)
    except BadValue as problem:
        return Entry(field, "" if field.kind is FieldKind.SIGNATURE else value, problem=str(problem))
    if field.kind is FieldKind.SIGNATURE:
        signature = read_signature(kept)
        return Entry(field, signature.name or _("signed"), *_drawing(signature))
    return Entry(field, shown(field, kept))


_Content = tuple[str, str, float, tuple[str, ...], str]
"""Kind, text, size of the text, drawn lines and the box that they were drawn in."""

_NOTHING: _Content = ("", "", 0.0, (), "")


def _mark(field: Field, place: Place, value: str, page_height: float) -> Mark:
    high = place.top - place.bottom
    content = _content(field, place, value, high) if is_filled(value) else _NOTHING
    kind, text, size, drawn, box = content
    return Mark(
        kind=kind,
        by=str(field.by),
        left=_svg(place.left),
        top=_svg(page_height - place.top),
        width=_svg(place.right - place.left),
        height=_svg(high),
        size=_svg(size),
        text=text,
        drawn=drawn,
        box=box,
    )


def _content(field: Field, place: Place, value: str, high: float) -> _Content:
    match field.kind:
        case FieldKind.CHECKBOX:
            return "tick", "", 0, (), ""
        case FieldKind.RADIO:
            return ("dot" if value == place.option else ""), "", 0, (), ""
        case FieldKind.SIGNATURE:
            return _signed(value, high)
        case FieldKind.MULTILINE:
            return "lines", value, field.size or min(LARGEST_TEXT, high / (1.2 * (1 + value.count("\n")))), (), ""
    return "text", shown(field, value), field.size or min(LARGEST_TEXT, 0.7 * high), (), ""


def _signed(value: str, high: float) -> _Content:
    try:
        signature = read_signature(value)
    except ValueError:
        return _NOTHING
    if signature.name:
        return "name", signature.name, min(LARGEST_NAME, 0.6 * high), (), ""
    return "drawn", "", 0, *_drawing(signature)


def _drawing(signature: Signature) -> tuple[tuple[str, ...], str]:
    """The lines as points for SVG, and the box that they lie in; nothing for a name."""
    return tuple(_points(signature)), f"0 0 1 {signature.height:.4f}" if signature.lines else ""


def _points(signature: Signature) -> Iterator[str]:
    for line in signature.lines:
        dots = line if len(line) > 1 else (*line, *line)  # a point is drawn as a line without length
        yield " ".join(f"{x:.4f},{y:.4f}" for x, y in dots)


def _svg(length: float) -> str:
    return f"{length:.2f}"
