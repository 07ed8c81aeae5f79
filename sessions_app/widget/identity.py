"""Who is signed in at the portal, by the portal's own word: a JWT that it signed (rules.md 5).

1. Size and header are looked at. What the header says picks among the widget's keys and decides nothing else.
2. The signature is checked with each key that holds now and that the token can be of, by the algorithm of that key.
3. Audience and times are checked against the widget and `now`, then who it is about.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import override

from policies_app.kinds import Algorithm, SignIn
from policies_app.models import ChatWidget
from sessions_app.encrypted import Unreadable, decrypted
from sessions_app.widget.jwks import Unreachable, key_set
from sessions_app.widget.keys import BadKey, Verifier, is_address, of_set, verifiers_in
from sessions_app.widget.models import WidgetKey

LARGEST = 8192
"""Characters of a token."""

SKEW = timedelta(seconds=60)
"""How far the portal's clock may be from ours."""

LONGEST_LIFE = timedelta(hours=24)
LONGEST_SUBJECT = 200
LONGEST_NAME = 100
LONGEST_EMAIL = 254
NOTED_EVERY = timedelta(minutes=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in: `subject` is the token's `sub`. Name and e-mail address are empty if it tells none."""

    subject: str
    name: str = ""
    email: str = ""


class BadIdentity(ValueError):
    """The token is not believed. The text is for the portal's developer; customers never see it."""


class CannotCheck(Exception):
    """Nobody can say now whether the token is right: try again. It is no reason to start a new chat."""


def identify(widget: ChatWidget, token: str, *, now: datetime) -> Identity:
    """Whom a portal's token is about. Raises BadIdentity or CannotCheck; both are logged, the token is not."""
    try:
        with override("en"):  # what is wrong is told in the log, whatever the customer's language
            return _identify(widget, token, now)
    except (BadIdentity, CannotCheck) as problem:
        log.warning("Chat widget %s: a token was not accepted: %s", widget.key, problem)
        raise


def _identify(widget: ChatWidget, token: str, now: datetime) -> Identity:
    if widget.sign_in == SignIn.NONE or not widget.audience:
        raise BadIdentity("Nobody signs in at this chat widget: its sign-in is off.")
    algorithm, kid = _header(token)
    claims = _claims(token, _keys(widget, algorithm, now), kid, now)
    _check_audience(claims.get("aud"), widget.audience)
    _check_times(claims, now)
    return Identity(_subject(claims.get("sub")), _name(claims.get("name")), _email(claims.get("email")))


# 1. ----------------------------------------------------------------------------------------------------------------


def _header(token: str) -> tuple[str, str]:
    """Which algorithm and which key the token names; the key may be without a name."""
    if len(token) > LARGEST:
        raise BadIdentity(f"The token is longer than {LARGEST} characters.")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError) as error:
        raise BadIdentity("The token is no JWT: three parts in base64url, with dots between them.") from error
    return str(header.get("alg")), header.get("kid") or ""


def _keys(widget: ChatWidget, algorithm: str, now: datetime) -> list[WidgetKey]:
    """The widget's keys that hold now and are for this algorithm."""
    begun, goes_on = Q(not_before=None) | Q(not_before__lte=now), Q(not_after=None) | Q(not_after__gt=now)
    holding = list(WidgetKey.objects.filter(begun, goes_on, widget=widget).order_by("pk"))
    if not holding:
        raise BadIdentity("The chat widget has no key that holds now.")
    fitting = [key for key in holding if key.algorithm == algorithm]
    if not fitting:
        raise BadIdentity(f"The token's alg is none of: {', '.join(sorted({key.algorithm for key in holding}))}.")
    return fitting


# 2. ----------------------------------------------------------------------------------------------------------------


