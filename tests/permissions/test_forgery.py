"""Nobody's cookies are enough to do something: whatever a visitor can post needs the page's token against forgery."""

import pytest

from tests.permissions import table
from tests.permissions.addresses import Address, addresses
from tests.permissions.asking import DONE, NO, Content, ask
from tests.permissions.requests import request_of
from tests.permissions.scene import Scene
from tests.permissions.visitors import Visitor

BY_COOKIE = ("anon", "open", "limited", "holder", "h-ended", "m-queue", "super", "admin", "root")
WITHOUT = ("widget-enter", "widget-continue", "widget-begin", "widget-take-back")
"""These look at no cookie: who asks is said in what is posted. Nor does the API."""

POSTED = [
    (one, row)
    for one in addresses()
    if (row := table.row_of(one.name, "POST")) and one.name not in WITHOUT and not one.is_of_api
]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("address", "row"), POSTED, ids=[one.name for one, _row in POSTED])
def test_a_forged_post_does_nothing(
    address: Address, row: table.Row, scene: Scene, everybody: list[Visitor], before: Content
) -> None:
    can = [one for one in everybody if one.name in BY_COOKIE and row.expected(one.name) == DONE]
    for visitor in can[:3]:
        request = request_of(scene, visitor, address, "POST")
        assert ask(visitor, request, before, looks_for_forgery=True).word == NO, visitor.name
