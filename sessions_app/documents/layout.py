"""Fields as somebody laid them onto pages: what they drew is checked, named, and brought into the form that is kept.

A pure function of what was posted, the fields that it is based on, and the sizes of the pages.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from sessions_app.documents.fields import LONGEST_VALUE, Field, Option, Place
from sessions_app.documents.kinds import FieldKind, FilledBy, Prefill
from sessions_app.documents.texts import kept as keepable

MOST_FIELDS = 1_000
LEAST_OPTIONS, MOST_OPTIONS = 2, 200
"""Of a field that is laid by hand. The PDF itself may have more, such as all countries, or a single one."""

LONGEST_LABEL = 200
LONGEST_HELP = 500
LONGEST_NAME = 100

SMALLEST_BOX = 4.0
"""Points (1/72 inch) that a box is wide and high at least."""

TOLERANCE = 0.5
"""Points by which a box may reach over the edge of its page: it is moved back without a word."""

WITH_OPTIONS = (FieldKind.RADIO, FieldKind.CHOICE)

_WORDS = [prefill for prefill in Prefill if prefill is not Prefill.TODAY]
PREFILLS: dict[FieldKind, tuple[Prefill, ...]] = {
    **dict.fromkeys(FieldKind, (Prefill.NOTHING,)),
    FieldKind.TEXT: tuple(Prefill),
    FieldKind.MULTILINE: tuple(_WORDS),
    FieldKind.DATE: (Prefill.NOTHING, Prefill.TODAY),
}
"""What a field of each kind can begin with."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field (counted from 0 in the order that was posted), or with the whole if `at` is None."""

    at: int | None
    text: str


