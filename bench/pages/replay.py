"""Bare views to measure Parley's against: the same statements and the same bytes, and nothing else.

What a view asks of the database is recorded once and then replayed as it was, by a view behind the same middleware.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

Statement = tuple[str, Any]


@dataclass
class Script:
    """What the bare view does: these statements in one transaction, then these bytes. `swap` gives new values."""

    statements: list[Statement] = field(default_factory=list)
    body: bytes = b""
    swap: Callable[[], Mapping[Any, Any]] = dict


script = Script()


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """The statements that are executed within."""
    kept: list[Statement] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        kept.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield kept


@login_required
def bare(_: HttpRequest) -> HttpResponse:
    """The same statements and the same bytes."""
    new = script.swap()
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, params in script.statements:
            cursor.execute(sql, [new.get(one, one) if _is_plain(one) else one for one in params or ()])
            if cursor.description:
                cursor.fetchall()
    return HttpResponse(script.body)


@login_required
def nothing(_: HttpRequest) -> HttpResponse:
    """What the middleware and the sign-in cost alone, so that it is not replayed twice."""
    return HttpResponse()


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) or type(value).__name__ == "UUID"


urlpatterns = [path("bare/", bare), path("nothing/", nothing), path("", include("config.urls"))]
