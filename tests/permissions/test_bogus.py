"""Addresses with something in their path that is not there, or is nobody's business: the same answer for both."""

import re
from uuid import UUID

import pytest

from tests.permissions import table
from tests.permissions.addresses import Address, addresses
from tests.permissions.asking import DONE, KEPT_OF_REFUSED, OK, REFUSED, Answer, Content, ask
from tests.permissions.requests import request_of
from tests.permissions.scene import Scene
from tests.permissions.visitors import Visitor

NOBODYS = UUID("01999999-9999-7999-8999-999999999999")
TEXTS = ["x", "a%00b", "%C3%28", "..%2F..%2Fx", "a" * 3000]
NUMBERS = ["999999999", "9" * 19, "9" * 5000]
NONSENSE = {
    "str": [*TEXTS, *NUMBERS],
    "slug": ["x", *NUMBERS],
    "path": [*TEXTS, *NUMBERS],
    "int": NUMBERS,
    "uuid": [str(NOBODYS), "f" * 32],
}
"""By the kind of what stands in the path, as browsers write it."""

SAME_FOR_ALL = {"customer:manifest", "customer:new_link", "new-link", "widget-config"}
"""Who asks these is told nothing by the answer, which is the same for what is there and what is not. At most
the attempt is noted."""

KNOWN_BY = {
    "agent": "holder",
    "customer": "open",
    "admin": "root",
    "remove-passkey": "strong",
    "api": "as-holder",
} | dict.fromkeys(
    ("join", "code", "new-link", "widget-enter", "widget-continue", "widget-begin", "widget-take-back"), "anon"
)
"""Who gets furthest, by where the address is; elsewhere an agent."""

REMOVES = {"remove-quick-reply"}
"""What is gone is gone: who removes it twice, by a double click, is led back as after the first time."""

METHODS = ("GET", "POST")
METHODS_OF_API = (*METHODS, "PUT", "PATCH", "DELETE")

STRANGERS = ("anon", "other", "agent")
WITH_SOMETHING = [one for one in addresses() if one.parameters]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", WITH_SOMETHING, ids=lambda one: one.name)
def test_what_is_not_there_is_not_found(
    address: Address, scene: Scene, everybody: list[Visitor], before: Content
) -> None:
    visitor = _known(everybody, address.name)
    wrong = []
    for name, kind in address.parameters.items():
        for value in NONSENSE[kind]:
            for method in METHODS_OF_API if address.is_of_api else METHODS:
                answer = ask(visitor, request_of(scene, visitor, address, method, **{name: value}), before)
                if answer.word not in _harmless(address, answer):
                    wrong.append(f"{method} with {name}={value[:50]}: {answer.word}")
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize("name", sorted({one.name for one in addresses()}))
@pytest.mark.parametrize("nonsense", ["\0", "9" * 5000], ids=["nul", "large"])
def test_nonsense_in_fields_and_parameters_is_answered(
    name: str, nonsense: str, scene: Scene, everybody: list[Visitor], before: Content
) -> None:
    visitor = _known(everybody, name)
    for address in (one for one in addresses() if one.name == name):
        for method in ("GET", "POST"):
            answer = ask(visitor, request_of(scene, visitor, address, method, everywhere=nonsense), before)
            assert answer.response.status_code < 500, method
            assert method == "POST" or not answer.changed


def _known(everybody: list[Visitor], name: str) -> Visitor:
    """Who gets furthest there."""
    place = re.split("[:/]", name)[0]
    return next(one for one in everybody if one.name == KNOWN_BY.get(place, "holder"))


def _harmless(address: Address, answer: Answer) -> frozenset[str]:
    """What may come of it. The admin leads back to its start page, with a message."""
    leads_back = address.name.startswith("admin") and 300 <= answer.response.status_code < 400
    if leads_back:
        return REFUSED | {OK}
    if address.name in REMOVES and not answer.changed:
        return REFUSED | {OK}
    is_noted = answer.changed <= KEPT_OF_REFUSED
    return REFUSED | {OK, DONE} if address.name in SAME_FOR_ALL and is_noted else REFUSED


@pytest.mark.parametrize(
    "address",
    [one for one in WITH_SOMETHING if one.name.split(":")[0] in ("agent", "customer")],
    ids=lambda one: one.name,
)
def test_strangers_do_not_learn_which_sessions_there_are(
    address: Address, scene: Scene, everybody: list[Visitor], before: Content
) -> None:
    for visitor in everybody:
        side = address.name.split(":")[0]
        row = table.row_of(f"{side}:room", "GET")
        if visitor.name not in STRANGERS or address.name == "customer:new_link":
            continue
        assert row and row.expected(visitor.name) != OK
        for method in ("GET", "POST"):
            there = ask(visitor, request_of(scene, visitor, address, method), before)
            not_there = ask(visitor, request_of(scene, visitor, address, method, session_id=NOBODYS), before)
            assert _plain(there) == _plain(not_there), f"{method} as {visitor.name}"


FINDS = {("as-agent", "api:webhook_replay")}
"""Who finds what such an address names, and is refused for what they post: a session out of their reach."""

NOT_THERE = {"uuid": NOBODYS, "int": 999999999, "str": "nobody-of-this-name"}


@pytest.mark.parametrize("address", [one for one in WITH_SOMETHING if one.is_of_api], ids=lambda one: one.name)
@pytest.mark.parametrize("stranger", ["narrow", "as-agent"])
def test_programs_do_not_learn_what_is_out_of_their_reach(
    address: Address, stranger: str, scene: Scene, everybody: list[Visitor], before: Content
) -> None:
    if (stranger, address.name) in FINDS:
        return
    visitor = next(one for one in everybody if one.name == stranger)
    nothing: dict[str, object] = {name: NOT_THERE[kind] for name, kind in address.parameters.items()}
    for method in METHODS_OF_API:
        there = ask(visitor, request_of(scene, visitor, address, method), before)
        if there.word in REFUSED:
            not_there = ask(visitor, request_of(scene, visitor, address, method, **nothing), before)
            assert _plain(there) == _plain(not_there), method


def _plain(answer: Answer) -> tuple[int, str]:
    """The answer without what is different each time, and without what the address itself says."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "-", answer.body + answer.response.get("Location", ""))
    return answer.response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