class Unusable(ValueError):
    """A layout that cannot be kept. `problems` says why, field by field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = tuple(problems)


def laid(posted: Any, base: Sequence[Field], pages: Sequence[Sequence[float]]) -> tuple[Field, ...]:
    """The fields that somebody laid out, in their order.

    What the PDF itself has keeps its place and kind, and stays; the rest is as it was drawn. A field that was there
    keeps its name, a new one is named after its label. Raises Unusable, naming everything that is wrong.
    """
    if not isinstance(posted, list) or not all(isinstance(one, dict) for one in posted):
        raise Unusable([Problem(None, _("What was sent is not a list of fields."))])
    if len(posted) > MOST_FIELDS:
        raise Unusable([Problem(None, _("There can be at most %d fields.") % MOST_FIELDS)])
    known = {field.name: field for field in base}
    fields, problems = [], list(_left_out(posted, base))
    for at, one in enumerate(posted):
        try:
            field = _read(one, known.get(str(one.get("name", ""))))
        except (KeyError, OverflowError, TypeError, ValueError):
            problems.append(Problem(at, _("This field cannot be understood: its kind, place or options are unknown.")))
            continue
        problems += [Problem(at, text) for text in _wrong(field, pages)]
        fields.append(_inside(field, pages))
    if problems:
        raise Unusable(problems)
    return _named(fields, known)


def _left_out(posted: Iterable[Mapping[str, Any]], base: Iterable[Field]) -> Iterator[Problem]:
    """Fields of the PDF that are there no more, or twice."""
    names = [str(one.get("name", "")) for one in posted]
    for field in base:
        if field.in_form and names.count(field.name) != 1:
            said = _("“%s” is a field of the PDF itself and must be there once. Let the agent fill it in to hide it.")
            yield Problem(None, said % field.label)


def _read(posted: Mapping[str, Any], base: Field | None) -> Field:
    settings: dict[str, Any] = {
        "label": _in_one_line(posted.get("label", "")),
        "help": keepable(str(posted.get("help", ""))).strip(),
        "required": posted.get("required") is True,
        "by": FilledBy(posted.get("by", FilledBy.CUSTOMER)),
        "prefill": Prefill(posted.get("prefill", Prefill.NOTHING)),
    }
    options = tuple(Option(str(one["value"]), _in_one_line(one["label"])) for one in posted.get("options", ()))
    if base and base.in_form:
        labels = {option.value: option.label for option in options}
        kept = tuple(Option(one.value, labels.get(one.value, one.label)) for one in base.options)
        return base.changed(**settings, options=kept)
    kind = FieldKind(posted["kind"])
    return Field(
        name=base.name if base else "",
        kind=kind,
        places=tuple(_place(one, kind) for one in posted["places"]),
        options=options if kind in WITH_OPTIONS else (),
        longest=int(posted.get("longest") or LONGEST_VALUE),
        size=base.size if base else 0,
        default=base.default if base and base.kind is kind else "",
        **settings,
    )


def _in_one_line(posted: Any) -> str:
    return " ".join(keepable(str(posted)).split())


def _place(posted: Mapping[str, Any], kind: FieldKind) -> Place:
    left, bottom, right, top = (float(posted[side]) for side in ("left", "bottom", "right", "top"))
    if not all(isfinite(one) for one in (left, bottom, right, top)):
        raise ValueError("a box that is nowhere")
    option = str(posted.get("option", "")) if kind is FieldKind.RADIO else ""
    return Place(int(posted["page"]), round(left, 2), round(bottom, 2), round(right, 2), round(top, 2), option)


def _wrong(field: Field, pages: Sequence[Sequence[float]]) -> Iterator[str]:
    yield from _wrong_words(field)
    if field.by is FilledBy.AGENT and field.kind is FieldKind.SIGNATURE:
        yield _("Only the customer signs: let the customer fill this field in.")
    if field.prefill not in PREFILLS[field.kind] and not field.in_form:
        yield _("A field of this kind cannot begin with “%s”.") % _(field.prefill.label)
    if not 1 <= field.longest <= LONGEST_VALUE:
        yield _("The longest text is from 1 to %d characters.") % LONGEST_VALUE
    if field.kind in WITH_OPTIONS:
        yield from _wrong_options(field)
    if not field.in_form:
        yield from _wrong_places(field, pages)


def _wrong_words(field: Field) -> Iterator[str]:
    if not field.label:
        yield _("Give the field a label: it is what the customer is asked for.")
    if len(field.label) > LONGEST_LABEL:
        yield _("The label is at most %d characters long.") % LONGEST_LABEL
    if len(field.help) > LONGEST_HELP:
        yield _("The help is at most %d characters long.") % LONGEST_HELP


def _wrong_options(field: Field) -> Iterator[str]:
    labels = [option.label.casefold() for option in field.options]
    if not field.in_form and not LEAST_OPTIONS <= len(labels) <= MOST_OPTIONS:
        yield _("There are from %(least)d to %(most)d options.") % {"least": LEAST_OPTIONS, "most": MOST_OPTIONS}
    if not all(labels):
        yield _("Every option needs a label.")
    if any(len(label) > LONGEST_LABEL for label in labels):
        yield _("The label of an option is at most %d characters long.") % LONGEST_LABEL
    if len(set(labels)) < len(labels) or len({option.value for option in field.options}) < len(labels):
        yield _("Every option needs a label of its own.")


def _wrong_places(field: Field, pages: Sequence[Sequence[float]]) -> Iterator[str]:
    if field.kind is FieldKind.RADIO:
        if sorted(place.option for place in field.places) != sorted(option.value for option in field.options):
            yield _("Every option needs one box on a page.")
    elif len(field.places) != 1:
        yield _("The field needs one box on a page.")
    for place in field.places:
        if not 0 <= place.page < len(pages):
            yield _("There is no page %d.") % (place.page + 1)
        elif not _is_on_page(place, pages[place.page]):
            yield _("The box reaches over the edge of page %d.") % (place.page + 1)
        if min(place.right - place.left, place.top - place.bottom) < SMALLEST_BOX:
            yield _("The box on page %d is too small to be filled in.") % (place.page + 1)


def _is_on_page(place: Place, size: Sequence[float]) -> bool:
    width, height = size
    return (
        place.left >= -TOLERANCE
        and place.bottom >= -TOLERANCE
        and place.right <= width + TOLERANCE
        and place.top <= height + TOLERANCE
    )


def _inside(field: Field, pages: Sequence[Sequence[float]]) -> Field:
    """With boxes that end where the page does."""
    if field.in_form or any(not 0 <= place.page < len(pages) for place in field.places):
        return field
    return field.changed(places=tuple(_clipped(place, *pages[place.page]) for place in field.places))


def _clipped(place: Place, width: float, height: float) -> Place:
    left, bottom = max(place.left, 0.0), max(place.bottom, 0.0)
    return Place(place.page, left, bottom, min(place.right, width), min(place.top, height), place.option)


# Names -------------------------------------------------------------------------------------------------------------


def _named(fields: Sequence[Field], known: Mapping[str, Field]) -> tuple[Field, ...]:
    """With names and values of options: those that there were, each once, and new ones made from labels."""
    taken = {field.name for field in fields if field.name}
    seen: set[str] = set()
    named = []
    for field in fields:
        before = known.get(field.name)
        name = field.name if field.name and field.name not in seen else _free(field.label, taken, "field")
        seen.add(name)
        taken.add(name)
        named.append(field.changed(name=name) if field.in_form else _with_values(field, before).changed(name=name))
    return tuple(named)


def _with_values(field: Field, before: Field | None) -> Field:
    old = {option.value for option in before.options} if before else set()
    taken = {option.value for option in field.options if option.value in old}
    values = {}
    for option in field.options:
        values[option.value] = option.value if option.value in old else _free(option.label, taken, "option")
        taken.add(values[option.value])
    options = tuple(Option(values[one.value], one.label) for one in field.options)
    places = tuple(
        Place(one.page, one.left, one.bottom, one.right, one.top, values.get(one.option, "")) for one in field.places
    )
    return field.changed(options=options, places=places)


def _free(label: str, taken: set[str], otherwise: str) -> str:
    """A name that is made from a label and not taken."""
    stem = slugify(label)[:LONGEST_NAME] or otherwise
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name
