"""OpenID Connect, as a client: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1).

1. `begin`: the address at the provider, and what has to be remembered until somebody comes back from there.
2. `finish`: the code that they bring is exchanged for an ID token, which counts only if the provider signed it, for
   us, now, in answer to this very question.

Nothing else is believed: no userinfo, no token without a signature, no algorithm with a shared key.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_network
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from policies_app.kinds import Algorithm
from sessions_app import outgoing
from sessions_app.signing_in.provider import Oidc
from sessions_app.widget.jwks import Unreachable, key_set
from sessions_app.widget.keys import HERE, BadKey, of_set

PATIENCE = 5.0
LARGEST = 32_000
EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
"""Where the provider may be: the operator named it, and it is often in their own network."""

SKEW = timedelta(minutes=1)
FRESH = timedelta(minutes=15)
"""As long as a sign-in is a recent one (`flow.RECENT`)."""

SCOPES = "openid profile email"
_DISCOVERY = "/.well-known/openid-configuration"
_ALGORITHMS = {"RS256": Algorithm.RS256, "ES256": Algorithm.ES256}


class Problem(Exception):
    """The sign-in at the provider did not come about. The text is for the log, and holds nothing secret."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is remembered in the browser's session until the answer comes. `again`: somebody is signed in here, and has
    to show anew that it is they; to be signed in at the provider since the morning is not enough."""

    state: str
    nonce: str
    verifier: str
    again: bool = False

    @classmethod
    def new(cls, *, again: bool = False) -> "Question":
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), again)

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def begin(question: Question, now: datetime) -> str:
    """Where to go to sign in. Raises Problem."""
    query = {
        "response_type": "code",
        "client_id": _provider().client_id,
        "redirect_uri": _way_back(),
        "scope": SCOPES,
        "state": question.state,
        "nonce": question.nonce,
        "code_challenge": question.challenge,
        "code_challenge_method": "S256",
    } | ({"max_age": str(int(FRESH.total_seconds()))} if question.again else {})
    address = _endpoint("authorization_endpoint", now)
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def finish(question: Question, answer: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """What the provider claims of who came back. Raises Problem."""
    if not constant_time_compare(answer.get("state", ""), question.state):
        raise Problem("The answer belongs to no question that was asked in this browser.")
    if "error" in answer or not answer.get("code"):
        raise Problem(f"The provider answered {answer.get('error', 'without a code')[:100]!r}.")
    if "iss" in answer and answer["iss"].rstrip("/") != _provider().issuer:  # RFC 9207
        raise Problem("The answer is another provider's.")
    return _checked(_id_token(answer["code"], question, now), question, now)


def _provider() -> Oidc:
    if settings.OIDC is None:
        raise Problem("There is no provider.")
    return settings.OIDC


def _way_back() -> str:
    return settings.BASE_URL + reverse("back-from-provider")


def _endpoint(name: str, now: datetime) -> str:
    """An address that the provider publishes, which is secure."""
    found = _published(now).get(name)
    if not isinstance(found, str) or not _is_secure(found):
        raise Problem(f"The provider publishes no {name} that begins with https://.")
    return found


def _is_secure(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE))


def _published(now: datetime) -> dict[str, Any]:
    issuer = _provider().issuer
    try:
        document = key_set(issuer + _DISCOVERY, allowed=EVERYWHERE, now=now)
    except Unreachable as problem:
        raise Problem(f"The provider cannot be asked: {problem}.") from problem
    if not isinstance(document, dict) or str(document.get("issuer", "")).rstrip("/") != issuer:
        raise Problem(f"What is published at {issuer} is another issuer's.")
    return document


def _id_token(code: str, question: Question, now: datetime) -> str:
    provider = _provider()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _way_back(),
        "code_verifier": question.verifier,
    }
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    if provider.secret and "client_secret_post" not in _published(now).get("token_endpoint_auth_methods_supported", []):
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form |= {"client_id": provider.client_id} | ({"client_secret": provider.secret} if provider.secret else {})
    try:
        target = outgoing.target_of(_endpoint("token_endpoint", now), allowed=EVERYWHERE)
        answer = outgoing.post(target, urlencode(form).encode(), headers, patience=PATIENCE, most=4 * LARGEST)
        token = json.loads(answer.body)["id_token"] if answer.status == HTTPStatus.OK else None
    except (outgoing.NotSent, ValueError, RecursionError, LookupError, TypeError) as error:
        raise Problem(f"The provider gave no ID token ({type(error).__name__}).") from error
    if not isinstance(token, str) or len(token) > LARGEST:
        raise Problem(f"The provider gave no ID token (status {answer.status}).")
    return token


def _checked(token: str, question: Question, now: datetime) -> dict[str, Any]:
    claims, provider = _signed(token, now), _provider()
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    moment, skew = now.timestamp(), SKEW.total_seconds()
    problems = {
        "It is another issuer's.": str(claims.get("iss", "")).rstrip("/") != provider.issuer,
        "It is for somebody else.": provider.client_id not in named,
        "Another party asked for it.": claims.get("azp", provider.client_id) != provider.client_id
        or (len(named) > 1 and "azp" not in claims),
        "It answers another question.": not constant_time_compare(str(claims.get("nonce", "")), question.nonce),
        "It is over.": not _seconds(claims, "exp") > moment - skew,
        "It is from the future.": not _seconds(claims, "iat") <= moment + skew,
        "Who it is about has not signed in there for long.": question.again
        and _seconds(claims, "auth_time") < moment - (FRESH + SKEW).total_seconds(),
        "It is about nobody.": not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255,
    }
    for told, is_so in problems.items():
        if is_so:
            raise Problem(f"The ID token counts for nothing. {told}")
    return claims


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    """Since 1970; not a number, which compares to nothing, where there is none."""
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def _signed(token: str, now: datetime) -> dict[str, Any]:
    """The claims, if one of the provider's keys signed them. Their times are checked later: PyJWT reads a clock."""
    options: Any = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    try:
        header = jwt.get_unverified_header(token)
        algorithm, kid = _ALGORITHMS[str(header.get("alg"))], str(header.get("kid") or "")
        keys = of_set(algorithm, key_set(_endpoint("jwks_uri", now), kid=kid, allowed=EVERYWHERE, now=now))
        for key in keys:
            if key.may_have_signed(kid):
                return jwt.decode(token, key.key, algorithms=[algorithm.value], options=options)
    except (jwt.PyJWTError, ValueError, KeyError, BadKey, Unreachable) as error:
        raise Problem(f"The ID token is not one that the provider signed ({type(error).__name__}).") from error
    raise Problem("The ID token is signed by no key that the provider publishes.")
