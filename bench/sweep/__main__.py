"""Measures sweeps on PostgreSQL: `python -m bench.sweep [--quick] [--ten-million]`.

Exits with 1 if a target is not met. `--ten-million` also loads ten million open sessions, which takes many minutes.
"""

import sys

from bench.sweep.environment import LOADED, prepared, use_copy


def line(what: str, own: str, other: str, ratio: float, target: str) -> bool:
    """Print one row of the table; whether the target is met."""
    bound = float(target.split()[1])
    met = ratio <= bound if target.startswith("<=") else ratio >= bound
    print(
        f"| {what:<54} | {own:>12} | {other:>12} | {ratio:>6.2f} | {target:>6} | {'yes' if met else 'NO':>3} |",
        flush=True,
    )
    return met


def main(quick: bool, ten_million: bool) -> bool:
    """Measure everything and print the table; whether all targets are met."""
    from bench.sweep import loading, measures

    size = measures.QUICK if quick else measures.FULL
    measures.load(size)
    print(f"| {'':<54} | {'Parley':>12} | {'reference':>12} |  ratio | target | met |")
    print(f"|{'-' * 56}|{'-' * 13}:|{'-' * 13}:|-------:|-------:|----:|")
    due = f"{size.sessions // 10:,} due of {size.sessions:,}"
    statement, loop = measures.rates(size)
    met = []
    for against, figures, target in ((due, statement, ">= 0.7"), ("a loop over objects", loop, ">= 50")):
        own, other = (f"{figures[name]:,.0f}/s" for name in ("parley", "reference"))
        met.append(line(f"sessions ended, {against}", own, other, figures["parley"] / figures["reference"], target))
    figures = measures.idle(size)
    own, other = (f"{figures[name] * 1000:.2f} ms" for name in ("parley", "reference"))
    what = f"sweep that finds nothing, {size.sessions:,} open"
    met.append(line(what, own, other, figures["parley"] / figures["reference"], "<= 3"))
    if ten_million:
        use_copy("many", of=LOADED)
        loading.load_sessions(size.sessions + 1, 10_000_000)
        loading.settle_down()
        many = measures.idle(size, of="many")
        own, other = f"{many['parley'] * 1000:.2f} ms", f"{figures['parley'] * 1000:.2f} ms"
        what = f"sweep that finds nothing, 10,000,000 open / {size.sessions:,}"
        met.append(line(what, own, other, many["parley"] / figures["parley"], "<= 1.5"))
    return all(met)


if __name__ == "__main__":
    with prepared():
        met = main("--quick" in sys.argv[1:], "--ten-million" in sys.argv[1:])
    sys.exit(not met)
