"""What is typed into a search, understood; and marked where it was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.search_terms import marked, snippet, terms


@pytest.mark.parametrize(
    ("typed", "whole", "beginning", "words"),
    [
        ("", "", "", []),
        ("  annual   stat ", "annual", "stat", ["annual", "stat"]),
        ("stat", "", "stat", ["stat"]),
        ('"annual statement"', '"annual statement"', "", ["annual", "statement"]),
        ('loan "annual stat', 'loan "annual stat', "", ["loan", "annual", "stat"]),
        ("loan -car", "loan -car", "", ["loan"]),
        ("loan or car", "loan or car", "", ["loan", "car"]),
        ("loan or car rate", "loan or car", "rate", ["loan", "car", "rate"]),
        ("loan or", "loan or", "", ["loan"]),
        ("loan a", "loan a", "", ["loan", "a"]),
        ("!!! ' : & |", "!!! ' : & |", "", []),
        ("x\0y (statement)", "x y", "(statement)", ["x", "y", "statement"]),
    ],
)
def test_terms(typed: str, whole: str, beginning: str, words: list[str]) -> None:
    found = terms(typed)
    assert (found.whole, found.beginning, found.words) == (whole, beginning, words)


def test_what_is_found_is_marked_and_everything_is_escaped() -> None:
    assert marked("<b>Ann & Anna</b>", ["ann"]) == "&lt;b&gt;<mark>Ann</mark> &amp; <mark>Ann</mark>a&lt;/b&gt;"


def test_a_longer_word_is_marked_whole() -> None:
    assert marked("Statement", ["state", "statement"]) == "<mark>Statement</mark>"


def test_a_snippet_shows_what_stands_around_the_first_word() -> None:
    text = f"{'before ' * 30}\n the loan {'after ' * 40}"
    found = snippet(text, ["loan"])
    assert found.startswith("… ") and found.endswith(" …") and "the <mark>loan</mark> after" in found
    assert len(found) < 250


def test_a_snippet_marks_where_words_begin() -> None:
    assert snippet("an instatement, a statement", ["statement"]) == "an instatement, a <mark>statement</mark>"


def test_a_snippet_without_its_word_shows_the_beginning() -> None:
    assert snippet("Hello <you>", ["loan"]) == "Hello &lt;you&gt;"


@given(st.text(), st.text())
def test_nothing_that_is_typed_or_written_is_ever_taken_for_html(text: str, typed: str) -> None:
    shown = snippet(text, terms(typed).words)
    assert "<" not in shown.replace("<mark>", "").replace("</mark>", "")
    assert shown.count("<mark>") == shown.count("</mark>")
