"""What every test may ask for. The servers behind it come from `tests.services`, the browser from `tests.browser`."""

from collections.abc import Generator, Iterator

import pytest

from sessions_app.push.broker import broker
from tests.stack import Stack, started

pytest_plugins = ["tests.browser", "tests.unordered"]

_stacks: list[Stack] = []
"""That of this worker, from the first test that asks for it until the end of the run."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All of Parley, as `make run` starts it, on the chosen database; one for each worker of the run."""
    with started(tmp_path_factory.mktemp("stack") / "data", "stack") as running:
        _stacks.append(running)
        yield running
        _stacks.remove(running)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A stack that a test does not ask for stands still meanwhile: its clocks alone take a tenth of a processor."""
    for running in _stacks:
        running.stand_still(not asks_for_stack(item))


def asks_for_stack(item: pytest.Item) -> bool:
    return "stack" in getattr(item, "fixturenames", ())


@pytest.fixture(autouse=True)
def _no_floods() -> None:
    """What other tests tried a moment ago counts in none."""
    broker().ask(lambda redis: [redis.delete(key) for key in redis.scan_iter("LIMITS*")], None)


@pytest.fixture(autouse=True)
def _nothing_stays_paused(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if asks_for_stack(request.node):
        request.getfixturevalue("stack").resume_all()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    running = getattr(item, "funcargs", {}).get("stack")
    if report.failed and running is not None:
        report.sections.append(("the end of Parley's log", running.log()[-8000:]))
    return report
