"""Which rows are for an endpoint."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from sessions_app.kinds import EntryKind
from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.webhooks.models import WebhookEndpoint


@dataclass(frozen=True, slots=True)
class Move:
    """The row by which a session went from one workstream to another. It belongs to both."""

    number: int
    left: int
    came_to: int


Span = tuple[int, int | None]
"""Rows from a number to another, both included; None: and all that follow."""


def spans(moves: Iterable[Move], now_in: int, workstreams: Collection[int]) -> list[Span]:
    """Where a session, which is in workstream `now_in` now, was in one of these workstreams. `moves` in order."""
    ordered = list(moves)
    places = [move.left for move in ordered] + [now_in]
    firsts = [1] + [move.number for move in ordered]
    lasts: list[int | None] = [move.number for move in ordered] + [None]
    return [(first, last) for place, first, last in zip(places, firsts, lasts, strict=True) if place in workstreams]


def next_row(endpoint: WebhookEndpoint, session: LiveSession, after: int) -> TimelineEntry | None:
    """The first row after that number that is for the endpoint, with its agent."""
    rows = TimelineEntry.objects.filter(
        _of_kinds(endpoint), _in_workstreams(endpoint, session), session=session, number__gt=after
    )
    return rows.select_related("agent").order_by("number").first()


def _of_kinds(endpoint: WebhookEndpoint) -> Q:
    asked = Q(kind__in=endpoint.kinds) if endpoint.kinds else Q()
    return asked if endpoint.with_notes else asked & ~Q(kind=EntryKind.NOTE)


def _in_workstreams(endpoint: WebhookEndpoint, session: LiveSession) -> Q:
    workstreams = set(endpoint.workstreams.values_list("pk", flat=True))
    if not workstreams:
        return Q()
    wanted = Q(pk__in=[])
    for first, last in spans(_moves(session), session.workstream_id, workstreams):
        wanted |= Q(number__gte=first) if last is None else Q(number__gte=first, number__lte=last)
    return wanted


def _moves(session: LiveSession) -> list[Move]:
    rows = TimelineEntry.objects.filter(
        session=session, kind=EntryKind.TRANSFERRED, payload__has_key="to_workstream"
    ).order_by("number")
    return [Move(row.number, row.payload["from_workstream"], row.payload["to_workstream"]) for row in rows]
