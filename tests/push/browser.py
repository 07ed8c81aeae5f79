"""What a browser's EventSource does, without a browser."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import quote

from sessions_app.push.tickets import Ticket, issue
from tests.push.processes import PATIENCE, PushProcess

Event = tuple[str, Any]


def ticket(*topics: str, present_as: str = "", tells: tuple[str, ...] = (), lasts: float = 600.0) -> str:
    """A ticket of nobody, or of one name, that lasts so many seconds."""
    return ticket_of({present_as: tells} if present_as else {}, *topics, lasts=lasts)


def ticket_of(presence: Mapping[str, tuple[str, ...]], *topics: str, lasts: float = 600.0, beats: bool = False) -> str:
    """A ticket with which all of these names count as present, each to the topics that stand with it."""
    return issue(Ticket(topics, presence, datetime.now(UTC) + timedelta(seconds=lasts), beats))


async def request(push: PushProcess, path: str, method: str = "GET", sent: str = "") -> tuple[int, dict[str, str], str]:
    """Status, headers and body of an answer that ends."""
    reader, writer = await asyncio.open_unix_connection(push.address)
    length = f"Content-Length: {len(sent)}\r\n" if sent else ""
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: push\r\nConnection: close\r\n{length}\r\n{sent}".encode())
    head, _, content = (await asyncio.wait_for(reader.read(), PATIENCE)).decode().partition("\r\n\r\n")
    writer.close()
    first, *rest = head.split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in rest), content


class Browser(AbstractAsyncContextManager["Browser"]):
    """One open stream. `events` are all that came so far, without the pings."""

    def __init__(self, push: PushProcess, ticket_text: str) -> None:
        self._push = push
        self._path = f"/push/stream?ticket={quote(ticket_text)}"
        self.events: list[Event] = []
        self.pings = 0
        self.headers = b""
        self.ended = False

    async def __aenter__(self) -> Self:
        self.reader, self._writer = await asyncio.open_unix_connection(self._push.address)
        self._writer.write(f"GET {self._path} HTTP/1.1\r\nHost: push\r\n\r\n".encode())
        self.headers = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)
        assert b" 200 " in self.headers, self.headers
        self._task = asyncio.create_task(self._listen())
        await self.until(lambda: self.events, "hello")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Close the tab."""
        self._task.cancel()
        self._writer.transport.abort()

    async def until(self, holds: Callable[[], object], what: str) -> None:
        """Return as soon as `holds` answers something true. Fails after PATIENCE."""
        await until(holds, lambda: f"{what}; what came: {self.events[-20:]}")

    async def entries(self, count: int) -> list[int]:
        """The numbers of all entries that came, once there are `count` of them."""
        await self.until(lambda: len(self.of("entry")) >= count, f"{count} entries")
        return [data["number"] for data in self.of("entry")]

    def of(self, kind: str) -> list[Any]:
        """The data of all events of this kind."""
        return [data for event, data in self.events if event == kind]

    def kinds(self) -> list[str]:
        """The kinds of all events."""
        return [event for event, _ in self.events]

    async def _listen(self) -> None:
        text = b""
        while size := int(await self.reader.readline() or b"0", 16):
            text += (await self.reader.readexactly(size + 2))[:-2]
            *whole, text = text.split(b"\n\n")
            for block in whole:
                self._take(block.decode())
        self.ended = True

    def _take(self, block: str) -> None:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        if fields["event"] == "ping":
            self.pings += 1
        else:
            self.events.append((fields["event"], json.loads(fields["data"])))


async def until(holds: Callable[[], object], what: Callable[[], str]) -> None:
    """Return as soon as `holds` answers something true. Fails after PATIENCE, and says what was waited for."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - the condition may be about another process
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"Waited in vain: {what()}") from None


async def connections(push: PushProcess) -> int:
    """How many streams the process says it has open."""
    return int(json.loads((await request(push, "/push/health"))[2])["connections"])


async def connected(push: PushProcess, count: int) -> None:
    """Return as soon as the process says it has so many streams open. Fails after PATIENCE."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if await connections(push) == count:
                return
            await asyncio.sleep(0.01)
