"""Where this Parley runs: ports, data folder, addresses; and what each of its processes is started with."""

import os
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from config.environment import data_folder, env

HOST = "127.0.0.1"


class Refused(Exception):
    """Parley cannot start here; the message is one sentence for the person who started it."""


@dataclass(frozen=True)
class Place:
    port: int
    data_dir: Path
    embeds_redis: bool

    @classmethod
    def from_environment(cls) -> Self:
        """Reads `PORT`, `PARLEY_DATA_DIR` and `PARLEY_REDIS_URL`. Raises Refused or ImproperlyConfigured."""
        port = _port(os.environ.get("PORT", "8000"))
        for wanted in (port, port + 1, port + 2):
            _must_be_free(wanted)
        folder = data_folder()
        _must_be_writable(folder)
        return cls(port, folder, embeds_redis=not env.str("REDIS_URL", default=""))

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def push_url(self) -> str:
        return f"http://localhost:{self.port + 1}"

    @property
    def portal_url(self) -> str:
        """A shop with a chat widget, to try it out: on a port, and so an origin, of its own."""
        return f"http://localhost:{self.port + 2}"

    @property
    def state_file(self) -> Path:
        """There while Parley runs and answers: its addresses, process ids and examples, for tests and scripts."""
        return self.data_dir / "trial.json"

    def environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PARLEY_DATA_DIR": str(self.data_dir),
            "PARLEY_BASE_URL": self.url,
            "PARLEY_PUSH_URL": self.push_url,
            "PARLEY_PORTAL_URL": self.portal_url,
            "PYTHONUNBUFFERED": "1",
        }

    def commands(self) -> dict[str, list[str]]:
        """The same kinds of process as in production (`docs/operating.md`), fewer of each; and a shop to try them."""
        celery = ["celery", "--quiet", "--app", "config"]
        modules = {
            "pages": ["gunicorn", "config.wsgi:application", f"--bind={HOST}:{self.port}", *PAGES],
            "push": ["uvicorn", "config.push:application", f"--host={HOST}", f"--port={self.port + 1}", *PUSH],
            "worker": [*celery, "worker", *WORKER, "--queues=celery", "--concurrency=2"],
            "documents": [*celery, "worker", *WORKER, "--queues=documents", "--concurrency=1", "-n=documents@%h"],
            "webhooks": [*celery, "worker", *WORKER, "--queues=webhooks", "--concurrency=8", "-n=webhooks@%h"],
            "beat": [*celery, "beat", "--loglevel=WARNING"],
            "portal": ["gunicorn", "deploy.portal.wsgi:application", f"--bind={HOST}:{self.port + 2}", *PORTAL],
        }
        return {name: [sys.executable, "-W", CALM, "-m", *module] for name, module in modules.items()}


# On a computer of one's own, or in a container, root is a common choice; Celery warns of it at length.
CALM = "ignore:You're running the worker with superuser"
PAGES = (
    "--worker-class=gthread",
    "--workers=2",
    "--threads=8",
    "--graceful-timeout=3",
    "--no-control-socket",
    "--log-level=warning",
    "--limit-request-line=4094",
    "--limit-request-fields=60",
)
PORTAL = (
    "--worker-class=gthread",
    "--threads=4",
    "--graceful-timeout=1",
    "--no-control-socket",
    "--log-level=warning",
)
# Open streams would keep uvicorn from stopping: it waits for them no longer than this.
PUSH = (
    "--timeout-graceful-shutdown=3",
    "--log-level=warning",
    "--no-access-log",
    "--no-server-header",
    "--limit-concurrency=20000",
)
WORKER = (
    "--pool=threads",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
    "--loglevel=WARNING",
)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_533:
        raise Refused(f"PORT is {text!r}; give a whole number from 1 to 65533 (the two after it are used too).")
    return int(text)


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Refused(
                f"port {port} cannot be used ({error.strerror}); choose another one with: make run PORT=8100"
            ) from error


def _must_be_writable(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Refused(
            f"the data folder {folder} cannot be written ({error.strerror}); name another one in PARLEY_DATA_DIR."
        ) from error
