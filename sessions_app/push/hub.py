"""Fan-out in memory: which connection hears which topic, and handing it on without waiting for anybody."""

import asyncio
from collections.abc import Callable, Collection

from sessions_app.push.asgi import Event, Send, body, cut, finishes_at_once
from sessions_app.push.tickets import Ticket
from sessions_app.push.wire import EVERYONE, frame

PING = body(frame(b"ping", b"{}"), more=True)
LIVE = body(frame(b"live", b"{}"), more=True)
DEGRADED = body(frame(b"degraded", b"{}"), more=True)
RESYNC = body(frame(b"resync", b"{}"), more=True)
END = body(b"", more=False)
PING_SLICE = 50
PING_PAUSE = 0.005


class Connection:
    """An open stream. Small on purpose: there are thousands."""

    __slots__ = ("beats", "expires", "send", "topics")

    def __init__(self, ticket: Ticket, send: Send) -> None:
        self.topics = ticket.topics
        self.expires = ticket.expires_at.timestamp()
        self.send = send
        self.beats = tuple(ticket.presence) if ticket.beats else ()


class Hub:
    """The open connections of this process. Belongs to one event loop; nothing in it waits for a client.

    `live` says whether announcements reach this process at the moment; `closed` that it takes no new connections.
    """

    def __init__(self) -> None:
        self.live = False
        self.closed = False
        self._connections: set[Connection] = set()
        self._by_topic: dict[str, set[Connection]] = {}
        self._beating: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._connections)

    def alike(self, topics: Collection[str]) -> int:
        """How many connections hear the first of these topics: the tabs of one side of a room, or of an agent."""
        return len(self._by_topic.get(next(iter(topics), ""), ()))

    def add(self, connection: Connection) -> None:
        """Deliver to this connection from now on."""
        self._connections.add(connection)
        if connection.beats:
            self._beating.add(connection)
        for topic in connection.topics:
            self._by_topic.setdefault(topic, set()).add(connection)

    def remove(self, connection: Connection) -> None:
        """Deliver no more to this connection. May be called again."""
        self._connections.discard(connection)
        self._beating.discard(connection)
        for topic in connection.topics:
            listeners = self._by_topic.get(topic)
            if listeners is not None:
                listeners.discard(connection)
                if not listeners:
                    del self._by_topic[topic]

    def deliver(self, topic: str, event: bytes, data: bytes, now: float) -> int:
        """Hand one event to whoever listens to `topic` and whose ticket is not over at `now` (Unix time).

        Returns how many connections listen. A client that is too slow to take it is cut off: its browser reconnects
        and catches up.
        """
        listeners = self._connections if topic == EVERYONE else self._by_topic.get(topic)
        if not listeners:
            return 0
        return self._hand(tuple(listeners), body(frame(event, data), more=True), now)

    def go_live(self, now: float, *, missed: bool) -> None:
        """Announcements arrive again; `missed` if some may never do."""
        self.live = True
        self._hand(tuple(self._connections), LIVE, now)
        if missed:
            self._hand(tuple(self._connections), RESYNC, now)

    def degrade(self, now: float) -> None:
        """No announcements arrive until further notice."""
        if self.live:
            self.live = False
            self._hand(tuple(self._connections), DEGRADED, now)

    async def ping(self, clock: Callable[[], float]) -> None:
        """A sign of life for every connection, some at a time, so that announcements need not wait for the last."""
        everybody = tuple(self._connections)
        for first in range(0, len(everybody), PING_SLICE):
            still_here = [one for one in everybody[first : first + PING_SLICE] if one in self._connections]
            self._hand(still_here, PING, clock())
            await asyncio.sleep(PING_PAUSE)

    def expire(self, now: float) -> None:
        """Close the connections whose ticket is over."""
        for connection in [one for one in self._connections if now >= one.expires]:
            self.close(connection)

    def close(self, connection: Connection) -> None:
        """End this stream politely if the client takes it at once."""
        self.remove(connection)
        if not finishes_at_once(connection.send(END)):
            cut(connection.send)

    def beating(self) -> list[Connection]:
        """The connections of those whose pages say that they are there."""
        return list(self._beating)

    def drop(self, connection: Connection) -> None:
        """Break this connection: nobody is expected at its other end."""
        self.remove(connection)
        cut(connection.send)

    def close_all(self) -> None:
        """End every stream and take no new ones."""
        self.closed = True
        for connection in tuple(self._connections):
            self.close(connection)

    def _hand(self, connections: Collection[Connection], message: Event, now: float) -> int:
        for connection in connections:
            if now >= connection.expires:
                self.close(connection)
            elif not finishes_at_once(connection.send(message)):
                self.drop(connection)
        return len(connections)
