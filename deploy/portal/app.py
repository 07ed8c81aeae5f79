"""The shop as a WSGI application. Its content security policy is the one that docs/widget.md asks of portals."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from deploy.portal.pages import FILES, PAGES, html
from deploy.portal.signing import ACCOUNTS, PortalKey

COOKIE = "harbour_lamps"
LONGEST_FORM = 1000

Start = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    body: str = ""
    kind: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shop:
    """Answers requests. `origin` is its own address, `parley` is Parley's; both without a slash at the end."""

    origin: str
    parley: str
    key: PortalKey

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        answer = self._answer(environ)
        body = answer.body.encode()
        start(
            f"{answer.status.value} {answer.status.phrase}",
            [
                ("Content-Type", f"{answer.kind}; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Content-Security-Policy", self.policy()),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "same-origin"),
                ("Cache-Control", "no-cache" if answer.kind == "text/html" else "no-store"),
                *answer.headers,
            ],
        )
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def policy(self) -> str:
        """Strict: the shop's own files, and of Parley what the chat widget needs."""
        needed = "; ".join(f"{directive} 'self' {self.parley}" for directive in ("script-src", "connect-src"))
        own = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
        return f"{own}; {needed}; frame-src {self.parley}; frame-ancestors 'none'"

    def _answer(self, environ: dict[str, Any]) -> Answer:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if method == "POST" and path in ("/sign-in", "/sign-out"):
            return self._sign_in_or_out(environ)
        if method not in ("GET", "HEAD"):
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, "Not allowed.")
        who = self.key.who(_cookie(environ))
        if path in PAGES:
            return Answer(HTTPStatus.OK, html(path, parley=self.parley, twin=self._twin(environ), who=who))
        if path == "/me.json":
            return Answer(HTTPStatus.OK, json.dumps(self._me(who)), "application/json")
        if kind := {"/shop.css": "text/css", "/shop.js": "text/javascript"}.get(path):
            return Answer(HTTPStatus.OK, (FILES / path[1:]).read_text(encoding="utf-8"), kind)
        return Answer(HTTPStatus.NOT_FOUND, "<!doctype html><title>Not found</title><p>There is no such page.</p>")

    def _me(self, who: str) -> dict[str, str]:
        """What the page's script hands to the chat widget."""
        return {"token": self.key.token(ACCOUNTS[who], now=datetime.now(UTC))} if who else {}

    def _sign_in_or_out(self, environ: dict[str, Any]) -> Answer:
        here = f"http://{environ.get('HTTP_HOST', '')}"
        if environ.get("HTTP_ORIGIN", here) != here:
            return Answer(HTTPStatus.FORBIDDEN, "This form belongs to another site.")
        size = min(int(environ.get("CONTENT_LENGTH") or 0), LONGEST_FORM)
        form = parse_qs(environ["wsgi.input"].read(size).decode("utf-8", "replace"))
        who, back = form.get("who", [""])[0], form.get("back", ["/"])[0]
        signs_in = environ["PATH_INFO"] == "/sign-in" and who in ACCOUNTS
        kept = self.key.cookie(who) if signs_in else "; Max-Age=0"
        cookie = f"{COOKIE}={kept}; Path=/; HttpOnly; SameSite=Lax"
        place = back if back in PAGES else "/"
        return Answer(HTTPStatus.SEE_OTHER, headers=(("Location", place), ("Set-Cookie", cookie)))

    def _twin(self, environ: dict[str, Any]) -> str:
        """The same shop under the other name of this computer. A browser keeps nothing of one for the other."""
        port = urlsplit(self.origin).port
        is_number = environ.get("HTTP_HOST", "").startswith("127.")
        return f"http://{'localhost' if is_number else '127.0.0.1'}:{port}"


def _cookie(environ: dict[str, Any]) -> str:
    try:
        found = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
