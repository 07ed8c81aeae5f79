"""Pages and push in one ASGI process: for tests and very small installations. Elsewhere run `wsgi` and `push`."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

from sessions_app.push.asgi import Receive, Scope, Send
from sessions_app.push.stream import PushApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

pages: Any = get_asgi_application()
push = PushApp()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hands everything under /push/ to the stream, and the server's start and stop with it; the rest to Django."""
    if scope["type"] != "http" or scope["path"].startswith("/push/"):
        await push(scope, receive, send)
    else:
        await pages(scope, receive, send)
