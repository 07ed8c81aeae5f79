"""Moments and lengths of time that many tests speak of."""

from datetime import UTC, datetime, timedelta

MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
STARTED = datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC)
ENDED = datetime(2026, 3, 2, 10, 0, 0, 123_456, tzinfo=UTC)
