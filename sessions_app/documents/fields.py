"""The fields of a document: frozen, comparable, kept as JSON with every version of a template. No Django.

Boxes are in PDF points (1/72 inch) from the lower left corner of the page as it is shown, that is after its /Rotate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from sessions_app.documents.kinds import FieldKind, FilledBy, Prefill

LONGEST_VALUE = 10_000
"""Characters that any field takes at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands on a page (counted from 0). `option` is the value that a box of a radio field stands for."""

    page: int
    left: float
    bottom: float
    right: float
    top: float
    option: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One of several values, and how it is called."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: under which name its value is kept, what is entered into it, by whom, and where it stands.

    `longest` is in characters. `size` is that of the font in points; 0 lets it follow the box.
    `in_form` says that the PDF itself has this field; others were laid onto the page by hand.
    """

    name: str
    kind: FieldKind
    label: str
    places: tuple[Place, ...]
    help: str = ""
    required: bool = False
    by: FilledBy = FilledBy.CUSTOMER
    options: tuple[Option, ...] = ()
    prefill: Prefill = Prefill.NOTHING
    default: str = ""
    longest: int = LONGEST_VALUE
    size: float = 0
    in_form: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`; what an older version did not know takes its default."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        read = {
            "kind": FieldKind(stored["kind"]),
            "places": tuple(Place(**place) for place in stored["places"]),
            "by": FilledBy(stored.get("by", FilledBy.CUSTOMER)),
            "prefill": Prefill(stored.get("prefill", Prefill.NOTHING)),
            "options": tuple(Option(**option) for option in stored.get("options", ())),
        }
        return cls(**known | read)

    def to_json(self) -> dict[str, Any]:
        """What is stored of the field."""
        stored = asdict(self)
        return stored | {"kind": str(self.kind), "by": str(self.by), "prefill": str(self.prefill)}

    def changed(self, **changes: Any) -> Self:
        """The same field with other settings."""
        return replace(self, **changes)


def from_json(stored: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """The fields of a version as they are stored, in the order in which they are filled in."""
    return tuple(Field.from_json(one) for one in stored)


def asked(fields: Sequence[Field]) -> list[Field]:
    """Those that the customer fills in, in their order."""
    return [field for field in fields if field.by is FilledBy.CUSTOMER]


def is_filled(value: str) -> bool:
    """Whether there is something in a field."""
    return bool(value.strip())


def filled(fields: Sequence[Field], values: Mapping[str, str]) -> int:
    """How many of these fields have something in them."""
    return sum(is_filled(values.get(field.name, "")) for field in fields)
