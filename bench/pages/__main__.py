"""Measures the pages that people look at all day, on PostgreSQL: `python -m bench.pages [--quick]`.

In one process, through all of the middleware: the room, the welcome page, and sending a message, each against a bare
Django view with the same statements and bytes; then the same pages with little and with much behind them. Exits with 1
if a target is not met.
"""

import statistics
import sys
import time
from collections.abc import Callable
from uuid import uuid4

from bench.sweep.environment import prepared

FAR = 7_000_000
"""A number that no other value of a statement has: where the timeline goes on that messages are sent to."""


class Measured:
    """What is measured, and what is behind it."""

    def __init__(self, quick: bool) -> None:
        from bench.pages import loading

        self.rounds = 60 if quick else 200
        self.place = loading.Place(many=100_000 if quick else 1_000_000)

    def seconds(self, *works: Callable[[], object]) -> list[float]:
        """The median time of each, taken in turns, so that all see the same weather."""
        taken: list[list[float]] = [[] for _ in works]
        for round_ in range(self.rounds + 5):
            for work, times in zip(works, taken, strict=True):
                begun = time.perf_counter()
                work()
                if round_ >= 5:
                    times.append(time.perf_counter() - begun)
        return [statistics.median(times) for times in taken]


def against_bare(measured: Measured, work: Callable[[], bytes]) -> float:
    """Requests a second as a part of those of the bare view."""
    from bench.pages import replay

    place = measured.place
    with replay.recorded() as always:
        place.get("/nothing/")
    with replay.recorded() as statements:
        replay.script.body = work()
    replay.script.statements = [one for one in statements[len(always) :] if _reads_or_writes(one[0])]
    own, bare = measured.seconds(work, lambda: place.get("/bare/"))
    return bare / own


def _reads_or_writes(sql: str) -> bool:
    return not sql.upper().startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))


def sending(measured: Measured) -> float:
    """A message, with a new number and key each time."""
    from bench.pages import replay

    place = measured.place
    place.jump(FAR)
    replay.script.swap = place.swaps(FAR)
    try:
        return against_bare(measured, lambda: place.send(uuid4()))
    finally:
        replay.script.swap = dict


def line(what: str, ratio: float, target: str) -> bool:
    """Print one row of the table; whether the target is met."""
    bound = float(target.split()[1])
    met = ratio <= bound if target.startswith("<=") else ratio >= bound
    print(f"| {what:<62} | {ratio:>5.2f} | {target:>6} | {'yes' if met else 'NO':>3} |", flush=True)
    return met


def main(quick: bool) -> bool:
    """Measure everything and print the table; whether all targets are met."""
    measured = Measured(quick)
    place = measured.place
    print(f"| {'':<62} | ratio | target | met |\n|{'-' * 64}|------:|-------:|----:|")
    few, many = measured.seconds(lambda: place.room(10), lambda: place.room(10_000))
    idle, busy = measured.seconds(lambda: place.welcome(10), lambda: place.welcome(10_000))
    met = [
        line("room page, requests/s, of a bare view's", against_bare(measured, lambda: place.room(10)), ">= 0.7"),
        line("welcome page, requests/s, of a bare view's", against_bare(measured, lambda: place.welcome(10)), ">= 0.7"),
        line("message sent, requests/s, of a bare view's", sending(measured), ">= 0.7"),
        line("room page, 10,000 rows against 10", many / few, "<= 1.2"),
        line("welcome page, 10,000 past sessions of the agent against 10", busy / idle, "<= 1.2"),
    ]
    (small,) = measured.seconds(lambda: place.welcome(10))
    place.fill()
    (large,) = measured.seconds(lambda: place.welcome(10))
    met.append(line(f"welcome page, {place.many:,} sessions in all against few", large / small, "<= 1.2"))
    return all(met)


if __name__ == "__main__":
    with prepared():
        from django.test import override_settings

        from deploy.prepare import collect_static

        collect_static()

        with override_settings(ROOT_URLCONF="bench.pages.replay"):
            met = main("--quick" in sys.argv[1:])
    sys.exit(not met)
