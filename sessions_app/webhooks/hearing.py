"""Hears from the announcements for open pages which sessions have new rows: writing a row costs nothing more for it.

Only a hint. What it misses is found by the second look (`marking`).
"""

from typing import Any
from uuid import UUID

from redis import Redis

from sessions_app.live import session_of
from sessions_app.push.broker import broker
from sessions_app.push.wire import FIELD, STREAM, unpack

_PLACE = "parley:webhooks:heard"
"""Where in the stream the last look ended."""

_AT_ONCE = 1_000


def sessions_that_moved() -> set[UUID]:
    """The public ids of the sessions of which a row was announced since this was asked last, by whichever process."""
    moved: set[UUID] = set()
    while heard := broker().ask(_listen, None):
        moved |= _sessions_in(heard)
        if len(heard) < _AT_ONCE:
            break
    return moved


def _listen(redis: Redis) -> list[bytes] | None:
    """The next announcements. Raises RedisError."""
    place: Any = redis.get(_PLACE)
    entries: Any = redis.xrange(STREAM, b"(" + place if place else "-", "+", _AT_ONCE)
    if entries:
        redis.set(_PLACE, entries[-1][0])
    return [fields.get(FIELD.encode(), b"") for _, fields in entries]


def _sessions_in(batches: list[bytes]) -> set[UUID]:
    topics = {topic for batch in batches for topic, event, _ in unpack(batch) if event == b"row"}
    return {session for topic in topics if (session := session_of(topic))}
