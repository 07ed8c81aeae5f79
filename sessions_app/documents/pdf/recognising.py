"""What each field of a form is: its kind, its options, its limits. Scripts are hints at that, and are never run."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sessions_app.documents.fields import LONGEST_VALUE, Field, Option, Place
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.pdf import dates, limits
from sessions_app.documents.pdf.labels import Surroundings, clean
from sessions_app.documents.pdf.looks import Look, font_size, look_of
from sessions_app.documents.pdf.objects import entries, items, resolved, text, whole
from sessions_app.documents.pdf.tree import Terminal, Widget

READ_ONLY, REQUIRED = 1 << 0, 1 << 1
MULTILINE, PASSWORD, FILE_SELECT = 1 << 12, 1 << 13, 1 << 20
RADIO, PUSH_BUTTON = 1 << 15, 1 << 16
COMBO, EDIT, MULTI_SELECT = 1 << 17, 1 << 18, 1 << 21

_DATE_WORDS = {
    "date", "datum", "dob", "birthdate", "birthday", "geburtsdatum", "fecha",
}  # fmt: skip
_NO_DATE = {
    "place", "ort", "time", "and", "und", "signature", "unterschrift", "day", "month", "year", "tag", "monat",
    "jahr",
}  # fmt: skip
_NUMBER_WORDS = {
    "amount", "betrag", "quantity", "qty", "menge", "total", "subtotal", "sum", "summe", "price", "preis",
    "montant", "importe",
}  # fmt: skip


_NOWHERE_KEPT = re.compile("[\0\ud800-\udfff]")
"""Signs that no database takes."""


class LeftOut(ValueError):
    """A field that is not asked for. Its text says why, to go after its name; empty if nobody needs to know."""


@dataclass
class Recognised:
    """A field without its label, which depends on the others; and what an administrator should know of it."""

    field: Field
    tooltip: str
    notes: list[str]


def recognised(terminal: Terminal, words: Surroundings) -> Recognised:
    """What the field is. Raises LeftOut."""
    kind = text(terminal.get("/FT"))
    if kind not in _BY_TYPE:
        raise LeftOut("is of a kind that PDF does not know")
    if kind == "Btn" and terminal.flags & PUSH_BUTTON:
        raise LeftOut("")
    _see_to_it(terminal)
    found = _BY_TYPE[kind](terminal, words)
    size = font_size(terminal) if found.kind in _WRITTEN else 0
    found = found.changed(required=bool(terminal.flags & REQUIRED), in_form=True, size=size)
    return Recognised(found, clean(text(terminal.get("/TU"))), _notes(terminal, found))


def _see_to_it(terminal: Terminal) -> None:
    """Raises LeftOut for what nobody could fill in."""
    if not terminal.name:
        raise LeftOut("has no name")
    if _NOWHERE_KEPT.search(terminal.name):
        raise LeftOut("has a name with signs that cannot be stored")
    if len(terminal.name) > limits.LONGEST_NAME:
        raise LeftOut(f"has a name of more than {limits.LONGEST_NAME} characters")
    if not terminal.widgets:
        raise LeftOut("stands on no page")
    if not any(widget.is_seen for widget in terminal.widgets):
        raise LeftOut("is hidden")
    if terminal.flags & READ_ONLY:
        raise LeftOut("is read-only and stays as it is")


def _notes(terminal: Terminal, found: Field) -> list[str]:
    notes = []
    if found.kind is FieldKind.CHOICE and terminal.flags & MULTI_SELECT:
        notes.append("takes several choices in the file; one can be chosen here")
    if found.kind is FieldKind.CHOICE and terminal.flags & COMBO and terminal.flags & EDIT:
        notes.append("takes other text than its options in the file; only they can be chosen here")
    if terminal.flags & PASSWORD and found.kind is FieldKind.TEXT:
        notes.append("is for a password in the file; what is entered here can be read")
    return notes


# Text --------------------------------------------------------------------------------------------------------------


def _text(terminal: Terminal, words: Surroundings) -> Field:
    if terminal.flags & FILE_SELECT:
        raise LeftOut("takes a file; ask the customer for files instead")
    look, longest = look_of(terminal), whole(terminal.get("/MaxLen"))
    kind = _kind_of_text(terminal, look, longest)
    longest = longest if 0 < longest <= LONGEST_VALUE and kind is not FieldKind.DATE else LONGEST_VALUE
    default = _default_text(kind, text(terminal.get("/V")) or text(terminal.get("/DV")), look)[:longest]
    return _bare(terminal, kind).changed(longest=longest, default=default)


def _kind_of_text(terminal: Terminal, look: Look, longest: int) -> FieldKind:
    if terminal.flags & MULTILINE:
        return FieldKind.MULTILINE
    if look.is_number:
        return FieldKind.NUMBER
    if dates.is_whole(look.date):
        return FieldKind.DATE
    said = f"{terminal.name.rpartition('.')[2]} {text(terminal.get('/TU'))}"
    spoken = set(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", said).lower().replace("_", " ").translate(_NO_SIGNS).split())
    if look.date or 0 < longest < 8 or look.cells:
        return FieldKind.TEXT
    if spoken & _DATE_WORDS and not spoken & _NO_DATE:
        return FieldKind.DATE
    return FieldKind.NUMBER if spoken & _NUMBER_WORDS and "words" not in spoken else FieldKind.TEXT


_NO_SIGNS = {ord(sign): " " for sign in "-.,:;/()[]*0123456789"}


def _default_text(kind: FieldKind, value: str, look: Look) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if kind is FieldKind.DATE:
        return dates.read(value, look.date)
    if kind is FieldKind.NUMBER:
        return value if re.fullmatch(r"[+-]?\d+(\.\d+)?", value, re.ASCII) else ""
    return value if kind is FieldKind.MULTILINE else " ".join(value.split("\n"))


# Buttons -----------------------------------------------------------------------------------------------------------


def _button(terminal: Terminal, words: Surroundings) -> Field:
    states = [_on_state(widget, at) for at, widget in enumerate(terminal.widgets)]
    if len(set(states)) < 2 and not (terminal.flags & RADIO and len(states) > 1):
        is_on = _chosen(terminal) not in ("", "Off")
        return _bare(terminal, FieldKind.CHECKBOX).changed(default="on" if is_on else "")
    return _radio(terminal, states, words)


def _radio(terminal: Terminal, states: list[str], words: Surroundings) -> Field:
    """One of several: each widget stands for its state, or for what /Opt says at its place."""
    exported = [text(one) for one in items(terminal.get("/Opt"))]
    named = dict(zip(states, exported, strict=False)) if len(exported) >= len(states) else {}
    values = [clean(named.get(state) or state) for state in states]
    if len(set(values)) < len(set(states)):
        values = [_NOWHERE_KEPT.sub(" ", state) for state in states]
    names = {value: clean(named.get(state, "")) or value for state, value in zip(states, values, strict=True)}
    pairs = [pair for pair in zip(terminal.widgets, values, strict=True) if pair[0].is_seen]
    places = tuple(_place(widget, value) for widget, value in pairs)
    options: dict[str, str] = {}
    for widget, value in pairs:
        options[value] = options.get(value) or words.after(widget.page, widget.box) or names[value]
    default = dict(zip(states, values, strict=True)).get(_chosen(terminal), "")
    return Field(
        name=terminal.name,
        kind=FieldKind.RADIO,
        label="",
        places=places,
        options=tuple(Option(value, label) for value, label in options.items()),
        default=default if default in options else "",
    )


def _on_state(widget: Widget, at: int) -> str:
    """The state in which the box is ticked; without any appearance, its number."""
    states = [text(key) for key in entries(entries(widget.node, "/AP"), "/N") if key != "/Off"]
    states += [text(key) for key in entries(entries(widget.node, "/AP"), "/D") if key != "/Off"]
    state = text(widget.node.get("/AS"))
    return next(iter(states), "" if state == "Off" else state) or str(at + 1)


def _chosen(terminal: Terminal) -> str:
    value = text(terminal.get("/V")) or text(terminal.get("/DV"))
    on = (text(widget.node.get("/AS")) for widget in terminal.widgets)
    return value or next((state for state in on if state not in ("", "Off")), "")


# Lists and signatures ----------------------------------------------------------------------------------------------


def _choice(terminal: Terminal, words: Surroundings) -> Field:
    options: dict[str, str] = {}
    for one in items(terminal.get("/Opt"))[: limits.MOST_OPTIONS]:
        pair = items(one) or [one, one]
        value, label = clean(text(pair[0])), clean(text(pair[-1]))
        if value or label:
            options.setdefault(value or label, label or value)
    if not options:
        if terminal.flags & COMBO and terminal.flags & EDIT:
            return _bare(terminal, FieldKind.TEXT)
        raise LeftOut("offers nothing to choose from")
    raw = resolved(terminal.get("/V")) or resolved(terminal.get("/DV"))
    default = clean(text((items(raw) or [raw])[0]))
    by_label = {label: value for value, label in options.items()}
    default = default if default in options else by_label.get(default, "")
    chosen = tuple(Option(value, label) for value, label in options.items())
    return replace(_bare(terminal, FieldKind.CHOICE), options=chosen, default=default)


def _signature(terminal: Terminal, words: Surroundings) -> Field:
    if terminal.get("/V") is not None:
        raise LeftOut("is signed already")
    return _bare(terminal, FieldKind.SIGNATURE)


def _bare(terminal: Terminal, kind: FieldKind) -> Field:
    places = tuple(_place(widget) for widget in terminal.widgets if widget.is_seen)
    return Field(name=terminal.name, kind=kind, label="", places=places)


def _place(widget: Widget, option: str = "") -> Place:
    left, bottom, right, top = (round(side, 2) for side in widget.box)
    return Place(widget.page, left, bottom, right, top, option[: limits.LONGEST_OPTION])


_WRITTEN = {FieldKind.TEXT, FieldKind.MULTILINE, FieldKind.NUMBER, FieldKind.DATE, FieldKind.CHOICE}
_BY_TYPE: dict[str, Callable[[Terminal, Surroundings], Field]] = {
    "Tx": _text,
    "Btn": _button,
    "Ch": _choice,
    "Sig": _signature,
}
