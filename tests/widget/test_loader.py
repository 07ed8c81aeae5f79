"""What a portal's page fetches: the loader, and what that is told."""

import gzip
from typing import Any

import pytest
from django.test import Client

from policies_app.models import ChatWidget
from sessions_app.models import Customer
from sessions_app.widget.looks import origins_of, portal_csp
from tests.widget.framing import PORTAL, new_widget


@pytest.fixture
def widget(db: None) -> ChatWidget:
    return new_widget(title="Shop", launcher="Ask us", corner="left")


def test_the_loader_is_less_than_five_kilobytes_packed() -> None:
    packed = Client().get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < 5_000
    assert gzip.decompress(packed.content) == Client().get("/widget.js").content


def test_the_loader_is_public_and_asked_for_again_by_its_version() -> None:
    first = Client().get("/widget.js")
    assert first.status_code == 200 and first["Content-Type"].startswith("text/javascript")
    assert first["Cache-Control"] == "public, max-age=300" or first["Cache-Control"] == "max-age=300, public"
    assert first["Vary"] == "Accept-Encoding" and not first.cookies
    again = Client().get("/widget.js", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert Client().get("/widget.js", headers={"If-None-Match": '"another"'}).status_code == 200
    assert Client().post("/widget.js").status_code == 405


def config(widget: ChatWidget, origin: str | None = PORTAL, language: str = "en") -> Any:
    headers = {"Accept-Language": language} | ({"Origin": origin} if origin else {})
    return Client().get(f"/widget/{widget.key}/config.json", headers=headers)


def test_pages_of_allowed_origins_are_told_how_the_launcher_looks(widget: ChatWidget) -> None:
    answer = config(widget)
    assert answer["Access-Control-Allow-Origin"] == PORTAL
    assert "Origin" in answer["Vary"] and "Accept-Language" in answer["Vary"]
    said = answer.json()
    assert (said["title"], said["launcher"], said["corner"], said["open"]) == ("Shop", "Ask us", "left", True)
    assert (said["colour"], said["ink"], said["version"]) == ("#206bc4", "#ffffff", 1)


@pytest.mark.parametrize(
    ("language", "minimise"),
    [("en", "Minimise"), ("de-AT", "Minimieren"), ("es", "Minimizar"), ("fr-CA", "Réduire"), ("nl", "Minimise")],
)
def test_its_words_are_in_the_browsers_language_and_what_was_typed_stays(
    widget: ChatWidget, language: str, minimise: str
) -> None:
    said = config(widget, language=language).json()
    assert said["words"]["minimise"] == minimise and "{number}" in said["words"]["unread"]
    assert (said["title"], said["launcher"]) == ("Shop", "Ask us")


OTHERS = [
    None,
    "",
    "null",
    "https://evil.example.com",
    "http://shop.example.com",
    f"{PORTAL}:8443",
    f"{PORTAL}.evil.com",
]


@pytest.mark.parametrize("origin", OTHERS)
def test_other_pages_are_told_nothing(widget: ChatWidget, origin: str | None) -> None:
    answer = config(widget, origin)
    assert answer.status_code == 403 and "Access-Control-Allow-Origin" not in answer
    assert "Origin" in answer["Vary"] and "Shop" not in answer.content.decode()


def test_closed_is_told(widget: ChatWidget) -> None:
    ChatWidget.objects.update(hours={"0": []})
    assert config(widget).json()["open"] is False


def test_the_start_page_can_be_framed_by_allowed_origins_only(widget: ChatWidget) -> None:
    page = Client().get(f"/widget/{widget.key}/")
    assert page.status_code == 200 and not page.cookies
    assert f"frame-ancestors {PORTAL}" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page and page["Referrer-Policy"] == "no-referrer"
    ChatWidget.objects.update(allowed_origins=[])
    assert "frame-ancestors 'none'" in Client().get(f"/widget/{widget.key}/")["Content-Security-Policy"]


def test_there_is_no_widget_of_another_key(carla: Customer) -> None:
    assert Client().get("/widget/nothing/").status_code == 404
    assert Client().get("/widget/nothing/config.json", headers={"Origin": PORTAL}).status_code == 404


def test_only_what_is_an_origin_gets_into_a_header() -> None:
    named = [
        " HTTPS://Shop.example.com/ ",
        "*",
        "https://*",
        "'self'",
        "https://a b",
        "https://a;script-src *",
        7,
        "http://[::1]:80",
    ]
    assert origins_of(ChatWidget(allowed_origins=named)) == ["https://shop.example.com", "http://[::1]:80"]


def test_the_line_for_a_portals_policy_names_our_origin() -> None:
    assert (
        portal_csp()
        == "script-src http://localhost:8000; frame-src http://localhost:8000; connect-src http://localhost:8000"
    )
