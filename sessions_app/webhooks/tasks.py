"""Tasks of webhooks, in a queue of their own: whoever waits for a slow receiver keeps nobody else waiting."""

import logging
import time
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from sessions_app.models import LiveSession
from sessions_app.webhooks import actions, delivering, hearing, marking
from sessions_app.webhooks.models import WebhookAttempt, WebhookEndpoint, WebhookSecret

BUDGET = 20.0
"""Seconds after which a worker that sends to an endpoint lets others have their turn."""

LOOKS = 100
"""How often the second look goes on in one task, where there is much to look through."""

KEPT = timedelta(days=14)
"""For so long the log says what became of an attempt."""

REMOVED_AT_ONCE = 5_000

log = logging.getLogger(__name__)


@shared_task
def look() -> None:
    """Hear which sessions moved, and have replays go on and what is due sent. Beat calls it every second."""
    now = timezone.now()
    endpoints = list(WebhookEndpoint.objects.all())
    if not endpoints:
        return
    if moved := hearing.sessions_that_moved():
        sessions = list(LiveSession.objects.filter(public_id__in=moved).values_list("pk", flat=True))
        for endpoint in endpoints:
            marking.mark(endpoint, sessions, now)
    for endpoint in endpoints:
        if endpoint.replays_since:
            go_on_with_replay.apply_async((endpoint.pk,), expires=10)
    for endpoint in delivering.waiting(now):
        for _ in range(delivering.free_places(endpoint, now)):
            deliver.apply_async((endpoint.pk,), expires=10)


@shared_task
def look_again() -> None:
    """Find rows that nobody heard of. Beat calls it every minute."""
    for endpoint in WebhookEndpoint.objects.all():
        for _ in range(LOOKS):
            if not marking.second_look(endpoint, timezone.now()):
                break


@shared_task
def deliver(endpoint_id: int) -> None:
    """Send to an endpoint what is due, one session after the other."""
    ends = time.monotonic() + BUDGET
    while time.monotonic() < ends and (cursor := delivering.claim(endpoint_id, timezone.now())):
        try:
            while delivering.deliver_next(cursor, now=timezone.now()):
                if time.monotonic() >= ends:
                    delivering.release(cursor, timezone.now())
                    return
        except Exception:
            log.exception("Session %d could not be sent; it is tried again when its lease is over.", cursor.session_id)


@shared_task
def go_on_with_replay(endpoint_id: int) -> None:
    """Do the next part of what is replayed to an endpoint."""
    actions.go_on_with_replay(endpoint_id, timezone.now())


@shared_task
def remove_old() -> None:
    """Forget old attempts, and secrets that hold no more. Beat calls it every hour."""
    now = timezone.now()
    for secret in WebhookSecret.objects.filter(expires_at__lte=now):
        secret.delete()
    old = WebhookAttempt.objects.filter(at__lt=now - KEPT).order_by("at").values_list("pk", flat=True)
    while found := list(old[:REMOVED_AT_ONCE]):
        WebhookAttempt.objects.filter(pk__in=found).delete()
