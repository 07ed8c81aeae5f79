"""Whatever a file does to the process that opens it, Parley goes on and says what is wrong."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sessions_app.documents.pdf import bad, engine, isolation
from tests.documents.pdf.looking import CORPUS

FLAT = CORPUS / "flat.pdf"


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """A file that never ends: whoever opens it waits."""
    path = tmp_path / "stuck.pdf"
    os.mkfifo(path)
    return path


@pytest.fixture(autouse=True)
def _no_worker_waits() -> None:
    while isolation._idle:
        isolation._idle.pop().end()


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (signal.SIGSEGV, bad.DAMAGED),
        (signal.SIGABRT, bad.DAMAGED),
        (signal.SIGXCPU, bad.SLOW),
        (signal.SIGALRM, bad.SLOW),
        (signal.SIGKILL, bad.MEMORY),
    ],
)
def test_a_task_that_ends_badly_says_why(how: signal.Signals, sentence: str, stuck: Path) -> None:
    outcome = beside(lambda: engine.read(stuck), lambda: os.kill(the_task(), how))
    assert isinstance(outcome, engine.BadFile)
    assert str(outcome) == sentence
    assert engine.read(FLAT).pages, "the next file is none the worse"


def test_a_worker_that_is_ended_from_outside_blames_no_file(stuck: Path) -> None:
    outcome = beside(lambda: engine.read(stuck), lambda: os.killpg(the_worker(), signal.SIGKILL))
    assert isinstance(outcome, engine.WorkerGone)
    assert engine.read(FLAT).pages


def test_a_worker_that_ended_while_it_waited_is_replaced() -> None:
    engine.read(FLAT)
    os.killpg(the_worker(), signal.SIGKILL)
    assert engine.read(FLAT).pages


def test_a_worker_that_does_not_answer_is_ended(stuck: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.read(FLAT)
    monkeypatch.setattr("sessions_app.documents.pdf.limits.PATIENCE", 0.5)
    with pytest.raises(engine.BadFile) as refusal:
        engine.read(stuck)
    assert str(refusal.value) == bad.SLOW
    assert workers() == []


def test_a_worker_is_kept_for_the_next_task_and_a_few_at_most() -> None:
    engine.read(FLAT)
    first = workers()
    engine.read(FLAT)
    assert workers() == first
    threads = [threading.Thread(target=engine.read, args=(FLAT,)) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(workers()) <= isolation.MOST_IDLE


def test_a_forked_process_has_workers_of_its_own() -> None:
    """Celery forks; two processes must not talk to one worker."""
    engine.read(FLAT)
    child = os.fork()
    if not child:
        os._exit(0 if isolation._idle == [] else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(isolation._idle) == 1


def test_the_worker_knows_nothing_of_parley(tmp_path: Path) -> None:
    engine.read(FLAT)
    worker = the_worker()
    environment = Path(f"/proc/{worker}/environ").read_bytes()
    assert b"DJANGO" not in environment and b"PARLEY" not in environment
    loaded = "import sys, sessions_app.documents.pdf.worker; print('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize(
    ("greedy", "ends"),
    [
        ("bytearray(2 << 30)", "MemoryError"),
        ("while True: pass", -signal.SIGXCPU),
        ("open('large', 'wb').write(b'x' * 5_000_000)", -signal.SIGXFSZ),
        ("import time; time.sleep(30)", -signal.SIGALRM),
    ],
)
def test_limits_hold(greedy: str, ends: object, tmp_path: Path) -> None:
    small = "limits.CPU_SECONDS = 1; limits.LARGEST_WRITTEN = 1_000_000"
    wall = "limits.WALL_SECONDS = 1" if "sleep" in greedy else "limits.WALL_SECONDS = 20"
    script = f"from sessions_app.documents.pdf import limits\n{small}; {wall}; limits.apply()\n{greedy}\n"
    environment = {"PYTHONPATH": str(Path.cwd()), "PATH": os.defpath}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == ends or str(ends) in done.stderr


def test_nothing_is_left_in_the_folder_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine.fill(FLAT, [], {})
    assert list(tmp_path.iterdir()) == []


def test_what_was_entered_does_not_outlive_whoever_was_killed(stuck: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    filling = f"engine.fill(Path('{stuck}'), [], {{}})"
    script = f"from pathlib import Path; from sessions_app.documents.pdf import engine; {filling}"
    killed = subprocess.Popen([sys.executable, "-c", script], env={"TMPDIR": str(temporary), "PATH": os.defpath})
    until(lambda: any(map(children, children(killed.pid))))
    ((task,),) = map(children, children(killed.pid))
    killed.kill()
    killed.wait()
    assert list(temporary.glob("*/entered.json"))
    os.kill(task, signal.SIGKILL)
    until(lambda: not list(temporary.iterdir()))


def beside(work: Callable[[], Any], then: Callable[[], Any]) -> Any:
    """What the work, which waits, raises once the other thing is done."""
    outcome: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test looks at it
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    until(lambda: any(map(children, workers())))
    then()
    thread.join(30)
    return outcome[0]


def workers() -> list[int]:
    """Those of this process, beside whatever else it has started."""
    return [one for one in children(os.getpid()) if b"pdf.worker" in Path(f"/proc/{one}/cmdline").read_bytes()]


def the_worker() -> int:
    (worker,) = workers()
    return worker


def the_task() -> int:
    (task,) = children(the_worker())
    return task


def children(of: int) -> list[int]:
    """Processes that a process has started, whichever of its threads."""
    found: list[int] = []
    for task in Path(f"/proc/{of}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def until(holds: Callable[[], bool]) -> None:
    for _time in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to that")
