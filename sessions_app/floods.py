"""Limits on how often anybody may try something: the one place for them. They are kept in Redis.

Times are those of the clock of the process that asks: a limit guards against floods and decides nothing else.
"""

import time
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import ConnectionPool, Redis

from sessions_app.push.broker import broker

ONE_HOME = 64
"""Of IPv6 everybody has so many bits of addresses to themselves; they count as one."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many (`most`) within any so many `seconds`, of each that the limit is asked about."""

    name: str
    most: int
    seconds: int


def allow(what: Limit, *keys: str) -> float | None:
    """Count one try of what these keys name. None: go on. Else it is one too many, is not counted, and may be made
    again in so many seconds.

    Everything goes on while Redis is away, which `push.broker` logs.
    """
    return broker().ask(lambda redis: _allow(redis, what, keys), None)


def standing(what: Limit, *keys: str) -> tuple[int, float]:
    """How many tries are left of what these keys name, and in how many seconds one more is. None is counted."""
    return broker().ask(lambda redis: _standing(redis, what, keys), (what.most, 0.0))


def one_home(address: str | None) -> str:
    """An address as a key of a limit; empty for what is none."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    return str(found) if found.version == 4 else str(ip_network((found, ONE_HOME), strict=False))


def _allow(redis: Redis, what: Limit, keys: tuple[str, ...]) -> float | None:
    if _limiter(redis.connection_pool).hit(_item(what), *keys):
        return None
    return _standing(redis, what, keys)[1]


def _standing(redis: Redis, what: Limit, keys: tuple[str, ...]) -> tuple[int, float]:
    stats = _limiter(redis.connection_pool).get_window_stats(_item(what), *keys)
    return stats.remaining, max(0.0, stats.reset_time - time.time())


def _item(what: Limit) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(what.most, what.seconds, namespace=f"parley.{what.name}")


@cache
def _limiter(pool: ConnectionPool) -> MovingWindowRateLimiter:
    """On the connections of the broker, so that nobody waits for a Redis that is known to be away."""
    return MovingWindowRateLimiter(RedisStorage("redis://", connection_pool=pool))
