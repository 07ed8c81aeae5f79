import asyncio
import random
import threading
import time

from sessions_app.push.announce import announce
from tests.push.browser import Browser, ticket
from tests.push.conftest import StartPush
from tests.push.processes import PushProcess
from tests.push.test_stream import numbered

SECONDS = 5.0
TOPICS = [f"session:{number}" for number in range(5)]
BROWSERS = 30


class Announcer(threading.Thread):
    """Numbers the entries of every topic without gaps, in batches of any size."""

    def __init__(self) -> None:
        super().__init__()
        self.last = dict.fromkeys(TOPICS, 0)

    def run(self) -> None:
        chance, ends_at = random.Random(1), time.monotonic() + SECONDS
        while time.monotonic() < ends_at:
            topic, size = chance.choice(TOPICS), chance.choice((1, 1, 1, 2, 20))
            self.last[topic] += size
            announce(numbered(topic, self.last[topic] - size + 1, self.last[topic]))
            time.sleep(0.01)


async def come_and_go(push: PushProcess, announcer: Announcer, chance: random.Random) -> int:
    """Open streams again and again. What each one sees has no gap; the last one sees everything to the end."""
    seen, ends_at = 0, time.monotonic() + SECONDS
    while True:
        topic = chance.choice(TOPICS)
        async with Browser(push, ticket(topic)) as browser:
            known = announcer.last[topic]
            if time.monotonic() < ends_at - 1:
                await asyncio.sleep(chance.random())
                seen += check(browser, known)
                continue
            await asyncio.to_thread(announcer.join)
            last = announcer.last[topic]
            if last == known:  # this stream was opened when all had been said
                return seen + check(browser, known)
            await browser.until(lambda: {"number": last} in browser.of("entry"), "the last entry")  # noqa: B023 - awaited within the round
            return seen + check(browser, known, last)


def check(browser: Browser, known: int, last: int | None = None) -> int:
    """The page asked after `hello` shows all up to `known`: the stream goes on from there or earlier, without a gap."""
    numbers = [data["number"] for data in browser.of("entry")]
    if numbers:
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert numbers[0] <= known + 1
        assert last is None or numbers[-1] == last
    return len(numbers)


def test_whoever_comes_and_goes_sees_a_gapless_ordered_stretch(start_push: StartPush) -> None:
    processes = [start_push(), start_push()]

    async def journey() -> int:
        announcer = Announcer()
        announcer.start()
        chance = random.Random(2)
        everybody = [come_and_go(chance.choice(processes), announcer, random.Random(seed)) for seed in range(BROWSERS)]
        return sum(await asyncio.gather(*everybody))

    assert asyncio.run(journey()) > 1_000
