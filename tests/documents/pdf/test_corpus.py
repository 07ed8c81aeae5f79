"""Forms of many producers' shapes are read as expected, filled in visibly, and nothing of the form is left."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sessions_app.documents.fields import LONGEST_VALUE, Field
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.pdf import engine
from tests.documents.pdf.corpus.__main__ import SHAPES
from tests.documents.pdf.looking import CORPUS, Seen, differences, leftovers

EXPECTED: dict[str, Any] = json.loads((CORPUS / "expected.json").read_text())
SIGNED = {"lines": [[[0.1, 0.3], [0.3, 0.1], [0.5, 0.3], [0.9, 0.1]]], "height": 0.4}
ENTERED = {
    FieldKind.TEXT: "Żółw Jørgen",
    FieldKind.MULTILINE: "Größe, and then a line\nĐorđe",
    FieldKind.NUMBER: "17",
    FieldKind.DATE: "2026-12-31",
    FieldKind.CHECKBOX: "on",
    FieldKind.SIGNATURE: json.dumps(SIGNED),
}
SHOWN = {
    FieldKind.DATE: ("2026-12-31", "31.12.2026", "31/12/2026", "Dec31,2026"),
    FieldKind.NUMBER: ("17", "17,00€", "$17.00"),
}

corpus = pytest.mark.parametrize("name", EXPECTED)


def test_there_is_a_file_and_an_expectation_for_every_shape() -> None:
    names = sorted(shape.__name__ for shape in SHAPES)
    assert names == sorted(EXPECTED) == sorted(path.stem for path in CORPUS.glob("*.pdf"))
    assert len(names) >= 20


@corpus
def test_it_is_read_as_expected(name: str) -> None:
    found = reading(name)
    assert found.pages == EXPECTED[name]["pages"]
    assert [in_short(field) for field in found.fields] == EXPECTED[name]["fields"]
    assert found.problems == EXPECTED[name]["problems"]
    assert all(field.in_form for field in found.fields)


@corpus
def test_what_is_entered_is_seen_and_no_form_is_left(name: str) -> None:
    fields = reading(name).fields
    entered = {field.name: value_for(field) for field in fields}
    empty = Seen(emptied(name))
    filled = Seen(engine.fill(path_of(name), fields, entered))
    for field in fields:
        missing = not_seen(field, entered[field.name], empty, filled)
        assert not missing, (field.name, missing)
    assert leftovers(filled.content) == []
    assert filled.document.get_formtype() == 0
    assert filled.sizes == reading(name).pages


@corpus
def test_what_stood_in_the_file_does_not_shine_through(name: str) -> None:
    empty = Seen(emptied(name))
    for field in reading(name).fields:
        if field.kind in (FieldKind.TEXT, FieldKind.MULTILINE, FieldKind.CHOICE) and field.default:
            assert empty.words(field.places[0]) == ""


@cache
def reading(name: str) -> engine.Reading:
    return engine.read(path_of(name))


@cache
def emptied(name: str) -> bytes:
    return engine.fill(path_of(name), reading(name).fields, {})


def path_of(name: str) -> Path:
    return CORPUS / f"{name}.pdf"


def value_for(field: Field) -> str:
    if field.options:
        return field.options[-1].value
    return "AB12" if field.longest < len(ENTERED[field.kind]) else ENTERED[field.kind]


def not_seen(field: Field, value: str, empty: Seen, filled: Seen) -> list[object]:
    """The places in which the value cannot be seen, or in which something is that should not."""
    chosen = [place for place in field.places if not place.option or place.option == value]
    others = [place for place in field.places if place not in chosen]
    changed = [place for place in others if differences(empty.pixels(place), filled.pixels(place))]
    if field.kind in (FieldKind.CHECKBOX, FieldKind.RADIO, FieldKind.SIGNATURE):
        return [*changed, *(one for one in chosen if differences(empty.pixels(one), filled.pixels(one)) < 20)]
    label = next((option.label for option in field.options if option.value == value), value)
    wanted = SHOWN.get(field.kind, ("".join(label.split()).replace("日本", "□□"),))
    return [(place, filled.words(place)) for place in chosen if filled.words(place) not in wanted]


def in_short(field: Field) -> dict[str, Any]:
    """A field as it is written down in `expected.json`: what is as usual is left out."""
    every = {
        "name": field.name,
        "kind": str(field.kind),
        "label": field.label,
        "required": field.required,
        "default": field.default,
        "longest": field.longest if field.longest != LONGEST_VALUE else 0,
        "options": {option.value: option.label for option in field.options},
        "places": [
            [place.page, place.left, place.bottom, place.right, place.top, *([place.option] if place.option else [])]
            for place in field.places
        ],
    }
    return {key: value for key, value in every.items() if value}
