"""Passkeys: as a second step, and as a sign-in on their own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from fido2.utils import sha256
from fido2.webauthn import AttestationObject, AuthenticatorData

from sessions_app.signing_in import passkeys
from sessions_app.signing_in.lockouts import MOST_OF_PAIR
from sessions_app.signing_in.models import Passkey, SignInEvent
from tests.signing_in.people import ELSEWHERE, account, browser_at, fail, sign_in, signed_in
from tests.signing_in.security_key import SecurityKey, another_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora() -> User:
    return account("nora")


def add(browser: Client, key: SecurityKey, name: str = "Blue key") -> Any:
    options = browser.post("/account/second-step/passkeys/ask/").json()
    return browser.post("/account/second-step/passkeys/", {"credential": key.make(options), "name": name})


def has_key(user: User, key: SecurityKey) -> None:
    """Gives somebody the key, through the pages."""
    browser = browser_at()
    sign_in(browser, user.username)
    assert "Recovery codes" in add(browser, key).content.decode()


def ask(browser: Client, **half_way: str) -> Any:
    return browser.post("/sign-in/passkey/ask/", half_way).json()


def alone(browser: Client, key: SecurityKey, **more: str) -> Any:
    """Sign in with the key on its own."""
    return browser.post("/sign-in/passkey/", {"credential": key.show(ask(browser)), **more})


def test_a_passkey_is_a_second_step(nora: User) -> None:
    key, browser = SecurityKey(verifies=False), browser_at()
    has_key(nora, key)
    assert sign_in(browser, next="/search/")["Location"] == "/sign-in/second-step/"
    options = ask(browser, half_way="1")
    assert [one["id"] for one in options["publicKey"]["allowCredentials"]] == [Passkey.objects.get().credential_id]
    answer = browser.post("/sign-in/second-step/", {"credential": key.show(options)})
    assert answer["Location"] == "/search/" and signed_in(browser)
    assert SignInEvent.objects.order_by("pk").last().way == "passkey"


def test_a_passkey_that_makes_sure_of_the_person_is_a_sign_in_on_its_own(nora: User, settings: object) -> None:
    key, browser = SecurityKey(), browser_at(ELSEWHERE)
    has_key(nora, key)
    settings.TWO_FACTOR = "administrators"
    User.objects.update(is_staff=True)
    assert alone(browser, key, next="/admin/")["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200, "it was two steps in one"


def test_one_that_does_not_is_none(nora: User) -> None:
    key, browser = SecurityKey(verifies=False), browser_at()
    has_key(nora, key)
    assert alone(browser, key)["Location"] == "/sign-in/" and not signed_in(browser)
    assert "This passkey was not accepted" in browser.get("/sign-in/").content.decode()
    assert "This passkey was not accepted" not in browser.get("/sign-in/").content.decode()


def test_it_leads_to_no_other_site(nora: User) -> None:
    key = SecurityKey()
    has_key(nora, key)
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"):
        assert alone(browser_at(), key, next=evil)["Location"] == "/"


def test_it_lets_in_also_who_is_locked_out_because_somebody_guesses(nora: User) -> None:
    key = SecurityKey()
    has_key(nora, key)
    browser = browser_at(ELSEWHERE)
    assert fail(browser, MOST_OF_PAIR).status_code == 429
    assert alone(browser, key)["Location"] == "/"


def test_a_closed_account_stays_closed(nora: User) -> None:
    key, browser = SecurityKey(), browser_at()
    has_key(nora, key)
    User.objects.update(is_active=False)
    assert alone(browser, key)["Location"] == "/sign-in/"
    assert SignInEvent.objects.order_by("pk").last().happening == "refused"


def _of_before(browser: Client, key: SecurityKey) -> str:
    options = ask(browser)
    ask(browser)
    return key.show(options)


def _of_another_browser(browser: Client, key: SecurityKey) -> str:
    ask(browser)
    return key.show(ask(browser_at()))


def _that_goes_back(browser: Client, key: SecurityKey) -> str:
    Passkey.objects.update(sign_count=100)
    return key.show(ask(browser))


def _for_another_site(browser: Client, key: SecurityKey) -> str:
    key.origin = "http://localhost:9999"
    return key.show(ask(browser))


def _for_another_host(browser: Client, key: SecurityKey) -> str:
    key.host = "evil.example"
    return key.show(ask(browser))


def _unknown(browser: Client, key: SecurityKey) -> str:
    return SecurityKey().show(ask(browser))


FORGED: dict[str, Callable[[Client, SecurityKey], str]] = {
    "an answer to a question of before": _of_before,
    "an answer to another browser's question": _of_another_browser,
    "another signature": lambda browser, key: another_signature(key.show(ask(browser))),
    "a copy that has counted less far": _that_goes_back,
    "one made for another site": _for_another_site,
    "one made for another host": _for_another_host,
    "a key that nobody knows": _unknown,
    "no question was asked": lambda browser, key: key.show({"publicKey": {"challenge": b"x" * 32}}),
    "no JSON": lambda browser, key: str(ask(browser) and "{"),
    "JSON that is something else": lambda browser, key: str(ask(browser) and "[1]"),
    "JSON with the wrong things in it": lambda browser, key: str(ask(browser) and '{"rawId": 5, "response": []}'),
    "JSON in JSON in JSON": lambda browser, key: "[" * 15_000 if ask(browser) else "",
    "what is not as CBOR is": lambda browser, key: key.shown(ask(browser), b"\xa3" * 3_000),
    "the beginning of a number in CBOR": lambda browser, key: key.shown(
        ask(browser), sha256(b"localhost") + b"\xc5" + bytes(4 + 16 + 2) + b"\xa1\x01\x19"
    ),
    "much too long": lambda browser, key: "x" * 30_000,
    "nothing": lambda browser, key: "",
}


@pytest.mark.parametrize("what", FORGED)
def test_what_is_no_answer_lets_nobody_in(nora: User, what: str) -> None:
    key, browser = SecurityKey(), browser_at()
    has_key(nora, key)
    answer = browser.post("/sign-in/passkey/", {"credential": FORGED[what](browser, key)})
    assert answer["Location"] == "/sign-in/" and not signed_in(browser)


LESS: dict[str, Callable[[Client], Any]] = {
    "the second step of somebody who has the password": lambda browser: ask(browser, half_way="1"),
    "a new passkey": lambda browser: browser.post("/account/second-step/passkeys/ask/").json(),
}


@pytest.mark.parametrize("what", LESS)
def test_a_stolen_key_without_its_pin_answers_no_question_of_another_kind(nora: User, what: str) -> None:
    """A colleague who found the key is asked for less where only a second step is asked for."""
    stolen, browser = SecurityKey(verifies=False), browser_at(ELSEWHERE)
    has_key(nora, stolen)
    otto = account("otto")
    if "second step" in what:
        has_key(otto, SecurityKey())
    sign_in(browser, "otto")
    browser.post("/sign-in/passkey/", {"credential": stolen.show(LESS[what](browser))})
    assert browser.session.get("_auth_user_id") != str(nora.pk)


NO_PASSKEYS: dict[str, bytes] = {
    "nothing": b"",
    "the beginning of something": b"\xa1",
    "the beginning of a number": b"\xa1\x19",
    "maps in maps in maps": b"\xa3" * 3_000,
    "no key in it": AttestationObject.create(
        "none", AuthenticatorData.create(sha256(b"localhost"), AuthenticatorData.FLAG.UP, 0), {}
    ),
}


@pytest.mark.parametrize("what", NO_PASSKEYS)
def test_what_is_no_passkey_is_not_added(nora: User, what: str) -> None:
    browser = browser_at()
    sign_in(browser)
    options = browser.post("/account/second-step/passkeys/ask/").json()
    answer = browser.post(
        "/account/second-step/passkeys/", {"credential": SecurityKey().made(options, NO_PASSKEYS[what])}
    )
    assert answer.status_code == 422 and "was not added" in answer.content.decode()


def test_a_passkey_with_a_name_longer_than_there_are_is_not_added(nora: User) -> None:
    browser, key = browser_at(), SecurityKey()
    sign_in(browser)
    key.id = b"x" * (passkeys.LONGEST_ID + 1)
    assert add(browser, key).status_code == 422
    key.id = b"x" * passkeys.LONGEST_ID
    assert add(browser, key).status_code == 200


def test_an_answer_serves_once(nora: User) -> None:
    key, browser = SecurityKey(), browser_at()
    has_key(nora, key)
    shown = key.show(ask(browser))
    assert browser.post("/sign-in/passkey/", {"credential": shown})["Location"] == "/"
    browser.post("/sign-out/")
    assert browser.post("/sign-in/passkey/", {"credential": shown})["Location"] == "/sign-in/"


def test_somebody_elses_passkey_is_no_second_step(nora: User) -> None:
    mine, theirs, browser = SecurityKey(), SecurityKey(), browser_at()
    has_key(nora, mine)
    has_key(account("otto"), theirs)
    sign_in(browser)
    answer = browser.post("/sign-in/second-step/", {"credential": theirs.show(ask(browser, half_way="1"))})
    assert answer.status_code == 200 and not signed_in(browser)


def test_a_passkey_is_added_once_and_to_one_account(nora: User) -> None:
    key = SecurityKey()
    has_key(nora, key)
    account("otto")
    browser = browser_at()
    sign_in(browser, "otto")
    assert add(browser, key).status_code == 422
    assert Passkey.objects.count() == 1


def test_there_is_a_most_and_a_name(nora: User) -> None:
    key, browser = SecurityKey(), browser_at()
    has_key(nora, key)
    alone(browser, key)
    add(browser, SecurityKey(), "")
    assert Passkey.objects.last().name == "Firefox, Linux"
    for _ in range(passkeys.MOST - 2):
        add(browser, SecurityKey())
    assert add(browser, SecurityKey()).status_code == 422
    assert Passkey.objects.count() == passkeys.MOST


def test_only_ones_own_can_be_removed(nora: User) -> None:
    mine, theirs, browser = SecurityKey(), SecurityKey(), browser_at()
    has_key(nora, mine)
    otto = account("otto")
    has_key(otto, theirs)
    alone(browser, mine)
    key = Passkey.objects.get(user=otto)
    assert browser.post(f"/account/second-step/passkeys/{key.pk}/remove/").status_code == 404
    browser.post(f"/account/second-step/passkeys/{Passkey.objects.get(user=nora).pk}/remove/")
    assert Passkey.objects.get() == key
