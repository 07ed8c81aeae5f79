"""Batches of what time has done: sessions that end by inactivity, warnings, and changes of access.

A sweep decides nothing. `next_due_at` was put there by the rules; a sweep writes down what is true since then, so that
pages hear of it and lists show it. Requests do the same for the one session they look at (`transitions.settle`).
"""

import logging
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from policies_app.kinds import DueKind
from sessions_app import sweep_sql
from sessions_app.assigning import assign_everywhere
from sessions_app.live import announce_moved
from sessions_app.models import LiveSession
from sessions_app.settling import settle_one

log = logging.getLogger(__name__)

BATCH = 1000
RETRY_AFTER = timedelta(minutes=5)


def sweep(now: datetime, *, batch: int = BATCH) -> int:
    """Write down everything that is due at `now`, in batches, each in a transaction of its own. Returns how many rows.

    1. One look at the index: usually nothing is due.
    2. On PostgreSQL one statement moves a whole batch of one kind; workers side by side skip each other's rows.
    3. What the statement cannot do, and everything on SQLite, goes one by one.
    4. A session that fails is put off for a while and reported; the others go on.
    5. Seats that became free go to whoever waits, at once.
    """
    if connection.vendor != "postgresql":
        return _sweep_one_by_one(now, batch)
    if not sweep_sql.anything_due(now):
        return 0
    in_bulk = _sweep_in_bulk(now, batch)
    if in_bulk:
        assign_everywhere(now)
    return in_bulk + _sweep_one_by_one(now, batch)


def _sweep_in_bulk(now: datetime, batch: int) -> int:
    """One pass after the other, until nothing is left but what failed or somebody else holds."""
    done, failed = 0, set[DueKind]()
    with ThreadPoolExecutor(1) as pages:  # they are told of a batch while the database moves the next one
        while moved := _sweep_once(now, batch, failed, pages):
            done += moved
    return done


def _sweep_once(now: datetime, batch: int, failed: set[DueKind], pages: Executor) -> int:
    done = 0
    for kind, ids in sweep_sql.due_ids(now).items():
        if kind in failed:
            continue
        try:
            for first in range(0, len(ids), batch):
                moved = sweep_sql.move(kind, ids[first : first + batch], now)
                pages.submit(announce_moved, moved)
                done += len(moved)
        except Exception:
            log.exception("The sweep could not move sessions due to %s in bulk; they go one by one.", kind)
            failed.add(kind)
    return done


def _sweep_one_by_one(now: datetime, batch: int) -> int:
    done = 0
    while found := list(_due(now).order_by("next_due_at").values_list("pk", flat=True)[:batch]):
        done += sum(_settled(pk, now) for pk in found)
    return done


def _due(now: datetime) -> QuerySet[LiveSession]:
    return LiveSession.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), next_due_at__lte=now)


def _settled(pk: int, now: datetime) -> bool:
    try:
        settle_one(pk, now)
    except Exception:
        log.exception("Session %d could not be moved on; the sweep tries again in %s.", pk, RETRY_AFTER)
        LiveSession.objects.filter(pk=pk).update(retry_at=now + RETRY_AFTER)
        return False
    return True
