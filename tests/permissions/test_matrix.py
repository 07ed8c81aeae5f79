"""Who may do what: every address, asked as every kind of visitor, held against `matrix.txt`.

1. Addresses are found by walking Django's resolver (`addresses`): a new one without a row fails, and so does a row
   without an address.
2. The visitors are the columns (`visitors`). They are in a scene that is made once (`scene`); whatever a request does
   is undone, so that the order of requests does not matter.
3. Each asks what the page or program would ask (`requests`). In a word, what came of it is the cell (`asking`). A GET
   changes nothing for anybody, and what is refused tells nothing and keeps nothing, but for what was typed.

Programs with a token of the API are visitors too (`programs`), and `api_requests` has what they send. They are asked
at the API; one of them, with all scopes, everywhere else as well, where its token is good for nothing. Methods beside
GET and POST need a row only where they do something.
"""

import re
from collections.abc import Iterable

import pytest

from tests.permissions import table
from tests.permissions.addresses import Address, addresses
from tests.permissions.asking import OK, REFUSED, Answer, Content, ask
from tests.permissions.requests import request_of
from tests.permissions.scene import Scene
from tests.permissions.visitors import Visitor

METHODS = ("GET", "POST")
OTHER_METHODS = ("PUT", "PATCH", "DELETE")
TRIES = {
    "agent": ("anon", "holder", "m-queue", "agent", "super"),
    "customer": ("anon", "open", "none", "framed"),
    "admin": ("anon", "holder", "root"),
    "api": ("anon", "open", "framed", "holder", "root", "all", "as-holder"),
}
"""Who tries, by where an address is, what has no row; elsewhere these do: `anon` and `holder`."""

ASKED_OF_OTHERS = frozenset(TRIES["api"])
IN_SETTINGS = ASKED_OF_OTHERS | {"account", "mate", "agent", "super", "admin"}
"""In the admin it makes no difference who else a visitor is."""

ROOMS = ("agent", "customer")

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted({one.name for one in addresses()}))
def test_everybody_gets_what_the_matrix_says(
    name: str, scene: Scene, everybody: list[Visitor], before: Content
) -> None:
    wrong: list[str] = []
    for address in (one for one in addresses() if one.name == name):
        for method in (*METHODS, *OTHER_METHODS):
            wrong += _wrong(scene, everybody, before, address, method)
    assert not wrong, "\n".join(["", *wrong])


def test_every_row_has_an_address_and_every_address_a_row() -> None:
    names = {one.name for one in addresses()}
    stale = [f"line {row.line}: {row.name}" for row in table.of_pages() if not any(row.covers(name) for name in names)]
    assert not stale, "rows without an address"
    new = [name for name in names if not any(table.row_of(name, method) for method in (*METHODS, *OTHER_METHODS))]
    assert not new, "addresses without a row"
    said = [(row.name, row.method) for row in table.rows()]
    assert not {one for one in said if said.count(one) > 1}, "rows that are there twice"


def test_the_columns_are_visitors(everybody: list[Visitor]) -> None:
    named, names = {column for row in table.of_pages() for column in row.cells}, [one.name for one in everybody]
    assert named <= set(names) and len(names) == len(set(names))


def _wrong(scene: Scene, everybody: list[Visitor], before: Content, address: Address, method: str) -> list[str]:
    """What is not as the table says, in words."""
    row = table.row_of(address.name, method)
    asked = _asked(everybody, address) if row else _trying(everybody, address)
    got = {one.name: ask(one, request_of(scene, one, address, method), before) for one in asked}
    if row is None:
        return [
            f"{address.name} {method} {name}: there is no row, so nobody should get anything, but got {answer.word}"
            for name, answer in got.items()
            if answer.word not in _nothing(address)
        ]
    expected = {one.name: row.expected(one.name, *one.like) for one in everybody if one.name in got}
    wrong = [
        f"{address.name} {method} {name}: expected {expected[name]}, got {answer.word}"
        for name, answer in got.items()
        if answer.word != expected[name]
    ]
    if wrong:
        wrong.append("as it is: " + table.written(row, row.cells | {name: it.word for name, it in got.items()}))
    return wrong + [f"{address.name} {method} {said}" for said in _told(address, got, everybody)]


def _asked(everybody: Iterable[Visitor], address: Address) -> list[Visitor]:
    """Programs ask the API, and one of them everywhere; of the others, some ask the API. Whoever is interested in
    several rooms asks once where the address names none."""
    some = [one for one in everybody if one.is_program == address.is_of_api or one.name in ASKED_OF_OTHERS]
    if _place(address) in ROOMS or {"session_id", "link_id"} & address.parameters.keys():
        return some
    once = list({(one.who, one.is_program): one for one in reversed(some)}.values())[::-1]
    return [one for one in once if _place(address) != "admin" or one.name in IN_SETTINGS]


def _trying(everybody: Iterable[Visitor], address: Address) -> list[Visitor]:
    return [one for one in everybody if one.name in TRIES.get(_place(address), ("anon", "holder"))]


def _place(address: Address) -> str:
    return re.split("[:/]", address.name)[0]


def _told(address: Address, got: dict[str, Answer], everybody: Iterable[Visitor]) -> list[str]:
    """Who was told what they should not be: of a room, who is refused in it; of notes, who is no agent."""
    customers = {one.name for one in everybody if one.is_customer}
    beyond = {one.name for one in everybody if one.reaches_nothing and address.is_of_api}
    told = [
        f"{name}: was told what is in it"
        for name, it in got.items()
        if it.told and (name in beyond or _is_closed(address, name, it))
    ]
    return told + [f"{name}: was told a note" for name, it in got.items() if it.told_note and name in customers]


def _is_closed(address: Address, visitor: str, answer: Answer) -> bool:
    """Whether an answer must not tell anything: in a room, to whoever may not look at it; elsewhere, if it refuses."""
    if _place(address) not in ROOMS:
        return answer.word in REFUSED
    row = table.row_of(f"{_place(address)}:room", "GET")
    return row is not None and row.expected(visitor) != OK


def _nothing(address: Address) -> frozenset[str]:
    """What may come of a method that has no row. The admin answers some as it answers a GET, and does nothing."""
    return REFUSED | {OK} if address.name.startswith("admin") else REFUSED
