import asyncio
import signal
from typing import Any

import pytest

from sessions_app.presence import present
from sessions_app.push.announce import announce
from tests.push.browser import Browser, ticket, ticket_of, until
from tests.push.conftest import StartPush
from tests.push.processes import PushProcess, RedisProcess
from tests.push.test_stream import numbered

QUICK = {"grace": 0.8, "lease": 2.0, "renew": 0.5, "gather": 0.02, "expiry": 0.2}
CAME = {"who": "agent:1", "present": True}
WENT = {"who": "agent:1", "present": False}


def agent(push: PushProcess, tells: str = "session:1") -> Browser:
    return Browser(push, ticket("agent:1", present_as="agent:1", tells=(tells,)))


def customer(push: PushProcess, topic: str = "session:1") -> Browser:
    return Browser(push, ticket(topic))


async def becomes(here: bool) -> None:
    await until(lambda: present(["agent:1"])["agent:1"] is here, lambda: f"the agent's presence becomes {here}")


async def sees(browser: Browser, *expected: Any) -> None:
    await browser.until(lambda: browser.of("presence") == list(expected), f"{expected}")


def test_coming_and_going_is_told_once_and_a_reload_does_not_flicker(start_push: StartPush) -> None:
    push = start_push(**QUICK | {"grace": 3.0})

    async def journey() -> None:
        async with customer(push) as watcher:
            async with agent(push), agent(push):
                await sees(watcher, CAME)
                assert present(["agent:1", "agent:2"]) == {"agent:1": True, "agent:2": False}
            for _ in range(3):
                await asyncio.sleep(0.3)  # a page takes a moment to load, much less than the grace
                async with agent(push):
                    assert present(["agent:1"])["agent:1"]
            await sees(watcher, CAME, WENT)
            await becomes(False)
            async with agent(push):
                await sees(watcher, CAME, WENT, CAME)

    asyncio.run(journey())


def test_one_line_of_several_names_is_told_to_each_by_its_own(start_push: StartPush) -> None:
    """An agent's page has several rooms open; opening one more does not make the others flicker."""
    push = start_push(**QUICK)
    rooms = {f"agent:{number}": (f"session:{number}",) for number in (1, 2, 3)}
    two = {name: rooms[name] for name in ("agent:1", "agent:2")}

    async def journey() -> None:
        async with customer(push) as first, customer(push, "session:2") as second, customer(push, "session:3") as third:
            async with Browser(push, ticket_of(two)):
                await sees(first, CAME)
                await sees(second, CAME | {"who": "agent:2"})
                next_line = await Browser(push, ticket_of(rooms)).__aenter__()
                await sees(third, CAME | {"who": "agent:3"})
            await asyncio.sleep(1.2)  # well past the grace of the first line
            await sees(first, CAME)
            next_line.leave()
            await sees(first, CAME, WENT)
            await sees(third, CAME | {"who": "agent:3"}, WENT | {"who": "agent:3"})

    asyncio.run(journey())


def test_nobody_is_present_on_a_ticket_without_a_name(start_push: StartPush) -> None:
    push = start_push(**QUICK)

    async def journey() -> None:
        async with customer(push) as watcher, customer(push), agent(push):
            await sees(watcher, CAME)

    asyncio.run(journey())


def test_who_moves_to_another_process_never_left(start_push: StartPush) -> None:
    one, other = start_push(**QUICK), start_push(**QUICK)

    async def journey() -> None:
        async with customer(one) as watcher, customer(one, "session:2") as second:
            async with agent(one):
                await sees(watcher, CAME)
                moved = await agent(other, "session:2").__aenter__()
                await sees(second, CAME)
            for _ in range(40):  # well past the grace: nobody says that the agent left
                await asyncio.sleep(0.05)
                assert present(["agent:1"])["agent:1"]
            assert WENT not in watcher.of("presence")
            moved.leave()
            await sees(watcher, CAME, WENT)
            await sees(second, CAME, WENT)

    asyncio.run(journey())


def test_a_killed_process_takes_its_people_with_it_when_its_lease_is_over(start_push: StartPush) -> None:
    doomed, other = start_push(**QUICK), start_push(**QUICK)

    async def journey() -> None:
        async with customer(other) as watcher, agent(doomed):
            await sees(watcher, CAME)
            doomed.end()
            await sees(watcher, CAME, WENT)
            await becomes(False)

    asyncio.run(journey())


def test_a_process_that_was_given_up_comes_back_with_its_people(start_push: StartPush) -> None:
    asleep, other = start_push(**QUICK), start_push(**QUICK)

    async def journey() -> None:
        async with customer(other) as watcher, agent(asleep):
            await sees(watcher, CAME)
            asleep.signal(signal.SIGSTOP)
            await sees(watcher, CAME, WENT)
            asleep.signal(signal.SIGCONT)
            await sees(watcher, CAME, WENT, CAME)
            await becomes(True)

    asyncio.run(journey())


def test_presence_survives_a_redis_that_forgot_everything(start_push: StartPush, redis: RedisProcess) -> None:
    push = start_push(**QUICK)

    async def journey() -> None:
        async with agent(push):
            await becomes(True)
            redis.kill()
            assert present(["agent:1"]) == {"agent:1": False}
            redis.start()
            await becomes(True)
        await becomes(False)

    asyncio.run(journey())


@pytest.mark.parametrize("count", [300])
def test_many_who_come_at_once_are_all_written_down_with_few_calls(
    start_push: StartPush, redis: RedisProcess, count: int
) -> None:
    push = start_push(gather=0.3)
    names = [f"customer:{number}" for number in range(count)]

    async def journey() -> None:
        browsers = [Browser(push, ticket(name, "a", present_as=name, tells=(f"of:{name}",))) for name in names]
        redis.client.config_resetstat()
        for browser in browsers:
            await browser.__aenter__()
        await until(lambda: all(present(names).values()), lambda: "everybody is present")
        calls = redis.client.info("commandstats").get("cmdstat_hset", {}).get("calls", 0)
        assert 0 < calls < count / 10
        announce(numbered("a", 1, 1))
        await browsers[-1].until(lambda: browsers[-1].of("entry"), "an entry")
        for browser in browsers:
            browser.leave()

    asyncio.run(journey())
