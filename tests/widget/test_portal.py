"""The shop of `make run`: what it says of its customers is believed, and it lives under the policy that we document."""

import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from config.environment import BASE_DIR
from deploy.portal.app import Shop
from deploy.portal.pages import PAGES
from deploy.portal.signing import ACCOUNTS, AUDIENCE, PortalKey
from policies_app.models import ChatWidget
from sessions_app.widget import examples
from sessions_app.widget.identity import BadIdentity, Identity, identify
from tests.cast import general

PORTAL, PARLEY = "http://localhost:8002", "http://localhost:8000"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(PORTAL, PARLEY, PortalKey.kept_in(tmp_path))


class Visitor:
    """Asks the shop, and keeps its cookie."""

    def __init__(self, shop: Shop) -> None:
        self._shop, self.cookie = shop, ""

    def ask(self, path: str, method: str = "GET", origin: str = PORTAL, **form: str) -> str:
        body = urlencode(form).encode()
        environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_HOST": "localhost:8002"}
        more: dict[str, Any] = {"HTTP_COOKIE": self.cookie, "CONTENT_LENGTH": str(len(body)), "HTTP_ORIGIN": origin}
        pieces = self._shop(environ | more | {"wsgi.input": io.BytesIO(body)}, self._begin)
        return b"".join(pieces).decode()

    def sign_in(self, who: str) -> None:
        self.ask("/sign-in", "POST", who=who, back="/")

    def token(self) -> str:
        return str(json.loads(self.ask("/me.json")).get("token", ""))

    def _begin(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = int(status.split(maxsplit=1)[0]), dict(headers)
        if "Set-Cookie" in self.headers:
            self.cookie = self.headers["Set-Cookie"].partition(";")[0]


@pytest.fixture
def visitor(shop: Shop) -> Visitor:
    return Visitor(shop)


@pytest.fixture
def widgets(db: None, shop: Shop) -> None:
    general()
    examples.load(PORTAL, shop.key.public_pem(), now=timezone.now())


def test_each_page_with_a_chat_has_a_widget_of_the_demo() -> None:
    assert {page.widget for page in PAGES.values()} - {""} == {example.key for example in examples.EXAMPLES}
    assert {example.page: example.key for example in examples.EXAMPLES} == {
        path: page.widget for path, page in PAGES.items() if page.widget
    }
    assert AUDIENCE == examples.AUDIENCE


def test_who_signs_in_at_the_shop_is_believed_by_each_widget(widgets: None, visitor: Visitor) -> None:
    assert visitor.token() == ""
    for who, account in ACCOUNTS.items():
        visitor.sign_in(who)
        assert account.name in visitor.ask("/")
        for widget in ChatWidget.objects.all():
            told = identify(widget, visitor.token(), now=timezone.now())
            assert told == Identity(account.number, account.name, account.email)
    visitor.ask("/sign-out", "POST")
    assert visitor.token() == ""


def test_nobody_signs_in_by_a_cookie_of_their_own(visitor: Visitor) -> None:
    visitor.sign_in("mia")
    mine = visitor.cookie
    for made_up in (mine.replace("mia", "noah"), mine[:-1], "harbour_lamps=mia.", "harbour_lamps", "\xff=;"):
        visitor.cookie = made_up
        assert visitor.token() == ""


def test_another_site_signs_nobody_in(visitor: Visitor) -> None:
    visitor.ask("/sign-in", "POST", origin="https://attacker.example", who="mia")
    assert visitor.status == 403 and not visitor.cookie


def test_signing_in_leads_back_to_the_page_and_nowhere_else(visitor: Visitor) -> None:
    for back, place in (
        ("/one-minute/", "/one-minute/"),
        ("https://attacker.example/", "/"),
        ("//attacker.example", "/"),
    ):
        visitor.ask("/sign-in", "POST", who="noah", back=back)
        assert (visitor.status, visitor.headers["Location"]) == (303, place)


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_nothing_inline(visitor: Visitor, path: str) -> None:
    page = visitor.ask(path)
    assert visitor.status == 200
    assert not re.search(r"<style|<script>|\sstyle=|\son\w+=|javascript:|\$", page)
    assert bool(PAGES[path].widget) == (f'<script async src="{PARLEY}/widget.js"' in page)


def test_its_policy_is_the_documented_line_and_its_own_files(visitor: Visitor) -> None:
    visitor.ask("/")
    policy = dict(part.strip().partition(" ")[::2] for part in visitor.headers["Content-Security-Policy"].split(";"))
    told = re.search(r"^    (script-src .+)$", (BASE_DIR / "docs/widget.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert told is not None
    for part in told[1].replace("https://parley.example.com", PARLEY).split(";"):
        directive, _, source = part.strip().partition(" ")
        assert set(policy.pop(directive).split()) - {"'self'"} == set(source.split())
    assert policy["default-src"] == "'none'"
    assert all(sources in ("'self'", "'none'") for sources in policy.values())


SERVED = [("/shop.css", "GET", 200), ("/shop.js", "GET", 200)]
NOT_SERVED = [("/page.html", "GET", 404), ("/../app.py", "GET", 404), ("/", "PUT", 405)]


@pytest.mark.parametrize(("path", "method", "status"), [*SERVED, *NOT_SERVED])
def test_nothing_else_is_served(visitor: Visitor, path: str, method: str, status: int) -> None:
    visitor.ask(path, method)
    assert visitor.status == status


def test_the_key_is_kept_and_is_the_owners(tmp_path: Path) -> None:
    first, again = PortalKey.kept_in(tmp_path), PortalKey.kept_in(tmp_path)
    assert first.public_pem() == again.public_pem()
    assert (tmp_path / "portal_key.pem").stat().st_mode & 0o077 == 0


def test_the_demo_follows_the_shop_to_another_port_and_key(widgets: None, tmp_path: Path) -> None:
    widget = ChatWidget.objects.get(key="demo-one-minute")
    widget.allowed_origins = ["https://mine.example", *widget.allowed_origins]
    widget.greeting = "Mine"
    widget.save()
    other = tmp_path / "other"
    other.mkdir()
    key = PortalKey.kept_in(other)
    examples.load("http://localhost:9002", key.public_pem(), now=timezone.now())
    widget.refresh_from_db()
    assert widget.allowed_origins == ["https://mine.example", "http://localhost:9002", "http://127.0.0.1:9002"]
    assert (widget.portal_url, widget.redirect_url) == (
        "http://localhost:9002/one-minute/",
        "http://localhost:9002/over/",
    )
    assert widget.greeting == "Mine"
    now = timezone.now()
    assert identify(widget, key.token(ACCOUNTS["mia"], now=now), now=now).subject == "customer-1001"
    with pytest.raises(BadIdentity):
        identify(widget, PortalKey.kept_in(tmp_path).token(ACCOUNTS["mia"], now=now), now=now)
