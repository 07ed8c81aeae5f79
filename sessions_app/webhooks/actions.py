"""What people and integrations do to webhooks: used by Django admin and the REST API alike. The caller has seen to the
right. `now` is UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Min, QuerySet, Value
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _

from policies_app.models import Workstream
from sessions_app import outgoing
from sessions_app.encrypted import encrypted
from sessions_app.kinds import EntryKind
from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.outgoing import NotSent, Resolve
from sessions_app.webhooks import delivering, marking, signing
from sessions_app.webhooks.delivering import THE_WEB, Outgoing
from sessions_app.webhooks.events import trial_event
from sessions_app.webhooks.kinds import PauseReason
from sessions_app.webhooks.models import WebhookAttempt, WebhookCursor, WebhookEndpoint, WebhookSecret
from sessions_app.webhooks.wanted import next_row

LONGEST_OVERLAP = timedelta(days=30)

AT_ONCE = 1_000
"""So many sessions are sent again in one transaction."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set of an endpoint. Raises ValidationError, by field, from `checked` only."""

    name: str
    url: str
    workstreams: tuple[Workstream, ...] = ()
    kinds: tuple[str, ...] = ()
    with_notes: bool = False


# Endpoints ---------------------------------------------------------------------------------------------------------


def listed() -> QuerySet[WebhookEndpoint]:
    """All of them, by name."""
    return WebhookEndpoint.objects.prefetch_related("workstreams").order_by("name")


def check_url(url: str, *, resolve: Resolve = outgoing.resolve) -> None:
    """Raise ValidationError unless webhooks may be sent to this address, as its name is looked up now."""
    try:
        outgoing.target_of(url, allowed=settings.WEBHOOK_ALLOWED_NETWORKS, resolve=resolve)
    except NotSent as problem:
        raise ValidationError({"url": str(problem)}) from problem


def check_kinds(kinds: Iterable[str]) -> list[str]:
    """The kinds of rows, each once, in the order of the timeline's. Raises ValidationError for what is none."""
    asked = set(kinds)
    if unknown := sorted(asked - set(EntryKind)):
        raise ValidationError({"kinds": _("There is no kind of row called %s.") % ", ".join(unknown)})
    return [kind.value for kind in EntryKind if kind in asked]


def create(asked: Settings, *, now: datetime, resolve: Resolve = outgoing.resolve) -> tuple[WebhookEndpoint, str]:
    """A new endpoint, which hears of rows from now on, and its secret, which cannot be shown again.

    Raises ValidationError, by field.
    """
    check_url(asked.url, resolve=resolve)
    endpoint = _filled(WebhookEndpoint(created_at=now, since=now), asked)
    with transaction.atomic():
        secret = start(endpoint, now)
        endpoint.workstreams.set(asked.workstreams)
    return endpoint, secret


def change(endpoint: WebhookEndpoint, asked: Settings, *, resolve: Resolve = outgoing.resolve) -> None:
    """Set it anew. Raises ValidationError, by field."""
    if asked.url != endpoint.url:
        check_url(asked.url, resolve=resolve)
    _filled(endpoint, asked)
    with transaction.atomic():
        save_settings(endpoint)
        endpoint.workstreams.set(asked.workstreams)


def _filled(endpoint: WebhookEndpoint, asked: Settings) -> WebhookEndpoint:
    endpoint.name, endpoint.url, endpoint.with_notes = asked.name, asked.url, asked.with_notes
    endpoint.kinds = check_kinds(asked.kinds)
    endpoint.full_clean()
    return endpoint


@transaction.atomic
def start(endpoint: WebhookEndpoint, now: datetime) -> str:
    """Save an endpoint that was checked and is not saved yet: it hears of rows from now on. Returns its secret."""
    endpoint.created_at = endpoint.since = now
    endpoint.looked_through = marking.newest_row()
    endpoint.save()
    return add_secret(endpoint, now)


@transaction.atomic
def save_settings(endpoint: WebhookEndpoint) -> None:
    """Save what is set of an endpoint, and only that: workers write to the same row. Another address is asked at once,
    however the old one answered."""
    elsewhere = WebhookEndpoint.objects.filter(pk=endpoint.pk).exclude(url=endpoint.url)
    if elsewhere.update(failures=0, failing_since=None, rests_until=None, last_problem=""):
        held_up = WebhookCursor.objects.filter(endpoint=endpoint, tries__gt=0, next_try_at__isnull=False)
        marking.in_order(held_up).update(next_try_at=F("first_failed_at"))
    endpoint.save(update_fields=["name", "url", "kinds", "with_notes"])


@transaction.atomic
def delete(endpoint: WebhookEndpoint) -> None:
    """Remove it with its secrets, its log and all that waits for it. A worker that is sending finds nothing to note."""
    WebhookEndpoint.objects.select_for_update().filter(pk=endpoint.pk).first()
    WebhookAttempt.objects.filter(endpoint=endpoint).delete()
    marking.in_order(WebhookCursor.objects.filter(endpoint=endpoint)).delete()
    endpoint.delete()


# Secrets -----------------------------------------------------------------------------------------------------------


def add_secret(endpoint: WebhookEndpoint, now: datetime) -> str:
    """One more secret that holds; it cannot be shown again."""
    secret = signing.new_secret()
    WebhookSecret.objects.create(endpoint=endpoint, material=encrypted(secret), created_at=now)
    return secret


