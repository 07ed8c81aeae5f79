"""Servers for one test run: a PostgreSQL cluster and a Redis, each in a folder of the run."""

import os
import pwd
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from deploy.ties import tie_to_parent
from tests.programs import redis_server

SWIFT = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300", "listen_addresses=")


class PostgreSQL:
    """A cluster on a unix socket. `initdb` refuses to be root, so then all of it is the user `postgres`."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir()
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        data = str(self._folder / "data")
        self._call([str(programs / "initdb"), "-D", data, "-U", "postgres", *INITDB])
        settings = [part for setting in (*SWIFT, f"unix_socket_directories={self._folder}") for part in ("-c", setting)]
        self._server = self._start([str(programs / "postgres"), "-D", data, *settings])
        _wait(self._accepts, "PostgreSQL", self._folder / "log")

    def url(self, database: str) -> str:
        return f"postgres://postgres@/{self._folder}/{database}"

    def stop(self) -> None:
        self._server.terminate()
        self._server.send_signal(2)  # do not wait for connections that are still open
        self._server.wait(timeout=30)

    def _call(self, command: list[str]) -> None:
        done = subprocess.run(
            command, user=self._user, cwd=self._folder, capture_output=True, text=True, extra_groups=self._groups()
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr}")

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("wb") as log:
            return subprocess.Popen(
                command,
                user=self._user,
                extra_groups=self._groups(),
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: tie_to_parent(2),
            )

    def _groups(self) -> list[int] | None:
        return [] if self._user else None

    def _accepts(self) -> bool:
        try:
            psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True


INITDB = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")


class ThrowawayRedis:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir()
        self._socket = self._folder / "redis.sock"
        self.url = f"unix://{self._socket}"
        options = ["--port", "0", "--unixsocket", str(self._socket), "--save", "", "--dir", str(self._folder)]
        self._server = subprocess.Popen(
            [redis_server(), *options, "--logfile", str(self._folder / "log")],
            start_new_session=True,
            preexec_fn=tie_to_parent,
        )
        _wait(self._answers, "Redis", self._folder / "log")

    def stop(self) -> None:
        self._server.kill()
        self._server.wait()

    def _answers(self) -> bool:
        try:
            with Redis(unix_socket_path=str(self._socket), retry=Retry(NoBackoff(), 0)) as client:
                return bool(client.ping())
        except RedisError:
            return False


def _wait(accepts: Callable[[], bool], name: str, log: Path, patience: float = 30) -> None:
    deadline = time.monotonic() + patience
    while not accepts():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{name} did not start: {log.read_text(errors='replace') if log.exists() else '?'}")
        time.sleep(0.02)
