"""What is measured, and how: each figure in the same run as its reference, in turns, on identical databases."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from redis import Redis

from bench.sweep import loading, reference
from bench.sweep.environment import LOADED, be_durable, use_copy
from sessions_app.push.wire import STREAM
from sessions_app.sweeps import sweep


@dataclass(frozen=True, slots=True)
class Size:
    """How large a measurement is. Every tenth session is due."""

    sessions: int
    rounds: int
    sample: int
    probes: int


FULL = Size(sessions=1_000_000, rounds=3, sample=2000, probes=500)
QUICK = Size(sessions=100_000, rounds=1, sample=500, probes=200)

Figures = dict[str, float]


def load(size: Size) -> None:
    loading.load_people_and_policy()
    loading.load_sessions(1, size.sessions)
    loading.load_rows()
    loading.settle_down()
    be_durable()


def rates(size: Size) -> tuple[Figures, Figures]:
    """Sessions ended per second: the sweep against the one statement, and against the loop, each in the median."""
    swept, stated, looped, written = [], [], [], set()
    for _ in range(size.rounds):
        use_copy("swept")
        swept.append(_rate(lambda: sweep(loading.NOW), size.sessions // 10))
        assert Redis.from_url(settings.REDIS_URL).xlen(STREAM), "the sweep told nobody"
        written.add(_written())
        use_copy("stated")
        stated.append(_rate(lambda: reference.one_statement(loading.NOW), size.sessions // 10))
        written.add(_written())
        use_copy("looped")
        looped.append(_rate(lambda: reference.row_by_row(loading.NOW, size.sample), size.sample))
    assert len(written) == 1, "the sweep and its reference wrote different rows"
    ours = statistics.median(swept)
    return (
        {"parley": ours, "reference": statistics.median(stated)},
        {"parley": ours, "reference": statistics.median(looped)},
    )


def idle(size: Size, of: str = LOADED) -> Figures:
    """Seconds of a sweep that finds nothing, against one probe of the index."""
    use_copy("idle", of=of)
    probe, ours = [], []
    for _ in range(size.probes):
        probe.append(_seconds(lambda: reference.probe(loading.IDLE)))
        ours.append(_seconds(lambda: sweep(loading.IDLE)))
    return {"parley": statistics.median(ours), "reference": statistics.median(probe)}


def _rate(work: Callable[[], int], expected: int) -> float:
    """Rows per second, of work that must do the expected number."""
    with connection.cursor() as cursor:  # both begin with the tables in memory
        cursor.execute("SELECT count(hash) FROM sessions_app_timelineentry")
        cursor.execute("SELECT count(last_hash) FROM sessions_app_livesession")
    done = 0

    def working() -> None:
        nonlocal done
        done = work()

    taken = _seconds(working)
    assert done == expected, f"{done} instead of {expected}"
    return done / taken


def _written() -> str:
    """One sum over everything that was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(string_agg(r.hash || s::text, '' ORDER BY s.id)) FROM sessions_app_timelineentry r"
            " JOIN sessions_app_livesession s ON s.id = r.session_id WHERE r.kind = 'ended'"
        )
        return str(cursor.fetchone()[0])


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
