"""A security key in software: it really makes keys and signs, as WebAuthn has it."""

import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

ORIGIN = "http://localhost:8000"
FLAG = AuthenticatorData.FLAG


class SecurityKey:
    """`verifies`: it makes sure of the person (a PIN or a finger), and not only that somebody is there."""

    def __init__(self, *, verifies: bool = True, origin: str = ORIGIN, host: str = "localhost") -> None:
        self.flags = FLAG.UP | (FLAG.UV if verifies else FLAG(0))
        self.origin, self.host = origin, host
        self.id, self.key, self.count = secrets.token_bytes(32), ec.generate_private_key(ec.SECP256R1()), 0

    @property
    def public(self) -> bytes:
        """Its public half, as it is kept."""
        key = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call] # fido2 has no types for it
        return bytes(AttestedCredentialData.create(Aaguid.NONE, self.id, key))

    def make(self, options: Any) -> str:
        """Answers `navigator.credentials.create`, as the page's script sends it."""
        told = AuthenticatorData.create(sha256(self.host.encode()), self.flags | FLAG.AT, self.count, self.public)
        return self.made(options, AttestationObject.create("none", told, {}))

    def made(self, options: Any, attestation: bytes) -> str:
        """The same with any attestation, as no browser would send it."""
        client = CollectedClientData.create("webauthn.create", options["publicKey"]["challenge"], self.origin)
        return self._sent(client, attestationObject=websafe_encode(attestation))

    def show(self, options: Any) -> str:
        """Answers `navigator.credentials.get`. Counts on with each time."""
        self.count += 1
        return self.shown(options, AuthenticatorData.create(sha256(self.host.encode()), self.flags, self.count))

    def shown(self, options: Any, told: bytes) -> str:
        """The same with anything that it tells of itself."""
        client = CollectedClientData.create("webauthn.get", options["publicKey"]["challenge"], self.origin)
        signature = self.key.sign(told + client.hash, ec.ECDSA(SHA256()))
        return self._sent(client, authenticatorData=websafe_encode(told), signature=websafe_encode(signature))

    def _sent(self, client: CollectedClientData, **response: str) -> str:
        name = websafe_encode(self.id)
        response |= {"clientDataJSON": websafe_encode(client)}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def another_signature(answer: str) -> str:
    """The same, signed by nobody."""
    told = json.loads(answer)
    signature = bytearray(websafe_decode(told["response"]["signature"]))
    signature[-1] ^= 1
    told["response"]["signature"] = websafe_encode(bytes(signature))
    return json.dumps(told)
