"""What was entered is seen in the result, all of it, in whatever script and however small the box is."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from sessions_app.documents.fields import Field, Option, Place
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.pdf import engine
from tests.documents.papers import EVERY_KIND
from tests.documents.pdf.corpus.making import A4, Paper
from tests.documents.pdf.looking import CORPUS, Seen, dark, differences

FLAT = CORPUS / "flat.pdf"
BOX = Place(0, 100, 400, 300, 420)
LONG = " ".join(f"word{number}" for number in range(120))


def one(kind: FieldKind, place: Place = BOX, **more: object) -> Field:
    return Field(name="it", kind=kind, label="It", places=(place,), **more)


def seen(field: Field, value: str, source: Path = FLAT) -> Seen:
    return Seen(engine.fill(source, [field], {"it": value}))


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Plain text", "Plaintext"),
        ("Łukasz Żółć, Ștefan", "ŁukaszŻółć,Ștefan"),
        ("Ελένη Παπαδοπούλου", "ΕλένηΠαπαδοπούλου"),
        ("Жанна Щукина", "ЖаннаЩукина"),
        ("5 € … “so”", "5€…“so”"),
        ("{nb} %d \\ (x)", "{nb}%d\\(x)"),
        ("Anna \U0001f98a", "Anna[foxface]"),
    ],
)
def test_text_is_seen_in_many_scripts(value: str, read: str) -> None:
    assert seen(one(FieldKind.TEXT), value).words(BOX) == read


def test_hebrew_runs_from_the_right() -> None:
    shown = seen(one(FieldKind.TEXT), "שלום 12")
    left, right = (Place(0, x, 400, x + 100, 420) for x in (100, 200))
    assert dark(shown.pixels(left)) == 0
    assert dark(shown.pixels(right)) > 50


@pytest.mark.parametrize("kind", [FieldKind.TEXT, FieldKind.MULTILINE])
def test_nothing_of_a_long_text_is_cut_off(kind: FieldKind) -> None:
    small = Place(0, 100, 400, 220, 424)
    assert seen(one(kind, small), LONG).words(small) == LONG.replace(" ", "")


def test_a_word_without_spaces_is_broken_rather_than_cut_off() -> None:
    assert seen(one(FieldKind.MULTILINE), "x" * 500).words(BOX) == "x" * 500


def test_lines_stay_lines() -> None:
    tall = Place(0, 100, 300, 300, 420)
    shown = seen(one(FieldKind.MULTILINE, tall), "first\n\nthird")
    assert shown.words(Place(0, 100, 406, 300, 420)) == "first"
    assert "third" not in shown.words(Place(0, 100, 396, 300, 420))


def test_the_size_that_was_set_is_kept() -> None:
    small, large = (seen(one(FieldKind.TEXT, size=size), "Hm") for size in (6, 14))
    assert dark(large.pixels(BOX)) > 2 * dark(small.pixels(BOX))


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (FieldKind.DATE, "2026-12-31", "2026-12-31"),
        (FieldKind.NUMBER, "1234.50", "1234.50"),
        (FieldKind.CHOICE, "b", "Beta"),
        (FieldKind.CHOICE, "gone", "gone"),
        (FieldKind.SIGNATURE, '{"name": "Carla Özgür"}', "CarlaÖzgür"),
        (FieldKind.SIGNATURE, "not json", "notjson"),
    ],
)
def test_values_are_shown_as_people_read_them(kind: FieldKind, value: str, read: str) -> None:
    field = one(kind, options=(Option("a", "Alpha"), Option("b", "Beta")) if kind is FieldKind.CHOICE else ())
    assert seen(field, value).words(BOX) == read


def test_a_drawn_signature_keeps_its_shape_and_its_dots() -> None:
    drawn = json.dumps({"height": 0.1, "lines": [[[0, 0.05], [1, 0.05]], [[0.5, 0.02]]]})
    shown = seen(one(FieldKind.SIGNATURE), drawn)
    assert dark(shown.pixels(Place(0, 100, 407, 300, 413))) > 400
    assert dark(shown.pixels(Place(0, 197, 413, 203, 419))) > 2
    assert dark(shown.pixels(Place(0, 100, 400, 300, 406))) == 0


def test_a_field_is_drawn_in_each_of_its_places() -> None:
    places = tuple(Place(0, 100, y, 300, y + 20) for y in (200, 400))
    field = Field(name="it", kind=FieldKind.TEXT, label="It", places=places)
    shown = seen(field, "twice")
    assert [shown.words(place) for place in places] == ["twice", "twice"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_fields_laid_onto_turned_and_cropped_pages_stand_upright(turn: int, tmp_path: Path) -> None:
    paper = Paper()
    paper.page(A4, f"/MediaBox[-50 -50 545 792]/CropBox[-20 -10 500 700]/Rotate {turn}")
    source = tmp_path / "turned.pdf"
    source.write_bytes(paper.finish())
    place = Place(0, 30, 40, 130, 60)
    shown = seen(one(FieldKind.TEXT, place), "upright", source)
    assert shown.words(place) == "upright"
    assert dark(shown.pixels(place)) > 100
    assert shown.sizes == [[710.0, 520.0] if turn % 180 else [520.0, 710.0]]


def test_a_laid_form_of_every_kind_is_filled_in() -> None:
    signed = '{"name": "Carla Customer"}'
    values = {
        "name": "Carla",
        "remarks": "Two\nlines",
        "amount": "12.50",
        "born": "1990-02-28",
        "terms": "on",
        "insured": "no",
        "tariff": "a",
        "number": "K-17",
        "signature": signed,
    }
    empty, shown = (Seen(engine.fill(FLAT, EVERY_KIND, given)) for given in ({}, values))
    for field in EVERY_KIND:
        changed = [differences(empty.pixels(place), shown.pixels(place)) > 20 for place in field.places]
        assert changed == [place.option in ("", "no") for place in field.places], field.name


def test_what_is_read_only_stays_and_what_did_something_goes() -> None:
    source = CORPUS / "not_asked.pdf"
    shown = Seen(engine.fill(source, engine.read(source).fields, {"asked": "mine"}))
    assert "REF-2026-0042" in shown.everything()
    assert "mine" in shown.everything()
    assert "not to be seen" not in shown.everything()
    assert "Reset" not in shown.everything()
    assert dark(shown.pixels(Place(0, 405, 705, 455, 715))) > 500, "the logo"


def test_a_field_that_the_editor_removed_stays_as_it_was() -> None:
    source = CORPUS / "saved_by_pypdf.pdf"
    shown = Seen(engine.fill(source, [], {}))
    assert "Grace" in shown.everything() and "Hopper" in shown.everything()


def test_a_comb_has_a_sign_in_each_cell() -> None:
    source = CORPUS / "combs.pdf"
    shown = Seen(engine.fill(source, engine.read(source).fields, {"postcode": "AB12"}))
    cells = [Place(0, 160 + 16 * at, 620, 176 + 16 * at, 640) for at in range(5)]
    assert [shown.words(cell) for cell in cells] == ["A", "B", "1", "2", ""]


def test_layers_and_words_of_the_form_stay() -> None:
    source = CORPUS / "columns.pdf"
    result = engine.fill(source, engine.read(source).fields, {})
    assert "/OCProperties" in PdfReader(BytesIO(result)).root_object
    four = CORPUS / "four_pages.pdf"
    shown = Seen(engine.fill(four, engine.read(four).fields, {}))
    assert all(f"page {page + 1} of 4" in shown.everything(page) for page in range(4))


def test_the_same_input_gives_the_same_bytes() -> None:
    source = CORPUS / "four_pages.pdf"
    fields = engine.read(source).fields
    values = {field.name: "on" if field.kind is FieldKind.CHECKBOX else "x" for field in fields}
    first, again = (engine.fill(source, fields, values) for _time in range(2))
    assert first == again
    assert engine.fill(source, fields, values | {"p1.name": "y"}) != first


def test_the_font_is_embedded() -> None:
    result = engine.fill(FLAT, [one(FieldKind.TEXT)], {"it": "Anna"})
    assert b"/FontFile2" in result


def test_a_picture_is_as_wide_as_asked() -> None:
    from PIL import Image

    for page in range(4):
        made = Image.open(BytesIO(engine.picture(CORPUS / "rotated.pdf", page, width=620)))
        assert made.format == "WEBP"
        assert made.width == 620
        assert (made.height > made.width) == (page % 2 == 0)
    with pytest.raises(engine.BadFile):
        engine.picture(FLAT, 1)
