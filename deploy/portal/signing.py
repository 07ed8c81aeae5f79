"""The shop's own key, and the tokens by which it tells Parley who is signed in (docs/widget.md)."""

import hashlib
import hmac
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

AUDIENCE = "parley-demo"
"""What the demo's chat widgets expect as `aud`."""

KEPT_AS = "portal_key.pem"
LIVES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer of the shop. `number` never changes and is never given to somebody else: it is the token's `sub`."""

    number: str
    name: str
    email: str


ACCOUNTS = {
    "mia": Account("customer-1001", "Mia Novak", "mia@example.com"),
    "noah": Account("customer-1002", "Noah Silva", "noah@example.com"),
}


@dataclass(frozen=True, slots=True)
class PortalKey:
    """Signs tokens with RS256, and the shop's own cookie. Never leaves the shop; Parley has the public half."""

    private: rsa.RSAPrivateKey = field(repr=False)

    @classmethod
    def kept_in(cls, folder: Path) -> Self:
        """The key in the data folder, made if there is none yet; readable by its owner only."""
        path = folder / KEPT_AS
        if not path.exists():
            _keep_new(path)
        private = load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(private, rsa.RSAPrivateKey)
        return cls(private)

    def public_pem(self) -> str:
        public = self.private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")

    def token(self, account: Account, *, now: datetime) -> str:
        """Who is signed in, for the next ten minutes."""
        claims = {
            "aud": AUDIENCE,
            "sub": account.number,
            "name": account.name,
            "email": account.email,
            "iat": now,
            "exp": now + LIVES,
        }
        return jwt.encode(claims, self.private, algorithm="RS256")

    def cookie(self, who: str) -> str:
        """What the shop recognises one of its accounts by."""
        return f"{who}.{hmac.digest(self._cookie_secret(), who.encode(), hashlib.sha256).hex()}"

    def who(self, cookie: str) -> str:
        """The name of the account that a cookie was made for; empty if it is none of ours."""
        who = cookie.partition(".")[0]
        is_ours = who in ACCOUNTS and hmac.compare_digest(cookie.encode(), self.cookie(who).encode())
        return who if is_ours else ""

    def _cookie_secret(self) -> bytes:
        raw = self.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return hashlib.sha256(b"cookie" + raw).digest()


def _keep_new(path: Path) -> None:
    """Whole before it has its name: whoever starts at the same moment reads the same key."""
    private = rsa.generate_private_key(65537, 2048)
    with tempfile.NamedTemporaryFile(dir=path.parent) as fresh:
        fresh.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        fresh.flush()
        with suppress(FileExistsError):
            os.link(fresh.name, path)
