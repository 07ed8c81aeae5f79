"""A pytest plugin: what a query asks for in no order comes backwards.

PostgreSQL returns such rows mostly in the order in which they were stored, but not always: it depends on the plan it
made and on where a page had room. Code and tests that count on it would fail once in a thousand runs. Here they fail
in each, in this process; what is read by `iterator()` or as raw SQL stays as it comes.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet


@pytest.fixture(scope="session", autouse=True)
def _backwards() -> Iterator[None]:
    fetch_all = QuerySet._fetch_all

    def backwards(rows: Any) -> None:
        is_fresh = rows._result_cache is None
        fetch_all(rows)
        if is_fresh and not rows.ordered:
            rows._result_cache.reverse()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "_fetch_all", backwards)
        yield
