"""In which order people fill fields in: page by page, from the top down and from left to right."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from sessions_app.documents.fields import Field, Place


def in_reading_order(fields: Iterable[Field], columns: Sequence[bool]) -> list[Field]:
    """Sorted by where they begin. `columns` says of each page whether it is read column by column (/Tabs /C)."""
    ordered: list[Field] = []
    by_page = sorted(fields, key=_page)
    for page, some in groupby(by_page, key=_page):
        arranged = _down_columns if columns[page] else _along_rows
        ordered += arranged(list(some))
    return ordered


def _along_rows(fields: list[Field]) -> list[Field]:
    """What overlaps by more than half of the lower one's height is in one row."""
    rows: list[list[Field]] = []
    for field in sorted(fields, key=lambda one: -_first(one).top):
        if rows and _overlap(rows[-1][0], field):
            rows[-1].append(field)
        else:
            rows.append([field])
    return [field for row in rows for field in sorted(row, key=lambda one: _first(one).left)]


def _down_columns(fields: list[Field]) -> list[Field]:
    columns: list[list[Field]] = []
    for field in sorted(fields, key=lambda one: _first(one).left):
        if columns and _first(field).left < _first(columns[-1][0]).right:
            columns[-1].append(field)
        else:
            columns.append([field])
    return [field for column in columns for field in sorted(column, key=lambda one: -_first(one).top)]


def _overlap(one: Field, other: Field) -> bool:
    a, b = _first(one), _first(other)
    shared = min(a.top, b.top) - max(a.bottom, b.bottom)
    return shared > min(a.top - a.bottom, b.top - b.bottom) / 2


def _page(field: Field) -> int:
    return min(place.page for place in field.places)


def _first(field: Field) -> Place:
    """The place at which it begins: on its first page the highest, of those the leftmost."""
    return min(field.places, key=lambda place: (place.page, -place.top, place.left))
