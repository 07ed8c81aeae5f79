"""The tests' own net: an order that nobody asked for is never the one that code hopes for."""

import pytest

from policies_app.models import Workstream

pytestmark = pytest.mark.django_db


def test_what_has_no_order_comes_backwards() -> None:
    names = ["Cards", "Loans"]
    rows = Workstream.objects.filter(name__in=names)
    for name in names:
        Workstream.objects.create(name=name)
    assert list(rows.order_by("name").values_list("name", flat=True)) == names
    unordered = rows.order_by().values_list("name", flat=True)
    assert list(unordered) == list(unordered.iterator())[::-1]
