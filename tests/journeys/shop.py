"""A small shop on an origin of its own, with the widget on its pages, under the strictest policy that it works with."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import FrameLocator, Page

from sessions_app.widget.looks import PORTAL_CSP
from tests.journeys.customers import said
from tests.stack import Stack

BODY = "<h1>Shoes</h1><p><a href='/other'>Other shoes</a> <input aria-label='Search'></p>" + "<p>Fine shoes.</p>" * 60
CSS = (
    "body > :last-child { color: green } * { box-sizing: content-box; font-size: 20px } parley-chat { display: block }"
)
SCRIPT = """
window.heard = [];
const names = ["open", "close", "started", "message", "unread", "ended", "elsewhere", "error"];
window.Parley = window.Parley || { q: [] };
for (const name of names) window.Parley.q.push(["on", name, (detail) => window.heard.push([name, detail])]);
if (location.hash === "#asks") window.Parley.q.push(["open"]);
window.shifts = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shifts += one.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


class Shop:
    """Pages at `url`: `/` with the tag, `/twice`, `/head` (the tag before there is a body), `/none` without it."""

    def __init__(self, parley: str) -> None:
        self.parley, self.key = parley, ""
        shop = self

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, text = shop.page(self.path.partition("?")[0])
                self.send_response(200)
                self.send_header("Content-Type", kind)
                allowed = PORTAL_CSP.format(parley=shop.parley).replace("script-src", "script-src 'self'")
                self.send_header(
                    "Content-Security-Policy", f"default-src 'none'; style-src 'self'; img-src data:; {allowed}"
                )
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def page(self, path: str) -> tuple[str, str]:
        if path == "/shop.css":
            return "text/css", CSS
        if path == "/shop.js":
            return "text/javascript", SCRIPT
        tag = f'<script async src="{self.parley}/widget.js" data-widget="{self.key}"></script>'
        before = {"/none": "", "/head": tag.replace("async ", "")}.get(path, "")
        after = {"/none": "", "/head": "", "/twice": tag * 2}.get(path, tag)
        head = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css"><script src="/shop.js"></script>'
        told = "<meta name=viewport content='width=device-width'><title>Shop</title>"
        start = f"<!doctype html><html lang=en><head>{told}{head}{before}</head>"
        return "text/html", f"{start}<body>{BODY}{after}</body></html>"


@contextmanager
def running(stack: Stack) -> Iterator[Shop]:
    """A shop whose widget is made, with reconnect, in a workstream of its own that agents pick from."""
    shop = Shop(stack.url)
    threading.Thread(target=shop.server.serve_forever, daemon=True).start()
    name = f"Shop {uuid4().hex[:6]}"
    code = f"""
from policies_app.models import ChatWidget
within = workstream("{name}", assignment="pick")
widget = ChatWidget.objects.create(
    name="{name}", workstream_id=within, allowed_origins=["{shop.url}"], reconnect_on=True, portal_url="{shop.url}/",
    title="Shop chat", launcher="Ask us", nobody_text="", greeting="How can we help?",
)
print(widget.key)
"""
    shop.key = said(stack, code)[-1]
    yield shop
    shop.server.shutdown()


def frame_of(page: Page) -> FrameLocator:
    """What is in the widget's frame."""
    return page.frame_locator("parley-chat iframe")


def answered(stack: Stack, shop: Shop, *texts: str) -> None:
    """Anna picks the newest chat of the shop, if nobody has, and writes."""
    code = f"""
from uuid import uuid4
from sessions_app.actions import Author, send_message
from sessions_app.kinds import Audience
session = LiveSession.objects.filter(widget__key="{shop.key}").latest("pk")
if session.state == "queued":
    pick(session.pk, anna, now=now)
for text in {texts!r}:
    send_message(session.pk, Author(Audience.AGENT, anna), text, key=uuid4(), now=timezone.now())
"""
    said(stack, code)


def file_from_agent(stack: Stack, shop: Shop, picture: Path) -> None:
    """Anna adds a picture."""
    code = f"""
from uuid import uuid4
from pathlib import Path
from django.core.files.uploadedfile import SimpleUploadedFile
from sessions_app.actions import Author, attach
from sessions_app.kinds import Audience
session = LiveSession.objects.filter(widget__key="{shop.key}").latest("pk")
sent = SimpleUploadedFile("shoe.png", Path({str(picture)!r}).read_bytes(), "image/png")
attach(session.pk, Author(Audience.AGENT, anna), sent, key=uuid4(), now=timezone.now())
"""
    said(stack, code)


def reconnect_link(stack: Stack, shop: Shop) -> str:
    """A reconnect link into the newest chat of the shop."""
    code = f"""
from sessions_app.widget.links import reconnect_address
session = LiveSession.objects.filter(widget__key="{shop.key}").latest("pk")
print(reconnect_address(session, by=anna, now=now))
"""
    return said(stack, code)[-1]
