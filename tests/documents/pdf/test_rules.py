"""The rules beneath: where things are, what dates and numbers look like, what a field is called, what comes first."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.documents.fields import Field, Place
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.pdf import dates
from sessions_app.documents.pdf.geometry import Box, Sheet
from sessions_app.documents.pdf.labels import in_words, in_words_with_parents
from sessions_app.documents.pdf.looks import Look, NumberFormat, written_number
from sessions_app.documents.pdf.ordering import in_reading_order

side, length = st.integers(-2000, 2000), st.integers(1, 900)
WHOLE_FORMATS = ["dd.mm.yyyy", "mm/dd/yyyy", "yyyy-mm-dd", "d/m/yyyy", "mmmm d, yyyy", "d mmm yyyy", "ddmmyyyy"]


boxes = st.builds(lambda x, y, wide, high: (x, y, x + wide, y + high), side, side, length, length)


@given(boxes, st.integers(0, 3), boxes)
def test_there_and_back_is_the_same_box(shown: Box, quarters: int, box: Box) -> None:
    left, bottom, right, top = shown
    sheet = Sheet(left, bottom, right, top, quarters)
    x, y = box[0], box[1]
    assert sheet.own(sheet.shown(box)) == box
    assert sheet.shown(shown) == (0, 0, *sheet.size)
    a, b, c, d, e, f = sheet.matrix()
    assert sheet.own((x, y, x, y))[:2] == (a * x + c * y + e, b * x + d * y + f)


@pytest.mark.parametrize(
    ("quarters", "shown"),
    [(0, (10, 20, 30, 25)), (1, (20, 70, 25, 90)), (2, (70, 175, 90, 180)), (3, (175, 10, 180, 30))],
)
def test_a_page_is_turned_clockwise(quarters: int, shown: tuple[int, ...]) -> None:
    assert Sheet(0, 0, 100, 200, quarters).shown((10, 20, 30, 25)) == shown


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)), st.sampled_from([*WHOLE_FORMATS, "dd-mm-yy"]))
def test_a_date_is_read_as_it_is_written(day: date, form: str) -> None:
    assert dates.read(dates.written(day.isoformat(), form), form) == day.isoformat()


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("dd.mm.yyyy", "05.01.2026"),
        ("m/d/yy", "1/5/26"),
        ("mmm d, yyyy", "Jan 5, 2026"),
        ("dd 'of' mmmm yyyy", "05 'of' January 2026"),
        ("mm/yyyy", "2026-01-05"),
        ("", "2026-01-05"),
        ("yyyy-mm-dd HH:MM", "2026-01-05"),
    ],
)
def test_a_date_is_written_as_the_form_wants_it_if_that_says_all(form: str, shown: str) -> None:
    assert dates.written("2026-01-05", form) == shown


@pytest.mark.parametrize("text", ["31.02.2026", "soon", "", "1.1.", "13 Xyz 2026"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates.read(text, "dd.mm.yyyy") == ""
    assert dates.read(text, "dd mmm yyyy") == ""


@pytest.mark.parametrize(
    ("value", "known", "shown"),
    [
        ("1234.5", NumberFormat(2, 0), "1,234.50"),
        ("1234.5", NumberFormat(2, 1), "1234.50"),
        ("1234.5", NumberFormat(2, 2, " €"), "1.234,50 €"),
        ("1234.5", NumberFormat(2, 3), "1234,50"),
        ("1234567", NumberFormat(0, 4, "CHF ", True), "CHF 1'234'567"),
        ("-5", NumberFormat(2, 0, "$", True), "-$5.00"),
        ("1.23456", NumberFormat(2, 0), "1.23456"),
        ("12345678901234567890123456789012345.5", NumberFormat(2, 1), "12345678901234567890123456789012345.50"),
        ("1234.5", None, "1234.5"),
        ("many", NumberFormat(2, 0), "many"),
    ],
)
def test_a_number_is_written_as_the_form_wants_it_and_loses_no_digit(
    value: str, known: NumberFormat | None, shown: str
) -> None:
    assert written_number(value, Look(number=known)) == shown


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("first_name", "First name"),
        ("form1[0].#subform[0].FamilyName[0]", "Family Name"),
        ("applicant.address.postCode", "Post Code"),
        ("Text1", ""),
        ("Check Box 12", ""),
        ("topmostSubform[0].Page1[0].f1_01[0]", ""),
        ("Datum", "Datum"),
        ("größe-cm", "Größe cm"),
        ("1", ""),
    ],
)
def test_a_name_becomes_words_if_there_is_meaning_in_it(name: str, words: str) -> None:
    assert in_words(name) == words


def test_names_that_end_alike_are_told_apart() -> None:
    assert in_words_with_parents("spouse.name") == "Spouse, Name"


def test_fields_come_page_by_page_along_the_rows_or_down_the_columns() -> None:
    corners = {"a": (0, 50, 700), "b": (0, 300, 704), "c": (0, 50, 650), "d": (0, 300, 650), "e": (1, 10, 800)}
    fields = [
        Field(name=name, kind=FieldKind.TEXT, label=name, places=(Place(page, x, y, x + 100, y + 18),))
        for name, (page, x, y) in reversed(corners.items())
    ]
    assert "".join(field.name for field in in_reading_order(fields, [False, False])) == "abcde"
    assert "".join(field.name for field in in_reading_order(fields, [True, False])) == "acbde"
