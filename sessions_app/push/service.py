"""What runs beside the connections in a push process: the reader, the leases, what pages say, and the ticking of pings
and expiry."""

import asyncio
import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from sessions_app.push.attendance import Attendance
from sessions_app.push.hub import Hub
from sessions_app.push.leases import Leases
from sessions_app.push.reader import Reader
from sessions_app.push.timing import Timing
from sessions_app.push.words import Words

logger = logging.getLogger(__name__)

STOP_SECONDS = 1.0


class Service:
    """Started and stopped in one event loop. The Redis at `url` may come and go."""

    def __init__(self, url: str, timing: Timing) -> None:
        self.loop = asyncio.get_running_loop()
        self.hub = Hub()
        self.attendance = Attendance(timing.grace)
        self._timing = timing
        self._redis = Redis.from_url(
            url, socket_connect_timeout=2, socket_timeout=5, retry=Retry(NoBackoff(), 0), max_connections=8
        )
        self._leases = Leases(self._redis, self.attendance, timing)
        self.words = Words(self._redis, self.hub, timing)
        self._reader = Reader(self._redis, self.hub, self._start_afresh)
        jobs = (self._reader.run, self._leases.run, self.words.write, self.words.watch, self._tick)
        self._tasks = [self.loop.create_task(_for_ever(job)) for job in jobs]
        self._close_streams_on_signals()

    async def stop(self) -> None:
        """End every stream and every task; takes about a second at most, also while Redis hangs."""
        self.hub.close_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._leases.sign_off()
                await self._redis.aclose()

    def _start_afresh(self) -> None:
        self._leases.start_afresh()
        self.words.tell_again()

    async def _tick(self) -> None:
        next_ping = time.monotonic() + self._timing.ping
        while True:
            await asyncio.sleep(self._timing.expiry)
            self.hub.expire(time.time())
            if time.monotonic() >= next_ping:
                next_ping = time.monotonic() + self._timing.ping
                await self.hub.ping(time.time)

    def _close_streams_on_signals(self) -> None:
        """End the streams as soon as the process is told to stop.

        The server waits for open responses before it tells the application to shut down, so an application that learns
        of it only there keeps the server from stopping.
        """
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                previous = signal.getsignal(number)
                if callable(previous):
                    signal.signal(number, self._before(previous))

    def _before(self, previous: Callable[[int, FrameType | None], Any]) -> Callable[[int, FrameType | None], Any]:
        def close_streams_first(number: int, where: FrameType | None) -> None:
            if not self.loop.is_closed():
                self.loop.call_soon_threadsafe(self.hub.close_all)
            previous(number, where)

        return close_streams_first


async def _for_ever(job: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the job, and start it again if it fails: one message that nobody expected must not end all live updates."""
    while True:
        try:
            await job()
        except Exception:
            logger.exception("A part of the push process failed and is started again.")
            await asyncio.sleep(1)
