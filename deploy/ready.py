"""Waits until a Parley that is starting answers everywhere, says so, and then watches its Redis."""

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.cache import cache

from deploy.embedded_redis import EmbeddedRedis
from deploy.place import HOST, Place
from deploy.processes import Processes

PATIENCE = 180.0
"""Seconds after which what does not answer counts as broken. A start takes a quarter of that on a computer that has
nothing else to do, and on one that is busy the whole of a minute and more."""

SAYS_EVERY = 15.0
"""Seconds after which it is said what is waited for, and again after as many."""


class Watch:
    def __init__(
        self, place: Place, processes: Processes, redis: EmbeddedRedis | None, began: datetime, examples: list[str]
    ) -> None:
        self._place = place
        self._processes = processes
        self._redis = redis
        self._began = began
        self._examples = examples
        self._silent: dict[str, Callable[[], bool]] = {
            "pages (/health/ready)": lambda: _answers(f"http://{HOST}:{place.port}/health/ready"),
            "push (/push/health)": lambda: _answers(f"http://{HOST}:{place.port + 1}/push/health"),
            "portal (/)": lambda: _answers(f"http://{HOST}:{place.port + 2}/"),
            "worker and beat (the first sweep)": self._has_swept,
        }

    def follow(self) -> None:
        """Begins as soon as the processes were started, beside them."""
        self._processes.on_start(threading.Thread(target=self._watch, daemon=True).start)

    def _watch(self) -> None:
        if self._becomes_ready():
            self._keep_state()
            print(self._banner(), flush=True)
        while not self._processes.stopping:
            if self._redis and self._redis.has_stopped():
                self._processes.fail("redis stopped by itself; redis/valkey.log in the data folder says why.")
            time.sleep(0.5)

    def _becomes_ready(self) -> bool:
        """True once everything has answered; False when all is being stopped first, after `PATIENCE` at the latest."""
        began = time.monotonic()
        says_at = began + SAYS_EVERY
        while self._silent and not self._processes.stopping:
            waited, silent = time.monotonic() - began, ", ".join(self._silent)
            if waited > PATIENCE:
                self._processes.fail(f"no answer came within {PATIENCE:.0f} seconds from: {silent}.")
            elif began + waited > says_at:
                print(f"Parley is still starting: no answer yet, after {waited:.0f} s, from: {silent}.", flush=True)
                says_at += SAYS_EVERY
            self._silent = {name: asks for name, asks in self._silent.items() if not asks()}
            time.sleep(0.1)
        return not self._processes.stopping

    def _has_swept(self) -> bool:
        """A sweep that ended after the start proves beat, the broker, a worker and the database at once."""
        with suppress(Exception):
            swept = cache.get(settings.LAST_SWEEP_KEY)
            return bool(swept) and datetime.fromisoformat(swept) > self._began
        return False

    def _keep_state(self) -> None:
        pids = self._processes.pids()
        if self._redis:
            pids["redis"] = self._redis.process.pid
        state = {
            "url": self._place.url,
            "push_url": self._place.push_url,
            "portal_url": self._place.portal_url,
            "redis_url": os.environ["PARLEY_REDIS_URL"],
            "processes": pids,
            "examples": self._examples,
        }
        draft = self._place.state_file.with_suffix(".new")
        draft.write_text(json.dumps(state, indent=2), encoding="utf-8")
        draft.replace(self._place.state_file)

    def _banner(self) -> str:
        line = "-" * 78
        took = (datetime.now(self._began.tzinfo) - self._began).total_seconds()
        lines = [
            "",
            line,
            f"Parley is ready at {self._place.url} (after {took:.1f} s; push at {self._place.push_url})",
            f"Chat widget, in a shop made up to try it: {self._place.portal_url}",
            f"Data is kept in {self._place.data_dir}",
            "",
            *self._examples,
            "",
            "Ctrl-C stops everything. The lines below are its log.",
            line,
        ]
        return "\n".join(lines)


def _answers(url: str) -> bool:
    with suppress(URLError, OSError), urlopen(url, timeout=2) as answer:
        return bool(answer.status == 200)
    return False
