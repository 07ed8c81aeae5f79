"""Until when the customers of widgets count as there, by what their pages say (rules.md 2).

Every page of such a customer says every few seconds that it is open, and at once that it is hidden or is being closed:
a word. Each word carries how far it reaches, and a customer is there until the furthest reach of their pages. So nobody
has to notice that somebody left: the moment simply passes. It is the `d` of rules.md 5, to within the pause between
two words, however late it is read, and does not depend on which push process heard what, or whether it still lives.

Redis holds that moment for every customer, and the reach of each of their pages. What it does not know it says nothing
about: while it is away, or no push process listens, nobody counts as gone.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from redis import Redis

from sessions_app.push.broker import broker

THERE_UNTIL = "parley:push:there-until"
"""The sorted set of customers by the moment (Unix time) until which they count as there."""
PAGES = "parley:push:pages"
"""The hash of the reach of each customer's pages, as JSON."""
LISTENING = "parley:push:listening"
"""Since when (Unix time) push processes have been listening without a gap. Expires by itself when none is left."""

LATE_SECONDS = 3.0
"""A word may be this late before its absence is believed: the moment that is then believed is the earlier one."""
EXPECTED_SECONDS = 15.0
"""How long the page of somebody who has just come in may take until it says something."""
MOST_LOST = 20_000

_EXPECTED = "-"
_PAGE = re.compile(r"[0-9a-z]{1,32}")

REACH_FURTHER = """
local now = tonumber(ARGV[1])
for i = 2, #ARGV, 3 do
  local name, page, reach = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  local known = redis.call('HGET', KEYS[2], name)
  local pages, count, last, left = known and cjson.decode(known) or {}, 0, 0, {}
  pages['-'] = nil
  for _ in pairs(pages) do count = count + 1 end
  if not pages[page] and count >= 20 then page = 'more' end
  pages[page] = reach
  for one, its in pairs(pages) do
    last = math.max(last, its)
    if its > now then left[one] = its end
  end
  redis.call('ZADD', KEYS[1], last, name)
  if next(left) then redis.call('HSET', KEYS[2], name, cjson.encode(left)) else redis.call('HDEL', KEYS[2], name) end
end
"""
"""KEYS: THERE_UNTIL, PAGES. ARGV: now, then name, page and reach of each word. What was only expected is over with the
first real word. A page beyond the twentieth shares a place, so that nobody can fill Redis."""

_FORGET = """
for i = 1, #ARGV, 2 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score and tonumber(score) <= tonumber(ARGV[i + 1]) then
    redis.call('ZREM', KEYS[1], ARGV[i])
    redis.call('HDEL', KEYS[2], ARGV[i])
  end
end
"""


class Word(StrEnum):
    """What a page says of itself."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    CLOSING = "closing"


def is_page(text: str) -> bool:
    """Whether a page may call itself so."""
    return _PAGE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Heard:
    """What Redis knew of some customers at one moment. Without `since` nobody listens, and nobody counts as gone."""

    since: float | None = None
    until: Mapping[str, float] = field(default_factory=dict)

    def is_there(self, name: str, now: datetime) -> bool:
        """Whether a page of theirs is open, or only hidden for a while."""
        return now.timestamp() < self.until.get(name, 0.0)

    def lost_at(self, name: str, now: datetime) -> datetime | None:
        """Since when they have been gone (UTC); None while they are there or it is not known.

        After a time in which nobody listened they are gone since it was over, at the earliest: no page could be heard.
        """
        if self.since is None or name not in self.until:
            return None
        at = max(self.until[name], self.since + LATE_SECONDS)
        return datetime.fromtimestamp(at, UTC) if at + LATE_SECONDS <= now.timestamp() else None


def heard(names: Sequence[str]) -> Heard:
    """What is known of these customers. One round trip. Never raises: while Redis is away nothing is known."""
    return broker().ask(lambda redis: _heard(redis, names), Heard()) if names else Heard()


def lost(now: datetime) -> dict[str, datetime]:
    """Who is gone, and since when (UTC), longest first. As `heard`; at most 20,000, until they are forgotten."""
    known = broker().ask(lambda redis: _gone(redis, now), Heard())
    found = {name: known.lost_at(name, now) for name in known.until}
    return {name: at for name, at in found.items() if at is not None}


def expect(name: str, now: datetime) -> None:
    """This customer has just come in: they count as there until their page says something, for 15 s at most. Never
    raises."""
    told = (now.timestamp(), name, _EXPECTED, now.timestamp() + EXPECTED_SECONDS)
    broker().ask(lambda redis: redis.eval(REACH_FURTHER, 2, THERE_UNTIL, PAGES, *map(str, told)), None)


def count_as_gone(names: Iterable[str], now: datetime) -> None:
    """These are gone since `now`, unless something is known of them. Never raises."""
    scores = dict.fromkeys(names, now.timestamp())
    if scores:
        broker().ask(lambda redis: redis.zadd(THERE_UNTIL, scores, nx=True), None)


def forget(gone: Mapping[str, datetime]) -> None:
    """Nobody needs to know any more that these are gone. Who has been heard since stays. Never raises."""
    told = [str(one) for name, at in gone.items() for one in (name, at.timestamp())]
    if told:
        broker().ask(lambda redis: redis.eval(_FORGET, 2, THERE_UNTIL, PAGES, *told), None)


def _heard(redis: Redis, names: Sequence[str]) -> Heard:
    with redis.pipeline(transaction=False) as pipeline:
        pipeline.get(LISTENING)
        pipeline.zmscore(THERE_UNTIL, list(names))
        since, scores = cast("tuple[Any, Any]", pipeline.execute())
    found = {name: score for name, score in zip(names, scores, strict=True) if score is not None}
    return Heard(float(since) if since else None, found)


def _gone(redis: Redis, now: datetime) -> Heard:
    with redis.pipeline(transaction=False) as pipeline:
        pipeline.get(LISTENING)
        pipeline.zrangebyscore(THERE_UNTIL, "-inf", now.timestamp(), 0, MOST_LOST, withscores=True)
        since, found = cast("tuple[Any, Any]", pipeline.execute())
    return Heard(float(since) if since else None, {name.decode(): score for name, score in found})
