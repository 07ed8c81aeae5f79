"""The real thing for tests: Parley as `make run` starts it, on free ports, with data of its own."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from config.environment import BASE_DIR
from deploy.ties import tie_to_parent
from tests import services


class Stack:
    """Started by `start`, stopped by `stop`. Reads nothing of the process it is used in but the environment."""

    def __init__(self, data_dir: Path, database_url: str = "") -> None:
        """Without a database's address: SQLite in the data folder."""
        self.data_dir = data_dir
        self._log = data_dir.with_suffix(".log")
        self._port = free_ports()
        self._state = data_dir / "trial.json"
        self._inside: subprocess.Popen[str] | None = None
        self._pausing: subprocess.Popen[bytes] | None = None
        given = {"PORT": str(self._port), "PARLEY_DATA_DIR": str(data_dir)}
        self.environment = _outside() | given | ({"PARLEY_DATABASE_URL": database_url} if database_url else {})

    def start(self, patience: float = 240) -> None:
        """Returns when all of it answers."""
        with self._log.open("ab") as log:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "deploy.trial"],
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=tie_to_parent,
            )
        deadline = time.monotonic() + patience
        while not self._state.exists():
            if self.launcher.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Parley did not start:\n{self.log()}")
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGINT) -> int:
        """The launcher's exit code."""
        if self._inside:
            self._inside.communicate()  # the end of its input ends it
            self._inside = None
        self.launcher.send_signal(number)
        try:
            return self.launcher.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.launcher.kill()
            raise

    @property
    def url(self) -> str:
        return f"http://localhost:{self._port}"

    @property
    def push_url(self) -> str:
        return f"http://localhost:{self._port + 1}"

    @property
    def portal_url(self) -> str:
        """The shop with the chat widgets; it has the address with 127.0.0.1, too."""
        return f"http://localhost:{self._port + 2}"

    @property
    def sign_ins(self) -> list[str]:
        """The lines that `manage.py demo` printed."""
        return list(self._kept()["examples"])

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def manage(self, *args: str) -> str:
        """What `manage.py` prints when it is run against this stack."""
        command = [sys.executable, "manage.py", *args]
        done = subprocess.run(command, cwd=BASE_DIR, env=self._addressed(), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(args)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def run(self, code: str) -> str:
        """What Python prints that runs inside of this stack (`tests.inside`). Raises RuntimeError if it fails."""
        self._inside = self._inside or self._look_inside()
        assert self._inside.stdin and self._inside.stdout
        print(json.dumps(code), file=self._inside.stdin, flush=True)
        answer: dict[str, str] = json.loads(self._inside.stdout.readline())
        if answer["failure"]:
            raise RuntimeError(answer["failure"])
        return answer["printed"]

    def _look_inside(self) -> subprocess.Popen[str]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.inside"],
                cwd=BASE_DIR,
                env={"DJANGO_SETTINGS_MODULE": "config.settings"} | self._addressed(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                preexec_fn=tie_to_parent,
            )

    def _addressed(self) -> dict[str, str]:
        state = self._kept()
        return self.environment | {f"PARLEY_{name}": state[key] for name, key in ADDRESSES.items()}

    def pid(self, name: str) -> int:
        """Of pages, push, worker, beat or redis; each leads a process group of its own."""
        return int(self._kept()["processes"][name])

    def pause(self, name: str) -> None:
        """Stops it from doing anything, children included, as if its computer hung; `resume` lets it go on."""
        os.killpg(self.pid(name), signal.SIGSTOP)

    def resume(self, name: str) -> None:
        os.killpg(self.pid(name), signal.SIGCONT)

    def resume_all(self) -> None:
        self.stand_still(False)
        for name in self._kept()["processes"]:
            self.resume(name)

    def stand_still(self, does: bool) -> None:
        """Pauses all of it, or lets it go on, if it does not already (`tests.pausing`)."""
        if does and not self._pausing:
            groups = [str(pid) for pid in self._kept()["processes"].values()]
            command = [sys.executable, "-m", "tests.pausing", *groups]
            self._pausing = subprocess.Popen(command, cwd=BASE_DIR, stdin=subprocess.PIPE, start_new_session=True)
        elif self._pausing and not does:
            self._pausing.communicate()  # the end of its input ends it
            self._pausing = None

    def _kept(self) -> dict[str, Any]:
        kept: dict[str, Any] = json.loads(self._state.read_text(encoding="utf-8"))
        return kept


@contextmanager
def started(folder: Path, name: str) -> Iterator[Stack]:
    """A stack that runs, with its data in that folder, and a database of that name on this run's server, if it has one.
    Its agents have seats enough for many tests."""
    server, worker = os.environ[services.SHARED], os.environ.get("PYTEST_XDIST_WORKER", "alone")
    folder.mkdir()
    running = Stack(folder, new_database(server, f"{name}_{worker}") if server else "")
    running.start()
    running.run("from sessions_app.models import Agent; Agent.objects.update(capacity=500)")
    yield running
    running.resume_all()
    running.stop()


ADDRESSES = {"BASE_URL": "url", "PUSH_URL": "push_url", "REDIS_URL": "redis_url"}


def _outside() -> dict[str, str]:
    """The environment without what was set for the tests in this process."""
    ours = ("PARLEY_", "DJANGO_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def free_ports() -> int:
    """A port that is free, and so are the next two."""
    while True:
        port = random.randrange(10_000, 32_000, 3)  # below those that the kernel gives to outgoing connections
        with suppress(OSError), socket.socket() as first, socket.socket() as second, socket.socket() as third:
            for number, one in enumerate((first, second, third)):
                one.bind(("127.0.0.1", port + number))
            return port


def new_database(server_url: str, name: str) -> str:
    """The address of a new, empty database on the server of that address."""
    before = server_url.rpartition("/")[0]
    with psycopg.connect(_for_psycopg(f"{before}/postgres"), autocommit=True) as connection:
        quoted = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
    return f"{before}/{name}"


def _for_psycopg(url: str) -> str:
    """`postgres://user@//folder/name` (how django-environ writes a unix socket) as libpq reads it."""
    head, socket_path, rest = url.partition("@//")
    if not socket_path:
        return url
    folder, _, name = rest.rpartition("/")
    return f"{head}@/{name}?host=/{folder}"
