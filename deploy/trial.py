"""All of Parley on one computer: what `make run` executes.

1. Refuse in one sentence what cannot work: a port that is taken, a folder that cannot be written.
2. Start Valkey, unless `PARLEY_REDIS_URL` names a Redis.
3. Bring the database, the files for browsers and the examples up to date (`deploy.prepare`).
4. Run pages, push, workers, beat and the portal until Ctrl-C, or until one of them stops by itself.
5. Stop Valkey last.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from deploy.embedded_redis import EmbeddedRedis
from deploy.place import Place, Refused
from deploy.processes import Processes
from deploy.ready import Watch
from deploy.ties import tie_to_parent


def main() -> int:
    """The exit code: 0 when somebody asked it to stop, 1 when it could not start or one of its processes stopped."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        return _run(Place.from_environment())
    except (Refused, ImproperlyConfigured) as error:
        print(f"Parley does not start: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Parley is stopped.")
        return 0
    except BrokenPipeError:  # nobody reads the log any more: everything was stopped, and there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(place: Place) -> int:
    began = datetime.now(UTC)
    print("Parley is starting ...", flush=True)
    place.state_file.unlink(missing_ok=True)
    os.environ.update(place.environment())
    with _redis(place) as redis:
        examples = _prepare()
        processes = Processes(place.commands())
        Watch(place, processes, redis, began, examples).follow()
        processes.run()
    place.state_file.unlink(missing_ok=True)
    return processes.verdict()


@contextmanager
def _redis(place: Place) -> Iterator[EmbeddedRedis | None]:
    if not place.embeds_redis:
        yield None
        return
    with EmbeddedRedis(place.data_dir) as redis:
        os.environ["PARLEY_REDIS_URL"] = redis.url
        yield redis


def _prepare() -> list[str]:
    """What the `demo` command printed: sign-ins and links. Raises Refused with the reason if something went wrong."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.prepare"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        preexec_fn=tie_to_parent,
    )
    if done.returncode:
        raise Refused(done.stderr.strip() or "it could not be prepared, and did not say why.")
    sys.stderr.write(done.stderr)
    return done.stdout.splitlines()


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
