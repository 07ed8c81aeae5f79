"""What the page of an endpoint shows in Django admin."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sessions_app.explain.words import clock_time
from sessions_app.kinds import EntryKind
from sessions_app.models import TimelineEntry
from sessions_app.webhooks.asking import outcome
from sessions_app.webhooks.kinds import PauseReason, Standing
from sessions_app.webhooks.models import WebhookAttempt, WebhookCursor, WebhookEndpoint
from sessions_app.webhooks.schedule import GIVEN_UP_AFTER
from sessions_app.webhooks.selectors import MOST_COUNTED, Health, attempts, health, parked

PER_PAGE = 50
COLOURS = {standing: standing.colour for standing in Standing}


def number(count: int) -> str:
    """A count that does not go far."""
    return str(count) if count <= MOST_COUNTED else _("more than %d") % MOST_COUNTED


def page_of(endpoint: WebhookEndpoint, asked: Mapping[str, str]) -> dict[str, Any]:
    """The context of the page: `before` and `failed` in the query choose what it shows of the log."""
    stands, before = health(endpoint), asked.get("before", "")
    failed = asked.get("failed") == "1"
    oldest = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    log = attempts(endpoint, before=oldest, failed=failed, most=PER_PAGE + 1)
    return {
        "title": endpoint.name,
        "standing": {"text": _(stands.standing.label), "colour": stands.standing.colour},
        "facts": _facts(endpoint, stands),
        "parked": [_hanging(cursor) for cursor in parked(endpoint)[:PER_PAGE]],
        "parked_in_all": number(stands.parked),
        "given_up_after": _("a day") if GIVEN_UP_AFTER.days == 1 else str(GIVEN_UP_AFTER),
        "attempts": [_told(attempt) for attempt in log[:PER_PAGE]],
        "older": log[PER_PAGE - 1].pk if len(log) > PER_PAGE else None,
        "failed": failed,
        "secrets": [_secret(one.created_at, one.expires_at) for one in endpoint.secrets.order_by("-pk")],
    }


def _facts(endpoint: WebhookEndpoint, stands: Health) -> list[tuple[str, str]]:
    """Labels and values; only what there is."""
    kinds = ", ".join(_(EntryKind(kind).label) for kind in endpoint.kinds) or _("all")
    notes = _("with notes of agents") if endpoint.with_notes else _("without notes of agents")
    facts = [
        (_("Address"), endpoint.url),
        (_("Workstreams"), ", ".join(str(one) for one in endpoint.workstreams.order_by("name")) or _("all")),
        (_("Kinds of rows"), f"{kinds}, {notes}"),
        (_("Sessions that wait"), number(stands.waiting)),
        (_("Parked sessions"), number(stands.parked)),
        (_("Why it is paused"), _(PauseReason(endpoint.pause_reason).label) if endpoint.is_paused else ""),
        (_("Last problem"), endpoint.last_problem),
    ]
    moments = [
        (_("Paused since"), endpoint.paused_at),
        (_("Hears of rows since"), endpoint.since),
        (_("Being sent again: everything since"), endpoint.replays_since),
        (_("Last delivered"), endpoint.last_success_at),
        (_("Fails since"), endpoint.failing_since),
        (_("Asked again from"), endpoint.rests_until),
    ]
    return [
        *((label, text) for label, text in facts if text),
        *((label, clock_time(at)) for label, at in moments if at),
    ]


def _hanging(cursor: WebhookCursor) -> dict[str, Any]:
    """A parked session, and the row that it hangs on."""
    row = TimelineEntry.objects.filter(session=cursor.session_id, number__gt=cursor.sent_number).order_by("number")
    return {
        "session": cursor.session,
        "after": cursor.sent_number,
        "kind": _(EntryKind(row[0].kind).label) if row else "",
        "since": clock_time(cursor.first_failed_at) if cursor.first_failed_at else "",
        "parked": clock_time(cursor.parked_at) if cursor.parked_at else "",
    }


def _told(attempt: WebhookAttempt) -> dict[str, Any]:
    return {
        "at": clock_time(attempt.at),
        "session": attempt.session,
        "number": attempt.number,
        "event": attempt.event,
        "outcome": outcome(attempt),
        "colour": "success" if attempt.was_taken else "danger",
        "word": _("taken") if attempt.was_taken else _("not taken"),
        "milliseconds": attempt.milliseconds,
        "answer": attempt.answer,
    }


def _secret(created_at: datetime, expires_at: datetime | None) -> dict[str, str]:
    return {"created": clock_time(created_at), "until": clock_time(expires_at) if expires_at else ""}
