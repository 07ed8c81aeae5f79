"""The push process's side of `beats`: takes the words of pages, hands them to Redis in batches, cuts dead streams."""

import asyncio
import contextlib
import time
from collections.abc import Collection
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as TookTooLong

from sessions_app.beats import LATE_SECONDS, LISTENING, PAGES, REACH_FURTHER, THERE_UNTIL, Word
from sessions_app.push.hub import Hub
from sessions_app.push.timing import Timing

BATCH = 500
RETRY_SECONDS = 0.5
AWAY = (NotConnected, TookTooLong, OSError)
"""The reader reports outages. Whatever else Redis may answer is reported by `service`."""

Page = tuple[str, str]
"""A name, and what one of its pages calls itself."""


class Words:
    """What pages say, kept for as long as it reaches: if Redis forgets it, it is told again. One event loop."""

    def __init__(self, redis: Redis, hub: Hub, timing: Timing) -> None:
        self._redis = redis
        self._hub = hub
        self._timing = timing
        self._lasts = {Word.VISIBLE: timing.visible, Word.HIDDEN: timing.hidden, Word.CLOSING: 0.0}
        self._reach: dict[Page, float] = {}
        self._untold: dict[Page, float] = {}
        self._something = asyncio.Event()

    def hear(self, names: Collection[str], page: str, word: Word, now: float) -> None:
        """A page said this just now (Unix time)."""
        for name in names:
            self._untold[name, page] = self._reach[name, page] = now + self._lasts[word]
        self._something.set()

    def tell_again(self) -> None:
        """Redis was away and may have forgotten everything."""
        now = time.time()
        self._untold = {page: reach for page, reach in self._reach.items() if reach > now} | self._untold
        self._something.set()

    async def write(self) -> None:
        """Hand on what was heard, until cancelled. What Redis did not take stays for the next time."""
        while True:
            await self._something.wait()
            await asyncio.sleep(self._timing.gather)
            self._something.clear()
            while self._untold:
                try:
                    await self._write_some()
                except AWAY:
                    await asyncio.sleep(RETRY_SECONDS)

    async def _write_some(self) -> None:
        some = dict(list(self._untold.items())[:BATCH])
        told = [str(one) for (name, page), reach in some.items() for one in (name, page, reach)]
        script: Any = self._redis.eval(REACH_FURTHER, 2, THERE_UNTIL, PAGES, str(time.time()), *told)
        await script
        self._untold = {page: reach for page, reach in self._untold.items() if some.get(page) != reach}

    async def watch(self) -> None:
        """Say that somebody listens, and cut the streams of whom nothing is heard, until cancelled."""
        while True:
            with contextlib.suppress(*AWAY):
                await self._say_that_we_listen()
                await self._cut_the_silent(time.time())
            self._drop_what_is_over(time.time())
            await asyncio.sleep(self._timing.expiry)

    async def _say_that_we_listen(self) -> None:
        """Whoever is first after a gap sets the moment; it outlasts a few missed turns, and no more."""
        lasts = int(1_000 * self._timing.listening)
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.set(LISTENING, str(time.time()), px=lasts, nx=True)
            pipeline.pexpire(LISTENING, lasts)
            await pipeline.execute()

    async def _cut_the_silent(self, now: float) -> None:
        """A cable that was pulled says nothing: the stream would stay open until TCP gives up."""
        beating = self._hub.beating()
        names = list({name for connection in beating for name in connection.beats})
        for first in range(0, len(names), BATCH):
            some = names[first : first + BATCH]
            scores: Any = await self._redis.zmscore(THERE_UNTIL, some)
            silent = {
                name
                for name, until in zip(some, scores, strict=True)
                if until is not None and until + LATE_SECONDS + self._timing.silence <= now
            }
            for connection in beating if silent else ():
                if silent.issuperset(connection.beats):
                    self._hub.drop(connection)

    def _drop_what_is_over(self, now: float) -> None:
        self._reach = {page: reach for page, reach in self._reach.items() if reach > now}
