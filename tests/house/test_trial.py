"""`make run`: it refuses in one sentence, starts, prints what one needs, stops cleanly, and starts again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest

from config.environment import BASE_DIR
from deploy import ready
from deploy.place import Place
from deploy.processes import Processes
from tests.stack import Stack, free_ports


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.trial"],
        cwd=BASE_DIR,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def assert_refused_in_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert all(word in done.stderr for word in words)


@pytest.mark.parametrize("offset", [0, 1, 2], ids=["pages", "push", "portal"])
def test_a_port_that_is_taken(tmp_path: Path, offset: int) -> None:
    port = free_ports()
    with socket.create_server(("127.0.0.1", port + offset)):
        done = start(PORT=str(port), PARLEY_DATA_DIR=str(tmp_path))
    assert_refused_in_one_sentence(done, f"port {port + offset}", "make run PORT=")


@pytest.mark.parametrize("port", ["", "eight", "0", "65534", "65535"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    assert_refused_in_one_sentence(start(PORT=port, PARLEY_DATA_DIR=str(tmp_path)), "PORT is", "1 to 65533")


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("in the way")
    done = start(PORT=str(free_ports()), PARLEY_DATA_DIR=str(file))
    assert_refused_in_one_sentence(done, "PARLEY_DATA_DIR", str(file))


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    done = start(
        PORT=str(free_ports()),
        PARLEY_DATA_DIR=str(tmp_path),
        PARLEY_DATABASE_URL=f"postgres://nobody@/{tmp_path}/nothing",
    )
    assert done.returncode == 1
    assert "PARLEY_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_start_that_takes_long_says_what_it_waits_for_and_then_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", str(free_ports()))
    monkeypatch.setenv("PARLEY_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(ready, "SAYS_EVERY", 0.2)
    monkeypatch.setattr(ready, "PATIENCE", 0.9)
    processes = Processes({})
    watch = ready.Watch(Place.from_environment(), processes, None, datetime.now(UTC), [])
    assert not watch._becomes_ready()
    silent = "from: pages (/health/ready), push (/push/health), portal (/), worker and beat (the first sweep)."
    assert f"Parley is still starting: no answer yet, after 0 s, {silent}" in capsys.readouterr().out
    assert processes.verdict() == 1
    assert f"no answer came within 1 seconds {silent}" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.xdist_group("trial")
def test_it_starts_prints_stops_and_starts_again_at_once(tmp_path: Path) -> None:
    trial = Stack(tmp_path / "data of mine")  # a name that needs quoting in an address
    trial.start()
    assert f"Parley is ready at {trial.url}" in trial.log()
    assert all(line in trial.log() for line in trial.sign_ins)
    assert f"Chat widget, in a shop made up to try it: {trial.portal_url}" in trial.log()
    assert_shop_is_open(trial)
    assert "Ctrl-C stops everything" in trial.log()
    assert trial.stop(signal.SIGINT) == 0
    trial.start()
    assert trial.stop(signal.SIGTERM) == 0
    assert "Traceback" not in trial.log()


def assert_shop_is_open(trial: Stack) -> None:
    """It runs Parley's snippet with a chat widget that there is, and that lets this shop frame it."""
    page = urlopen(trial.portal_url, timeout=5).read().decode()
    snippet = re.search(r'<script async src="(.+)/widget\.js" data-widget="(.+)"></script>', page)
    assert snippet is not None and snippet[1] == trial.url
    ask = f"from policies_app.models import ChatWidget as W; print(W.objects.get(key={snippet[2]!r}).allowed_origins)"
    assert trial.portal_url in trial.run(ask)


@pytest.mark.slow
@pytest.mark.xdist_group("trial")
def test_when_one_process_dies_everything_stops_and_says_why(tmp_path: Path) -> None:
    trial = Stack(tmp_path / "data")
    trial.start()
    os.kill(trial.pid("push"), signal.SIGKILL)
    assert trial.launcher.wait(timeout=15) == 1
    assert "push stopped by itself" in trial.log()


@pytest.mark.slow
@pytest.mark.xdist_group("trial")
def test_nothing_outlives_a_launcher_that_was_killed(tmp_path: Path) -> None:
    trial = Stack(tmp_path / "data")
    trial.start()
    pids = [trial.pid(name) for name in ("pages", "push", "worker", "documents", "webhooks", "beat", "portal", "redis")]
    trial.launcher.kill()
    trial.launcher.wait()
    deadline = time.monotonic() + 15
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, "a process is still there"
        time.sleep(0.1)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