def _claims(token: str, keys: list[WidgetKey], kid: str, now: datetime) -> dict[str, Any]:
    """What the token claims, signed by one of these keys. A key that nobody can read now leaves it undecided."""
    doubts = []
    for key in keys:
        try:
            for verifier in _verifiers(key, kid, now):
                if (claims := _signed(token, verifier, Algorithm(key.algorithm))) is not None:
                    _note_use(key, now)
                    return claims
        except CannotCheck as doubt:
            doubts.append(doubt)
    if doubts:
        raise doubts[0]
    raise BadIdentity("The token is not signed by a key of this chat widget that holds now, or its kid is another's.")


def _verifiers(key: WidgetKey, kid: str, now: datetime) -> Iterator[Verifier]:
    try:
        found = _read(key, kid, now)
    except (Unreadable, Unreachable, BadKey) as problem:
        why = str(problem) or "it was stored under another secret key; set it again"
        raise CannotCheck(f"The key {key.name!r} cannot be used: {why}.") from problem
    return (one for one in found if one.may_have_signed(kid))


def _read(key: WidgetKey, kid: str, now: datetime) -> list[Verifier]:
    algorithm = Algorithm(key.algorithm)
    if algorithm == Algorithm.HS256:
        return [Verifier(decrypted(key.material).encode())]
    if is_address(key.material):
        return of_set(algorithm, key_set(key.material, kid=kid, now=now))
    return verifiers_in(algorithm, key.material)


def _signed(token: str, verifier: Verifier, algorithm: Algorithm) -> dict[str, Any] | None:
    """The claims if the key signed the token, None if it did not. Claims are checked later: PyJWT reads a clock."""
    options: Any = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    try:
        return jwt.decode(token, verifier.key, algorithms=[algorithm.value], options=options)
    except jwt.InvalidSignatureError:
        return None
    except (jwt.PyJWTError, ValueError) as error:
        raise BadIdentity("The token is no JWT whose payload is a JSON object.") from error


def _note_use(key: WidgetKey, now: datetime) -> None:
    if key.last_used_at is None or now >= key.last_used_at + NOTED_EVERY:
        WidgetKey.objects.filter(pk=key.pk).update(last_used_at=now)


# 3. ----------------------------------------------------------------------------------------------------------------


def _check_audience(claimed: Any, audience: str) -> None:
    if audience not in (claimed if isinstance(claimed, list) else [claimed]):
        raise BadIdentity(f"The token's aud is not {audience!r}, or not that among others.")


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    """Seconds since 1970. A comparison with what is no number, not even an infinite one, is never true."""
    moment, skew = now.timestamp(), SKEW.total_seconds()
    exp = _number(claims, "exp")
    if exp is None:
        raise BadIdentity("The token has no exp.")
    if not exp > moment - skew:
        raise BadIdentity("The token has expired (exp).")
    if not exp <= moment + LONGEST_LIFE.total_seconds() + skew:
        raise BadIdentity("The token's exp is more than 24 hours ahead.")
    for claim in ("nbf", "iat"):
        begins = _number(claims, claim)
        if begins is not None and not begins <= moment + skew:
            raise BadIdentity(f"The token's {claim} is in the future.")


def _number(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise BadIdentity(f"The token's {name} is no number.")
    return value


def _subject(claimed: Any) -> str:
    if not isinstance(claimed, str) or not claimed.strip():
        raise BadIdentity("The token has no sub: a text that is always the same for the same customer.")
    if len(claimed) > LONGEST_SUBJECT or not claimed.isprintable():
        raise BadIdentity(f"The token's sub is longer than {LONGEST_SUBJECT} characters, or not printable.")
    return claimed


def _name(claimed: Any) -> str:
    """What can be shown of the name that the token tells. It decides nothing, so it is never a reason to refuse."""
    words = claimed.split() if isinstance(claimed, str) else []
    return "".join(one for one in " ".join(words) if one.isprintable())[:LONGEST_NAME].strip()


def _email(claimed: Any) -> str:
    if not isinstance(claimed, str) or len(claimed) > LONGEST_EMAIL:
        return ""
    try:
        validate_email(claimed)
    except ValidationError:
        return ""
    return claimed
