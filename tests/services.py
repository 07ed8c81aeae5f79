"""A pytest plugin, loaded before Django's settings are: finds or starts what the tests run against.

1. The controlling process finds PostgreSQL, or starts a cluster, unless `--database=sqlite`; workers of pytest-xdist
   share it, each with a database of its own (pytest-django names it after the worker).
2. Every process has a Redis and a data folder of its own: channels of Redis know no database numbers.
3. What a test needs and this computer lacks makes it skip, by name; `PARLEY_TEST_NO_SKIPS=1` makes that a failure.
"""

import atexit
import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.programs import chromium, clamd, has_postgresql, nginx, postgresql_folder
from tests.throwaway import PostgreSQL, ThrowawayRedis

SHARED = "PARLEY_TEST_SHARED_DATABASE_URL"
FOLDER = "PARLEY_TEST_FOLDER"
NEEDS = {
    "postgresql": "needs PostgreSQL: install the package `postgresql`",
    "browser": "needs Chromium: install the package `chromium`",
    "clamd": "needs ClamAV's daemon: install the package `clamav-daemon`",
    "nginx": "needs nginx: install the package `nginx`",
}
_undo: list[Callable[[], object]] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("postgresql", "sqlite"), help="default: postgresql if there is one")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    options = parser.parse_known_args(args)
    if not options.help and not options.version:
        _begin(options.database)
    return (yield)


def _begin(wanted: str | None) -> None:
    atexit.register(_end)
    for name in [name for name in os.environ if name.startswith("PARLEY_") and not name.startswith("PARLEY_TEST_")]:
        del os.environ[name]
    folder = _run_folder() / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    data = folder / "data"
    (data / "static").mkdir(parents=True)
    redis = ThrowawayRedis(folder / "redis")
    _undo.append(redis.stop)
    os.environ |= {
        "PARLEY_DATA_DIR": str(data),
        "PARLEY_REDIS_URL": redis.url,
        "PARLEY_DATABASE_URL": _database(wanted) or f"sqlite:///{data}/parley.sqlite3",
        "PARLEY_BASE_URL": "http://localhost:8000",
        "PARLEY_PUSH_URL": "http://localhost:8001",
        "PARLEY_EMAIL_URL": "",
    }


def _run_folder() -> Path:
    """One for the whole run: the controlling process makes it, and removes it with all that its workers left there."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        made = tempfile.mkdtemp(prefix="parley-")
        Path(made).chmod(0o711)  # PostgreSQL, as another user, must get through to its own part
        os.environ[FOLDER] = made
        _undo.append(lambda: shutil.rmtree(made, ignore_errors=True))
    return Path(os.environ[FOLDER])


def _database(wanted: str | None) -> str:
    """The address of a PostgreSQL database that this run may use; empty for SQLite."""
    if SHARED in os.environ and "PYTEST_XDIST_WORKER" in os.environ:
        return os.environ[SHARED]
    os.environ[SHARED] = "" if wanted == "sqlite" else _postgresql(required=wanted == "postgresql")
    return os.environ[SHARED]


def _postgresql(*, required: bool) -> str:
    given = os.environ.get("PARLEY_TEST_DATABASE_URL", "")
    programs = postgresql_folder()
    if given or not programs:
        if required and not given:
            raise pytest.UsageError(f"--database=postgresql {NEEDS['postgresql']}.")
        return given
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the cluster is stopped then, too
    cluster = PostgreSQL(programs, Path(os.environ[FOLDER]) / "postgresql")
    _undo.append(cluster.stop)
    return cluster.url("parley")


def pytest_unconfigure() -> None:
    _end()


def _end() -> None:
    while _undo:
        _undo.pop()()


def missing(need: str) -> bool:
    """Whether this run lacks what the marker of that name asks for."""
    found = {"postgresql": os.environ.get(SHARED), "browser": chromium(), "clamd": clamd(), "nginx": nginx()}
    return not found[need]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: they mostly wait, and the other workers do the rest meanwhile."""
    for need, reason in NEEDS.items():
        if missing(need):
            for item in items:
                if item.get_closest_marker(need):
                    item.add_marker(pytest.mark.skip(reason=reason))
    items.sort(key=lambda item: not (item.get_closest_marker("browser") or item.get_closest_marker("slow")))


def _skips(config: pytest.Config) -> Counter[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)


def _forbidden() -> bool:
    return os.environ.get("PARLEY_TEST_NO_SKIPS") == "1"


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _forbidden() and _skips(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_report_header() -> str:
    found = "PostgreSQL" if os.environ.get(SHARED) else "SQLite"
    hint = "" if has_postgresql() else f" (everything {NEEDS['postgresql']})"
    return f"database: {found}{hint}; browser: {chromium() or NEEDS['browser']}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for reason, number in _skips(config).items():
        terminalreporter.write_line(f"skipped: {number} {'test' if number == 1 else 'tests'}: {reason}")
    if _forbidden() and _skips(config):
        terminalreporter.write_line("PARLEY_TEST_NO_SKIPS=1: skipped tests make this run fail.", red=True)
