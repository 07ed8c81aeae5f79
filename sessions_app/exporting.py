"""Everything that is known of a customer, for whoever asks what is known of them (docs/api.md)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from policies_app.rules import FOREVER
from sessions_app.models import Customer, HalfTyped, LiveSession, TimelineEntry
from sessions_app.shapes import row_shape


def export(customers: Iterable[Customer], sessions: QuerySet[LiveSession], now: datetime) -> dict[str, Any]:
    """What is known of these customers, and of these sessions of theirs. Twelve queries, however much it is."""
    return {
        "exported_at": now,
        "customers": list(customers),
        "sessions": [_of_session(one) for one in _whole(sessions)],
    }


def _whole(sessions: QuerySet[LiveSession]) -> QuerySet[LiveSession]:
    rows = TimelineEntry.objects.select_related("agent").order_by("number")
    theirs = HalfTyped.objects.filter(agent=None).exclude(text="")
    return (
        sessions.select_related("customer", "workstream", "widget", "agent__user")
        .prefetch_related(
            Prefetch("timeline", rows),
            Prefetch("half_typed", theirs),
            *("attachments", "documents__values", "drafts", "links__events", "devices"),
        )
        .order_by("pk")
    )


def _of_session(session: LiveSession) -> dict[str, Any]:
    columns = ("public_id", "customer", "channel", "workstream", "widget", "agent", "state")
    moments = ("started_at", "joined_at", "ended_at", "full_until", "limited_until")
    return {
        **{name: getattr(session, name) for name in columns},
        **{name: _unless_for_ever(getattr(session, name)) for name in moments},
        "end_reason": session.end_reason or None,
        "timeline": [row_shape(session.public_id, row, notes=True) for row in session.timeline.all()],
        "files": session.attachments.all(),
        **{name: getattr(session, name).all() for name in ("documents", "drafts", "half_typed", "links", "devices")},
    }


def _unless_for_ever(moment: datetime | None) -> datetime | None:
    return None if moment == FOREVER else moment
