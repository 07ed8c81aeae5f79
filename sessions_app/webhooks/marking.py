"""Notes for each endpoint which sessions have rows that it may have to get. Rather once too often.

Usually `hearing` knows within a second. What it did not hear of, because Redis was away or has forgotten, the second
look finds: it reads every row once, some minutes after it was recorded.

Several may change the same cursors at the same time. Whoever changes more than one takes them in the order of their
sessions (`in_order`), and an endpoint before its cursors: else two would wait for each other, and PostgreSQL would end
one of them.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery

from sessions_app.kinds import EntryKind
from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.webhooks.models import WebhookCursor, WebhookEndpoint

LAG = timedelta(minutes=5)
"""By then every transaction that recorded a row is over. Numbers of rows come in no order before."""

ROWS = 5_000
"""How many rows the second look reads at a time."""

SLACK = 1_000
"""A new endpoint is told of this many rows before the newest: their transactions may be under way."""

LAST_NUMBER = Subquery(LiveSession.objects.filter(pk=OuterRef("session_id")).values("last_number"))
"""Of the session of a cursor."""


def mark(endpoint: WebhookEndpoint, sessions: Collection[int], now: datetime) -> None:
    """These sessions (keys) may have rows for the endpoint. Those that wait or are parked stay as they are."""
    cursors = WebhookCursor.objects.filter(endpoint=endpoint, session_id__in=sessions)
    known = set(cursors.values_list("session_id", flat=True))
    with transaction.atomic():
        idle = cursors.filter(next_try_at=None, parked_at=None, sent_number__lt=LAST_NUMBER)
        in_order(idle).update(next_try_at=now)
    if missing := set(sessions) - known:
        _begin(endpoint, missing, now)


def _begin(endpoint: WebhookEndpoint, sessions: Collection[int], now: datetime) -> None:
    """Cursors before the first rows that were recorded since the endpoint hears of rows."""
    firsts = dict(
        TimelineEntry.objects.filter(session_id__in=_concerned(endpoint, sessions), recorded_at__gte=endpoint.since)
        .values("session_id")
        .annotate(first=Min("number"))
        .values_list("session_id", "first")
    )
    WebhookCursor.objects.bulk_create(
        (
            WebhookCursor(endpoint=endpoint, session_id=session, sent_number=first - 1, next_try_at=now)
            for session, first in sorted(firsts.items())
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )


def _concerned(endpoint: WebhookEndpoint, sessions: Collection[int]) -> list[int]:
    """Those of the sessions that are, or were once, in a workstream of the endpoint."""
    workstreams = list(endpoint.workstreams.values_list("pk", flat=True))
    found = LiveSession.objects.filter(pk__in=sessions)
    if workstreams:
        left = TimelineEntry.objects.filter(
            session_id__in=sessions, kind=EntryKind.TRANSFERRED, payload__from_workstream__in=workstreams
        ).values_list("session_id", flat=True)
        found = found.filter(Q(workstream_id__in=workstreams) | Q(pk__in=list(left)))
    return list(found.values_list("pk", flat=True))


def rewind(endpoint: WebhookEndpoint, numbers: Mapping[int, int], now: datetime) -> None:
    """Send these sessions again after these numbers, at once. A cursor never goes forward by it, and whoever sends at
    this moment goes on from there."""
    with transaction.atomic():
        WebhookCursor.objects.bulk_create(
            (
                WebhookCursor(endpoint=endpoint, session_id=session, sent_number=number)
                for session, number in sorted(numbers.items())
            ),
            ignore_conflicts=True,
        )
        cursors = WebhookCursor.objects.filter(endpoint=endpoint, session_id__in=numbers)
        locked = list(cursors.order_by("session_id").select_for_update())
        for cursor in locked:
            cursor.sent_number = min(numbers[cursor.session_id], cursor.sent_number)
        WebhookCursor.objects.bulk_update(locked, ["sent_number"], batch_size=1000)
        cursors.update(next_try_at=now, tries=0, first_failed_at=None, parked_at=None)


def in_order(cursors: QuerySet[WebhookCursor]) -> QuerySet[WebhookCursor]:
    """These cursors, locked until the end of the transaction in the order in which everybody locks several."""
    locked = cursors.order_by("session_id").select_for_update().values_list("pk", flat=True)
    return WebhookCursor.objects.filter(pk__in=list(locked))


# The second look ---------------------------------------------------------------------------------------------------


def newest_row() -> int:
    """From where a new endpoint's second look begins."""
    newest: int = TimelineEntry.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return max(0, newest - SLACK)


def second_look(endpoint: WebhookEndpoint, now: datetime) -> int:
    """Mark the sessions of the next rows that are old enough. Returns how many rows it was; 0: there are no more."""
    rows = list(
        TimelineEntry.objects.filter(pk__gt=endpoint.looked_through)
        .order_by("pk")
        .values_list("pk", "session_id", "recorded_at")[:ROWS]
    )
    young = next((place for place, row in enumerate(rows) if row[2] > now - LAG), len(rows))
    if not young:
        return 0
    mark(endpoint, {session for _, session, _ in rows[:young]}, now)
    endpoint.looked_through = rows[young - 1][0]
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(looked_through=endpoint.looked_through)
    return young
