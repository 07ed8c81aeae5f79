import asyncio
import logging
import signal
import socket

import pytest
from redis import Redis

from sessions_app.presence import present
from sessions_app.push.announce import Message, announce
from sessions_app.push.broker import Broker
from sessions_app.push.wire import STREAM
from tests.push.browser import Browser, ticket
from tests.push.processes import PATIENCE, PushProcess, RedisProcess
from tests.push.test_stream import numbered


async def live(browser: Browser) -> None:
    """Wait until announcements come through, and forget what was before, when all of it has come."""
    await says_something(browser)
    announce([Message("a", "over", "{}")])
    await browser.until(lambda: browser.kinds()[-1] == "over", "the last of it")
    browser.events.clear()


async def says_something(browser: Browser) -> None:
    """Announce until something arrives."""
    async with asyncio.timeout(PATIENCE):
        while not browser.of("entry"):
            announce(numbered("a", 0, 0))
            await asyncio.sleep(0.05)


def test_redis_dies_and_comes_back_empty(push: PushProcess, redis: RedisProcess) -> None:
    async def journey() -> None:
        async with Browser(push, ticket("a")) as browser:
            await live(browser)
            redis.kill()
            await browser.until(lambda: browser.kinds() == ["degraded"], "word of the outage")
            async with Browser(push, ticket("a")) as late:
                assert late.events[0] == ("hello", {"live": False})
                redis.start()
                await browser.until(lambda: "resync" in browser.kinds(), "word of the return")
                announce(numbered("a", 1, 2))
                for one in (browser, late):
                    assert await one.entries(2) == [1, 2]
                assert browser.kinds() == ["degraded", "live", "resync", "entry", "entry"]
                assert late.kinds() == ["hello", "live", "resync", "entry", "entry"]

    asyncio.run(journey())


def test_what_was_announced_while_only_the_push_process_was_cut_off_arrives(
    push: PushProcess, redis: RedisProcess
) -> None:
    async def journey() -> None:
        async with Browser(push, ticket("a")) as browser:
            await live(browser)
            push.signal(signal.SIGSTOP)
            redis.client.client_kill_filter(_type="normal", skipme=True)
            announce(numbered("a", 1, 500))
            announce(numbered("a", 501, 501))
            push.signal(signal.SIGCONT)
            assert await browser.entries(501) == list(range(1, 502))
            assert browser.kinds()[:2] == ["degraded", "live"] and "resync" not in browser.kinds()

    asyncio.run(journey())


@pytest.mark.parametrize("cut_off", [True, False])
def test_when_the_stream_was_trimmed_meanwhile_everybody_catches_up(
    push: PushProcess, redis: RedisProcess, cut_off: bool
) -> None:
    async def journey() -> None:
        async with Browser(push, ticket("a")) as browser:
            await live(browser)
            push.signal(signal.SIGSTOP)
            if cut_off:
                redis.client.client_kill_filter(_type="normal", skipme=True)
            announce(numbered("a", 1, 1))
            redis.client.xtrim(STREAM, maxlen=0, approximate=False)
            for number in range(2, 302):
                announce(numbered("a", number, number))
            push.signal(signal.SIGCONT)
            await browser.until(lambda: "resync" in browser.kinds(), "word that something is missing")
            announce(numbered("a", 302, 302))
            await browser.until(lambda: {"number": 302} in browser.of("entry"), "what came after that")

    asyncio.run(journey())


def test_pages_go_on_without_redis_and_make_browsers_catch_up_afterwards(
    push: PushProcess, redis: RedisProcess, caplog: pytest.LogCaptureFixture
) -> None:
    async def journey() -> None:
        async with Browser(push, ticket("a")) as browser:
            await live(browser)
            redis.kill()
            with caplog.at_level(logging.INFO, "sessions_app.push.broker"):
                for _ in range(2_000):
                    announce(numbered("a", 1, 1))
                assert present(["agent:1", "agent:2"]) == {"agent:1": False, "agent:2": False}
            assert [record.levelname for record in caplog.records] == ["WARNING"]
            redis.start()
            await browser.until(lambda: "live" in browser.kinds(), "word of the return")
            await live(browser)
            announce(numbered("a", 5, 5))
            await browser.until(lambda: browser.events == [("entry", {"number": 5})], "only the new one")

    asyncio.run(journey())


def test_after_a_loss_everybody_is_told_to_catch_up(push: PushProcess, redis: RedisProcess) -> None:
    async def journey() -> None:
        async with Browser(push, ticket("a")) as browser:
            await live(browser)
            redis.client.config_set("maxmemory", "1mb")  # writes fail, reads go on: push processes notice nothing
            announce([Message("a", "entry", '{"number": 1}')])
            redis.client.config_set("maxmemory", "0")
            await browser.until(lambda: "resync" in browser.kinds(), "word that something is missing")
            await says_something(browser)

    asyncio.run(journey())


def test_of_many_who_ask_a_redis_that_hangs_only_a_few_wait() -> None:
    waited = 0

    def question(client: Redis) -> str:
        nonlocal waited
        waited += 1
        return str(client.ping())

    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker = Broker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        assert {broker.ask(question, "away") for _ in range(500)} == {"away"}
    assert 1 <= waited < 50
