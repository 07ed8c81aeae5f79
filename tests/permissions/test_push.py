"""The addresses of the push process, held against their part of `matrix.txt`: asked with every kind of ticket."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sessions_app.push.stream import PushApp
from sessions_app.push.tickets import Ticket, issue
from tests.permissions import table

NAMES = sorted(PushApp()._routes)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
WORDS = {200: "ok", 403: "no", 404: "-", 405: "405"}


def _ticket(minutes: int = 3, *, beats: bool = False) -> str:
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    return issue(Ticket(topics=("room.1",), presence={"room.1": ("room.2",)}, expires_at=until, beats=beats))


TICKETS: dict[str, Callable[[], str]] = {
    "none": lambda: "",
    "forged": lambda: _ticket()[:-1],
    "over": lambda: _ticket(-1),
    "hears": _ticket,
    "says": lambda: _ticket(beats=True),
}


@pytest.mark.parametrize("path", [*NAMES, "/push/", "/push/other"])
def test_every_ticket_gets_what_the_matrix_says(path: str) -> None:
    for method in METHODS:
        row = table.row_of(f"{table.PUSH}{path}", method)
        nothing = "405" if path in NAMES else "-"
        got = {name: asyncio.run(_asked(method, path, ticket())) for name, ticket in TICKETS.items()}
        assert got == (row.cells if row else dict.fromkeys(TICKETS, nothing)), method


def test_every_address_of_the_push_process_has_a_row() -> None:
    rows = {row.name.removeprefix(table.PUSH) for row in table.rows() if row.name.startswith(table.PUSH)}
    assert sorted(rows) == NAMES


async def _asked(method: str, path: str, ticket: str) -> str:
    """In a word, what a client gets that says a word and goes away."""
    told: list[dict[str, Any]] = []
    coming: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"state=visible&page=a1", "more_body": False},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(event: dict[str, Any]) -> None:
        told.append(event)

    app = PushApp()
    query = f"ticket={ticket}".encode()
    await app({"type": "http", "method": method, "path": path, "query_string": query}, receive, send)
    if app._service:
        await app._service.stop()
    status = told[0]["status"]
    return WORDS.get(status, str(status))
