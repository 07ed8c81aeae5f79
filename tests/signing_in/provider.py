"""A small provider of OpenID Connect: it publishes what it is, and gives real tokens for codes, to who proves by PKCE
and secret that they asked."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from tests.widget.portals import jwk, rsa_key

CLIENT, SECRET = "parley", "a secret: with a colon"


class Provider:
    """`claims` are what it tells of whoever signs in; `changed`, `header` and `key` make another token of it, and
    `instead` is what it answers in its place."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.claims: dict[str, Any] = {"sub": "0815", "email": "nora@example.com", "email_verified": True}
        self.changed: dict[str, Any] = {}
        self.header: dict[str, Any] = {"kid": "one"}
        self.key, self.algorithm = rsa_key("provider"), "RS256"
        self.codes: dict[str, dict[str, str]] = {}
        self.published: dict[str, Any] = {}
        self.instead = b""

    def sign_in(self, address: str) -> dict[str, str]:
        """Somebody signs in at the address that they were sent to. Returns what they bring back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            } | self.published
        if path == "/keys":
            return 200, {"keys": [jwk(rsa_key("provider"), kid="one", use="sig", alg="RS256")]}
        return self._token(form, authorization)

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked is None:
            return 400, {"error": "invalid_grant"}
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if not asked or not proven or pair != "parley:a%20secret%3A%20with%20a%20colon":
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        told = {name: value for name, value in (told | self.claims | self.changed).items() if value is not None}
        token = jwt.encode(told, self.key, self.algorithm, headers=self.header)
        return 200, {"access_token": "of no use", "token_type": "Bearer", "id_token": token}


@contextmanager
def running() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(*provider.answer(urlsplit(self.path).path, {}, ""))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*provider.answer(self.path, form, self.headers.get("Authorization", "")))

        def _say(self, status: int, told: Any) -> None:
            body = provider.instead if provider.instead and self.path == "/token" else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
