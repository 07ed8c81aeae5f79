"""`docs/security.md` names tests that exist, and says what the table of limits says."""

import ast
import re

import pytest
from django.conf import settings

from config.environment import BASE_DIR
from config.headers import EVERYWHERE
from sessions_app.limits_table import TABLE
from sessions_app.rooms.browsers import DEVICE, SEAT, SIGNED_IN

PAGE = (BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))


def functions_of(path: str) -> set[str]:
    tree = ast.parse((BASE_DIR / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("path", sorted({path for path, _name in NAMED}))
def test_every_test_that_the_page_names_exists(path: str) -> None:
    named = {name for where, name in NAMED if where == path}
    assert named - functions_of(path) == set()


def test_no_test_is_named_in_a_way_that_the_check_above_passes_over() -> None:
    assert len(re.findall(r"tests/", PAGE)) == len(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE))


def test_every_cookie_is_named() -> None:
    cookies = {SEAT, DEVICE, SIGNED_IN, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_NAME}
    assert {one for one in cookies if f"`{one}`" not in PAGE} == set()


def test_every_threat_has_a_test() -> None:
    threats = PAGE.partition("## Who could want what")[2].partition("\n## ")[0]
    lines = [line for line in threats.splitlines() if line.startswith("| ") and not line.startswith(("| who", "|---"))]
    assert len(lines) >= 12
    assert [line for line in lines if "`tests/" not in line] == []


def test_every_limit_is_explained() -> None:
    for row in TABLE:
        assert f"| {row.name} | {row.most} | {row.key.value} |" in PAGE, row.name


def test_every_header_is_named() -> None:
    assert [name for name in EVERYWHERE if name not in PAGE] == []
