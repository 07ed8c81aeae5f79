"""Reads the announcements from Redis: one task per process, however many browsers listen."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from sessions_app.push.hub import Hub
from sessions_app.push.wire import FIELD, STREAM, entries_kept, unpack

logger = logging.getLogger(__name__)

BLOCK_MILLISECONDS = 2_000
"""How long a read waits for news. Less than the client's socket timeout, or every quiet moment looks like an outage."""
ENTRIES = 200
SLICE = 500
PAUSES = (0.1, 0.2, 0.5, 1.0)

Entry = tuple[bytes, dict[bytes, bytes]]


class Reader:
    """Follows the stream and hands its messages to the hub, in order and without gaps.

    It remembers the last entry that it saw. As long as the stream still holds that entry, nothing after it has been
    lost, and it reads on from there. If not (Redis came back empty, or so much was announced meanwhile that the stream
    was trimmed) it starts at a new entry of its own and has every browser catch up.
    """

    def __init__(self, redis: Redis, hub: Hub, on_return: Callable[[], None]) -> None:
        self._redis = redis
        self._hub = hub
        self._on_return = on_return
        self._last = b""
        self._failures = 0

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            try:
                await self._take_hold()
                while True:
                    await self._read()
            except (RedisError, OSError) as error:
                self._lost(error)
                await asyncio.sleep(PAUSES[min(self._failures, len(PAUSES)) - 1])

    async def _take_hold(self) -> None:
        missed = not await self._still_holds(self._last)
        if missed:
            self._last = await self._mark()
        if self._failures:
            logger.info("Redis answers again; live updates go on%s.", ", after a gap" if missed else "")
        self._failures = 0
        self._hub.go_live(time.time(), missed=missed)
        self._on_return()

    async def _read(self) -> None:
        answer: Any = await self._redis.xread({STREAM: self._last}, count=ENTRIES, block=BLOCK_MILLISECONDS)
        entries: list[Entry] = answer[0][1] if answer else []
        if len(entries) == ENTRIES and not await self._still_holds(self._last):
            await self._take_hold()  # this process was held up for so long that the stream was trimmed meanwhile
            return
        await self._hand_on(entries)

    async def _hand_on(self, entries: list[Entry]) -> None:
        room = SLICE
        for number, fields in entries:
            self._last, now = number, time.time()
            for topic, event, data in unpack(fields.get(FIELD.encode(), b"")):
                room -= self._hub.deliver(topic, event, data, now)
                if room <= 0:
                    await asyncio.sleep(0)
                    room, now = SLICE, time.time()

    async def _still_holds(self, number: bytes) -> bool:
        return bool(number and await self._redis.xrange(STREAM, number, number, 1))

    async def _mark(self) -> bytes:
        number: Any = await self._redis.xadd(STREAM, {FIELD: b""}, maxlen=entries_kept(1), approximate=True)
        return bytes(number)

    def _lost(self, error: Exception) -> None:
        self._failures += 1
        if self._failures == 1:
            logger.warning("Redis does not answer; browsers ask the pages meanwhile: %s", error)
        self._hub.degrade(time.time())
