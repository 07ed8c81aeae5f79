"""The checklist of Mozilla's Observatory, and what it leaves out, over every kind of answer of an installation."""

import asyncio
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, path

from config.urls import handler400, handler500  # noqa: F401 - those that are tested
from config.urls import urlpatterns as usual
from policies_app.kinds import AccessSetting
from sessions_app import limits_table, links
from sessions_app.limits_table import Row
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.push.asgi import Event
from sessions_app.push.stream import PushApp
from tests.cast import address, browser_of, come_in, message, set_policy
from tests.moments import STARTED
from tests.security.production import HOST, OVER_HTTPS, PUSH, over_https, settings_of, visitor
from tests.widget.framing import PORTAL, new_widget, room_of, widget_session


def _breaks(request: object) -> HttpResponseBase:
    raise RuntimeError("as if something were wrong with us")


urlpatterns: list[URLPattern | URLResolver] = [*usual, path("breaks/", _breaks)]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return settings_of(tmp_path_factory.mktemp("production"))


@pytest.fixture(autouse=True)
def _production(settings: Any, told: dict[str, Any], tmp_path: Path) -> None:
    for name, value in told.items():
        setattr(settings, name, value)
    settings.ALLOWED_HOSTS = [*told["ALLOWED_HOSTS"], "testserver"]  # where the cast does what went before
    (tmp_path / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    settings.STATIC_ROOT = tmp_path
    settings.ROOT_URLCONF = __name__


class Cast:
    """Who may ask for what: everybody is in one session, and in one chat of a widget."""

    def __init__(self, session: LiveSession, chat: LiveSession, admin: User) -> None:
        self.session, self.chat, self.admin = session, chat, admin

    @property
    def customer(self) -> Client:
        return over_https(come_in(self.session))

    @property
    def agent(self) -> Client:
        assert self.session.agent
        return over_https(browser_of(self.session.agent))

    @property
    def administrator(self) -> Client:
        browser = over_https(Client())
        browser.force_login(self.admin)
        return browser

    def link(self) -> str:
        return links.mint(self.session, by=self.session.agent, now=STARTED).removeprefix(f"https://{HOST}")


@pytest.fixture
def cast(session: LiveSession, anna: Agent, dan: Customer, admin_user: User) -> Cast:
    widget = new_widget(key="shop-widget")
    return Cast(session, widget_session(widget, dan), admin_user)


def _too_large(cast: Cast) -> HttpResponseBase:
    huge = SimpleUploadedFile("huge.txt", b"x" * (12 * 1024 * 1024), "text/plain")
    return cast.customer.post(address(cast.session, "customer", "file"), {"file": huge, "key": message()["key"]})


def _too_often(cast: Cast) -> HttpResponseBase:
    before = limits_table.TABLE
    limits_table.TABLE = (Row("joins", 0, 60, looks=("join",)),)
    try:
        return visitor().get("/join/whatever/")
    finally:
        limits_table.TABLE = before


def _broken(cast: Cast) -> HttpResponseBase:
    return visitor(raise_request_exception=False).get("/breaks/")


def _download(cast: Cast) -> HttpResponseBase:
    sent = SimpleUploadedFile("note.txt", b"what I mean", "text/plain")
    customer = cast.customer
    customer.post(address(cast.session, "customer", "file"), {"file": sent, "key": message()["key"]})
    stored = cast.session.attachments.get()
    return customer.get(address(cast.session, "customer", "files", str(stored.public_id)))


Asked = Callable[[Cast], HttpResponseBase]
PAGES: dict[str, tuple[int, Asked]] = {
    "sign-in": (200, lambda cast: visitor().get("/sign-in/")),
    "signing in": (200, lambda cast: visitor().post("/sign-in/", {"username": "a", "password": "b"})),
    "link": (200, lambda cast: visitor().get(cast.link())),
    "coming in": (302, lambda cast: visitor().post(cast.link())),
    "wrong link": (404, lambda cast: visitor().get("/join/whatever/")),
    "not let in": (403, lambda cast: visitor().get(address(cast.session, "customer"))),
    "customer's room": (200, lambda cast: cast.customer.get(address(cast.session, "customer"))),
    "updates": (200, lambda cast: cast.customer.get(address(cast.session, "customer", "updates"))),
    "transcript": (200, lambda cast: cast.customer.get(address(cast.session, "customer", "transcript") + "?as=text")),
    "manifest": (200, lambda cast: cast.customer.get(f"{address(cast.session, 'customer')}manifest.webmanifest")),
    "download": (200, _download),
    "widget's start": (200, lambda cast: visitor().get("/widget/shop-widget/")),
    "widget's room": (200, lambda cast: visitor().get(room_of(cast.chat))),
    "widget's script": (200, lambda cast: visitor().get("/widget.js")),
    "widget's words": (200, lambda cast: visitor().get("/widget/shop-widget/config.json", headers={"origin": PORTAL})),
    "widget elsewhere": (403, lambda cast: visitor().get("/widget/shop-widget/config.json")),
    "seat that is none": (404, lambda cast: visitor().get("/f/made-up/c/")),
    "welcome": (200, lambda cast: cast.agent.get("/")),
    "agent's room": (200, lambda cast: cast.agent.get(address(cast.session, "agent"))),
    "search": (200, lambda cast: cast.agent.get("/search/?q=a")),
    "supervise": (403, lambda cast: cast.agent.get("/supervise/")),
    "signed out": (302, lambda cast: visitor().get("/")),
    "admin": (200, lambda cast: cast.administrator.get("/admin/")),
    "admin's form": (200, lambda cast: cast.administrator.get("/admin/policies_app/chatwidget/add/")),
    "admin's list": (200, lambda cast: cast.administrator.get("/admin/sessions_app/livesession/")),
    "verify": (200, lambda cast: cast.administrator.get("/admin/sessions_app/livesession/verify/")),
    "nothing": (404, lambda cast: visitor().get("/nothing/")),
    "not understood": (400, lambda cast: visitor().get("/", headers={"host": "evil.example"})),
    "too large": (413, _too_large),
    "too often": (429, _too_often),
    "broken": (500, _broken),
    "health": (200, lambda cast: visitor().get("/health/ready")),
    "static file": (200, lambda cast: visitor().get("/static/icon.svg")),
}
ADMIN = {"admin", "admin's form", "admin's list", "verify"}
FRAMED = {"widget's start", "widget's room"}
OF_OTHERS = FRAMED | {"widget's script"}
KEPT = {"widget's script": "public", "widget's words": "public", "static file": "public"}
"""What browsers may keep, being about nobody."""


@pytest.fixture(params=PAGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def answers() -> dict[str, HttpResponseBase]:
    """Each page is asked for once, by the first check that looks at it."""
    return {}


@pytest.fixture
def answer(name: str, answers: dict[str, HttpResponseBase], request: pytest.FixtureRequest) -> HttpResponseBase:
    if name not in answers:
        status, ask = PAGES[name]
        answers[name] = ask(request.getfixturevalue("cast"))
        assert answers[name].status_code == status, name
    return answers[name]


def policy_of(answer: HttpResponseBase) -> dict[str, list[str]]:
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {directive: sources for directive, *sources in parts}


def html_of(answer: HttpResponseBase) -> str:
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    return bytes(getattr(answer, "content", b"")).decode() if is_page else ""


class Inline(HTMLParser):
    """What a page carries itself that could run or style, and what it loads from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.foreign: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        has = dict(given)
        if tag == "script" and "src" not in has and has.get("type") != "application/json":
            self.scripts.append(str(given))
        self.scripts += [name for name, text in given if name.startswith("on") or _runs(text)]
        self.styles += [tag] if tag == "style" or "style" in has else []
        loads = [has.get("src")] + ([has.get("href")] if tag == "link" else [])
        self.foreign += [one for one in loads if one and re.match(r"(?:[a-z]+:)?//", one)]


def _runs(text: str | None) -> bool:
    return (text or "").strip().lower().startswith("javascript:")


# The checklist -----------------------------------------------------------------------------------------------------


def test_content_security_policy(name: str, answer: HttpResponseBase) -> None:
    if name == "static file":
        return  # files of ours, which are nobody's page
    policy = policy_of(answer)
    if name == "download":
        assert policy == {"sandbox": [], "default-src": ["'none'"]}
        return
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert policy["script-src"] == (["'self'", "'unsafe-eval'"] if name in ADMIN else ["'self'"])
    assert policy["style-src"] == (["'self'", "'unsafe-inline'"] if name in ADMIN else ["'self'"])
    assert sorted(policy["connect-src"]) == sorted(["'self'", PUSH])
    assert ("require-trusted-types-for" in policy) == (name not in ADMIN)


def test_framing(name: str, answer: HttpResponseBase) -> None:
    if name in {"static file", "download"}:
        return
    assert policy_of(answer)["frame-ancestors"] == ([PORTAL] if name in FRAMED else ["'none'"])
    assert answer.headers.get("X-Frame-Options") == (None if name in FRAMED else "DENY")


def test_cookies(name: str, answer: HttpResponseBase) -> None:
    for cookie, kept in getattr(answer, "cookies", {}).items():
        assert kept["secure"] and kept["samesite"] in {"Lax", "Strict"}, cookie
        assert kept["httponly"] or cookie == "csrftoken", f"{cookie}: scripts need only the token against forgery"
    if name in OF_OTHERS:
        assert not getattr(answer, "cookies", {}), "browsers keep none there"


def test_sharing_with_other_origins(name: str, answer: HttpResponseBase) -> None:
    shared = {"widget's script": "*", "widget's words": PORTAL}
    assert answer.headers.get("Access-Control-Allow-Origin") == shared.get(name)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    policy = "cross-origin" if name in OF_OTHERS else "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == policy
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_redirects_stay_here(name: str, answer: HttpResponseBase) -> None:
    assert re.match(r"/(?!/)|$", answer.headers.get("Location", "")), "a path, and of this host"


def test_referrers(name: str, answer: HttpResponseBase) -> None:
    kept = "no-referrer" if name in FRAMED else "same-origin"
    from_links = {"link", "coming in", "wrong link", "too often"}
    assert answer.headers["Referrer-Policy"] == ("strict-origin" if name in from_links else kept)


def test_strict_transport_security(name: str, answer: HttpResponseBase) -> None:
    seconds = re.match(r"max-age=(\d+)", answer.headers["Strict-Transport-Security"])
    assert seconds and int(seconds[1]) >= 15_768_000


def test_nothing_is_loaded_from_elsewhere_or_inline(name: str, answer: HttpResponseBase) -> None:
    """So no subresource integrity is needed, and the content security policy breaks nothing."""
    page = Inline(html_of(answer))
    assert page.scripts == page.foreign == []
    assert name in ADMIN or page.styles == []


def test_types_are_believed(name: str, answer: HttpResponseBase) -> None:
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not html_of(answer) or "charset=utf-8" in answer.headers["Content-Type"]


def test_what_pages_may_use(name: str, answer: HttpResponseBase) -> None:
    allowed = answer.headers["Permissions-Policy"]
    assert {"camera=()", "microphone=()", "geolocation=()", "payment=()"} <= set(allowed.split(", "))


def test_what_browsers_keep(name: str, answer: HttpResponseBase) -> None:
    assert KEPT.get(name, "no-store") in answer.headers["Cache-Control"]


def test_nothing_says_what_runs_here(name: str, answer: HttpResponseBase) -> None:
    assert not {"Server", "X-Powered-By"} & set(answer.headers)
    assert "Traceback" not in html_of(answer)


ERRORS = ["nothing", "not understood", "too large", "too often", "broken", "not let in", "wrong link"]


@pytest.mark.parametrize("name", ERRORS, indirect=False)
def test_error_pages_are_ours_and_lead_on(name: str, answer: HttpResponseBase) -> None:
    page = html_of(answer)
    assert "<h1" in page and ("<a " in page or "<form" in page)


# The push processes ------------------------------------------------------------------------------------------------


def pushed(path: str) -> Event:
    """How a push process begins its answer."""
    sent: list[Event] = []

    async def receive() -> Event:
        return {"type": "http.disconnect"}

    async def send(event: Event) -> None:
        sent.append(event)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b""}
    asyncio.run(PushApp()(scope, receive, send))
    return sent[0]


@pytest.mark.parametrize(("path", "status"), [("/push/stream", 403), ("/push/nothing", 404), ("/push/here", 405)])
def test_push(path: str, status: int) -> None:
    begun = pushed(path)
    assert begun["status"] == status
    headers = dict(begun["headers"])
    assert headers[b"access-control-allow-origin"] == f"https://{HOST}".encode()
    assert headers[b"cache-control"] == b"no-store" and headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"content-security-policy"] == b"default-src 'none'; frame-ancestors 'none'"
    assert headers[b"referrer-policy"] == b"no-referrer" and headers[b"x-frame-options"] == b"DENY"
    assert headers[b"cross-origin-resource-policy"] == b"cross-origin"
    assert headers[b"strict-transport-security"].startswith(b"max-age=")
    assert b"access-control-allow-credentials" not in headers


# Where customers are sent -------------------------------------------------------------------------------------------


def test_the_link_to_elsewhere_takes_no_address_along(session: LiveSession) -> None:
    set_policy(access=AccessSetting.FULL_UNLIMITED, redirect_customer="https://thanks.example.net/")
    customer = over_https(come_in(session))
    ended = customer.post(address(session, "customer", "end"))
    page = customer.get(ended.headers["Location"])
    assert "example.net" not in page.headers["Content-Security-Policy"]
    outside = re.findall(r"<a [^>]*href=\"https?://[^>]*>", html_of(page))
    assert outside and [link for link in outside if 'rel="noreferrer"' not in link] == []


# The templates ------------------------------------------------------------------------------------------------------


def test_no_template_has_anything_inline() -> None:
    """But for letters, since mail programs load no files, and for the one that is django-unfold's in our folder."""
    templates = Path(__file__).parents[2] / "templates"
    for one in templates.rglob("*.html"):
        folder = one.relative_to(templates).parts[0]
        if folder in {"mail", "unfold"}:
            continue
        page = Inline(re.sub(r"{%.*?%}|{#.*?#}|{{.*?}}", "", one.read_text(encoding="utf-8"), flags=re.DOTALL))
        assert page.scripts == page.foreign == [], one
        assert page.styles == [], one


def test_production_says_what_it_does(told: dict[str, Any]) -> None:
    assert told["SESSION_COOKIE_SECURE"] and told["CSRF_COOKIE_SECURE"] and OVER_HTTPS["SERVER_NAME"] == HOST
