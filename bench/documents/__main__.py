"""Measures documents: `python -m bench.documents [--quick]`.

Filling in and flattening a form of four pages, and that with its seal, a second on one core: Parley, which does it in a
process apart with limits, against the libraries called by hand in this process. Both have everything loaded: a worker
is started once and then kept, as in production, and what its start costs is a row of its own. Then how long it takes
from an upload to the picture of the first page. Exits with 1 where Parley is slower than its target.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.documents import reference
from bench.sweep.environment import prepared
from sessions_app.documents.fields import Field
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.pdf import engine

TARGET = 0.8
"""Of what the libraries do by hand."""

FIRST_PAGE_TARGET = 2.0
"""Seconds from an upload to the picture of its first page, with a worker that is still to be started."""

FORM = Path(__file__).parents[2] / "tests/documents/pdf/corpus/four_pages.pdf"


def entered(fields: tuple[Field, ...]) -> dict[str, str]:
    """A value for every field."""
    by_kind = {FieldKind.CHECKBOX: "on", FieldKind.DATE: "2026-12-31", FieldKind.SIGNATURE: '{"name": "Carla"}'}
    return {one.name: one.options[0].value if one.options else by_kind.get(one.kind, "Some words") for one in fields}


def by_hand(fields: tuple[Field, ...], values: dict[str, str]) -> dict[str, str]:
    """The same values as pypdf wants them; it has no way to sign a field."""
    states = {FieldKind.CHECKBOX: "/Yes", FieldKind.RADIO: "/monthly"}
    kept = [one for one in fields if one.kind is not FieldKind.SIGNATURE]
    return {one.name: states.get(one.kind, values[one.name]) for one in kept}


def seconds(rounds: int, *works: Callable[[], object]) -> list[float]:
    """The median time of each, taken in turns, so that all see the same weather."""
    taken: list[list[float]] = [[] for _ in works]
    for _round in range(rounds + 2):
        for work, times in zip(works, taken, strict=True):
            begun = time.perf_counter()
            work()
            times.append(time.perf_counter() - begun)
    return [statistics.median(times[2:]) for times in taken]


def compare(what: str, rounds: int, parley: Callable[[], object], hand: Callable[[], object]) -> float:
    """Print what is measured of both, up to the ratio, which is returned."""
    ours, theirs = seconds(rounds, parley, hand)
    print(f"| {what} | {1 / ours:.1f}/s | {1 / theirs:.1f}/s | {theirs / ours:.2f} |", end="")
    return theirs / ours


def first_page(rounds: int) -> bool:
    """Print how long an upload takes to its first picture; whether the target is met with a worker not yet started."""

    def upload() -> None:
        with TemporaryDirectory() as folder:
            found, empty = engine.read(FORM), Path(folder) / "empty.pdf"
            empty.write_bytes(engine.fill(FORM, found.fields, {}))
            engine.picture(empty, 0)

    def hand() -> None:
        reference.fields(FORM)
        reference.picture(FORM)

    begun = time.perf_counter()
    upload()
    cold = time.perf_counter() - begun
    ours, theirs = seconds(rounds, upload, hand)
    met = cold <= FIRST_PAGE_TARGET
    verdict = "yes" if met else "NO"
    print("\n| from an upload to the first page | time | target | met |\n|---|---:|---:|---|")
    print(f"| with a worker that is still to be started | {cold:.2f} s | <= {FIRST_PAGE_TARGET} s | {verdict} |")
    print(f"| with one that is there | {ours * 1000:.0f} ms | | |")
    print(f"| pypdf and pdfium by hand, with what stood in the form | {theirs * 1000:.0f} ms | | |")
    return met


def rates(rounds: int) -> bool:
    """Print how many a second; whether the targets are met."""
    fields = engine.read(FORM).fields
    values = entered(fields)
    parley, hand = partial(engine.fill, FORM, fields, values), partial(reference.fill, FORM, by_hand(fields, values))
    print("\n| four pages, 28 fields | Parley | by hand | ratio | target | met |\n|---|---:|---:|---:|---:|---|")
    compare("filled in and flat", rounds, parley, hand)
    print(" | |")
    from sessions_app.documents.sealing import seal  # once Django is set up

    by_hand_sealed, now = reference.sealing(), datetime.now(UTC)
    sealed = compare(
        "filled in, flat and sealed",
        rounds,
        lambda: seal(parley(), reason="Measured", now=now),
        lambda: by_hand_sealed(hand()),
    )
    met = sealed >= TARGET
    print(f" >= {TARGET} | {'yes' if met else 'NO'} |")
    return met


def main(quick: bool) -> bool:
    """Measure and print; whether every target is met."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core for all of it, workers too
    rounds = 20 if quick else 100
    return all([first_page(rounds), rates(rounds)])


if __name__ == "__main__":
    with prepared():  # the key of the seal is remembered in the database
        met = main("--quick" in sys.argv[1:])
    sys.exit(not met)
