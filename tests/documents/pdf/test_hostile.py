"""Files that nobody should trust: a sentence each, within bounds, and nothing that they carry is run or passed on."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions_app.documents.pdf import bad, engine, limits, risks
from sessions_app.documents.pdf.opening import CUT_OFF
from tests.documents.pdf import hostile
from tests.documents.pdf.corpus.papers import hybrid_xfa
from tests.documents.pdf.looking import leftovers

REFUSED = [
    (hostile.renamed, bad.NOT_PDF),
    (hostile.nothing, bad.EMPTY),
    (hostile.blank, bad.EMPTY),
    (hostile.header_only, bad.DAMAGED),
    (hostile.cut_short, bad.DAMAGED),
    (hostile.noise, bad.DAMAGED),
    (hostile.user_password, bad.ENCRYPTED),
    (hostile.dynamic_xfa, bad.XFA),
    (hostile.thousands_of_pages, bad.PAGES),
    (hostile.tiny_pages, bad.page_size(0)),
    (hostile.vast_pages, bad.page_size(0)),
    (hostile.too_many_fields, bad.FIELDS),
    (hostile.deep_fields, bad.TANGLED),
    (hostile.deep_pages, bad.DAMAGED),
    (hostile.circle_of_pages, bad.DAMAGED),
]

TAKEN = [
    (hostile.without_a_table, [CUT_OFF]),
    (hostile.scripted, [risks.SCRIPTS, risks.EMBEDDED, risks.STARTS, risks.MEDIA]),
    (hostile.sends, [risks.OPENS, risks.SENDS]),
    (hostile.signed, [risks.SIGNED, "“seal” is signed already."]),
    (hybrid_xfa, [risks.HYBRID_XFA]),
    (hostile.names_that_nothing_holds, ["“a b” has a name with signs that cannot be stored.", bad.NO_FIELDS]),
    (hostile.circle_of_fields, []),
]

Write = Callable[[Callable[[], bytes]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(maker: Callable[[], bytes]) -> Path:
        path = tmp_path / "some name; $(touch x).pdf"
        path.write_bytes(maker())
        return path

    return written


@pytest.mark.parametrize(("maker", "sentence"), REFUSED)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    maker: Callable[[], bytes], sentence: str, write: Write
) -> None:
    with pytest.raises(engine.BadFile) as refusal:
        engine.read(write(maker))
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(("maker", "problems"), TAKEN)
def test_what_can_be_used_is_taken_and_named_and_left_behind(
    maker: Callable[[], bytes], problems: list[str], write: Write
) -> None:
    source = write(maker)
    found = engine.read(source)
    assert sorted(found.problems) == sorted(problems)
    filled = engine.fill(source, found.fields, {field.name: "x" for field in found.fields})
    assert leftovers(filled) == []
    assert b"evil" not in filled


def test_a_file_that_is_too_large_is_not_opened(write: Write) -> None:
    source = write(hostile.scripted)
    with source.open("r+b") as file:
        file.truncate(limits.LARGEST_SOURCE + 1)
    with pytest.raises(engine.BadFile, match="larger than 100 MB"):
        engine.read(source)


@pytest.mark.slow
def test_a_bomb_costs_no_more_than_one_file_is_given(write: Write) -> None:
    """Nineteen kilobytes that unfold to four gigabytes."""
    source, begun = write(hostile.bomb), time.monotonic()
    with pytest.raises(engine.BadFile) as refusal:
        engine.read(source)
    assert str(refusal.value) in (bad.MEMORY, bad.SLOW)
    assert time.monotonic() - begun < limits.PATIENCE


def test_a_picture_of_ten_gigabytes_is_not_unpacked(write: Write) -> None:
    source = write(hostile.vast_picture)
    assert engine.read(source).pages
    assert len(engine.picture(source, 0)) < 100_000


@pytest.mark.parametrize("maker", [hostile.renamed, hostile.user_password, hostile.circle_of_pages, hostile.nothing])
def test_they_are_neither_drawn_nor_filled_in(maker: Callable[[], bytes], write: Write) -> None:
    source = write(maker)
    with pytest.raises(engine.BadFile):
        engine.picture(source, 0)
    with pytest.raises(engine.BadFile):
        engine.fill(source, [], {})
