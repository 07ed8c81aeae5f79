"""The nginx configuration that is delivered does what docs/operating.md says of it."""

import json
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import HTTPHandler, Request, build_opener

import pytest

from tests.security.proxy import AS_IF_FROM, HOST, Proxy, proxy

pytestmark = pytest.mark.nginx


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxy(tmp_path_factory.mktemp("nginx")) as running:
        yield running


Answer = tuple[int, dict[str, str], bytes]


def ask(through: Proxy, path: str, *lines: str, method: str = "GET") -> Answer:
    with through.connect() as line:
        begin(line, path, *lines, method=method)
        return answer(line)


def begin(line: ssl.SSLSocket, path: str, *lines: str, method: str = "GET", length: int = 0) -> None:
    head = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Connection: close", f"Content-Length: {length}", *lines]
    line.sendall("\r\n".join([*head, "", ""]).encode())


def rest_of(line: ssl.SSLSocket) -> bytes:
    """Everything until the other side closes."""
    whole = b""
    while piece := line.recv(65536):
        whole += piece
    return whole


def answer(line: ssl.SSLSocket) -> Answer:
    """Status, headers, body."""
    head, _blank, body = rest_of(line).partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = dict(one.lower().split(": ", 1) for one in rest)
    return int(first.split()[1]), headers, body


