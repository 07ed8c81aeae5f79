"""The little of ASGI that the push process uses."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

Scope = dict[str, Any]
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Coroutine[Any, Any, None]]
Headers = list[tuple[bytes, bytes]]


def start(status: int, headers: Headers) -> Event:
    """The event that begins a response."""
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(content: bytes, *, more: bool) -> Event:
    """The event that carries a part of a response; it is the last part unless there is `more`."""
    return {"type": "http.response.body", "body": content, "more_body": more}


async def content(receive: Receive, most: int) -> bytes:
    """The body of a request; empty if it is longer than `most` bytes, or the client is gone."""
    whole = b""
    while True:
        event = await receive()
        whole += bytes(event.get("body", b""))
        if event["type"] != "http.request" or len(whole) > most:
            return b""
        if not event.get("more_body"):
            return whole


def finishes_at_once(sending: Coroutine[Any, Any, None]) -> bool:
    """Drive `sending` one step. False if it would have to wait (it is then given up) or if the client is gone."""
    try:
        sending.send(None)
    except StopIteration:
        return True
    except Exception:  # noqa: BLE001 - whatever the server raises for a connection that it has lost
        return False
    sending.close()
    return False


def cut(send: Send) -> None:
    """Break the connection behind `send` without waiting for what is still unsent.

    ASGI has no word for this, and closing politely would keep the connection of a client that reads nothing until TCP
    gives up. uvicorn's `send` is a method of an object that knows the transport; under a server where it is not, the
    connection merely gets no more pings, which the browser notices.
    """
    transport = _transport(send)
    if transport is not None:
        transport.abort()


def allow_bursts(send: Send, size: int) -> None:
    """Let `size` bytes wait unsent behind `send` before the client counts as too slow (uvicorn's 64 KiB are less than
    a busy moment), as far as the server lets us; see `cut`."""
    transport = _transport(send)
    if transport is not None:
        transport.set_write_buffer_limits(high=size)


def _transport(send: Send) -> Any:
    return getattr(getattr(send, "__self__", None), "transport", None)
