"""Signatures: what is one, what is none, and that each has one spelling."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.documents.fields import Field
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.signatures import LONGEST_SIGNATURE, MOST_POINTS, Signature, read_signature
from sessions_app.documents.values import cleaned, unfinished
from tests.documents.papers import a_field

FIELD: Field = a_field("it", FieldKind.SIGNATURE)
LINE = [[0.1, 0.2], [0.3, 0.4]]

parts = st.floats(0, 1)
lines = st.lists(st.lists(st.tuples(parts, parts), min_size=1, max_size=6).map(tuple), min_size=1, max_size=4)
drawn = st.builds(Signature, lines=lines.map(tuple), height=st.floats(0.01, 2))
named = st.builds(Signature, name=st.text("Carla Ünal-ß ", min_size=1, max_size=99).filter(str.strip))


@given(drawn | named)
def test_a_signature_is_read_as_it_is_kept(signature: Signature) -> None:
    kept = signature.to_json()
    assert read_signature(kept).to_json() == kept or signature.name
    once = read_signature(kept)
    assert read_signature(once.to_json()) == once


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060 \u200d", "\ufeff"])
def test_a_name_that_nobody_sees_signs_nothing(unseen: str) -> None:
    with pytest.raises(ValueError, match="not a signature"):
        read_signature(json.dumps({"name": unseen}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "lines", "height"]), inner),
    max_leaves=12,
)


@given(json_values)
def test_anything_else_is_no_signature_and_nothing_worse(said: Any) -> None:
    try:
        signature = read_signature(json.dumps(said))
    except ValueError:
        return
    assert signature.name or signature.lines
    assert read_signature(signature.to_json()).to_json() == signature.to_json()
    signature.to_json().encode()


NONE = {
    "no JSON": "Carla",
    "nothing": "",
    "nobody": '{"name": ""}',
    "null": '{"name": null}',
    "a list": "[]",
    "blank": '{"name": " \\u202e\\u0000 "}',
    "no lines": '{"lines": [], "height": 1}',
    "empty lines": '{"lines": [[], []], "height": 1}',
    "no height": json.dumps({"lines": [LINE]}),
    "flat": json.dumps({"lines": [LINE], "height": 0.00001}),
    "high": json.dumps({"lines": [LINE], "height": 3}),
    "NaN": '{"lines": [[[NaN, 0.1]]], "height": 1}',
    "infinite": '{"lines": [[[1e999, 0.1]]], "height": 1}',
    "huge": json.dumps({"lines": [[[10**400, 0.1]]], "height": 1}),
    "endless": '{"lines": [[[' + "9" * 5000 + ', 0]]], "height": 1}',
    "infinite height": '{"lines": [[[0.1, 0.1]]], "height": Infinity}',
    "three": '{"lines": [[[0.1, 0.1, 0.1]]], "height": 1}',
    "words": '{"lines": [[["a", "b"]]], "height": 1}',
    "deep": '{"lines": ' + "[" * 100_000,
    "name in a list": '{"name": ["Carla"]}',
    "too many points": json.dumps({"lines": [[[0, 0]] * (MOST_POINTS + 1)], "height": 1}),
}


@pytest.mark.parametrize("value", NONE.values(), ids=list(NONE))
def test_that_is_no_signature(value: str) -> None:
    with pytest.raises(ValueError, match="signature"):
        read_signature(value)


def test_a_name_that_is_null_does_not_hide_what_was_drawn() -> None:
    assert read_signature(json.dumps({"name": None, "lines": [LINE], "height": 0.5})).lines


def test_points_outside_are_brought_to_the_edge() -> None:
    read = read_signature('{"lines": [[[-1, 5], [7, -2]]], "height": 1}')
    assert read.lines == (((0.0, 2.0), (1.0, 0.0)),)


def test_a_name_is_one_line_of_bounded_length_that_can_be_stored() -> None:
    assert read_signature('{"name": "  Carla\\n Customer\\ud800 "}').name == "Carla Customer"
    long = read_signature(json.dumps({"name": "a" * 99 + " b"}))
    assert long.name == "a" * 99
    assert read_signature(long.to_json()) == long


def test_the_longest_signature_is_not_cut_on_its_way() -> None:
    points = [[0.1234, 0.5678]]
    value = json.dumps({"lines": [points] * MOST_POINTS, "height": 0.1234}, separators=(",", ":"))
    assert 10_000 < len(value) < LONGEST_SIGNATURE
    assert cleaned(FIELD, unfinished(FIELD, value))
