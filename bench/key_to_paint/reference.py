"""What the way of a message is measured against: the least that takes a text from one browser to another.

A page, a POST that stores nothing and publishes, and the server-sent events of `bench.push.reference`.
"""

import json
import os

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bench.push.reference import CHANNEL, lifespan, stream

TOPIC = "room"
PAGE = """<!doctype html><html lang="en"><title>Reference</title>
<div id="rows"></div><textarea name="text"></textarea>
<script>
const text = document.querySelector("textarea");
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  fetch("/send", { method: "POST", body: text.value });
  text.value = "";
});
new EventSource("/stream?topic=room").addEventListener("row", (event) => {
  const row = document.createElement("p");
  row.textContent = JSON.parse(event.data).text;
  document.getElementById("rows").append(row);
});
</script>"""


async def page(_: Request) -> HTMLResponse:
    """Somebody's side of the conversation."""
    return HTMLResponse(PAGE)


async def send(request: Request) -> Response:
    """Pass a text on to everybody."""
    told = {"topic": TOPIC, "event": "row", "data": json.dumps({"text": (await request.body()).decode()})}
    async with Redis.from_url(os.environ["PARLEY_REDIS_URL"]) as redis:
        await redis.publish(CHANNEL, json.dumps(told))
    return Response(status_code=204)


application = Starlette(
    routes=[Route("/", page), Route("/send", send, methods=["POST"]), Route("/stream", stream)], lifespan=lifespan
)
