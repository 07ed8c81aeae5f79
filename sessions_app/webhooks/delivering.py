"""Sends rows to endpoints: at least once, in the order of each session, one worker at a time for each session.

1. A worker claims a session that is due: nobody else sends it to this endpoint until the lease is over.
2. It sends the next row that is for the endpoint. No transaction is open meanwhile.
3. Taken (2xx): the cursor moves on, if nobody has moved it meanwhile, and the next row follows.
4. Not taken: the session waits for the next try, then longer; after a day it is parked (`schedule`).
5. An endpoint that failed PATIENT times in a row is down: it rests, and one row at a time tries whether it is back.
   When one is taken, everything that waited for its next try is due at once.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from sessions_app import outgoing
from sessions_app.encrypted import Unreadable
from sessions_app.erased_rows import is_of_erased
from sessions_app.models import LiveSession
from sessions_app.outgoing import Answer, NotSent, Target
from sessions_app.webhooks import schedule, signing
from sessions_app.webhooks.events import Event, event_of
from sessions_app.webhooks.kinds import PauseReason
from sessions_app.webhooks.marking import LAST_NUMBER, in_order
from sessions_app.webhooks.models import WebhookAttempt, WebhookCursor, WebhookEndpoint
from sessions_app.webhooks.wanted import next_row

LEASE = timedelta(minutes=3)
"""Longer than any request takes. Renewed with each row."""

SIDE_BY_SIDE = 2
"""So many sessions are sent to one endpoint at the same time: the slow leave room for others."""

OUTAGE = timedelta(minutes=1)
"""Failures for less than this are no outage, after which everything would be tried again."""

MOST_KEPT = 2_000
"""Characters of an answer that the log keeps."""

Send = Callable[[Target, bytes, Mapping[str, str]], Answer]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How to look names up and how to send: what tests may give in place of the real thing."""

    resolve: outgoing.Resolve = outgoing.resolve
    send: Send = outgoing.post


THE_WEB = Outgoing()

# Whose turn it is --------------------------------------------------------------------------------------------------


def is_due(now: datetime) -> Q:
    """Of cursors: something is to be sent, and nobody is at it."""
    return Q(next_try_at__lte=now) & (Q(leased_until=None) | Q(leased_until__lte=now))


def waiting(now: datetime) -> QuerySet[WebhookEndpoint]:
    """Endpoints that something can be sent to."""
    due = WebhookCursor.objects.filter(is_due(now), endpoint=OuterRef("pk"))
    return WebhookEndpoint.objects.filter(_may_be_asked(now), Exists(due), is_paused=False)


def _may_be_asked(now: datetime) -> Q:
    return Q(rests_until=None) | Q(rests_until__lte=now)


def free_places(endpoint: WebhookEndpoint, now: datetime) -> int:
    """How many more workers may send to the endpoint."""
    held = WebhookCursor.objects.filter(endpoint=endpoint, leased_until__gt=now)
    return (1 if endpoint.failures >= schedule.PATIENT else SIDE_BY_SIDE) - held.count()


@transaction.atomic
def claim(endpoint_id: int, now: datetime) -> WebhookCursor | None:
    """The session whose turn it is at the endpoint, for the caller alone until `release`; None if there is none."""
    endpoint = waiting(now).filter(pk=endpoint_id).first()
    if endpoint is None or free_places(endpoint, now) <= 0 or not _is_first_to_ask(endpoint, now):
        return None
    due = WebhookCursor.objects.filter(is_due(now), endpoint=endpoint).order_by("next_try_at", "pk")
    cursor = due.select_for_update(skip_locked=True).first()
    if cursor is None:
        transaction.set_rollback(True)  # somebody else may ask then
        return None
    cursor.lease, cursor.leased_until = uuid4(), now + LEASE
    cursor.save(update_fields=["lease", "leased_until"])
    return cursor


def _is_first_to_ask(endpoint: WebhookEndpoint, now: datetime) -> bool:
    """Of an endpoint that is down, only one worker asks, and the others wait what becomes of it."""
    if endpoint.failures < schedule.PATIENT:
        return True
    asked = WebhookEndpoint.objects.filter(_may_be_asked(now), pk=endpoint.pk)
    return asked.update(rests_until=now + LEASE) == 1


def release(cursor: WebhookCursor, now: datetime) -> None:
    """Give a claimed session back. It is due at once if there are more rows, and not before there are if not."""
    more = Case(When(sent_number__lt=LAST_NUMBER, then=Value(now)), default=None)
    _mine(cursor).update(lease=None, leased_until=None, next_try_at=more)


def _mine(cursor: WebhookCursor) -> QuerySet[WebhookCursor]:
    return WebhookCursor.objects.filter(pk=cursor.pk, lease=cursor.lease)


# One row -----------------------------------------------------------------------------------------------------------


def deliver_next(cursor: WebhookCursor, *, now: datetime, web: Outgoing = THE_WEB) -> bool:
    """Send the next row of a claimed session. Returns whether to go on with it; if not, it was given back."""
    endpoint = WebhookEndpoint.objects.filter(pk=cursor.endpoint_id, is_paused=False).first()
    if endpoint is None:
        release(cursor, now)
        return False
    session = LiveSession.objects.get(pk=cursor.session_id)
    entry = next_row(endpoint, session, cursor.sent_number)
    if entry is None:
        _move_on(cursor, session.last_number, now)
        release(cursor, now)
        return False
    attempt, answer = send(endpoint, event_of(endpoint, session, entry), now=now, web=web)
    attempt.session, attempt.number = session, entry.number
    _log(attempt, session)
    if attempt.was_taken:
        _note_success(endpoint, now)
        return _move_on(cursor, entry.number, now)
    _note_failure(endpoint, cursor, attempt, answer, now)
    return False


