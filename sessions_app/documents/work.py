"""Which heavy work is under way, or waits for another try: so that nobody does it twice, and nobody forgets it.

It is kept in the cache. Where that is lost work is done once more, which does no harm, since what comes of it is
recorded once.
"""

from dataclasses import dataclass

from django.core.cache import cache

LONGEST = 180
"""Seconds after which work that did not end is taken to be dead: more than CELERY_TASK_TIME_LIMIT."""

DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work: what kind, and on which row."""

    kind: str
    id: int

    def begin(self) -> bool:
        """Claim it. False if somebody works on it now."""
        return bool(cache.add(self._key("under_way"), 1, LONGEST))

    def end(self) -> None:
        """It is done, or has failed in a way that was noticed."""
        cache.delete_many([self._key("under_way"), self._key("waits"), self._key("begun")])

    def had_died(self) -> bool:
        """Whether the try before this one never came to an end, such as when its process was killed. Marks this one as
        begun."""
        return not cache.add(self._key("begun"), 1, DAY)

    def wait(self, seconds: int) -> None:
        """It is ordered again for then: until a little later nobody need look after it."""
        cache.set(self._key("waits"), 1, seconds + 60)

    def tries(self) -> int:
        """How often it was tried today, this time included."""
        cache.add(self._key("tries"), 0, DAY)
        return int(cache.incr(self._key("tries")))

    def is_looked_after(self) -> bool:
        """Whether somebody works on it, or soon will."""
        return bool(cache.get_many([self._key("under_way"), self._key("waits")]))

    def _key(self, what: str) -> str:
        return f"parley.work.{self.kind}.{self.id}.{what}"
