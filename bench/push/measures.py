"""The measurements. Each takes the two servers in short turns, so that a slow moment of the machine hits both."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import quantiles

from bench.push.crowd import Crowd, listen
from bench.push.servers import Server, server

NAMES = ("parley", "reference")
SIDES = 2
MOST_LATENCY = 0.2


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    sessions: int
    latency_seconds: float
    step_seconds: float
    held: int
    growth: float


FULL = Size(sessions=1_000, latency_seconds=15, step_seconds=3, held=5_000, growth=1.3)
QUICK = Size(sessions=200, latency_seconds=4, step_seconds=1, held=1_000, growth=1.6)
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
    """Seconds from announcement to receipt at 200 messages a second: median and 99th percentile.

    Taken in turns of a second, because at this rate the figure says more about the machine's other work.
    """
    listening = {name: crowd for name, (_, crowd) in there.items()}
    _step(listening, 200, size.latency_seconds * len(NAMES), size.sessions)
    for name, crowd in listening.items():
        if crowd.lost or len(crowd.latencies) < 0.9 * 200 * SIDES * size.latency_seconds:
            raise SystemExit(f"{name} did not deliver everything.")
    cuts = {name: quantiles(crowd.latencies, n=100) for name, crowd in listening.items()}
    return {name: cut[49] / 1e9 for name, cut in cuts.items()}, {name: cut[98] / 1e9 for name, cut in cuts.items()}


def throughput(there: dict[str, tuple[Server, Crowd]], size: Size) -> Figures:
    """Deliveries a second and core of the server, at the highest rate whose 99th percentile is 200 ms at most.

    Every rate has two tries, because the machine may have been busy with something else.
    """
    best: Figures = dict.fromkeys(NAMES, 0.0)
    rate, climbing = 1_500.0, set(NAMES)
    while climbing:
        for name in sorted(climbing):
            deliveries = _sustained(name, *there[name], rate, size) or _sustained(name, *there[name], rate, size)
            if deliveries:
                best[name] = deliveries
            else:
                climbing.discard(name)
        rate *= size.growth
    return best


def _sustained(name: str, one: Server, crowd: Crowd, rate: float, size: Size) -> float:
    cpu = one.cpu_seconds()
    _step({name: crowd}, rate, size.step_seconds, size.sessions)
    cores = (one.cpu_seconds() - cpu) / size.step_seconds
    complete = len(crowd.latencies) >= 0.97 * rate * size.step_seconds * SIDES
    if not complete or crowd.lost or quantiles(crowd.latencies, n=100)[98] > MOST_LATENCY * 1e9:
        return 0.0
    return len(crowd.latencies) / size.step_seconds / cores


def _step(listening: dict[str, Crowd], rate: float, seconds: float, sessions: int) -> None:
    arguments = [",".join(listening), str(rate), str(seconds), str(sessions)]
    announcer = subprocess.Popen([sys.executable, "-m", "bench.push.announcer", *arguments])
    crowds = tuple(listening.values())
    for crowd in crowds:
        crowd.latencies.clear()
    while announcer.poll() is None:
        listen(crowds, 0.2)
    listen(crowds, 0.5)
    if announcer.returncode:
        raise SystemExit("The announcer failed.")


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
                listen([crowd], 1)
                memory[name] = (one.memory() - before) / size.held
            finally:
                crowd.leave()
    return memory, accepts
