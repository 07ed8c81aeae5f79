"""The keys of a portal: what an administrator pastes, what of it is stored, and what signatures are checked with."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.utils.translation import gettext as _

from policies_app.kinds import Algorithm
from sessions_app.encrypted import encrypted

LEAST_BITS, MOST_BITS = 2048, 8192
LEAST_BYTES = 32
"""Of a secret: as long as what HS256 makes of it (RFC 7518, 3.2)."""

LONGEST = 65_536
"""Characters of what is pasted, and bytes of what a portal answers."""

HERE = ("localhost", "127.0.0.1", "::1")
"""Where plain http is as good as https."""

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class BadKey(ValueError):
    """Nothing can be checked with this. The text is for the administrator and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """One key that a signature can be checked with. `kid` is empty where the portal gave it no name."""

    key: PublicKey | bytes = field(repr=False)
    kid: str = ""

    def may_have_signed(self, kid: str) -> bool:
        """Whether a token that names `kid` can be this key's: a name, where both have one, has to be the same."""
        return not (kid and self.kid) or kid == self.kid


# What is pasted --------------------------------------------------------------------------------------------------


def to_store(algorithm: Algorithm, pasted: str) -> str:
    """What is kept as a key's material: secrets encrypted, the rest as it was pasted. Raises BadKey."""
    text = pasted.strip()
    if len(text) > LONGEST:
        raise BadKey(_("This is longer than %d characters.") % LONGEST)
    if algorithm == Algorithm.HS256:
        return encrypted(_good_secret(text))
    if is_address(text):
        return _good_address(text)
    verifiers_in(algorithm, text)
    return text


def is_address(text: str) -> bool:
    """Whether this names where a JWKS is, rather than being a key."""
    return text.lower().startswith(("http:", "https:"))


def verifiers_in(algorithm: Algorithm, text: str) -> list[Verifier]:
    """The public keys in a PEM, a JWK or a JWKS, all of them for this algorithm. Raises BadKey."""
    if "PRIVATE KEY-----" in text:
        raise BadKey(_("This is a private key. It stays with the portal: paste the public key that belongs to it."))
    if text.startswith("{"):
        return _of_json(algorithm, text)
    return [Verifier(_fitting(algorithm, _of_pem(text)))]


def _good_secret(text: str) -> str:
    if "-----BEGIN" in text or text.startswith(("{", "ssh-")):
        raise BadKey(_("This is a key, not a secret. For a public key choose RS256 or ES256."))
    if len(text.encode()) < LEAST_BYTES:
        raise BadKey(
            _("The secret has %(number)d bytes; it needs %(least)d at least.")
            % {"number": len(text.encode()), "least": LEAST_BYTES}
        )
    return text


def _good_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise BadKey(_("This is not an address.")) from error
    if not host or any(character.isspace() for character in text):
        raise BadKey(_("This is not an address."))
    if parts.username is not None or parts.password is not None:
        raise BadKey(_("The address of a JWKS has no name and no password in it."))
    if parts.scheme != "https" and host not in HERE:
        raise BadKey(_("The address of a JWKS begins with https://, because whoever changes the keys can be anybody."))
    return text


# PEM -------------------------------------------------------------------------------------------------------------


def _of_pem(text: str) -> object:
    if text.count("-----BEGIN ") > 1:
        raise BadKey(_("There is more than one key in this. Add each of them as a key of its own."))
    try:
        if "-----BEGIN CERTIFICATE-----" in text:
            return x509.load_pem_x509_certificate(text.encode()).public_key()
        return load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey(_what_is_wrong_with(text)) from error


def _what_is_wrong_with(text: str) -> str:
    if "-----BEGIN " not in text:
        return _("This is no key: a PEM begins with -----BEGIN PUBLIC KEY-----, a JWK or JWKS with {.")
    if "-----END " not in text:
        return _("The end of the key is missing: the line that begins with -----END.")
    return _("This looks like a PEM, but no public key can be read from it. Was all of it copied?")


def _fitting(algorithm: Algorithm, key: object) -> PublicKey:
    """The key, if it is a public one for the algorithm. What kind of key it is, no token has a say in."""
    if algorithm == Algorithm.RS256:
        if not isinstance(key, rsa.RSAPublicKey):
            raise BadKey(_("RS256 needs an RSA key, and this is another kind of key."))
        if not LEAST_BITS <= key.key_size <= MOST_BITS:
            raise BadKey(
                _("The RSA key has %(number)d bits; it needs %(least)d to %(most)d.")
                % {"number": key.key_size, "least": LEAST_BITS, "most": MOST_BITS}
            )
        return key
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        raise BadKey(_("ES256 needs an elliptic curve key on P-256, and this is another kind of key."))
    return key


# JWK and JWKS ----------------------------------------------------------------------------------------------------


def _of_json(algorithm: Algorithm, text: str) -> list[Verifier]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadKey(_("This looks like a JWK, but it is not JSON: %s.") % error) from error
    if "keys" in document:
        return of_set(algorithm, document)
    return [_of_jwk(algorithm, document)]


def of_set(algorithm: Algorithm, document: object) -> list[Verifier]:
    """The keys of a JWKS that are for this algorithm; others may be in it too. Raises BadKey if none is."""
    keys = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(keys, list):
        raise BadKey(_("This is not a JWKS: it has no list of keys."))
    found, last = [], ""
    for jwk in keys:
        try:
            found.append(_of_jwk(algorithm, jwk))
        except BadKey as problem:
            last = str(problem)
    if not found:
        raise BadKey(
            _("There is no key for %(algorithm)s in the JWKS. %(last)s") % {"algorithm": algorithm, "last": last}
        )
    return found


def _of_jwk(algorithm: Algorithm, jwk: object) -> Verifier:
    if not isinstance(jwk, dict):
        raise BadKey(_("This is not a JWK."))
    if "d" in jwk or jwk.get("kty") == "oct":
        raise BadKey(_("This is a private key. It stays with the portal: paste the public key that belongs to it."))
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
        raise BadKey(_("The JWK is for something else than %s, as it says itself.") % algorithm)
    kid = jwk.get("kid", "")
    return Verifier(_fitting(algorithm, _made_of(algorithm, jwk)), kid if isinstance(kid, str) else "")


def _made_of(algorithm: Algorithm, jwk: dict[str, Any]) -> object:
    wanted = "RSA" if algorithm == Algorithm.RS256 else "EC"
    if jwk.get("kty") != wanted:
        raise BadKey(_("%(algorithm)s needs a JWK whose kty is %(kty)s.") % {"algorithm": algorithm, "kty": wanted})
    try:
        return jwt.PyJWK(jwk, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
        raise BadKey(_("The JWK is not complete, or its numbers are no key.")) from error


# What is shown ---------------------------------------------------------------------------------------------------


def fingerprints(verifiers: Sequence[Verifier]) -> list[str]:
    """The first 16 hexadecimal digits of the SHA-256 of each public key, by which people compare keys."""
    return [_fingerprint(one.key) for one in verifiers if not isinstance(one.key, bytes)]


def _fingerprint(key: PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()[:16]
