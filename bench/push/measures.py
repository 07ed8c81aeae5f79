"""The measurements. Each takes the two servers in turn, so that a slow moment of the machine hits both."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import quantiles

from bench.push.crowd import Crowd
from bench.push.servers import Server, server

NAMES = ("parley", "reference")
SIDES = 2
MOST_LATENCY = 0.2


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    sessions: int
    rounds: int
    round_seconds: float
    step_seconds: float
    held: int
    growth: float


FULL = Size(sessions=1_000, rounds=3, round_seconds=5, step_seconds=3, held=5_000, growth=1.3)
QUICK = Size(sessions=200, rounds=1, round_seconds=3, step_seconds=1, held=1_000, growth=1.6)
Figures = dict[str, float]
"""One figure for each of `NAMES`."""


@contextmanager
def crowds(size: Size) -> Iterator[dict[str, tuple[Server, Crowd]]]:
    """Both servers, with both sides of every session connected."""
    with ExitStack() as stack:
        running = {name: stack.enter_context(server(name)) for name in NAMES}
        there = {name: (one, Crowd(one)) for name, one in running.items()}
        for one, crowd in there.values():
            stack.callback(crowd.leave)
            crowd.arrive(one.path(session) for session in range(size.sessions) for _ in range(SIDES))
        yield there


def latency(there: dict[str, tuple[Server, Crowd]], size: Size) -> tuple[Figures, Figures]:
    """Seconds from announcement to receipt at 200 messages a second: median and 99th percentile."""
    taken: dict[str, list[int]] = {name: [] for name in NAMES}
    for _ in range(size.rounds):
        for name, (_, crowd) in there.items():
            taken[name] += _step(name, crowd, 200, size.round_seconds, size.sessions)
            if crowd.lost:
                raise SystemExit(f"{name} closed streams.")
    cuts = {name: quantiles(latencies, n=100) for name, latencies in taken.items()}
    return {name: cut[49] / 1e9 for name, cut in cuts.items()}, {name: cut[98] / 1e9 for name, cut in cuts.items()}


def throughput(there: dict[str, tuple[Server, Crowd]], size: Size) -> Figures:
    """Deliveries a second and core of the server, at the highest rate whose 99th percentile is 200 ms at most."""
    best: Figures = dict.fromkeys(NAMES, 0.0)
    rate, climbing = 2_000.0, set(NAMES)
    while climbing:
        for name in sorted(climbing):
            deliveries = _sustained(name, *there[name], rate, size)
            if deliveries:
                best[name] = deliveries
            else:
                climbing.discard(name)
        rate *= size.growth
    return best


def _sustained(name: str, one: Server, crowd: Crowd, rate: float, size: Size) -> float:
    cpu = one.cpu_seconds()
    latencies = _step(name, crowd, rate, size.step_seconds, size.sessions)
    cores = (one.cpu_seconds() - cpu) / size.step_seconds
    complete = len(latencies) >= 0.97 * rate * size.step_seconds * SIDES
    if not complete or crowd.lost or quantiles(latencies, n=100)[98] > MOST_LATENCY * 1e9:
        return 0.0
    return len(latencies) / size.step_seconds / cores


def _step(name: str, crowd: Crowd, rate: float, seconds: float, sessions: int) -> list[int]:
    arguments = [name, str(rate), str(seconds), str(sessions)]
    announcer = subprocess.Popen([sys.executable, "-m", "bench.push.announcer", *arguments])
    crowd.latencies.clear()
    while announcer.poll() is None:
        crowd.listen(time.monotonic() + 0.2)
    crowd.listen(time.monotonic() + 0.5)
    if announcer.returncode:
        raise SystemExit("The announcer failed.")
    return list(crowd.latencies)


def holding(size: Size) -> tuple[Figures, Figures]:
    """Bytes of memory for each idle connection, and connections accepted a second."""
    memory, accepts = Figures(), Figures()
    for name in NAMES:
        with server(name) as one:
            crowd = Crowd(one)
            try:
                crowd.arrive(one.path(session) for session in range(20))
                before, paths = one.memory(), [one.path(session // SIDES) for session in range(size.held)]
                accepts[name] = size.held / crowd.arrive(paths)
                crowd.listen(time.monotonic() + 1)
                memory[name] = (one.memory() - before) / size.held
            finally:
                crowd.leave()
    return memory, accepts
