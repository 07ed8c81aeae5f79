"""Single sign-on by OpenID Connect, against a provider that really signs."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from sessions_app.models import Agent
from sessions_app.roles import ADMINISTRATOR, AGENT, SUPERVISOR
from sessions_app.signing_in.models import ProviderAccount, SignInEvent
from sessions_app.signing_in.provider import Oidc
from sessions_app.signing_in.provider_accounts import is_same_address
from tests.signing_in.people import PASSWORD, account, browser_at, code_of, in_role, sign_in, signed_in, with_app
from tests.signing_in.provider import CLIENT, SECRET, Provider, running
from tests.widget.portals import rsa_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with running() as one:
        settings.OIDC = Oidc(
            issuer=one.issuer,
            client_id=CLIENT,
            secret=SECRET,
            button="Company sign-in",
            roles_claim="groups",
            roles={},
            makes_accounts=False,
            is_second_factor=False,
        )
        yield one


@pytest.fixture
def nora() -> User:
    return account("nora", email="Nora@example.com")


def leave(browser: Client, **more: str) -> str:
    """Press the button. Returns the address at the provider to which the page goes on by itself."""
    page = browser.post("/sign-in/provider/", more).content.decode()
    return html.unescape(re.findall(r'http-equiv="refresh" content="0;url=([^"]+)"', page)[0])


def come_back(browser: Client, provider: Provider, **more: str) -> Any:
    """There and back again."""
    return browser.get("/sign-in/provider/back/", provider.sign_in(leave(browser, **more)))


def test_the_button_is_there_only_where_there_is_a_provider(settings: Any, provider: Provider) -> None:
    assert "Company sign-in" in browser_at().get("/sign-in/").content.decode()
    settings.OIDC = None
    assert "Company sign-in" not in browser_at().get("/sign-in/").content.decode()
    assert browser_at().post("/sign-in/provider/").status_code == 404
    assert browser_at().get("/sign-in/provider/back/").status_code == 404


def test_who_has_an_account_with_the_verified_address_comes_in(nora: User, provider: Provider) -> None:
    browser = browser_at()
    assert come_back(browser, provider, next="/search/")["Location"] == "/search/"
    assert signed_in(browser) and SignInEvent.objects.get().way == "oidc"
    assert ProviderAccount.objects.get().user == nora


def test_from_then_on_it_is_the_subject_that_counts(nora: User, provider: Provider) -> None:
    come_back(browser_at(), provider)
    User.objects.filter(pk=nora.pk).update(email="other@example.com")
    otto, browser = account("otto", email="nora@example.com"), browser_at()
    come_back(browser, provider)
    assert browser.session["_auth_user_id"] == str(nora.pk) != str(otto.pk)


NOBODY: dict[str, dict[str, Any]] = {
    "the address is not verified": {"email_verified": False},
    "nobody says whether it is": {"email_verified": None},
    "it is only almost true": {"email_verified": "true"},
    "nobody has that address": {"email": "other@example.com"},
    "there is no address": {"email": None},
}


@pytest.mark.parametrize("why", NOBODY)
def test_who_has_no_account_is_told_so(nora: User, provider: Provider, why: str) -> None:
    browser = browser_at()
    provider.changed = NOBODY[why]
    assert come_back(browser, provider)["Location"] == "/sign-in/" and not signed_in(browser)
    browser = browser_at()
    come_back(browser, provider)
    assert "You have no account in Parley" in browser.get("/sign-in/").content.decode()


def test_an_address_that_somebody_else_got_since_leads_to_no_account_of_before(nora: User, provider: Provider) -> None:
    come_back(browser_at(), provider)
    provider.claims["sub"] = "4711"
    browser = browser_at()
    come_back(browser, provider)
    assert not signed_in(browser) and ProviderAccount.objects.get().subject == "0815"


def test_the_operator_has_it_found_by_its_address_once_more(nora: User, provider: Provider) -> None:
    """A provider where Parley was registered anew calls everybody by another subject."""
    come_back(browser_at(), provider)
    provider.claims["sub"] = "4711"
    with pytest.raises(CommandError):
        call_command("unlink_single_sign_on", "otto")
    assert ProviderAccount.objects.exists()
    call_command("unlink_single_sign_on", "nora")
    browser = browser_at()
    come_back(browser, provider)
    assert signed_in(browser) and ProviderAccount.objects.get().subject == "4711"
    call_command("unlink_single_sign_on", all=True)
    assert not ProviderAccount.objects.exists()


ADDRESSES = {
    ("nora@example.com", "nora@example.com"): True,
    ("Nora@Example.com", "nora@example.COM"): True,
    ("zoë@example.com", "zoë@example.com"): True,
    ("zoë@example.com", "ZOË@example.com"): False,
    ("mike@example.com", "m\N{LATIN SMALL LETTER DOTLESS I}ke@example.com"): False,
    ("mike@example.com", "mi\N{KELVIN SIGN}e@example.com"): False,
    ("nora@example.com", "otto@example.com"): False,
}


@pytest.mark.parametrize(("pair", "is_one"), ADDRESSES.items())
def test_an_address_is_one_but_for_capital_letters(pair: tuple[str, str], is_one: bool) -> None:
    assert is_same_address(*pair) is is_same_address(*reversed(pair)) is is_one


def test_an_address_that_only_the_database_takes_for_theirs_leads_to_nobody(nora: User, provider: Provider) -> None:
    """PostgreSQL makes the same capital of the dotless i and of the other one."""
    User.objects.update(email="nina@example.com")
    provider.claims["email"] = "n\N{LATIN SMALL LETTER DOTLESS I}na@example.com"
    browser = browser_at()
    come_back(browser, provider)
    assert not signed_in(browser)


def test_two_accounts_with_the_same_address_are_nobodys(nora: User, provider: Provider) -> None:
    account("otto", email="nora@example.com")
    browser = browser_at()
    come_back(browser, provider)
    assert not signed_in(browser)


def test_a_closed_account_stays_closed(nora: User, provider: Provider) -> None:
    come_back(browser_at(), provider)
    User.objects.update(is_active=False)
    browser = browser_at()
    assert come_back(browser, provider)["Location"] == "/sign-in/"


TOKENS: dict[str, dict[str, Any]] = {
    "of another issuer": {"changed": {"iss": "https://evil.example"}},
    "for somebody else": {"changed": {"aud": "another client"}},
    "for several, asked for by another": {"changed": {"aud": [CLIENT, "another"], "azp": "another"}},
    "for several, asked for by nobody": {"changed": {"aud": [CLIENT, "another"]}},
    "with another nonce": {"changed": {"nonce": "another"}},
    "without a nonce": {"changed": {"nonce": None}},
    "that is over": {"changed": {"exp": 1_000_000_000}},
    "without an end": {"changed": {"exp": None}},
    "from the future": {"changed": {"iat": 4_000_000_000}},
    "about nobody": {"changed": {"sub": None}},
    "signed with another key": {"key": rsa_key("evil")},
    "that names another key": {"header": {"kid": "two"}},
    "signed with a shared secret": {"key": SECRET + " " * 20, "algorithm": "HS256"},
    "signed by nobody": {"key": "", "algorithm": "none"},
}


@pytest.mark.parametrize("what", TOKENS)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_token_lets_nobody_in(nora: User, provider: Provider, what: str) -> None:
    vars(provider).update(TOKENS[what])
    browser = browser_at()
    assert come_back(browser, provider)["Location"] == "/sign-in/" and not signed_in(browser)
    page = browser_at()
    come_back(page, provider)
    assert "The single sign-on did not work" in page.get("/sign-in/").content.decode()


ANSWERS: dict[str, dict[str, str]] = {
    "another state": {"state": "another"},
    "no state": {"state": ""},
    "another issuer": {"iss": "https://evil.example"},
    "a code that the provider does not know": {"code": "another"},
    "no code": {"code": ""},
    "an error": {"error": "access_denied"},
}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_lets_nobody_in(nora: User, provider: Provider, what: str) -> None:
    browser = browser_at()
    brought = provider.sign_in(leave(browser)) | ANSWERS[what]
    assert browser.get("/sign-in/provider/back/", brought)["Location"] == "/sign-in/" and not signed_in(browser)


def test_an_issuer_that_ends_with_a_slash_is_the_same(nora: User, provider: Provider) -> None:
    browser = browser_at()
    brought = provider.sign_in(leave(browser))
    assert browser.get("/sign-in/provider/back/", brought | {"iss": f"{provider.issuer}/"})["Location"] == "/"


def test_what_cannot_be_read_in_place_of_a_token_lets_nobody_in(nora: User, provider: Provider) -> None:
    browser = browser_at()
    brought = provider.sign_in(leave(browser))
    provider.instead = b"[" * 50_000
    assert browser.get("/sign-in/provider/back/", brought)["Location"] == "/sign-in/" and not signed_in(browser)


AGO = {"just now": (0, True), "at the limit": (15 * 60, True), "this morning": (4 * 3600, False)}


@pytest.mark.parametrize(("seconds", "is_fresh"), AGO.values(), ids=AGO)
def test_who_signs_in_again_has_to_have_done_so_there_lately(
    nora: User, provider: Provider, seconds: int, is_fresh: bool
) -> None:
    """Otherwise whoever finds an open screen adds a passkey of their own, by pressing a button."""
    browser, began = browser_at(), datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(began, tick=False) as clock:
        provider.changed["auth_time"] = began.timestamp() - 4 * 3600
        come_back(browser, provider)
        assert signed_in(browser), "the first time it does not matter"
        clock.shift(timedelta(minutes=20))
        provider.changed["auth_time"] = began.timestamp() + 20 * 60 - seconds
        address = leave(browser)
        assert "max_age=900" in address
        browser.get("/sign-in/provider/back/", provider.sign_in(address))
        assert browser.get("/account/second-step/").status_code == (200 if is_fresh else 302)


def test_an_answer_serves_once_and_in_the_browser_that_asked(nora: User, provider: Provider) -> None:
    browser, other = browser_at(), browser_at()
    brought = provider.sign_in(leave(browser))
    leave(other)
    assert other.get("/sign-in/provider/back/", brought)["Location"] == "/sign-in/" and not signed_in(other)
    assert browser.get("/sign-in/provider/back/", brought)["Location"] == "/"
    browser.post("/sign-out/")
    assert browser.get("/sign-in/provider/back/", brought)["Location"] == "/sign-in/"


def test_a_code_that_somebody_else_got_is_of_no_use_without_its_verifier(nora: User, provider: Provider) -> None:
    """A thief who has the code puts it into an answer to a question of their own."""
    code = provider.sign_in(leave(browser_at()))["code"]
    thief = browser_at()
    brought = provider.sign_in(leave(thief)) | {"code": code}
    thief.get("/sign-in/provider/back/", brought)
    assert not signed_in(thief)


def test_it_leads_to_no_other_site(nora: User, provider: Provider) -> None:
    assert come_back(browser_at(), provider, next="https://evil.example/")["Location"] == "/"


def test_leaving_is_asked_for_by_a_form_of_ours(provider: Provider) -> None:
    assert browser_at().get("/sign-in/provider/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/sign-in/provider/").status_code == 403


PUBLISHED: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://evil.example"},
    "no address to go to": {"authorization_endpoint": None},
    "an address that is none": {"authorization_endpoint": "https://[evil/authorize"},
    "a script": {"authorization_endpoint": "javascript://localhost/%0aalert(1)"},
    "an address without TLS": {"authorization_endpoint": "http://evil.example/authorize"},
}


@pytest.mark.parametrize("what", PUBLISHED)
def test_nobody_is_sent_where_it_is_not_safe(provider: Provider, what: str) -> None:
    browser = browser_at()
    provider.published = PUBLISHED[what]
    assert browser.post("/sign-in/provider/")["Location"] == "/sign-in/"
    assert "does not answer" in browser.get("/sign-in/").content.decode()


def test_while_the_provider_is_away_the_password_still_works(nora: User, settings: Any) -> None:
    with running() as gone:
        issuer = gone.issuer
    settings.OIDC = Oidc(issuer, CLIENT, SECRET, "Company sign-in", "groups", {}, False, False)
    browser = browser_at()
    assert browser.post("/sign-in/provider/")["Location"] == "/sign-in/"
    assert sign_in(browser, password=PASSWORD)["Location"] == "/"


# Second step --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counts", [True, False])
def test_it_is_a_second_step_only_if_the_setting_says_so(
    nora: User, provider: Provider, settings: Any, counts: bool
) -> None:
    settings.OIDC, settings.TWO_FACTOR = replace(settings.OIDC, is_second_factor=counts), "administrators"
    User.objects.update(is_staff=True)
    browser = browser_at()
    come_back(browser, provider)
    assert browser.get("/admin/").status_code == (200 if counts else 302)
    secret, browser = with_app(nora), browser_at()
    assert come_back(browser, provider)["Location"] == ("/" if counts else "/sign-in/second-step/")
    if not counts:
        browser.post("/sign-in/second-step/", {"code": code_of(secret)})
        assert browser.get("/admin/").status_code == 200


# Accounts and roles -------------------------------------------------------------------------------------------------


@pytest.fixture
def mapped(provider: Provider, settings: Any) -> Provider:
    """Accounts are made, with the roles that the provider tells."""
    roles = {"leads": SUPERVISOR, "people": AGENT, "admins": ADMINISTRATOR}
    settings.OIDC = replace(settings.OIDC, roles=roles, makes_accounts=True)
    provider.claims |= {"preferred_username": "nora", "name": "Nora Falk", "groups": ["leads", "people", "others"]}
    return provider


def test_an_account_is_made_at_the_first_sign_in(mapped: Provider) -> None:
    browser = browser_at()
    come_back(browser, mapped)
    user = User.objects.get()
    assert (user.username, user.email, user.has_usable_password()) == ("nora", "nora@example.com", False)
    assert {role.name for role in user.groups.all()} == {SUPERVISOR, AGENT}
    assert Agent.objects.get(user=user).name == "Nora Falk" and browser.get("/").status_code == 200


def test_its_name_is_a_new_one(mapped: Provider) -> None:
    account("Nora")
    come_back(browser_at(), mapped)
    assert ProviderAccount.objects.get().user.username == "nora-2"


def test_a_name_in_other_letters_is_the_name(mapped: Provider) -> None:
    """Django keeps user names as NFKC has them: this one is there already."""
    account("nora")
    mapped.claims["preferred_username"] = "nor\N{FEMININE ORDINAL INDICATOR}"
    come_back(browser_at(), mapped)
    assert ProviderAccount.objects.get().user.username == "nora-2"


def test_roles_follow_the_provider_and_what_is_taken_ends_what_is_open(mapped: Provider) -> None:
    before, browser = browser_at(), browser_at()
    come_back(before, mapped)
    User.objects.get().groups.create(name="A role of our own")
    mapped.claims["groups"] = "people"
    come_back(browser, mapped)
    assert {role.name for role in User.objects.get().groups.all()} == {AGENT, "A role of our own"}
    assert not signed_in(before) and signed_in(browser)


@pytest.mark.parametrize("groups", [None, [], ["others"], {"admins": True}, 5])
def test_who_has_no_role_there_does_not_come_in(mapped: Provider, groups: Any) -> None:
    mapped.claims["groups"] = groups
    in_role("otto", AGENT)
    User.objects.update(email="nora@example.com")
    browser = browser_at()
    come_back(browser, mapped)
    assert not signed_in(browser) and User.objects.get().groups.exists()
