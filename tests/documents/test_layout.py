"""What may be laid onto pages, and how it is named. Pure: no database."""

from contextlib import suppress
from typing import Any

import pytest

from sessions_app.documents.fields import LONGEST_VALUE, Field, Option, Place
from sessions_app.documents.kinds import FieldKind, FilledBy, Prefill
from sessions_app.documents.layout import LONGEST_HELP, LONGEST_LABEL, MOST_FIELDS, PREFILLS, Problem, Unusable, laid
from tests.documents.papers import A4, EVERY_KIND, a_field

PAGES = [A4, [300.0, 200.0]]
BOX = {"page": 0, "left": 50, "bottom": 700, "right": 250, "top": 720}
NAN = float("nan")


def drawn(label: str = "City", kind: str = "text", *, box: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A field as the editor posts it."""
    return {"name": "", "kind": kind, "label": label, "places": [BOX | (box or {})]} | more


def radio(*options: tuple[str, str], boxes: list[str] | None = None, **more: Any) -> dict[str, Any]:
    values = [value for value, _label in options]
    places = [
        BOX | {"left": 50 + 30 * at, "right": 62 + 30 * at, "option": value}
        for at, value in enumerate(values if boxes is None else boxes)
    ]
    given = [{"value": value, "label": label} for value, label in options]
    return drawn("Size", "radio", places=places, options=given, **more)


def problems(*posted: Any, base: tuple[Field, ...] = ()) -> list[str]:
    try:
        laid(list(posted), base, PAGES)
    except Unusable as unusable:
        return [problem.text for problem in unusable.problems]
    return []


# What is refused -----------------------------------------------------------------------------------------------------

CHOICE = {"options": [{"value": "1", "label": "Red"}, {"value": "2", "label": "Blue"}]}

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no label": (drawn(" \n "), "Give the field a label"),
    "a label that is too long": (drawn("x" * (LONGEST_LABEL + 1)), "at most 200"),
    "help that is too long": (drawn(help="x" * (LONGEST_HELP + 1)), "at most 500"),
    "left of the page": (drawn(box={"left": -10}), "over the edge of page 1"),
    "right of the page": (drawn(box={"right": 700}), "over the edge of page 1"),
    "above the page": (drawn(box={"top": 900}), "over the edge of page 1"),
    "below the page": (drawn(box={"bottom": -1}), "over the edge of page 1"),
    "beyond a small page": (drawn(box={"page": 1}), "over the edge of page 2"),
    "no such page": (drawn(box={"page": 2}), "no page 3"),
    "before the first page": (drawn(box={"page": -1}), "no page 0"),
    "nothing": (drawn(box={"right": 50}), "too small"),
    "inside out": (drawn(box={"left": 250, "right": 50}), "too small"),
    "a line": (drawn(box={"top": 701}), "too small"),
    "no place": (drawn(places=[]), "needs one box"),
    "two places": (drawn(places=[BOX, BOX]), "needs one box"),
    "an unknown kind": (drawn(kind="poem"), "cannot be understood"),
    "an unknown person": (drawn(by="somebody"), "cannot be understood"),
    "an unknown prefill": (drawn(prefill="customer.shoes"), "cannot be understood"),
    "a place without sides": (drawn(places=[{"page": 0}]), "cannot be understood"),
    "a place that is a word": (drawn(places="here"), "cannot be understood"),
    "a place that is nowhere": (drawn(box={"left": NAN}), "cannot be understood"),
    "a place without end": (drawn(box={"right": float("inf")}), "cannot be understood"),
    "a prefill that cannot be a date": (drawn(kind="date", prefill="customer.name"), "cannot begin with"),
    "a box that is ticked by a name": (drawn(kind="checkbox", prefill="customer.name"), "cannot begin with"),
    "an agent's signature": (drawn(kind="signature", by="agent"), "Only the customer signs"),
    "too long": (drawn(longest=LONGEST_VALUE + 1), "from 1 to 10000"),
    "less than nothing": (drawn(longest=-1), "from 1 to 10000"),
    "a choice of nothing": (drawn(kind="choice"), "from 2 to 200 options"),
    "a choice of one": (drawn(kind="choice", options=CHOICE["options"][:1]), "from 2 to 200 options"),
    "too many options": (
        drawn(kind="choice", options=[{"value": str(one), "label": str(one)} for one in range(201)]),
        "from 2 to 200 options",
    ),
    "the same option twice": (
        drawn(kind="choice", options=[{"value": "1", "label": "Red"}, {"value": "2", "label": "red "}]),
        "a label of its own",
    ),
    "the same value twice": (
        drawn(kind="choice", options=[{"value": "1", "label": "Red"}, {"value": "1", "label": "Blue"}]),
        "a label of its own",
    ),
    "an option without a label": (
        drawn(kind="choice", options=[{"value": "1", "label": ""}, {"value": "2", "label": "Blue"}]),
        "needs a label",
    ),
    "an option without a box": (radio(("1", "S"), ("2", "M"), boxes=["1"]), "one box on a page"),
    "an option with two boxes": (radio(("1", "S"), ("2", "M"), boxes=["1", "2", "2"]), "one box on a page"),
    "a box without an option": (radio(("1", "S"), ("2", "M"), boxes=["1", "3"]), "one box on a page"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_wrong_is_named(what: str) -> None:
    posted, says = REFUSED[what]
    with pytest.raises(Unusable) as refused:
        laid([drawn(), posted], (), PAGES)
    assert {problem.at for problem in refused.value.problems} == {1}
    assert says in str(refused.value)


@pytest.mark.parametrize("posted", [None, {}, "fields", [1], [None]])
def test_what_is_no_list_of_fields_is_refused(posted: Any) -> None:
    with pytest.raises(Unusable) as refused:
        laid(posted, (), PAGES)
    assert refused.value.problems == (Problem(None, "What was sent is not a list of fields."),)


def test_every_problem_is_named_at_once() -> None:
    assert len(problems(drawn(""), drawn(box={"page": 7}), drawn("", box={"right": 51}))) == 4


def test_there_is_a_most() -> None:
    assert problems(*[drawn()] * MOST_FIELDS) == []
    assert problems(*[drawn()] * (MOST_FIELDS + 1)) == ["There can be at most 1000 fields."]


NONSENSE: list[Any] = [
    None,
    True,
    -1,
    NAN,
    float("inf"),
    "",
    "x" * 10_000,
    [],
    [[]],
    [None],
    {},
    {"a": 1},
    [{"page": {}}],
]


@pytest.mark.parametrize("name", ["label", "places", "options", "kind", "longest", "by", "prefill", "name", "help"])
def test_nonsense_is_refused_and_nothing_worse(name: str) -> None:
    for nonsense in NONSENSE:
        for kind in FieldKind:
            with suppress(Unusable):
                laid([drawn(kind=kind) | {name: nonsense}], EVERY_KIND, PAGES)


# What is kept --------------------------------------------------------------------------------------------------------


def test_everything_that_was_drawn_is_kept_in_its_order() -> None:
    second = drawn("Date", "date", help=" When? ", required=True, prefill="today", by="agent")
    first, other = laid([drawn(longest=20), second], (), PAGES)
    place = Place(0, 50, 700, 250, 720)
    assert first == Field(name="city", kind=FieldKind.TEXT, label="City", places=(place,), longest=20)
    assert other == Field(
        name="date",
        kind=FieldKind.DATE,
        label="Date",
        places=(place,),
        help="When?",
        required=True,
        prefill=Prefill.TODAY,
        by=FilledBy.AGENT,
    )


def test_names_are_made_from_labels_and_used_once() -> None:
    labels = ["City", "city!", "Straße 1", "Имя", "日付", "City"]
    named = [field.name for field in laid([drawn(label) for label in labels], (), PAGES)]
    assert named == ["city", "city-2", "strae-1", "field", "field-2", "city-3"]


def test_a_field_that_was_there_keeps_its_name_whatever_it_is_called_now() -> None:
    base = (a_field("city"),)
    new, old, copy = laid([drawn("City"), drawn("Town", name="city"), drawn("Copy", name="city")], base, PAGES)
    assert (new.name, old.name, copy.name) == ("city-2", "city", "copy")


def test_options_get_values_made_from_their_labels_and_boxes_follow() -> None:
    (field,) = laid([radio(("new:1", "Small"), ("new:2", "Large"))], (), PAGES)
    assert field.options == (Option("small", "Small"), Option("large", "Large"))
    assert [place.option for place in field.places] == ["small", "large"]


def test_options_that_were_there_keep_their_values() -> None:
    base = (a_field("size", FieldKind.RADIO, options=(Option("s", "S"), Option("m", "M"))),)
    (field,) = laid([radio(("m", "Medium"), ("new", "S"), name="size")], base, PAGES)
    assert field.options == (Option("m", "Medium"), Option("s", "S"))
    assert [place.option for place in field.places] == ["m", "s"]


def test_options_of_a_kind_without_options_are_dropped() -> None:
    (field,) = laid([drawn(**CHOICE)], (), PAGES)
    assert field.options == ()


def test_a_box_that_hardly_reaches_over_the_edge_is_moved_back() -> None:
    (field,) = laid([drawn(box={"left": -0.4, "bottom": -0.3, "right": A4[0] + 0.2, "top": A4[1] + 0.5})], (), PAGES)
    assert field.places == (Place(0, 0, 0, *A4),)


def test_every_kind_begins_with_nothing_if_it_is_told_nothing() -> None:
    assert set(PREFILLS) == set(FieldKind)
    assert all(Prefill.NOTHING in prefills for prefills in PREFILLS.values())


def test_what_is_kept_is_read_again_as_it_is() -> None:
    posted = [field.to_json() for field in EVERY_KIND]
    assert laid(posted, EVERY_KIND, PAGES) == EVERY_KIND


def test_signs_that_nothing_can_hold_are_left_out() -> None:
    posted = drawn("Ci\0ty\ud800", help="\udfffHere")
    (city,) = laid([posted], (), PAGES)
    (size,) = laid([radio(("1", "Sma\0ll"), ("2", "Large"))], (), PAGES)
    assert (city.label, city.help, size.options[0].label) == ("City", "Here", "Small")


# Fields of the PDF ---------------------------------------------------------------------------------------------------

OF_PDF = (
    a_field("Text1", in_form=True, default="none", size=9),
    a_field("Group", FieldKind.RADIO, row=1, in_form=True),
)


def test_a_field_of_the_pdf_keeps_its_place_kind_and_name() -> None:
    posted = drawn("First name", "date", name="Text1", help="As in your passport", required=True, longest=3)
    group = radio(("yes", "Sure"), ("other", "Never"), name="Group")
    text, chosen = laid([posted, group], OF_PDF, PAGES)
    assert text == OF_PDF[0].changed(label="First name", help="As in your passport", required=True)
    assert chosen == OF_PDF[1].changed(label="Size", options=(Option("yes", "Sure"), Option("no", "No")))


def test_fields_of_the_pdf_change_their_order() -> None:
    posted = [field.to_json() for field in reversed(OF_PDF)]
    assert laid(posted, OF_PDF, PAGES) == tuple(reversed(OF_PDF))


@pytest.mark.parametrize("count", [1, 249])
def test_a_field_of_the_pdf_keeps_however_many_options_it_has(count: int) -> None:
    countries = tuple(Option(str(number), f"Country {number}") for number in range(count))
    base = a_field("Country", FieldKind.CHOICE, options=countries, in_form=True)
    (kept,) = laid([base.to_json() | {"label": "Where do you live?"}], (base,), PAGES)
    assert kept == base.changed(label="Where do you live?")


@pytest.mark.parametrize("times", [0, 2])
def test_a_field_of_the_pdf_is_there_once(times: int) -> None:
    posted = [OF_PDF[0].to_json(), *[OF_PDF[1].to_json()] * times]
    (said,) = problems(*posted, base=OF_PDF)
    assert "“Group” is a field of the PDF itself" in said
