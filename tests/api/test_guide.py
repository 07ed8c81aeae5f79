"""`docs/api.md` says what is so."""

import re
from pathlib import Path

import pytest

from policies_app.kinds import Kind
from sessions_app.api.paging import Pages
from sessions_app.api.scopes import Scope
from sessions_app.api.tokens import OVERLAP, PREFIX
from tests.api.calling import Api

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_table_of_scopes_is_that_of_the_code() -> None:
    assert Kind in Scope.__mro__
    rows = re.findall(r"^\| `([a-z]+:[a-z]+)` \| (.+) \|$", GUIDE, re.MULTILINE)
    assert rows == [(scope.value, scope.label) for scope in Scope]


def test_numbers_and_names_are_those_of_the_code() -> None:
    assert f"({Pages.page_size}, at most {Pages.max_page_size})" in GUIDE
    assert OVERLAP.days == 7 and "seven days" in GUIDE
    assert f"`{PREFIX}`" in GUIDE


@pytest.mark.parametrize("path", sorted(set(re.findall(r"GET /api/v1/([a-z-]+/)", GUIDE))))
def test_the_addresses_that_it_names_are_there(api: Api, path: str) -> None:
    assert api.get(path).status_code == 200


def test_every_status_that_may_be_answered_is_in_its_table(api: Api) -> None:
    described = api.get("openapi.json").json()
    declared = {
        int(status)
        for operations in described["paths"].values()
        for operation in operations.values()
        if isinstance(operation, dict)
        for status in operation["responses"]
        if int(status) >= 400
    }
    told = {int(one) for row in re.findall(r"^\| ([0-9, ]+) \|", GUIDE, re.MULTILINE) for one in row.split(",")}
    assert declared - {406} <= told
