"""What is drawn for a value in its canonical form (`documents.values`): as people read it, each kind in its way."""

from sessions_app.documents.fields import Field, Place
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.pdf import dates
from sessions_app.documents.pdf.looks import Look, written_number
from sessions_app.documents.pdf.overlay import Drawing
from sessions_app.documents.pdf.strokes import Disc, Lines, Tick
from sessions_app.documents.pdf.writing import Text, TypedName
from sessions_app.documents.signatures import read_signature


def drawing_of(field: Field, place: Place, value: str, look: Look) -> Drawing | None:
    """What stands in one of the field's places; None for nothing. A value that cannot be read is shown as text."""
    match field.kind:
        case FieldKind.CHECKBOX:
            return Tick()
        case FieldKind.RADIO:
            return Disc() if place.option == value else None
        case FieldKind.SIGNATURE:
            return _signature(value)
        case FieldKind.DATE:
            value = _date(value, look)
        case FieldKind.NUMBER:
            value = written_number(value, look)
        case FieldKind.CHOICE:
            value = next((option.label for option in field.options if option.value == value), value)
    return text_of(value, look, size=field.size, lines=field.kind is FieldKind.MULTILINE)


def text_of(value: str, look: Look, *, size: float = 0, lines: bool = False) -> Text:
    """The value as text."""
    return Text(value, size=size, align=look.align, cells=look.cells, lines=lines)


def _date(value: str, look: Look) -> str:
    """In the form's own format; else as ISO, which everybody reads alike, without hyphens where they find no cells."""
    shown = dates.written(value, look.date)
    return shown.replace("-", "") if 0 < look.cells < len(shown) else shown


def _signature(value: str) -> Drawing:
    try:
        signed = read_signature(value)
    except ValueError:
        return Text(value)
    return TypedName(signed.name) if signed.name else Lines(signed.lines, signed.height)