def test_pages_learn_who_asks_and_nothing_that_was_made_up(usual: Proxy) -> None:
    status, _headers, body = ask(usual, "/join/x/?a=b", "X-Forwarded-For: 198.51.100.1", "X-Forwarded-Proto: http")
    told = json.loads(body)
    assert status == 200 and told["path"] == "/join/x/?a=b"
    assert told["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert told["headers"]["x-forwarded-proto"] == "https" and told["headers"]["host"] == HOST


def test_http_leads_to_https(usual: Proxy) -> None:
    class Stays(HTTPHandler):
        def http_response(self, request: Request, response: object) -> object:
            return response

    opener = build_opener(Stays)
    opener.handlers = [one for one in opener.handlers if "Redirect" not in type(one).__name__]
    opener.process_response = {}
    asked = Request(f"http://127.0.0.1:{usual.plain}/join/x/", headers={"Host": HOST})
    with opener.open(asked) as found:
        assert (found.status, found.headers["Location"]) == (308, f"https://{HOST}/join/x/")


def test_static_files_never_reach_parley_and_may_be_kept(usual: Proxy) -> None:
    status, headers, body = ask(usual, "/static/parley.css")
    assert (status, body) == (200, b"body { }")
    assert "immutable" in headers["cache-control"] and headers["x-content-type-options"] == "nosniff"
    assert not [path for path in usual.behind.reached if path.startswith("/static/")]
    assert json.loads(ask(usual, "/static../parley.conf")[2])["path"] == "/static../parley.conf", "none of its files"


def test_live_updates_come_through_piece_by_piece(usual: Proxy) -> None:
    with usual.connect() as line:
        begin(line, "/push/stream?ticket=x")
        heard = b""
        while b"first" not in heard:
            heard += line.recv(65536)
        usual.behind.go_on.set()  # only now does the rest follow: the first piece did not wait for it
        assert b"second" in rest_of(line)


def test_a_large_body_is_refused_before_it_is_sent(usual: Proxy) -> None:
    with usual.connect() as line:
        begin(line, "/c/room/file/", method="POST", length=13 * 1024 * 1024)
        status, headers, body = answer(line)
    assert status == 413 and b"too large" in body and headers["cache-control"] == "no-store"
    assert "/c/room/file/" not in usual.behind.reached


def test_what_lets_somebody_in_is_in_no_log(usual: Proxy) -> None:
    for path in ("/join/secret-token/", "/f/secret-seat/c/", "/?parley.reconnect=secret-link"):
        ask(usual, path, "Referer: https://parley.example.com/join/secret-referrer/")
    assert "/join/..." in usual.log and "secret" not in usual.log


def test_a_slow_body_is_cut_off_and_never_holds_up_parley(tmp_path: Path) -> None:
    patience = {"client_body_timeout   15s": "client_body_timeout 1s"}
    with proxy(tmp_path, **patience) as running, running.connect() as line:
        begin(line, "/c/room/message/", method="POST", length=100)
        line.sendall(b"text=")
        said = b""
        with suppress(OSError):
            said = rest_of(line)
        assert said == b"" or b" 408 " in said.partition(b"\r\n")[0]
        assert running.behind.reached == []


def test_too_many_connections_of_one_address_are_refused_in_words(tmp_path: Path) -> None:
    with proxy(tmp_path, **{"limit_conn parley_connections 1000": "limit_conn parley_connections 2"}) as running:
        held = [running.connect() for _ in range(2)]
        for line in held:
            begin(line, "/push/stream?ticket=x")
            assert line.recv(64)
        status, headers, body = ask(running, "/")
        assert status == 429 and headers["retry-after"] == "5" and b"try again" in body
        for line in held:
            line.close()


def test_too_many_requests_of_one_address_are_refused_but_not_words_of_open_pages(tmp_path: Path) -> None:
    with proxy(tmp_path, **{"rate=50r/s": "rate=1r/m", "burst=200": "burst=2"}) as running:
        assert [ask(running, "/")[0] for _ in range(5)] == [200, 200, 200, 429, 429]
        running.behind.go_on.set()
        assert [ask(running, "/push/here", method="POST")[0] for _ in range(5)] == [200] * 5


def test_all_addresses_of_one_home_are_counted_together_and_another_home_is_not(tmp_path: Path) -> None:
    """Of IPv6 everybody has 2 to the power of 64 addresses to flood from."""
    with proxy(tmp_path, **{"rate=50r/s": "rate=1r/m", "burst=200": "burst=1"}) as running:

        def asked(address: str) -> int:
            return ask(running, "/", AS_IF_FROM + address)[0]

        assert [asked(f"2001:db8:1:a0a::{number}") for number in (1, 2, 3)] == [200, 200, 429]
        assert asked("2001:db8:1:a0a:ffff:a0a:1:1") == 429
        assert asked("2001:db8:1:a0b::1") == 200
        assert [asked(f"192.0.2.{number}") for number in (1, 2, 3)] == [200] * 3


def test_where_agents_work_nobody_is_kept_out_by_others(tmp_path: Path) -> None:
    office = {'{ default ""; }  ': '{ default ""; 203.0.113.0/24 1; }  '}
    with proxy(tmp_path, **office, **{"rate=50r/s": "rate=1r/m", "burst=200": "burst=1"}) as running:
        assert [ask(running, "/", f"{AS_IF_FROM}203.0.113.9")[0] for _ in range(5)] == [200] * 5
        assert [ask(running, "/", f"{AS_IF_FROM}198.51.100.9")[0] for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("status", [413, 429, 503])
def test_refusals_are_in_the_form_that_is_expected_where_they_happen(tmp_path: Path, status: int) -> None:
    few = {"rate=50r/s": "rate=1r/m", "burst=200": "burst=1"} if status == 429 else {}
    length = 13 * 1024 * 1024 if status == 413 else 0
    with proxy(tmp_path, **few) as running:
        if status == 503:
            running.behind.shutdown()
            running.behind.server_close()
        for path, form in [("/c/room/message/", "text/plain"), ("/api/v1/sessions/", "application/problem+json")]:
            for _ in range(3):
                with running.connect() as line:
                    begin(line, path, method="POST", length=length)
                    found, headers, body = answer(line)
            assert (found, headers["content-type"]) == (status, form)
            assert headers["cache-control"] == "no-store" and headers["x-content-type-options"] == "nosniff"
            assert headers["strict-transport-security"].startswith("max-age=")
            assert ("retry-after" in headers) == (status != 413)
            assert form == "text/plain" or json.loads(body)["status"] == status
