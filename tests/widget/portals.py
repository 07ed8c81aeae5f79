"""A portal for tests: its keys, the tokens that it issues, and an address at which it publishes keys."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from policies_app.kinds import Algorithm, SignIn
from policies_app.models import ChatWidget
from sessions_app.widget.keys import to_store
from sessions_app.widget.models import WidgetKey
from tests.cast import general
from tests.moments import LONG_AGO, STARTED

AUDIENCE = "parley.example"
SECRET = "a secret of thirty-two bytes and more"


@cache
def rsa_key(name: str = "", bits: int = 2048) -> rsa.RSAPrivateKey:
    """The same for the same name, since making one takes a while."""
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(name: str = "", curve: type[ec.EllipticCurve] = ec.SECP256R1) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve())


def pem(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """Of the public key."""
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def jwk(private: Any, **more: str) -> dict[str, Any]:
    kind = jwt.algorithms.RSAAlgorithm if isinstance(private, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    made = kind.to_jwk(private.public_key(), as_dict=True)
    made.pop("key_ops", None)
    return made | more


def new_widget(name: str = "Shop", **fields: Any) -> ChatWidget:
    fields = {"workstream": general(), "sign_in": SignIn.OPTIONAL, "audience": AUDIENCE} | fields
    return ChatWidget.objects.create(name=name, **fields)


def trust(widget: ChatWidget, pasted: str, algorithm: Algorithm = Algorithm.RS256, **fields: Any) -> WidgetKey:
    """As an administrator adds a key."""
    fields = {"name": f"Key {widget.keys.count() + 1}", "created_at": LONG_AGO} | fields
    return WidgetKey.objects.create(widget=widget, algorithm=algorithm, material=to_store(algorithm, pasted), **fields)


CLAIMS = {"sub": "mia", "aud": AUDIENCE, "iat": STARTED.timestamp(), "exp": STARTED.timestamp() + 600}


def token(key: Any = None, algorithm: str = "RS256", headers: dict[str, Any] | None = None, **claims: Any) -> str:
    """A good one at STARTED, but for what is given. A claim that is None is left out."""
    told = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return jwt.encode(told, key or rsa_key(), algorithm, headers)


@dataclass
class Published:
    """What a portal answers at its address, and how often it was asked."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    location: str = ""
    length: int = 0
    hangs: bool = False
    asked: int = field(default=0)

    def say(self, *keys: dict[str, Any]) -> None:
        self.body = json.dumps({"keys": keys}).encode()


@contextmanager
def publishing() -> Iterator[Published]:
    """A server on this computer."""
    published, closing = Published(), threading.Event()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            published.asked += 1
            self.send_response(published.status)
            if published.location:
                self.send_header("Location", published.location)
            if published.length:
                self.send_header("Content-Length", str(published.length))
            self.end_headers()
            while published.hangs and not closing.wait(0.2):
                self.wfile.write(b" ")
            self.wfile.write(published.body)

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    published.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
    try:
        yield published
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