def _log(attempt: WebhookAttempt, session: LiveSession) -> None:
    """Keep what became of it. Of a customer who was erased, also meanwhile, nothing that came back is kept: it may
    repeat what was sent."""
    attempt.save()
    if is_of_erased(session.pk):
        WebhookAttempt.objects.filter(pk=attempt.pk).update(answer="", problem="")


def send(
    endpoint: WebhookEndpoint, event: Event, *, now: datetime, web: Outgoing = THE_WEB
) -> tuple[WebhookAttempt, Answer | None]:
    """Sign and send. Returns what became of it, not saved yet, and the answer if there is one."""
    attempt = WebhookAttempt(endpoint=endpoint, event=event.id, at=now, milliseconds=0)
    begun, answer = time.monotonic(), None
    try:
        answer = _posted(endpoint, event, now, web)
        attempt.status, attempt.answer, attempt.problem = answer.status, _text(answer.body), _problem(answer)
    except NotSent as problem:
        attempt.problem = str(problem)[:300]
    except Unreadable:
        attempt.problem = "The secret was stored under another PARLEY_SECRET_KEY. Make a new one."
    attempt.milliseconds = int((time.monotonic() - begun) * 1000)
    return attempt, answer


def _posted(endpoint: WebhookEndpoint, event: Event, now: datetime, web: Outgoing) -> Answer:
    target = outgoing.target_of(endpoint.url, allowed=settings.WEBHOOK_ALLOWED_NETWORKS, resolve=web.resolve)
    told = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Parley-Webhooks",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    signed = signing.headers(event.id, event.body, signing.secrets_of(endpoint, now), now)
    return web.send(target, event.body.encode(), told | signed)


def _text(body: bytes) -> str:
    return _storable(body.decode("utf-8", "replace"))[:MOST_KEPT]


def _storable(text: str) -> str:
    """PostgreSQL has no text with a NUL."""
    return text.replace("\0", "�")


def _problem(answer: Answer) -> str:
    if 300 <= answer.status < 400:
        where = _storable(answer.headers.get("location", ""))
        return f"A redirect to {where or 'nowhere'} is not followed: set the address that it leads to."[:300]
    return ""


def _move_on(cursor: WebhookCursor, number: int, now: datetime) -> bool:
    """The rows up to this one are done with, unless somebody moved the cursor meanwhile. Returns whether it is ours."""
    still = _mine(cursor).filter(sent_number=cursor.sent_number)
    moved = still.update(sent_number=number, tries=0, first_failed_at=None, leased_until=now + LEASE)
    if not moved:
        release(cursor, now)
        return False
    cursor.sent_number = number
    return True


# What it says of the endpoint --------------------------------------------------------------------------------------


def _note_success(endpoint: WebhookEndpoint, now: datetime) -> None:
    if endpoint.failures == 0 and endpoint.last_success_at and endpoint.last_success_at > now - timedelta(seconds=10):
        return  # not worth a write with every row
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failures=0, failing_since=None, rests_until=None, last_success_at=now, last_problem=""
    )
    was_down = endpoint.failures >= schedule.PATIENT and endpoint.failing_since
    if was_down and endpoint.failing_since and endpoint.failing_since <= now - OUTAGE:
        held_up = WebhookCursor.objects.filter(endpoint=endpoint, tries__gt=0, next_try_at__gt=now)
        with transaction.atomic():
            in_order(held_up).update(next_try_at=now)


def _note_failure(
    endpoint: WebhookEndpoint, cursor: WebhookCursor, attempt: WebhookAttempt, answer: Answer | None, now: datetime
) -> None:
    asked = schedule.asked_for(answer.headers.get("retry-after", ""), now) if answer else None
    _try_later(cursor, asked, now)
    if attempt.status == 410:
        pause(endpoint, PauseReason.GONE, now)
    if attempt.status is None or attempt.status in (408, 429) or attempt.status >= 500:
        _count_failure(endpoint, attempt, asked, now)


def _try_later(cursor: WebhookCursor, asked: timedelta | None, now: datetime) -> None:
    first, tries = cursor.first_failed_at or now, cursor.tries + 1
    at = schedule.next_try(tries, first, now, luck=random.random(), asked_for=asked)  # noqa: S311 (no secret)
    still = _mine(cursor).filter(sent_number=cursor.sent_number)
    failed = still.update(
        tries=tries,
        first_failed_at=first,
        next_try_at=at,
        parked_at=None if at else now,
        lease=None,
        leased_until=None,
    )
    if not failed:
        release(cursor, now)


def _count_failure(endpoint: WebhookEndpoint, attempt: WebhookAttempt, asked: timedelta | None, now: datetime) -> None:
    """It is the endpoint that fails, not a row that it does not like."""
    resting = max(schedule.rest(endpoint.failures + 1) or timedelta(0), asked or timedelta(0))
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failures=F("failures") + 1,
        failing_since=Coalesce("failing_since", Value(now)),
        rests_until=now + resting if resting else None,
        last_problem=attempt.problem or f"It answers with status {attempt.status}.",
    )


def pause(endpoint: WebhookEndpoint, reason: PauseReason, now: datetime) -> None:
    """Send nothing more to the endpoint. What happens meanwhile is kept for it."""
    endpoint.is_paused, endpoint.pause_reason, endpoint.paused_at = True, reason, now
    endpoint.save(update_fields=["is_paused", "pause_reason", "paused_at"])