@transaction.atomic
def rotate(endpoint: WebhookEndpoint, *, overlap: timedelta, now: datetime) -> str:
    """A new secret, which cannot be shown again. Webhooks are signed with the old ones too until `overlap` is over.

    Raises ValueError for an overlap that is negative or longer than LONGEST_OVERLAP.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise ValueError(f"an overlap of {overlap} is not from 0 to {LONGEST_OVERLAP}")
    for old in endpoint.secrets.all():
        if old.expires_at is None or old.expires_at > now + overlap:
            old.expires_at = now + overlap
            old.save(update_fields=["expires_at"])
    return add_secret(endpoint, now)


# Pausing and sending again -----------------------------------------------------------------------------------------


def pause(endpoint: WebhookEndpoint, now: datetime) -> None:
    """Send nothing until `resume`. What happens meanwhile is kept for it. Nothing happens if it is paused already."""
    if not endpoint.is_paused:
        delivering.pause(endpoint, PauseReason.ASKED, now)


@transaction.atomic
def resume(endpoint: WebhookEndpoint, *, now: datetime, leave_out: bool = False) -> None:
    """Send again: at once, and what happened meanwhile first, unless that is to be left out for good.

    Sessions that were parked go on as well.
    """
    endpoint.is_paused, endpoint.pause_reason, endpoint.paused_at = False, "", None
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
    changed = ["is_paused", "pause_reason", "paused_at", "failures", "failing_since", "rests_until"]
    if leave_out:
        endpoint.since, endpoint.looked_through = now, marking.newest_row()
        endpoint.replays_since, endpoint.replayed_to = None, 0
        changed += ["since", "looked_through", "replays_since", "replayed_to"]
    endpoint.save(update_fields=changed)
    cursors = WebhookCursor.objects.filter(endpoint=endpoint)
    if leave_out:
        marking.in_order(cursors).delete()
    _again(cursors.filter(tries__gt=0), now)


def unpark(endpoint: WebhookEndpoint, now: datetime, session: LiveSession | None = None) -> int:
    """Try parked sessions again, one or all, beginning with the row that was given up. Returns how many."""
    parked = WebhookCursor.objects.filter(endpoint=endpoint, parked_at__isnull=False)
    return _again(parked.filter(session=session) if session else parked, now)


def skip(endpoint: WebhookEndpoint, session: LiveSession, now: datetime) -> bool:
    """Give the row that a parked session hangs on up for good, and go on with the next one. Returns whether it did."""
    parked = WebhookCursor.objects.filter(endpoint=endpoint, session=session, parked_at__isnull=False)
    cursor = parked.first()
    entry = next_row(endpoint, session, cursor.sent_number) if cursor else None
    if entry is None:
        return False
    return bool(parked.update(sent_number=entry.number, next_try_at=now, parked_at=None, tries=0, first_failed_at=None))


@transaction.atomic
def _again(cursors: QuerySet[WebhookCursor], now: datetime) -> int:
    return marking.in_order(cursors).update(next_try_at=now, parked_at=None, tries=0, first_failed_at=None)


def replay(endpoint: WebhookEndpoint, session: LiveSession, *, now: datetime, from_number: int = 1) -> None:
    """Send the rows of one session again, from a number on, with the ids that they had."""
    marking.rewind(endpoint, {session.pk: max(0, from_number - 1)}, now)


def replay_since(endpoint: WebhookEndpoint, since: datetime) -> None:
    """Send everything that was recorded from a moment on again, also from before there was the endpoint. Workers do it,
    part by part. One that is under way begins again, from the earlier moment of the two."""
    earlier = Least(Coalesce("replays_since", Value(since)), Value(since))
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(replays_since=earlier, replayed_to=0)


def go_on_with_replay(endpoint_id: int, now: datetime) -> None:
    """Do the next part of a replay, if there is one, and nobody does it at the same time."""
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None or endpoint.replays_since is None:
        return
    since, after = endpoint.replays_since, endpoint.replayed_to
    firsts = _firsts(since, after)
    more = len(firsts) == AT_ONCE
    still = WebhookEndpoint.objects.filter(pk=endpoint_id, replays_since=since, replayed_to=after)
    with transaction.atomic():
        if still.update(replays_since=since if more else None, replayed_to=firsts[-1][0] if more else 0):
            marking.rewind(endpoint, {session: first - 1 for session, first in firsts}, now)


def _firsts(since: datetime, after: int) -> list[tuple[int, int]]:
    """The keys of the next sessions behind one that have rows since then, each with the number of the first of them."""
    rows = TimelineEntry.objects.filter(pk__gt=_last_row_before(since), recorded_at__gte=since, session_id__gt=after)
    grouped = rows.order_by().values("session_id").annotate(first=Min("number")).order_by("session_id")
    return list(grouped.values_list("session_id", "first")[:AT_ONCE])


def _last_row_before(moment: datetime) -> int:
    """The key of a row up to which all are older, near the last one of which that is so: rows have no index by moment,
    and their keys follow it but for `marking.LAG`."""
    rows = TimelineEntry.objects.order_by("pk")
    low, newest = 0, rows.last()
    high = newest.pk if newest else 0
    while low < high:
        middle = (low + high) // 2
        row = rows.filter(pk__gt=middle).first()
        if row is not None and row.recorded_at + marking.LAG < moment:
            low = row.pk
        else:
            high = middle
    return low


def fire_test(endpoint: WebhookEndpoint, *, now: datetime, web: Outgoing = THE_WEB) -> WebhookAttempt:
    """Send a webhook of the type `parley.test` now, also while it is paused, and return what became of it. It is in the
    log; nothing else follows from it. Takes up to a quarter of a minute."""
    attempt, _answer = delivering.send(endpoint, trial_event(endpoint, now), now=now, web=web)
    attempt.save()
    return attempt
