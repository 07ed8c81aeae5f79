"""Who is connected to this process: counted, with time to come back, no Redis."""

import asyncio
import contextlib

from sessions_app.push.tickets import Ticket

Told = dict[str, set[str]]
"""For each name the topics that hear about it."""


class _Attendant:
    __slots__ = ("connections", "tells")

    def __init__(self) -> None:
        self.connections = 0
        self.tells: set[str] = set()


class Attendance:
    """Connections by name. `changed` is set when there is something to `take`. Belongs to one event loop."""

    def __init__(self, grace: float) -> None:
        self.changed = asyncio.Event()
        self._grace = grace
        self._here: dict[str, _Attendant] = {}
        self._came: Told = {}
        self._leaving: dict[str, float] = {}

    def arrive(self, ticket: Ticket) -> None:
        """A connection with this ticket was opened."""
        for name, tells in ticket.presence.items():
            newcomer = name not in self._here
            attendant = self._here.setdefault(name, _Attendant())
            self._leaving.pop(name, None)
            attendant.connections += 1
            new = set(tells) - attendant.tells
            if new or newcomer:
                attendant.tells |= new
                self._came.setdefault(name, set()).update(new)
                self.changed.set()

    def leave(self, ticket: Ticket) -> None:
        """A connection with this ticket is gone. For every name of which it was the last, the grace begins."""
        for name in ticket.presence:
            attendant = self._here.get(name)
            if attendant is None:
                continue
            attendant.connections -= 1
            if not attendant.connections:
                self._leaving[name] = asyncio.get_running_loop().time() + self._grace
                self.changed.set()

    async def wait(self, until: float) -> None:
        """Return when somebody came, when a grace is over, or at `until` (loop time)."""
        moment = min(until, next(iter(self._leaving.values()), until))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(moment):
                await self.changed.wait()
        self.changed.clear()

    def take(self, now: float) -> tuple[Told, Told]:
        """Who came since the last time, with the topics that have not heard of it yet, and whose grace is over at `now`
        (loop time), with all topics that ever heard of them."""
        gone = [name for name, moment in self._leaving.items() if now >= moment]
        for name in gone:
            del self._leaving[name]
        came, self._came = self._came, {}
        left = {name: self._here.pop(name).tells for name in gone}
        return {name: topics for name, topics in came.items() if name not in left}, left

    def everybody_came(self) -> None:
        """Have `take` report everybody as new."""
        self._came = {name: set(attendant.tells) for name, attendant in self._here.items()}

    def tells(self, names: Told) -> Told:
        """All topics that hear of these names, as far as they are still here."""
        return {name: self._here[name].tells for name in names if name in self._here}
