"""What may stand in a field, by kind; hostile values; and that a value is kept in one form only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.documents.fields import Field
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.texts import kept
from sessions_app.documents.values import BadValue, cleaned, in_words, problems, shown, unfinished
from tests.documents.papers import COMPLETE, EVERY_KIND, SIGNED, a_field

TEXT, MULTILINE, NUMBER, DATE, CHECKBOX, RADIO, CHOICE, SIGNATURE = FieldKind
BIDI = "\u202e"

KEPT = [
    # kind, what was entered, what is kept
    (TEXT, "Carla", "Carla"),
    (TEXT, "  as typed ", "  as typed "),
    (TEXT, "two\nlines", "two lines"),
    (TEXT, "two\r\nlines", "two lines"),
    (TEXT, "two\u2028lines\x0band\x85more", "two lines and more"),
    (TEXT, "a\0b\x07c\x1bd", "abcd"),
    (TEXT, "\ud800half", "half"),
    (TEXT, f"pay{BIDI}001", "pay001"),
    (TEXT, "\u2067isolated\u2069", "isolated"),
    (TEXT, "שלום\u200f עולם", "שלום\u200f עולם"),
    (TEXT, "नमस्\u200dते 👩\u200d👧", "नमस्\u200dते 👩\u200d👧"),
    (TEXT, "=1+1", "=1+1"),
    (TEXT, "x" * 10_000, "x" * 10_000),
    (TEXT, " \n ", ""),
    (TEXT, "\0", ""),
    (TEXT, BIDI, ""),
    (MULTILINE, "two\r\nlines\rof\x0ctext", "two\nlines\nof\ntext"),
    (MULTILINE, "\tindented", "\tindented"),
    (NUMBER, "1234.5", "1234.5"),
    (NUMBER, "1234,5", "1234.5"),
    (NUMBER, "1,5", "1.5"),
    (NUMBER, "0,125", "0.125"),
    (NUMBER, "1.234,50", "1234.50"),
    (NUMBER, "1,234.50", "1234.50"),
    (NUMBER, "1,234,567", "1234567"),
    (NUMBER, "1.234.567", "1234567"),
    (NUMBER, "1 234 567,5", "1234567.5"),
    (NUMBER, "1'234.5", "1234.5"),
    (NUMBER, "1\u202f234\u00a0567", "1234567"),
    (NUMBER, "1.234", "1.234"),
    (NUMBER, "+7", "7"),
    (NUMBER, "-0.50", "-0.50"),
    (NUMBER, ".5", "0.5"),
    (NUMBER, "5.", "5"),
    (NUMBER, "007", "7"),
    (NUMBER, "9" * 400, "9" * 400),
    (DATE, "2026-12-31", "2026-12-31"),
    (DATE, " 2026-12-31\n", "2026-12-31"),
    (DATE, "20261231", "2026-12-31"),
    (DATE, "0001-01-01", "0001-01-01"),
    (DATE, "9999-12-31", "9999-12-31"),
    (DATE, "2024-02-29", "2024-02-29"),
    (CHECKBOX, "on", "on"),
    (CHECKBOX, "Yes", "on"),
    (CHECKBOX, "true", "on"),
    (CHECKBOX, "off", ""),
    (CHECKBOX, "Off", ""),
    (CHECKBOX, "false", ""),
    (CHECKBOX, "0", ""),
    (RADIO, "yes", "yes"),
    (CHOICE, "b", "b"),
    (SIGNATURE, SIGNED, SIGNED),
    *((kind, "", "") for kind in FieldKind),
]
REFUSED = [
    # kind, what was entered, how what people are told begins
    (TEXT, "x" * 10_001, "Enter at most 10000 "),
    (MULTILINE, "x\r\n" * 5001, "Enter at most 10000 "),
    *((NUMBER, one, "Enter a number, such as") for one in ("1e999", "1e3", "NaN", "inf", "-Infinity", "sNaN123")),
    *(
        (NUMBER, one, "Enter a number, such as")
        for one in ("١٢٣", "²", "\uff10", "0x10", "1_000", ".", "-", "'", "1-2")
    ),
    *((NUMBER, one, "Enter a number, such as") for one in ("1.2.3", "1,23,456", "12 €", "1/2", "--1", "1..2", "10%")),
    *((NUMBER, one, "Enter the number without") for one in ("1,234", "-12,500", "+999,999")),
    *((DATE, one, "Enter a date that exists") for one in ("2026-02-29", "2026-13-01", "0000-01-01", "10000-01-01")),
    *(
        (DATE, one, "Enter a date that exists")
        for one in ("31.12.2026", "2026-1-1", "tomorrow", "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0660\u0661")
    ),
    *((CHECKBOX, one, "Tick this box or leave it") for one in ("maybe", "2", "[]")),
    *((RADIO, one, "Choose one of") for one in ("Yes", "YES", "maybe", "yes\n", " yes")),
    *((CHOICE, one, "Choose one of") for one in ("Alpha", "c", "a,b")),
    *((SIGNATURE, one, "Sign with your finger") for one in ("Carla", "{}", '{"name": "\\u0000"}', "[]", "1e999")),
]


def of(kind: FieldKind) -> Field:
    return a_field("it", kind)


@pytest.mark.parametrize(("kind", "entered", "what"), KEPT, ids=lambda it: repr(it)[:30])
def test_what_is_kept(kind: FieldKind, entered: str, what: str) -> None:
    assert cleaned(of(kind), entered) == what
    assert cleaned(of(kind), what) == what
    what.encode()


@pytest.mark.parametrize(("kind", "entered", "told"), REFUSED, ids=lambda it: repr(it)[:30])
def test_what_is_refused_and_what_is_allowed(kind: FieldKind, entered: str, told: str) -> None:
    with pytest.raises(BadValue, match=f"^{told}"):
        cleaned(of(kind), entered)


anything = st.text(st.characters(), max_size=60) | st.text("0123456789.,+-' eNa\n\u0661\u00b2", max_size=14)
dates_and_signatures = st.dates().map(str) | st.text("abc \0\u202e", max_size=120).map('{{"name": "{}"}}'.format)


@given(st.sampled_from(FieldKind), anything | dates_and_signatures | st.sampled_from(["yes", "no", "a", "on"]))
def test_whatever_is_entered_is_refused_or_kept_in_one_form_that_can_be_stored(kind: FieldKind, entered: str) -> None:
    try:
        what = cleaned(of(kind), entered)
    except BadValue:
        return
    assert cleaned(of(kind), what) == what
    assert "\0" not in what
    what.encode()
    assert "\n" not in what or kind is MULTILINE


@given(anything)
def test_text_that_is_kept_is_kept_once_more(entered: str) -> None:
    assert kept(kept(entered)) == kept(entered)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=2))
def test_a_number_means_the_same_with_a_point_a_comma_and_grouping(number: object) -> None:
    plain = cleaned(of(NUMBER), f"{number:f}")
    grouped = f"{number:,f}"
    assert cleaned(of(NUMBER), plain.replace(".", ",")) == plain
    assert cleaned(of(NUMBER), grouped) == plain
    assert cleaned(of(NUMBER), grouped.translate({ord(","): ".", ord("."): ","})) == plain


def test_a_field_may_take_less_and_line_ends_count_once() -> None:
    field = a_field("it", MULTILINE, longest=3)
    assert cleaned(field, "a\r\nb") == "a\nb"
    with pytest.raises(BadValue, match="at most 3 characters"):
        cleaned(field, "abcd")


def test_what_is_being_entered_is_kept_right_or_wrong_and_too_long_rather_than_cut() -> None:
    assert unfinished(of(DATE), "2026-0") == "2026-0"
    assert unfinished(of(TEXT), "a\0\r\nb\ud800") == "a\nb"
    assert len(unfinished(of(TEXT), "x" * 15_000)) == 15_000
    assert len(unfinished(of(TEXT), "x" * 10**6)) == 20_000
    assert len(unfinished(of(SIGNATURE), "x" * 10**6)) == 250_000


def test_a_document_says_of_each_field_what_is_missing_or_wrong() -> None:
    assert problems(EVERY_KIND, COMPLETE) == {}
    assert problems(EVERY_KIND, {"amount": "much", "born": "", "terms": "off"}) == {
        "name": "Fill this in, please.",
        "amount": "Enter a number, such as 1234.50.",
        "terms": "Tick this box to go on.",
        "signature": "Sign with your finger or type your name.",
    }
    required = [of(kind).changed(required=True) for kind in (RADIO, CHOICE, MULTILINE)]
    told = [problems([field], {})["it"] for field in required]
    assert told == ["Choose one of the options.", "Choose one of the options.", "Fill this in, please."]


SHOWN = [
    (CHECKBOX, "on", "yes"),
    (CHECKBOX, "", "no"),
    (RADIO, "no", "No"),
    (CHOICE, "a", "Alpha"),
    (CHOICE, "gone", "gone"),
    (SIGNATURE, SIGNED, "signed"),
    (SIGNATURE, "", ""),
    (NUMBER, "1234.5", "1234.5"),
    (MULTILINE, "a\nb", "a\nb"),
]


@pytest.mark.parametrize(("kind", "value", "words"), SHOWN)
def test_as_people_read_it(kind: FieldKind, value: str, words: str) -> None:
    assert shown(of(kind), value) == words


def test_in_words_a_line_for_each_field_that_has_something_in_it() -> None:
    assert in_words(EVERY_KIND, COMPLETE | {"remarks": ""}) == "Name: Carla\nTerms: yes\nSignature: signed"
