"""When a row is tried again, and when an endpoint is left in peace. Pure: no clock, no database, no chance."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=8),
)
"""After the first, second, ... failure of a row; after any later one as after the last."""

GIVEN_UP_AFTER = timedelta(days=1)
"""Since the first failure of a row. The last try is at its very end."""

SPREAD = 0.2
"""A delay is longer by a share of up to this, so that those who failed together do not come back together."""

LONGEST_ASKED_FOR = timedelta(hours=1)
"""A receiver may ask for this much time (`Retry-After`) and no more."""

PATIENT = 5
"""Failures in a row, of whatever sessions, after which an endpoint counts as down."""

RESTS = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5))
"""For how long an endpoint that is down is asked nothing; then a single row tries whether it is back."""


def next_try(
    tries: int, first_failed_at: datetime, now: datetime, *, luck: float, asked_for: timedelta | None = None
) -> datetime | None:
    """When a row that has failed `tries` times, just now for the last time, is tried again; None: it is given up.

    `luck`, from 0 to 1, decides on the spread.
    """
    last = first_failed_at + GIVEN_UP_AFTER
    if now >= last:
        return None
    delay = DELAYS[min(tries, len(DELAYS)) - 1] * (1 + SPREAD * luck)
    return min(now + max(delay, asked_for or timedelta(0)), last)


def rest(failures: int) -> timedelta | None:
    """For how long an endpoint that failed so often in a row is left in peace; None: not at all."""
    if failures < PATIENT:
        return None
    return RESTS[min(failures - PATIENT, len(RESTS) - 1)]


def asked_for(header: str, now: datetime) -> timedelta | None:
    """How much time a `Retry-After` header asks for, in seconds or until a date; None if it says nothing of use."""
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return min(timedelta(seconds=int(text[:9])), LONGEST_ASKED_FOR)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year, or a zone, that no number holds
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_ASKED_FOR)
