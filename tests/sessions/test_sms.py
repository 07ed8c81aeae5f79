"""Short messages: which gateway a setting names, and what is said to it over the wire."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from sessions_app.sms import MailboxGateway, NotSent, TwilioGateway, gateway_at

NOWHERE = Path("nowhere")


@dataclass
class Heard:
    """What the gateway answers with, and what was said to it."""

    address: str = ""
    status: int = 201
    body: bytes = b'{"sid": "SM1", "status": "queued"}'
    path: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    authorization: str | None = None


@pytest.fixture
def heard() -> Iterator[Heard]:
    """A gateway that speaks as Twilio's does."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.path, heard.authorization = self.path, self.headers["Authorization"]
            length = int(self.headers["Content-Length"])
            heard.fields = parse_qs(self.rfile.read(length).decode(), strict_parsing=True)
            self.send_response(heard.status)
            if 300 <= heard.status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(heard.body)

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    heard.address = f"twilio+http://AC1:s%2Fecret@127.0.0.1:{server.server_port}/?from=+15550100"
    yield heard
    server.shutdown()
    server.server_close()


def send(heard: Heard, to: str = "+431234", text: str = "Grüß Gott & hello") -> None:
    gateway = gateway_at(heard.address, NOWHERE)
    assert gateway is not None
    gateway.send(to, text)


def test_a_message_is_posted_as_the_gateway_wants_it(heard: Heard) -> None:
    send(heard)
    assert heard.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert heard.fields == {"To": ["+431234"], "From": ["+15550100"], "Body": ["Grüß Gott & hello"]}
    assert heard.authorization == f"Basic {b64encode(b'AC1:s/ecret').decode()}"


def test_a_messaging_service_sends_in_place_of_a_number(heard: Heard) -> None:
    heard.address = heard.address.replace("+15550100", "MG77")
    send(heard)
    assert heard.fields["MessagingServiceSid"] == ["MG77"] and "From" not in heard.fields


def test_a_number_that_the_gateway_refuses_is_not_tried_again(heard: Heard) -> None:
    heard.status = 400
    heard.body = json.dumps({"code": 21211, "message": "Invalid 'To' Phone Number: +4312XXX", "status": 400}).encode()
    with pytest.raises(NotSent, match="Invalid 'To' Phone Number"):
        send(heard)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"message": null}'])
def test_a_refusal_without_a_reason_is_named_by_its_number(heard: Heard, body: bytes) -> None:
    heard.status, heard.body = 401, body
    with pytest.raises(NotSent, match="HTTP 401"):
        send(heard)


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_gateway_that_cannot_now_is_tried_again(heard: Heard, status: int) -> None:
    heard.status = status
    with pytest.raises(OSError, match=str(status)):
        send(heard)


def test_a_gateway_that_sends_us_elsewhere_has_not_taken_it(heard: Heard) -> None:
    heard.status = 302
    with pytest.raises(NotSent, match="HTTP 302"):
        send(heard)


def test_a_gateway_that_is_away_is_tried_again() -> None:
    gateway = gateway_at("twilio+http://AC1:t@127.0.0.1:9/?from=x", NOWHERE)
    with pytest.raises(OSError, match="refused"):
        gateway.send("+431234", "Hello")


def test_without_a_host_it_is_twilio_by_tls() -> None:
    gateway = gateway_at("twilio://AC1:token@/?from=%2B15550100", NOWHERE)
    assert gateway == TwilioGateway("AC1", "token", "+15550100", "https://api.twilio.com")


@pytest.mark.parametrize(
    "address", ["twilio://AC1@/?from=1", "twilio://AC1:topsecret@/", "smtp://AC1:topsecret@x", "AC1:topsecret", "x"]
)
def test_a_wrong_setting_says_what_to_give_and_never_the_token(address: str) -> None:
    with pytest.raises(ValueError, match="twilio://ACCOUNT:TOKEN") as problem:
        gateway_at(address, NOWHERE)
    assert "topsecret" not in str(problem.value)


def test_without_a_setting_there_is_none() -> None:
    assert gateway_at("", NOWHERE) is None


def test_the_mailbox_keeps_what_would_be_sent(tmp_path: Path) -> None:
    gateway_at("mailbox:", tmp_path / "new").send("+431234", "Hello Phil")
    (kept,) = (tmp_path / "new").iterdir()
    assert kept.suffix == ".sms" and json.loads(kept.read_text())["text"] == "Hello Phil"
    assert gateway_at("mailbox:", tmp_path) == MailboxGateway(tmp_path)
