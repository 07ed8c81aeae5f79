"""How endpoints stand, for lists and pages: nothing here counts far."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from sessions_app.webhooks.kinds import Standing
from sessions_app.webhooks.models import WebhookAttempt, WebhookCursor, WebhookEndpoint
from sessions_app.webhooks.schedule import PATIENT

MOST_COUNTED = 1_000
"""More than that is said to be more than that."""


@dataclass(frozen=True, slots=True)
class Health:
    """How many sessions wait because something is to be sent, and how many are parked: at most MOST_COUNTED + 1."""

    standing: Standing
    waiting: int
    parked: int


def health(endpoint: WebhookEndpoint) -> Health:
    """Two short counts."""
    cursors = WebhookCursor.objects.filter(endpoint=endpoint)
    waiting = cursors.filter(next_try_at__isnull=False)[: MOST_COUNTED + 1].count()
    count = parked(endpoint)[: MOST_COUNTED + 1].count()
    return Health(_standing(endpoint, count), waiting, count)


def _standing(endpoint: WebhookEndpoint, parked: int) -> Standing:
    if endpoint.is_paused:
        return Standing.PAUSED
    if endpoint.failures >= PATIENT:
        return Standing.FAILING
    return Standing.PARKED if parked else Standing.SENDING


def parked(endpoint: WebhookEndpoint) -> QuerySet[WebhookCursor]:
    """Sessions that hang on a row which was given up, the longest first."""
    found = WebhookCursor.objects.filter(endpoint=endpoint, parked_at__isnull=False)
    return found.select_related("session__customer").order_by("parked_at")


def attempts(
    endpoint: WebhookEndpoint, *, before: int | None = None, failed: bool = False, most: int = 50
) -> Sequence[WebhookAttempt]:
    """The log, newest first: what comes after the entry of key `before`, or its beginning."""
    found = WebhookAttempt.objects.filter(endpoint=endpoint).select_related("session__customer").order_by("-pk")
    found = found.filter(pk__lt=before) if before else found
    return list((found.exclude(status__gte=200, status__lt=300) if failed else found)[:most])
