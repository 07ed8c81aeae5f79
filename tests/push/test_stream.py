import asyncio
import json
import signal
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from sessions_app.push.announce import Message, announce
from sessions_app.push.tickets import Ticket, issue
from tests.push.browser import Browser, connected, connections, request, ticket, until
from tests.push.conftest import StartPush
from tests.push.processes import PATIENCE, PushProcess


def numbered(topic: str, first: int, last: int) -> list[Message]:
    return [Message(topic, "entry", json.dumps({"number": number})) for number in range(first, last + 1)]


def test_a_stream_says_hello_and_carries_only_what_was_asked_for(push: PushProcess) -> None:
    async def journey() -> None:
        async with Browser(push, ticket("mine", "also-mine")) as me, Browser(push, ticket("other")) as other:
            announce([Message("other", "typing", '{"a": 1}'), Message("nobody", "typing", "{}")])
            announce([Message("mine", "entry", '{"b": 2}'), Message("also-mine", "typing", '{"c": 3}')])
            await me.until(lambda: me.of("typing"), "the second topic")
            assert me.events[-2:] == [("entry", {"b": 2}), ("typing", {"c": 3})]
            assert [kind for kind, _ in me.events[:-2] if kind not in ("live", "resync")] == ["hello"]
            assert other.of("typing") == [{"a": 1}] and other.of("entry") == []
            for header in (
                b"content-type: text/event-stream",
                b"cache-control: no-store",
                b"x-accel-buffering: no",
                b"access-control-allow-origin: https://parley.example.com\r\n",
            ):
                assert header in me.headers.lower()

    asyncio.run(journey())


def test_a_batch_of_thousands_arrives_whole_and_in_order(push: PushProcess) -> None:
    async def journey() -> None:
        async with Browser(push, ticket("a")) as a, Browser(push, ticket("b")) as b:
            announce(numbered("a", 1, 3_000) + numbered("b", 1, 3_000))
            announce(numbered("a", 3_001, 3_001) + numbered("b", 3_001, 3_001))
            for one in (a, b):
                assert await one.entries(3_001) == list(range(1, 3_002))

    asyncio.run(journey())


def test_refusals_say_why_in_a_sentence(push: PushProcess) -> None:
    over = issue(Ticket(("a",), {}, datetime.now(UTC) - timedelta(seconds=1)))
    table = [
        ("/push/stream", "GET", 403, "This ticket was not issued here."),
        ("/push/stream?ticket=x&ticket=y", "GET", 403, "This ticket was not issued here."),
        (f"/push/stream?ticket={quote(over)}", "GET", 403, "This ticket is over."),
        (f"/push/stream?ticket={quote(ticket('a'))}", "POST", 405, "This address takes GET only."),
        ("/push/health", "DELETE", 405, "This address takes GET only."),
        ("/push/other", "GET", 404, "There is nothing at this address."),
    ]

    async def journey() -> None:
        for path, method, status, sentence in table:
            answer = await request(push, path, method)
            assert (answer[0], answer[2]) == (status, sentence)
            assert answer[1]["content-type"].startswith("text/plain")
        status, _, text = await request(push, "/push/health")
        assert status == 200 and json.loads(text)["connections"] == 0

    asyncio.run(journey())


def test_nothing_is_delivered_on_a_ticket_that_is_over(start_push: StartPush) -> None:
    push = start_push(expiry=600)  # nobody looks for tickets that are over: delivering has to notice by itself

    async def journey() -> None:
        lasts_for_a_while, over_at = ticket("a", lasts=3.0), time.time() + 3.0
        async with Browser(push, lasts_for_a_while) as short, Browser(push, ticket("a")) as long:
            sent: list[float] = []
            while not short.ended:
                sent.append(time.time())
                announce(numbered("a", len(sent), len(sent)))
                await asyncio.sleep(0.01)
                assert time.time() < over_at + PATIENCE, "the stream outlives its ticket"
            assert await long.entries(len(sent)) == list(range(1, len(sent) + 1))
            received = [data["number"] for data in short.of("entry")]
            assert received == list(range(1, len(received) + 1))
            assert received and sent[len(received) - 1] < over_at
            await connected(push, 1)

    asyncio.run(journey())


def test_a_stream_ends_with_its_ticket_when_nothing_happens(start_push: StartPush) -> None:
    push = start_push(ping=600)

    async def journey() -> None:
        async with Browser(push, ticket("a", lasts=2.0)) as short:
            await short.until(lambda: short.ended, "the end of the stream")

    asyncio.run(journey())


def test_a_line_at_rest_shows_signs_of_life(start_push: StartPush) -> None:
    async def journey() -> None:
        async with Browser(start_push(ping=0.2, expiry=0.1), ticket("a")) as browser:
            await browser.until(lambda: browser.pings >= 3, "pings")

    asyncio.run(journey())


def test_a_client_that_does_not_read_is_dropped_and_delays_nobody(push: PushProcess) -> None:
    async def journey() -> None:
        async with Browser(push, ticket("a")) as quick:
            _, stuck = await asyncio.open_unix_connection(push.address, limit=1)
            stuck.write(f"GET /push/stream?ticket={quote(ticket('a'))} HTTP/1.1\r\nHost: push\r\n\r\n".encode())
            await connected(push, 2)
            sent = 0
            while await connections(push) == 2:
                sent += 1
                announce([Message("a", "entry", json.dumps({"number": sent, "filler": "x" * 60_000}))])
                assert await quick.entries(sent) == list(range(1, sent + 1))
                assert sent < 1_000, "the stuck client is never dropped"
            stuck.transport.abort()

    asyncio.run(journey())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_open_streams_at_once(push: PushProcess, number: signal.Signals) -> None:
    async def journey() -> None:
        browsers = [await Browser(push, ticket(f"a-{number}")).__aenter__() for number in range(50)]
        push.signal(number)
        await until(lambda: all(browser.ended for browser in browsers), lambda: "every stream ends")
        await asyncio.to_thread(push.process.wait, PATIENCE)
        for browser in browsers:
            browser.leave()

    asyncio.run(journey())
    assert "Traceback" not in push.log() and "ERROR" not in push.log()


def test_one_seat_cannot_take_all_connections(start_push: StartPush) -> None:
    push = start_push(alike=2)

    async def journey() -> None:
        async with Browser(push, ticket("mine")), Browser(push, ticket("mine")):
            status, headers, _said = await request(push, f"/push/stream?ticket={quote(ticket('mine'))}")
            assert (status, headers["retry-after"]) == (429, "30")
            async with Browser(push, ticket("other")) as other:
                await other.until(lambda: other.of("hello"), "that another seat is let in")

    asyncio.run(journey())
