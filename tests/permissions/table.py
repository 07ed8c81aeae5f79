"""The matrix as it stands in `matrix.txt`: what each visitor gets at each address."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("matrix.txt")
HEAD = "address"
PUSH = "push:"
"""Addresses of the push process begin with this. They are not Django's, and have visitors of their own."""

ANYBODY = "anon"


@dataclass(frozen=True, slots=True)
class Row:
    """What is expected of one method at one address, or at all that its pattern names. Whoever has no column in this
    part of the table is answered as `anon`."""

    name: str
    method: str
    cells: dict[str, str]
    line: int

    def expected(self, *names: str) -> str:
        """By the name of the visitor, and of whom they are like: the first that has a column."""
        return next(self.cells[name] for name in (*names, ANYBODY) if name in self.cells)

    def covers(self, name: str) -> bool:
        """Whether it is the row of an address, or a row for many."""
        return self.name == name or ("*" in self.name and fnmatchcase(name, self.name))


def of_pages() -> list[Row]:
    """The rows of everything that Django answers."""
    return [row for row in rows() if not row.name.startswith(PUSH)]


@cache
def rows() -> tuple[Row, ...]:
    """All of them, in the order of the file. Raises ValueError for a line that is none."""
    found: list[Row] = []
    columns: list[str] = []
    for number, line in enumerate(FILE.read_text(encoding="utf-8").splitlines(), start=1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0] == HEAD:
            columns = words[2:]
            continue
        name, method, *cells = words
        if len(cells) != len(columns):
            raise ValueError(f"{FILE.name}, line {number}: {len(cells)} cells, but {len(columns)} columns.")
        found.append(Row(name, method, dict(zip(columns, cells, strict=True)), number))
    return tuple(found)


def row_of(name: str, method: str) -> Row | None:
    """The row of an address: its own, else the one for many whose pattern is the longest."""
    fitting = [row for row in rows() if row.method == method and row.covers(name)]
    return max(fitting, key=lambda row: (row.name == name, len(row.name)), default=None)


def written(row: Row, cells: dict[str, str]) -> str:
    """The row as a line, with other cells."""
    return (
        f"{row.name:<50} {row.method:<6} "
        + " ".join(f"{cells[name]:<{max(7, len(name))}}" for name in row.cells).rstrip()
    )
