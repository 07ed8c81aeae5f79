"""Has a worker do a task. Workers are started when they are needed, kept for the next task, ended when they hang."""

import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from sessions_app.documents.pdf import bad, limits
from sessions_app.documents.pdf.bad import BadFile

MOST_IDLE = 2
"""Workers that wait for the next task of this process: each holds 70 MB."""

_ROOT = Path(__file__).parents[3]
_ANSWER, _RESULT = "answer.json", "result"
_TOO_SLOW = {-signal.SIGXCPU, -signal.SIGALRM}
_TOO_MUCH = {0, -signal.SIGKILL, -signal.SIGXFSZ}
"""Without an answer. 0: there was not even the memory to say so."""

_MUCH = limits.MEMORY // 1024 // 4
"""In kB. Libraries in C end with a crash when they are given no more memory."""


log = logging.getLogger(__name__)


class WorkerGone(RuntimeError):
    """A worker could not be started, or was ended from outside: that says nothing about the file. Try again later."""


@dataclass(frozen=True, slots=True)
class _End:
    """How the process of a task ended: its exit code, negative for a signal, and the most memory that it had, in kB."""

    code: int
    kilobytes: int = 0

    @property
    def reason(self) -> str:
        """What is wrong with a file whose task has ended without an answer."""
        if self.code in _TOO_SLOW:
            return bad.SLOW
        if self.code in _TOO_MUCH or self.kilobytes > _MUCH:
            return bad.MEMORY
        return bad.DAMAGED


class _Worker:
    """A running worker. It does one task at a time."""

    def __init__(self) -> None:
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sessions_app.documents.pdf.worker"],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
        if self._line() != "ready":
            self.end()
            raise WorkerGone("The worker that opens PDF files does not start.")

    def does(self, task: dict[str, Any]) -> "_End":
        """Have a task done; returns how its process ended. Raises WorkerGone, or TimeoutError if it hangs."""
        try:
            assert self._process.stdin
            self._process.stdin.write(json.dumps(task) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise WorkerGone("The worker that opens PDF files is gone.") from error
        ended = self._line()
        if ended is None:
            raise WorkerGone("The worker that opens PDF files has ended in the middle of a task.")
        return _End(*ended)

    def end(self) -> None:
        """End it with whatever it is doing."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            _close(pipe)

    def _line(self) -> Any:
        """The next line that it says; None if it has ended."""
        assert self._process.stdout
        if not select.select([self._process.stdout], [], [], limits.PATIENCE)[0]:
            raise TimeoutError
        line = self._process.stdout.readline()
        return json.loads(line) if line else None


_idle: list[_Worker] = []
_guard = threading.Lock()


def _forget() -> None:
    """A process that was forked from this one must not talk to its workers."""
    global _guard  # noqa: PLW0603 - the lock may have been held by a thread that is not here
    _guard = threading.Lock()
    _idle.clear()


os.register_at_fork(after_in_child=_forget)


def done(do: str, source: Path, *, entered: dict[str, Any] | None = None, **more: Any) -> tuple[Any, bytes]:
    """Have a task done, apart: what it found, and the bytes that it made. Any thread may ask.

    Raises BadFile if the file is to blame: also when its process crashed, took too long or too much memory; and
    WorkerGone if nobody can tell.
    """
    with TemporaryDirectory(prefix="parley-pdf-") as name:
        folder = Path(name)
        if entered is not None:
            (folder / "entered.json").write_text(json.dumps(entered))
        ended = _ended({"do": do, "source": str(source.resolve()), "folder": name} | more)
        return _outcome(ended, folder, f"{do} {source.name}")


def _ended(task: dict[str, Any]) -> _End:
    """A worker that has waited may have been ended meanwhile: then a new one is asked."""
    while True:
        worker, is_new = _taken()
        try:
            ended = worker.does(task)
        except TimeoutError:
            worker.end()
            return _End(-signal.SIGALRM)
        except WorkerGone:
            worker.end()
            if is_new:
                raise
            continue
        except BaseException:
            worker.end()
            raise
        _give_back(worker)
        return ended


def _taken() -> tuple[_Worker, bool]:
    with _guard:
        if _idle:
            return _idle.pop(), False
    try:
        return _Worker(), True
    except (OSError, TimeoutError) as error:
        raise WorkerGone("The worker that opens PDF files does not start.") from error


def _give_back(worker: _Worker) -> None:
    with _guard:
        if len(_idle) < MOST_IDLE:
            _idle.append(worker)
            return
    worker.end()


def _outcome(ended: _End, folder: Path, what: str) -> tuple[Any, bytes]:
    answer = _read_answer(folder) if ended.code == 0 else {}
    if "bug" in answer:
        log.warning("A PDF could not be read (%s): %s", what, answer["bug"])
    if "found" not in answer:
        raise BadFile(answer.get("bad") or ended.reason)
    result = folder / _RESULT
    return answer["found"], result.read_bytes() if result.exists() else b""


def _read_answer(folder: Path) -> dict[str, Any]:
    """Empty if the task did not get as far as to write one."""
    try:
        read: dict[str, Any] = json.loads((folder / _ANSWER).read_text())
    except (OSError, ValueError):
        return {}
    return read


def _close(pipe: IO[str] | None) -> None:
    with suppress(OSError):
        if pipe:
            pipe.close()
