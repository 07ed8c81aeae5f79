"""What became of attempts to come in by links, for the link console (product.md D5). No token is ever kept here."""

from datetime import datetime

from django.conf import settings

from policies_app.models import ChatWidget
from sessions_app import floods
from sessions_app.devices import LONGEST_NAME, Browser
from sessions_app.kinds import LinkKind, LinkOutcome
from sessions_app.limits_table import NOTED_ATTEMPTS
from sessions_app.models import AccessLink, LinkEvent

BATCH = 5_000
UNLINKED = (LinkOutcome.UNKNOWN, LinkOutcome.TOO_MANY)


def note(
    outcome: LinkOutcome,
    *,
    link: AccessLink | None = None,
    widget: ChatWidget | None = None,
    browser: Browser,
    address: str | None = None,
    now: datetime,
) -> None:
    """Note an attempt; `widget` is where it was made, `address` where it came from, which is not stored."""
    if outcome in UNLINKED and floods.allow(NOTED_ATTEMPTS, floods.one_home(address)) is not None:
        return
    LinkEvent.objects.create(link=link, widget=widget, at=now, outcome=outcome, user_agent=browser.name[:LONGEST_NAME])


def forget_old(now: datetime, *, batch: int = BATCH, most_batches: int = 200) -> int:
    """Remove the attempts that were made `settings.LINK_ATTEMPTS_KEPT` before `now` or longer ago; how many there were.

    In short transactions, oldest first: a table that was never tidied up is done over several calls.
    """
    removed = 0
    old = LinkEvent.objects.filter(at__lte=now - settings.LINK_ATTEMPTS_KEPT).order_by("at")
    for _batch in range(most_batches):
        keys = list(old.values_list("pk", flat=True)[:batch])
        removed += LinkEvent.objects.filter(pk__in=keys).delete()[0]
        if len(keys) < batch:
            break
    return removed


def outcome_of_standing(link: AccessLink | None) -> LinkOutcome:
    """Why nobody comes in by a link where links of customers lead, which those of portals do not (`links.find`)."""
    if link is None or link.kind == LinkKind.RECONNECT:
        return LinkOutcome.UNKNOWN
    return LinkOutcome.REVOKED if link.revoked_at else LinkOutcome.OVER
