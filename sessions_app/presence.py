"""Who is connected right now, anywhere in the cluster.

Redis holds, for every push process, a lease (a key that expires unless the process renews it) and a hash of the names
connected to it. A name is present if any process with a running lease has it. So renewing costs the same for ten names
and for ten thousand, and when a process is killed, all of its names are gone when its one lease runs out.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from redis import Redis

from sessions_app.push.broker import broker

PROCESSES = "parley:push:processes"
"""The set of push processes that have not signed off."""


def lease_key(process: str) -> str:
    """The key that exists while this push process lives."""
    return f"parley:push:lease:{process}"


def names_key(process: str) -> str:
    """The hash of the names connected to this push process, each with the topics that hear of it."""
    return f"parley:push:names:{process}"


def look_up(pipeline: Any, processes: Iterable[str], names: Sequence[str]) -> None:
    """Queue the questions that `found` reads the answers to."""
    for process in processes:
        pipeline.exists(lease_key(process))
        pipeline.hmget(names_key(process), names)


def found(answers: Sequence[Any], names: Sequence[str]) -> set[str]:
    """Which of the names are present, from the answers to what `look_up` queued."""
    living = [values for alive, values in zip(answers[::2], answers[1::2], strict=True) if alive]
    return {name for values in living for name, value in zip(names, values, strict=True) if value is not None}


def present(names: Sequence[str]) -> dict[str, bool]:
    """For each name whether it is connected now. Two round trips for any number of names. Somebody who left is present
    for 5 s more, so that a reload does not flicker. Never raises: while Redis is away nobody is present."""
    wanted = list(dict.fromkeys(names))
    here = broker().ask(lambda redis: _here(redis, wanted), set[str]()) if wanted else set[str]()
    return {name: name in here for name in wanted}


def _here(redis: Redis, names: Sequence[str]) -> set[str]:
    processes: Any = redis.smembers(PROCESSES)
    if not processes:
        return set()
    with redis.pipeline(transaction=False) as pipeline:
        look_up(pipeline, [process.decode() for process in processes], names)
        return found(pipeline.execute(), names)
