"""Key sets that portals publish: asked for seldom, and of no harm when they are slow, huge, wrong or not there."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils.translation import override

from sessions_app.signing_in.oidc import EVERYWHERE
from sessions_app.widget import jwks
from sessions_app.widget.identity import BadIdentity, CannotCheck, identify
from tests.moments import STARTED
from tests.widget.portals import Published, ec_key, jwk, new_widget, pem, publishing, rsa_key, token, trust

NOW, SECOND = STARTED, timedelta(seconds=1)
MOMENT = STARTED.timestamp()


@pytest.fixture(autouse=True)
def _this_computer_may_be_asked(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def published() -> Iterator[Published]:
    with publishing() as portal:
        yield portal


def test_a_published_key_is_believed_and_seldom_asked_for(db: None, published: Published) -> None:
    published.say(jwk(rsa_key(), kid="a"), jwk(ec_key(), kid="e"))
    widget = new_widget()
    trust(widget, published.url)
    for _ in range(3):
        assert identify(widget, token(headers={"kid": "a"}), now=NOW).subject == "mia"
    assert published.asked == 1
    identify(widget, token(headers={"kid": "a"}), now=NOW + jwks.FRESH - SECOND)
    assert published.asked == 1
    later = {"exp": MOMENT + 1200}
    identify(widget, token(headers={"kid": "a"}, **later), now=NOW + jwks.FRESH)
    assert published.asked == 2


def test_a_new_published_key_is_believed_soon(db: None, published: Published) -> None:
    published.say(jwk(rsa_key("a"), kid="a"))
    widget = new_widget()
    trust(widget, published.url)
    identify(widget, token(rsa_key("a"), headers={"kid": "a"}), now=NOW)
    published.say(jwk(rsa_key("b"), kid="b"))
    newer = token(rsa_key("b"), headers={"kid": "b"})
    with pytest.raises(BadIdentity):
        identify(widget, newer, now=NOW + jwks.AGAIN - SECOND)
    assert identify(widget, newer, now=NOW + jwks.AGAIN).subject == "mia"


def test_made_up_kids_do_not_make_us_ask_again_and_again(db: None, published: Published) -> None:
    published.say(jwk(rsa_key("a"), kid="a"))
    widget = new_widget()
    trust(widget, published.url)
    for number in range(20):
        with pytest.raises(BadIdentity):
            identify(widget, token(rsa_key("attacker"), headers={"kid": f"made up {number}"}), now=NOW)
    assert published.asked == 1


def test_when_the_portal_is_down_the_last_keys_serve_for_an_hour(db: None, published: Published) -> None:
    published.say(jwk(rsa_key()))
    widget = new_widget()
    trust(widget, published.url)
    identify(widget, token(), now=NOW)
    published.status = 503
    long = token(exp=MOMENT + 2 * 3600)
    assert identify(widget, long, now=NOW + jwks.KEPT - SECOND).subject == "mia"
    with pytest.raises(CannotCheck, match="status 503"):
        identify(widget, long, now=NOW + jwks.KEPT + jwks.AGAIN)


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "server error": ({"status": 500}, "status 500"),
    "redirect": ({"status": 302, "location": "https://attacker.example/jwks.json"}, "status 302"),
    "huge": ({"body": b" " * 70_000}, "longer than"),
    "never ends": ({"hangs": True}, "longer than 3 seconds"),
    "breaks off": ({"body": b'{"keys"', "length": 900}, "breaks off"),
    "not JSON": ({"body": b"<html>"}, "not JSON"),
    "very deep": ({"body": b"[" * 60_000}, "not JSON"),
    "not a set": ({"body": b"[]"}, "not a JWKS"),
    "no keys": ({"body": b'{"keys": []}'}, "no key for RS256"),
    "other keys only": ({"body": b'{"keys": [{"kty": "EC"}, 7, null, {"kty": "RSA", "n": 7}]}'}, "no key for RS256"),
}


@pytest.mark.parametrize(("answer", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_portal_that_publishes_nothing_useful_leaves_it_undecided(
    db: None, published: Published, answer: dict[str, Any], reason: str
) -> None:
    vars(published).update(answer)
    widget = new_widget()
    trust(widget, published.url)
    for _ in range(2):  # the second time it is not asked again, and so nobody waits
        with override("de"), pytest.raises(CannotCheck, match=reason):
            identify(widget, token(), now=NOW)
    assert published.asked == 1


def test_a_portal_that_is_down_leaves_it_undecided_unless_another_key_decides(db: None) -> None:
    with publishing() as gone:
        address = gone.url
    widget = new_widget()
    trust(widget, address)
    with pytest.raises(CannotCheck, match="refused"):
        identify(widget, token(), now=NOW)
    trust(widget, pem(rsa_key()))
    assert identify(widget, token(), now=NOW).subject == "mia"
    with pytest.raises(CannotCheck):
        identify(widget, token(rsa_key("attacker")), now=NOW)


def test_a_published_key_of_the_wrong_kind_is_not_used(db: None, published: Published) -> None:
    weak, wrong_curve = rsa_key("weak", 1024), ec_key("wrong", ec.SECP384R1)
    published.say(jwk(weak, kid="weak"), jwk(wrong_curve, kid="curve"), {**json.loads(private_jwk()), "kid": "private"})
    widget = new_widget()
    trust(widget, published.url)
    with pytest.raises(CannotCheck, match="no key for RS256"):
        identify(widget, token(), now=NOW)


def private_jwk() -> str:
    return jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key())


def test_a_portal_that_keeps_one_thread_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with headers that come a byte at a time."""
    monkeypatch.setattr(jwks, "PATIENCE", 0.1)
    address = "https://slow.example/jwks.json"
    monkeypatch.setitem(jwks._known, (address, True), jwks._Known())
    said: list[str] = []

    def ask() -> None:
        with suppress(jwks.Unreachable):
            jwks.key_set(address, now=STARTED)
        said.append("went on")

    with jwks._known[address, True].lock:
        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(2)
        assert said == ["went on"]


def test_an_administrator_does_not_look_around_in_the_network_behind_parley(
    db: None, published: Published, settings: Any
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    published.say(jwk(rsa_key()))
    widget = new_widget()
    trust(widget, published.url)
    with pytest.raises(CannotCheck, match="not on the public internet"):
        identify(widget, token(), now=NOW)
    assert published.asked == 0


def test_what_the_operators_provider_publishes_says_nothing_for_a_widget(
    db: None, published: Published, settings: Any
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    published.say(jwk(rsa_key()))
    assert jwks.key_set(published.url, allowed=EVERYWHERE, now=NOW)["keys"]
    with pytest.raises(jwks.Unreachable, match="not on the public internet"):
        jwks.key_set(published.url, now=NOW)


def test_the_connection_goes_to_the_address_that_was_looked_at(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers otherwise the second time leads nowhere else."""
    real, looked_up = socket.getaddrinfo, []

    def rebound(host: str, *args: Any, **more: Any) -> Any:
        looked_up.append(host)
        return real("127.0.0.1" if looked_up.count("portal.test") == 1 else "192.0.2.1", *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    published.say(jwk(rsa_key()))
    assert jwks.fetched(published.url.replace("127.0.0.1", "portal.test"))["keys"]
    assert looked_up.count("portal.test") == 1 and published.asked == 1
