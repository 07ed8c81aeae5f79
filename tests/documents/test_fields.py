"""Fields as they are stored with a version, and what counts as filled in."""

import json
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from sessions_app.documents.fields import Field, Option, Place, asked, filled, from_json, is_filled
from sessions_app.documents.kinds import FieldKind, FilledBy, Prefill
from tests.documents.papers import EVERY_KIND, a_field

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
lengths = st.floats(0, 2000, allow_nan=False)
places = st.builds(Place, st.integers(0, 999), lengths, lengths, lengths, lengths, words)
fields = st.builds(
    Field,
    name=words,
    kind=st.sampled_from(FieldKind),
    label=words,
    places=st.lists(places, max_size=3).map(tuple),
    help=words,
    required=st.booleans(),
    by=st.sampled_from(FilledBy),
    options=st.lists(st.builds(Option, words, words), max_size=3).map(tuple),
    prefill=st.sampled_from(Prefill),
    default=words,
    longest=st.integers(1, 10_000),
    size=lengths,
    in_form=st.booleans(),
)


def stored(all_of: list[Field]) -> list[dict[str, object]]:
    """As the database gives back what was put into it."""
    return list(json.loads(json.dumps([field.to_json() for field in all_of])))


@given(st.lists(fields, max_size=4))
def test_fields_come_back_as_they_were_stored(all_of: list[Field]) -> None:
    assert from_json(stored(all_of)) == tuple(all_of)


def test_what_an_older_version_did_not_know_takes_its_default() -> None:
    (read,) = from_json([{"name": "a", "kind": "text", "label": "A", "places": []}])
    assert read == Field(name="a", kind=FieldKind.TEXT, label="A", places=())


def test_what_a_newer_version_knows_beside_is_left_out() -> None:
    newer = a_field("a").to_json() | {"colour": "green"}
    assert from_json([newer]) == (a_field("a"),)


def test_the_customer_is_asked_for_what_is_theirs_in_its_order() -> None:
    def names() -> Iterator[str]:
        return (field.name for field in asked(EVERY_KIND))

    assert list(names()) == ["name", "remarks", "amount", "born", "terms", "insured", "tariff", "signature"]


def test_blanks_fill_nothing_in() -> None:
    assert [is_filled(text) for text in ("", " ", "\n\t", "\u00a0", "0", ".")] == [False] * 4 + [True] * 2
    assert filled(EVERY_KIND, {"name": "Carla", "remarks": " ", "unknown": "x", "terms": "on"}) == 2
