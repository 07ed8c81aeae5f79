"""What the push process is measured against: server-sent events from Redis as they are usually written.

Starlette and sse-starlette, one Redis subscription per process, a queue per connection.
"""

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

CHANNEL = "reference"

queues: defaultdict[str, set[asyncio.Queue[dict[str, str]]]] = defaultdict(set)


async def relay(redis: Redis) -> None:
    """Hand every announcement to the queues of its topic."""
    async with redis.pubsub() as subscription:
        await subscription.subscribe(CHANNEL)
        async for message in subscription.listen():
            if message["type"] == "message":
                told = json.loads(message["data"])
                for queue in queues.get(told["topic"], ()):
                    queue.put_nowait(told)


async def events(topic: str) -> AsyncIterator[dict[str, str]]:
    """What one connection is sent."""
    queue: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    queues[topic].add(queue)
    try:
        yield {"event": "hello", "data": "{}"}
        while True:
            told = await queue.get()
            yield {"event": told["event"], "data": told["data"]}
    finally:
        queues[topic].discard(queue)


async def stream(request: Request) -> EventSourceResponse:
    """The one route."""
    return EventSourceResponse(events(request.query_params["topic"]), ping=20)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Subscribe while the server runs."""
    async with Redis.from_url(os.environ["PARLEY_REDIS_URL"]) as redis:
        task = asyncio.create_task(relay(redis))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


application = Starlette(routes=[Route("/stream", stream)], lifespan=lifespan)
