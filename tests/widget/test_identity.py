"""Who is signed in at the portal: which tokens are believed, and that no attack on one works."""

import hashlib
import hmac
import json
import logging
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest

from policies_app.kinds import Algorithm, SignIn
from policies_app.models import ChatWidget
from sessions_app.widget.identity import BadIdentity, CannotCheck, Identity, identify
from tests.moments import HOUR, MINUTE, STARTED
from tests.widget.portals import (
    AUDIENCE,
    SECRET,
    ec_key,
    jwk,
    new_widget,
    pem,
    rsa_key,
    token,
    trust,
)

NOW, SECOND = STARTED, timedelta(seconds=1)
MOMENT = STARTED.timestamp()


@pytest.fixture
def widget(db: None) -> ChatWidget:
    """It trusts the portal's one RSA key."""
    made = new_widget()
    trust(made, pem(rsa_key()))
    return made


def part(content: object) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def hmac_token(secret: bytes, header: dict[str, Any]) -> str:
    """As an attacker makes one: PyJWT would refuse to."""
    signed = f"{part(header)}.{part({'sub': 'mia', 'aud': AUDIENCE, 'exp': MOMENT + 600})}"
    return f"{signed}.{part(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def signed(payload: object, headers: dict[str, Any] | None = None) -> str:
    """Whatever it is, by the right key."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return jwt.api_jws.encode(raw, rsa_key(), "RS256", headers)


def unsigned(alg: str) -> str:
    return f"{part({'alg': alg})}.{part({'sub': 'mia', 'aud': AUDIENCE, 'exp': MOMENT + 600})}."


def twisted(good: str) -> str:
    """The claims of somebody else under the signature that was made for Mia."""
    head, _, signature = good.split(".")
    return f"{head}.{part({'sub': 'noah', 'aud': AUDIENCE, 'exp': MOMENT + 600})}.{signature}"


def own_key_inside() -> str:
    """It brings along the key that it wants to be checked with."""
    return token(rsa_key("attacker"), headers={"jwk": jwk(rsa_key("attacker")), "jku": "https://attacker.example"})


# Each is refused, for the reason that the words are part of.
ATTACKS: dict[str, tuple[Callable[[], str], str]] = {
    "alg none": (lambda: unsigned("none"), "alg is none of: RS256"),
    "alg None": (lambda: unsigned("None"), "alg is none of"),
    "alg missing": (lambda: f"{part({})}.{part({'sub': 'mia'})}.", "alg is none of"),
    "alg of another family": (lambda: token(ec_key(), "ES256"), "alg is none of"),
    "alg RS512 with the right key": (lambda: token(algorithm="RS512"), "alg is none of"),
    "alg PS256 with the right key": (lambda: token(algorithm="PS256"), "alg is none of"),
    "RSA public key as HMAC secret": (
        lambda: hmac_token(pem(rsa_key()).encode(), {"alg": "HS256"}),
        "alg is none of",
    ),
    "HMAC under the name of RSA": (lambda: hmac_token(pem(rsa_key()).encode(), {"alg": "RS256"}), "not signed by"),
    "no signature": (lambda: token().rpartition(".")[0] + ".", "not signed by"),
    "wrong key": (lambda: token(rsa_key("attacker")), "not signed by"),
    "key in the token": (own_key_inside, "not signed by"),
    "claims exchanged": (lambda: twisted(token()), "not signed by"),
    "wrong audience": (lambda: token(aud="other.example"), "aud is not"),
    "audience only begins the same": (lambda: token(aud=f"{AUDIENCE}.attacker.example"), "aud is not"),
    "audience among others, but not ours": (lambda: token(aud=["a", "b"]), "aud is not"),
    "audience a number": (lambda: token(aud=7), "aud is not"),
    "audience missing": (lambda: token(aud=None), "aud is not"),
    "expired": (lambda: token(exp=MOMENT - 60), "expired"),
    "expired long ago": (lambda: token(exp=0), "expired"),
    "exp missing": (lambda: token(exp=None), "no exp"),
    "exp years ahead": (lambda: token(exp=MOMENT + 3 * 365 * 86_400), "24 hours ahead"),
    "exp a little too far ahead": (lambda: token(exp=MOMENT + 86_400 + 61), "24 hours ahead"),
    "exp beyond all numbers": (lambda: token(exp=10**400), "24 hours ahead"),
    "exp infinite": (lambda: token(exp=float("inf")), "24 hours ahead"),
    "exp not a number": (lambda: token(exp=float("nan")), "expired"),
    "exp as text": (lambda: token(exp=str(MOMENT + 600)), "exp is no number"),
    "exp true": (lambda: token(exp=True), "exp is no number"),
    "not yet valid": (lambda: token(nbf=MOMENT + 61), "nbf is in the future"),
    "nbf not a number": (lambda: token(nbf=float("nan")), "nbf is in the future"),
    "issued in the future": (lambda: token(iat=MOMENT + 61), "iat is in the future"),
    "iat as a list": (lambda: token(iat=[]), "iat is no number"),
    "sub missing": (lambda: token(sub=None), "no sub"),
    "sub empty": (lambda: token(sub=""), "no sub"),
    "sub blank": (lambda: token(sub=" \t"), "no sub"),
    "sub huge": (lambda: token(sub="m" * 201), "longer than 200"),
    "sub with a zero byte": (lambda: token(sub="mia\0"), "not printable"),
    "sub with half a character": (lambda: token(sub="mia\ud800"), "not printable"),
    "sub a number": (lambda: signed({"sub": 7, "aud": AUDIENCE, "exp": MOMENT + 600}), "no sub"),
    "too large": (lambda: token(more="x" * 8192), "longer than 8192"),
    "empty": (lambda: "", "no JWT"),
    "no dots": (lambda: "mia", "no JWT"),
    "broken base64": (lambda: token().replace(".", ".!", 1), "no JWT"),
    "header not JSON": (lambda: f"{part(b'mia')}.{part({})}.{part(b'x')}", "no JWT"),
    "header a list": (lambda: f"{part([])}.{part({})}.{part(b'x')}", "no JWT"),
    "header very deep": (lambda: f"{part(b'[' * 5000)}.{part({})}.{part(b'x')}", "no JWT"),
    "kid a list": (lambda: f"{part({'alg': 'RS256', 'kid': []})}.{part({})}.{part(b'x')}", "no JWT"),
    "payload not JSON": (lambda: signed(b"mia"), "payload"),
    "payload a list": (lambda: signed([]), "payload"),
    "payload left out": (lambda: signed({}, {"b64": False}), "payload"),
    "critical header that nobody knows": (lambda: token(headers={"crit": ["exp"], "exp": 1}), "no JWT"),
    "letters beyond": (lambda: "\ud800.\ud800.\ud800", "no JWT"),
}  # fmt: skip


@pytest.mark.parametrize(("attack", "reason"), ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused_with_its_reason(widget: ChatWidget, attack: Callable[[], str], reason: str) -> None:
    assert identify(widget, token(), now=NOW).subject == "mia"
    with pytest.raises(BadIdentity, match=reason):
        identify(widget, attack(), now=NOW)


def test_an_rsa_key_is_no_secret_beside_a_secret_either(widget: ChatWidget) -> None:
    trust(widget, SECRET, Algorithm.HS256)
    for secret in (pem(rsa_key()), pem(rsa_key()).strip(), widget.keys.get(algorithm="HS256").material):
        with pytest.raises(BadIdentity, match="not signed by"):
            identify(widget, hmac_token(secret.encode(), {"alg": "HS256"}), now=NOW)
    assert identify(widget, token(SECRET, "HS256"), now=NOW).subject == "mia"


@pytest.mark.parametrize(
    ("algorithm", "pasted", "key"),
    [
        (Algorithm.RS256, lambda: pem(rsa_key("other")), lambda: rsa_key("other")),
        (Algorithm.RS256, lambda: json.dumps(jwk(rsa_key("other"))), lambda: rsa_key("other")),
        (Algorithm.RS256, lambda: json.dumps({"keys": [jwk(ec_key()), jwk(rsa_key("b"))]}), lambda: rsa_key("b")),
        (Algorithm.ES256, lambda: pem(ec_key()), ec_key),
        (Algorithm.ES256, lambda: json.dumps(jwk(ec_key(), use="sig", alg="ES256")), ec_key),
        (Algorithm.HS256, lambda: SECRET, lambda: SECRET),
    ],
    ids=["RS256 PEM", "RS256 JWK", "RS256 JWKS", "ES256 PEM", "ES256 JWK", "HS256"],
)  # fmt: skip
def test_every_kind_of_key_is_believed(
    db: None, algorithm: Algorithm, pasted: Callable[[], str], key: Callable[[], Any]
) -> None:
    widget = new_widget()
    trust(widget, pasted(), algorithm)
    told = identify(widget, token(key(), algorithm.value, name=" Mia  Novak ", email="mia@example.com"), now=NOW)
    assert told == Identity("mia", "Mia Novak", "mia@example.com")


def test_a_name_or_address_that_makes_no_sense_is_left_out(widget: ChatWidget) -> None:
    assert identify(widget, token(name=["Mia"], email="mia"), now=NOW) == Identity("mia")
    assert identify(widget, token(name="M\0i\u202ea" + "a" * 500, email=7), now=NOW).name == "Mia" + "a" * 97


def test_the_audience_may_be_one_of_several(widget: ChatWidget) -> None:
    assert identify(widget, token(aud=["shop", AUDIENCE]), now=NOW).subject == "mia"


@pytest.mark.parametrize(
    ("after", "claims"),
    [
        (timedelta(0), {"exp": MOMENT - 59}),
        (timedelta(0), {"exp": MOMENT + 86_400 + 60}),
        (timedelta(0), {"nbf": MOMENT + 60, "iat": MOMENT + 60}),
        (660 * SECOND - timedelta(microseconds=1), {}),
    ],
    ids=["just expired", "a day ahead", "nearly begun", "to the last moment"],
)
def test_a_clock_that_is_a_minute_off_does_no_harm(
    widget: ChatWidget, after: timedelta, claims: dict[str, float]
) -> None:
    assert identify(widget, token(**claims), now=NOW + after).subject == "mia"


def test_at_its_end_a_token_is_over(widget: ChatWidget) -> None:
    with pytest.raises(BadIdentity, match="expired"):
        identify(widget, token(), now=NOW + 660 * SECOND)


def test_another_widgets_key_is_not_believed(widget: ChatWidget) -> None:
    other = new_widget("Other")
    trust(other, pem(rsa_key("other")))
    with pytest.raises(BadIdentity, match="not signed by"):
        identify(widget, token(rsa_key("other")), now=NOW)


def test_where_nobody_signs_in_nobody_is_believed(widget: ChatWidget) -> None:
    widget.sign_in, widget.audience = SignIn.NONE, ""
    with pytest.raises(BadIdentity, match="sign-in is off"):
        identify(widget, token(aud=""), now=NOW)


def test_keys_are_rotated_with_overlap(db: None) -> None:
    widget = new_widget()
    trust(widget, pem(rsa_key("old")), not_after=NOW + HOUR)
    trust(widget, pem(rsa_key("new")), not_before=NOW)
    for moment, believed in (
        (NOW - SECOND, ["old"]),
        (NOW, ["old", "new"]),
        (NOW + HOUR - SECOND, ["old", "new"]),
        (NOW + HOUR, ["new"]),
    ):
        assert [name for name in ("old", "new") if is_believed(widget, rsa_key(name), moment)] == believed


def is_believed(widget: ChatWidget, key: Any, moment: datetime) -> bool:
    fresh = token(key, iat=moment.timestamp(), exp=moment.timestamp() + 60)
    with suppress(BadIdentity):
        return identify(widget, fresh, now=moment).subject == "mia"
    return False


def test_without_a_key_that_holds_nobody_is_believed(db: None) -> None:
    widget = new_widget()
    trust(widget, pem(rsa_key()), not_after=NOW)
    with pytest.raises(BadIdentity, match="no key that holds"):
        identify(widget, token(), now=NOW)


def test_a_kid_picks_the_key_and_no_other(db: None) -> None:
    widget = new_widget()
    trust(widget, json.dumps({"keys": [jwk(rsa_key("a"), kid="a"), jwk(rsa_key("b"), kid="b")]}))
    assert identify(widget, token(rsa_key("a"), headers={"kid": "a"}), now=NOW).subject == "mia"
    assert identify(widget, token(rsa_key("a")), now=NOW).subject == "mia"
    for kid in ("b", "c"):
        with pytest.raises(BadIdentity, match="kid"):
            identify(widget, token(rsa_key("a"), headers={"kid": kid}), now=NOW)


def test_a_key_without_a_name_is_tried_whatever_the_kid(widget: ChatWidget) -> None:
    assert identify(widget, token(headers={"kid": "2026-11"}), now=NOW).subject == "mia"


def test_its_use_is_noted_once_a_minute(widget: ChatWidget, django_assert_num_queries: Any) -> None:
    key = widget.keys.get()
    for after, noted in ((0 * SECOND, NOW), (59 * SECOND, NOW), (MINUTE, NOW + MINUTE)):
        identify(widget, token(), now=NOW + after)
        key.refresh_from_db()
        assert key.last_used_at == noted
    with django_assert_num_queries(1):
        identify(widget, token(), now=NOW + MINUTE + SECOND)
    with pytest.raises(BadIdentity):
        identify(widget, token(rsa_key("attacker")), now=NOW + 2 * MINUTE)
    key.refresh_from_db()
    assert key.last_used_at == NOW + MINUTE


def test_the_log_has_the_reason_and_not_the_token(widget: ChatWidget, caplog: pytest.LogCaptureFixture) -> None:
    bad = token(rsa_key("attacker"))
    with caplog.at_level(logging.WARNING), pytest.raises(BadIdentity):
        identify(widget, bad, now=NOW)
    assert widget.key in caplog.text and "not signed by" in caplog.text
    assert not any(piece in caplog.text for piece in bad.split("."))


# Secrets ---------------------------------------------------------------------------------------------------------


def test_a_secret_is_not_in_the_database(db: None) -> None:
    assert SECRET not in trust(new_widget(), SECRET, Algorithm.HS256).material


def test_a_secret_outlives_a_new_secret_key(db: None, settings: Any) -> None:
    widget = new_widget()
    trust(widget, SECRET, Algorithm.HS256)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 50
    assert identify(widget, token(SECRET, "HS256"), now=NOW).subject == "mia"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(CannotCheck, match="set it again"):
        identify(widget, token(SECRET, "HS256"), now=NOW)
