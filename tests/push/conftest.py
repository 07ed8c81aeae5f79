import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sessions_app.push import broker
from tests.push.processes import PushProcess, RedisProcess

StartPush = Callable[..., PushProcess]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for sockets, whose addresses must be short."""
    made = Path(tempfile.mkdtemp(prefix="parley-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def redis(folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisProcess]:
    """A Redis of this test's own, used by the pages too. On a busy computer it may take its time to answer."""
    monkeypatch.setattr(broker, "ANSWER_SECONDS", 15.0)
    process = RedisProcess(folder)
    settings.REDIS_URL = process.url
    yield process
    process.kill()


@pytest.fixture
def start_push(folder: Path, redis: RedisProcess) -> Iterator[StartPush]:
    """Starts push processes with the given times."""
    started: list[PushProcess] = []

    def start(**timing: float) -> PushProcess:
        started.append(PushProcess(folder, redis.url, **timing))
        return started[-1]

    yield start
    for process in started:
        process.end()


@pytest.fixture
def push(start_push: StartPush) -> PushProcess:
    """One push process."""
    return start_push()
