"""What may stand in a field: each kind's values, checked and brought into the one form in which they are kept.

Values are text: a date is ISO 8601 (2026-11-27), a number has a point and no grouping (1234.5), a check box that is
ticked is `on`, a radio or choice is the value of its option, a signature is JSON (`signatures`). Empty is nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from sessions_app.documents.fields import LONGEST_VALUE, Field, is_filled
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.signatures import LONGEST_SIGNATURE, read_signature
from sessions_app.documents.texts import kept

TICKED = "on"


class BadValue(ValueError):
    """What is wrong with what was entered, and what is allowed; for whoever entered it."""


def cleaned(field: Field, value: str) -> str:
    """The value as it is kept; empty for nothing. Raises BadValue. Says nothing of whether the field is required."""
    value = kept(value)
    if not is_filled(value):
        return ""
    if len(value) > field.longest and field.kind is not FieldKind.SIGNATURE:
        raise BadValue(_("Enter at most %d characters.") % field.longest)
    return _CLEAN[field.kind](field, value)


def unfinished(field: Field, value: str) -> str:
    """What is kept of a value that is still being entered, right or wrong: all of it, within what can be stored.

    What is somewhat too long is kept, so that people are told so and can shorten it.
    """
    return kept(value)[: LONGEST_SIGNATURE if field.kind is FieldKind.SIGNATURE else 2 * LONGEST_VALUE]


def problems(fields: Iterable[Field], values: Mapping[str, str]) -> dict[str, str]:
    """What keeps a document from being completed: a sentence for each field that is empty or wrong, by its name."""
    found = {}
    for field in fields:
        value = values.get(field.name, "")
        try:
            if not cleaned(field, value) and field.required:
                found[field.name] = _MISSING.get(field.kind, _something_is_missing)()
        except BadValue as problem:
            found[field.name] = str(problem)
    return found


def shown(field: Field, value: str) -> str:
    """The value as people read it, in one line or several. A signature is called by its name."""
    match field.kind:
        case FieldKind.CHECKBOX:
            return _("yes") if value == TICKED else _("no")
        case FieldKind.RADIO | FieldKind.CHOICE:
            return next((option.label for option in field.options if option.value == value), value)
        case FieldKind.SIGNATURE:
            return _("signed") if value else ""
    return value


def in_words(fields: Sequence[Field], values: Mapping[str, str]) -> str:
    """What was entered, a line for each field that has something in it."""
    entered = [(field.label, shown(field, values[field.name])) for field in fields if values.get(field.name)]
    return "\n".join(f"{label}: {text}" for label, text in entered)


def _text(field: Field, value: str) -> str:
    return " ".join(value.split("\n")) if field.kind is FieldKind.TEXT else value


def _number(field: Field, value: str) -> str:
    """With a decimal point or a decimal comma; grouping is taken out where it can be nothing else.

    A single comma before three digits may mean either, so that people have to say which: 1,500 is not 1.5.
    """
    plain = re.sub(r"[\s'\u2019]", "", value)
    if _GROUPED_BY_POINTS.fullmatch(plain):
        plain = plain.replace(".", "")
    elif _GROUPED_BY_COMMAS.fullmatch(plain):
        plain = plain.replace(",", "")
    elif _EITHER.fullmatch(plain):
        raise BadValue(_("Enter the number without separating thousands, such as 1234.50."))
    plain = plain.replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        raise BadValue(_("Enter a number, such as 1234.50."))
    return f"{Decimal(plain):f}"


_GROUPED_BY_POINTS = re.compile(r"[+-]?\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})", re.ASCII)
_GROUPED_BY_COMMAS = re.compile(r"[+-]?\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,})", re.ASCII)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)


def _date(field: Field, value: str) -> str:
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        raise BadValue(_("Enter a date that exists, such as 2026-12-31.")) from None


def _ticked(field: Field, value: str) -> str:
    """Nothing but a clear yes is one: it may be the consent that somebody is held to."""
    match value.strip().lower():
        case "on" | "yes" | "true" | "1":
            return TICKED
        case "off" | "no" | "false" | "0":
            return ""
    raise BadValue(_("Tick this box or leave it empty."))


def _one_of(field: Field, value: str) -> str:
    if value not in {option.value for option in field.options}:
        raise BadValue(_("Choose one of the options."))
    return value


def _signature(field: Field, value: str) -> str:
    try:
        return read_signature(value).to_json()
    except ValueError:
        raise BadValue(_("Sign with your finger or type your name.")) from None


_CLEAN: dict[FieldKind, Callable[[Field, str], str]] = {
    FieldKind.TEXT: _text,
    FieldKind.MULTILINE: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.CHECKBOX: _ticked,
    FieldKind.RADIO: _one_of,
    FieldKind.CHOICE: _one_of,
    FieldKind.SIGNATURE: _signature,
}


def _something_is_missing() -> str:
    return _("Fill this in, please.")


_MISSING: dict[FieldKind, Callable[[], str]] = {
    FieldKind.CHECKBOX: lambda: _("Tick this box to go on."),
    FieldKind.RADIO: lambda: _("Choose one of the options."),
    FieldKind.CHOICE: lambda: _("Choose one of the options."),
    FieldKind.SIGNATURE: lambda: _("Sign with your finger or type your name."),
}
