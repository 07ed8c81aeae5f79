"""Measures live updates against the reference in the same run: `python -m bench.push [--quick]`.

Exits with 1 if a target is not met.
"""

import sys
import tempfile
from pathlib import Path

from bench.push import environment
from bench.push.servers import redis_server


def line(what: str, figures: dict[str, float], unit: str, scale: float, target: str) -> bool:
    """Print one row of the table; whether the target is met."""
    ratio = figures["parley"] / figures["reference"] if figures["reference"] else float("nan")
    bound = float(target.split()[1])
    met = ratio <= bound if target.startswith("<=") else ratio >= bound
    own, other = (f"{figures[name] * scale:,.1f} {unit}" for name in ("parley", "reference"))
    print(f"| {what:<46} | {own:>14} | {other:>14} | {ratio:>5.2f} | {target:>6} | {'yes' if met else 'NO':>3} |")
    return met


def main(quick: bool) -> bool:
    """Measure everything and print the table; whether all targets are met."""
    from bench.push import measures

    size = measures.QUICK if quick else measures.FULL
    with measures.crowds(size) as there:
        median, ninety_ninth = measures.latency(there, size)
        deliveries = measures.throughput(there, size)
    memory, accepts = measures.holding(size)
    print(f"| {'':<46} | {'Parley':>14} | {'reference':>14} | ratio | target | met |")
    print(f"|{'-' * 48}|{'-' * 15}:|{'-' * 15}:|------:|-------:|----:|")
    sides = f"{size.sessions:,} sessions x 2"
    return all(
        [
            line(f"announce -> received, {sides}, p50", median, "ms", 1e3, "<= 1.5"),
            line(f"announce -> received, {sides}, p99", ninety_ninth, "ms", 1e3, "<= 1.5"),
            line("deliveries per second and core, p99 <= 200 ms", deliveries, "/s", 1, ">= 1.0"),
            line(f"memory per idle connection, {size.held:,} held", memory, "kB", 1e-3, "<= 0.7"),
            line("connections accepted", accepts, "/s", 1, ">= 1.2"),
        ]
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="parley-") as made, redis_server(Path(made)) as url:
        environment.prepare(Path(made), url)
        met = main("--quick" in sys.argv[1:])
    sys.exit(not met)
