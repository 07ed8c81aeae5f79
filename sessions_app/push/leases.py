"""The push process's side of presence: writes down who is connected here and announces who came and who left."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from sessions_app.presence import PROCESSES, found, lease_key, look_up, names_key
from sessions_app.push.attendance import Attendance, Told
from sessions_app.push.timing import Timing
from sessions_app.push.wire import FIELD, STREAM, Message, entries_kept, pack

RETRY_SECONDS = 1.0


class Leases:
    """Keeps Redis in step with `attendance`, in batches, and buries processes that stopped renewing.

    Every write can fail without harm: the next one that succeeds after `start_afresh` registers everybody again.
    """

    def __init__(self, redis: Redis, attendance: Attendance, timing: Timing) -> None:
        self._redis = redis
        self._attendance = attendance
        self._timing = timing
        self._process = secrets.token_hex(8)
        self._registered = False
        self._elsewhere: Told = {}
        self._renew_at = 0.0

    def start_afresh(self) -> None:
        """Redis was away and may have forgotten us: register everybody again."""
        self._registered = False
        self._attendance.changed.set()

    async def run(self) -> None:
        """Write until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            await self._attendance.wait(until=self._renew_at)
            await asyncio.sleep(self._timing.gather)
            try:
                await self._write(clock)
            except (RedisError, OSError):  # the reader reports outages, and calls start_afresh when they are over
                self._registered = False
                await asyncio.sleep(RETRY_SECONDS)

    async def sign_off(self) -> None:
        """This process stops: its browsers have a moment to come back to another one, then they count as gone."""
        with contextlib.suppress(RedisError, OSError):  # without Redis the lease runs out by itself
            await self._redis.pexpire(lease_key(self._process), int(2_000 * self._timing.grace))

    async def _write(self, clock: Callable[[], float]) -> None:
        """1. renew the lease, or register everybody; 2. write down who came; 3. strike out who is gone for good."""
        if not self._registered or clock() >= self._renew_at:
            await self._renew()
            self._renew_at = clock() + self._timing.renew
        came, gone = self._attendance.take(clock())
        if came:
            await self._admit(came)
        if gone:
            await self._redis.hdel(names_key(self._process), *gone)
            await self._see_off(gone)

    async def _renew(self) -> None:
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.sadd(PROCESSES, self._process)
            pipeline.set(lease_key(self._process), "", px=int(1_000 * self._timing.lease))
            added, _ = await pipeline.execute()
        if added or not self._registered:
            await self._redis.delete(names_key(self._process))
            self._attendance.everybody_came()
            self._registered = True
        await self._see_off_the_dead()
        lingering, self._elsewhere = self._elsewhere, {}
        await self._see_off(lingering)

    async def _admit(self, came: Told) -> None:
        """Write the names down, then announce them: whoever hears of it and asks finds them present."""
        known: dict[Any, Any] = {name: " ".join(topics) for name, topics in self._attendance.tells(came).items()}
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hset(names_key(self._process), mapping=known)
            self._say(pipeline, came, present=True)
            await pipeline.execute()

    async def _see_off(self, gone: Told) -> None:
        """Announce as absent who is not connected to another process either.

        Who is will be looked up again at the next renewal, because that process may tell other topics. Who arrives
        between the look and the announcement is announced again.
        """
        present = await self._found(gone)
        for name in present:
            self._elsewhere.setdefault(name, set()).update(gone[name])
        absent = {name: topics for name, topics in gone.items() if name not in present}
        await self._tell(absent, present=False)
        await self._tell({name: absent[name] for name in await self._found(absent)}, present=True)

    async def _see_off_the_dead(self) -> None:
        processes = await self._processes()
        async with self._redis.pipeline(transaction=False) as pipeline:
            for process in processes:
                pipeline.exists(lease_key(process))
            alive = await pipeline.execute()
        for process, lives in zip(processes, alive, strict=True):
            if not lives and await self._redis.srem(PROCESSES, process):  # only one of us gets to bury it
                await self._bury(process)

    async def _bury(self, process: str) -> None:
        names: Any = await self._redis.hgetall(names_key(process))
        await self._redis.delete(names_key(process))
        await self._see_off({name.decode(): set(topics.decode().split()) for name, topics in names.items()})

    async def _processes(self) -> list[str]:
        processes: Any = await self._redis.smembers(PROCESSES)
        return [process.decode() for process in processes]

    async def _found(self, names: Iterable[str]) -> set[str]:
        wanted = list(names)
        if not wanted:
            return set()
        processes = await self._processes()
        async with self._redis.pipeline(transaction=False) as pipeline:
            look_up(pipeline, processes, wanted)
            return found(await pipeline.execute(), wanted)

    async def _tell(self, told: Told, *, present: bool) -> None:
        if told:
            async with self._redis.pipeline(transaction=False) as pipeline:
                self._say(pipeline, told, present=present)
                await pipeline.execute()

    def _say(self, pipeline: Any, told: Told, *, present: bool) -> None:
        messages = [
            Message(topic, "presence", json.dumps({"who": name, "present": present}))
            for name, topics in told.items()
            for topic in topics
        ]
        if messages:
            pipeline.xadd(STREAM, {FIELD: pack(messages)}, maxlen=entries_kept(len(messages)), approximate=True)
