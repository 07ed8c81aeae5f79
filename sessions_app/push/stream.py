"""The push process's ASGI application: a route that streams, one where pages say that they are there, and one
that tells how it is doing."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from sessions_app.beats import Word, is_page
from sessions_app.push import tickets
from sessions_app.push.asgi import Headers, Receive, Scope, Send, allow_bursts, body, content, finishes_at_once, start
from sessions_app.push.hub import Connection
from sessions_app.push.service import Service
from sessions_app.push.timing import Timing

TEXT = b"text/plain; charset=utf-8"
RECONNECT_MILLISECONDS = (1_000, 5_000)
"""Browsers wait a random time in this range before they reconnect, so that they do not all return at once."""
UNSENT_BYTES = 256 * 1024
"""A client that is further behind than this, on top of what the kernel holds, is dropped."""
WORD_BYTES = 200

GUARDED: Headers = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"cross-origin"),  # pages are of another origin where push has its own
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]
"""Nothing here is a page, and nobody should take it for one."""

Route = Callable[[Scope, Receive, Send], Awaitable[None]]


class _NotNow(Exception):
    """Answered with this status and text."""

    def __init__(self, status: int, text: str, *, retry_after: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.headers: Headers = [(b"retry-after", str(retry_after).encode())] if retry_after else []


class PushApp:
    """`GET /push/stream?ticket=...` streams events, `GET /push/health` answers with figures, `POST /push/here?ticket=`
    takes a word of a page: `state` (`beats.Word`) and `page` (what it calls itself) as a form. Needs no database.

    Starts its service with the server's lifespan, or with the first request if the server has none. Made for uvicorn:
    see `asgi.cut` and `asgi.finishes_at_once`.
    """

    def __init__(self, timing: Timing | None = None) -> None:
        origin = urlsplit(settings.BASE_URL)
        self._shared: Headers = [
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
            (b"access-control-allow-origin", f"{origin.scheme}://{origin.netloc}".encode()),
            *GUARDED,
        ]
        if settings.SECURE_HSTS_SECONDS:
            lasts = f"max-age={settings.SECURE_HSTS_SECONDS}".encode()
            self._shared.append((b"strict-transport-security", lasts))
        self._timing = timing or Timing()
        self._service: Service | None = None
        self._routes: dict[str, tuple[str, Route]] = {
            "/push/stream": ("GET", self._open),
            "/push/health": ("GET", self._health),
            "/push/here": ("POST", self._here),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        elif scope["path"] not in self._routes:
            await self._answer(send, 404, b"There is nothing at this address.")
        else:
            await self._follow(*self._routes[scope["path"]], scope, receive, send)

    async def _follow(self, method: str, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != method:
            text = f"This address takes {method} only.".encode()
            await self._answer(send, 405, text, extra=[(b"allow", method.encode())])
            return
        try:
            await route(scope, receive, send)
        except _NotNow as problem:
            await self._answer(send, problem.status, str(problem).encode(), extra=problem.headers)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            if kind == "lifespan.startup":
                self._running()
            elif self._service is not None:
                await self._service.stop()
                self._service = None
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    def _running(self) -> Service:
        if self._service is None or self._service.loop is not asyncio.get_running_loop():
            self._service = Service(settings.REDIS_URL, self._timing)
        return self._service

    async def _health(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        hub = self._running().hub
        figures = json.dumps({"connections": len(hub), "redis": hub.live})
        await self._answer(send, 200, figures.encode(), kind=b"application/json")

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        service, ticket = self._running(), _ticket(scope)
        if service.hub.closed:
            raise _NotNow(503, "This server is stopping; ask again.")
        if service.hub.alike(ticket.topics) >= self._timing.alike:
            raise _NotNow(429, "Too many pages listen to this already. Close some of them.", retry_after=30)
        await send(start(200, [(b"content-type", b"text/event-stream"), *self._shared]))
        await self._hold(service, ticket, receive, send)

    async def _here(self, scope: Scope, receive: Receive, send: Send) -> None:
        ticket = _ticket(scope)
        if not ticket.beats:
            raise _NotNow(403, "Nothing needs to be said with this ticket.")
        said = parse_qs((await content(receive, WORD_BYTES)).decode("latin-1"))
        state, page = said.get("state", [""])[0], said.get("page", ["page"])[0]
        if state not in set(Word):
            raise _NotNow(400, f"`state` is one of {', '.join(Word)}.")
        if not is_page(page):
            raise _NotNow(400, "`page` is what the page calls itself: 1 to 32 small letters and digits.")
        self._running().words.hear(ticket.presence, page, Word(state), time.time())
        await self._answer(send, 200, b"")

    async def _hold(self, service: Service, ticket: tickets.Ticket, receive: Receive, send: Send) -> None:
        """Keep the connection until either side ends it. Nothing happens here: the hub does the sending."""
        allow_bursts(send, UNSENT_BYTES)
        connection = Connection(ticket, send)
        service.hub.add(connection)
        service.attendance.arrive(ticket)
        try:
            finishes_at_once(send(body(_hello(service.hub.live), more=True)))
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            service.hub.close(connection)  # the server is stopping and has run out of patience
        finally:
            service.hub.remove(connection)
            service.attendance.leave(ticket)

    async def _answer(
        self, send: Send, status: int, text: bytes, kind: bytes = TEXT, extra: Headers | None = None
    ) -> None:
        length = str(len(text)).encode()
        headers = [(b"content-type", kind), (b"content-length", length), *self._shared, *(extra or [])]
        await send(start(status, headers))
        await send(body(text, more=False))


def _ticket(scope: Scope) -> tickets.Ticket:
    text = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[0]
    try:
        return tickets.read(text, datetime.now(UTC))
    except tickets.InvalidTicket as problem:
        raise _NotNow(403, str(problem)) from problem


def _hello(live: bool) -> bytes:
    data = json.dumps({"live": live})
    pause = random.randint(*RECONNECT_MILLISECONDS)  # noqa: S311 - nobody gains by guessing it
    return f"retry: {pause}\nevent: hello\ndata: {data}\n\n".encode()
