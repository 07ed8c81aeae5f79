"""Codes and people that come twice at the same moment, and guesses that all come at once."""

from functools import partial

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from sessions_app.signing_in import authenticator, recovery
from sessions_app.signing_in.lockouts import MOST_OF_PAIR
from sessions_app.signing_in.models import AuthenticatorApp, ProviderAccount
from sessions_app.signing_in.provider import Oidc
from sessions_app.signing_in.provider_accounts import account_of
from tests.races.together import at_once
from tests.signing_in.people import account, browser_at, code_of, sign_in, with_app

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def nora() -> User:
    return account("nora")


def test_of_many_who_come_with_one_code_one_is_let_in(nora: User) -> None:
    code, now = code_of(with_app(nora)), timezone.now()
    assert sum(at_once([partial(authenticator.accepts, nora, code, now)] * 8)) == 1


def test_of_many_who_come_with_one_recovery_code_one_is_let_in(nora: User) -> None:
    code, now = recovery.renew(nora)[0], timezone.now()
    assert sum(at_once([partial(recovery.accepts, nora, code, now)] * 8)) == 1


def test_an_app_that_is_set_up_by_a_double_click_is_set_up(nora: User) -> None:
    secret, now = authenticator.new_secret(), timezone.now()
    setting_up = partial(authenticator.set_up, nora, secret, code_of(secret), now)
    assert at_once([setting_up] * 4) == [True] * 4 and AuthenticatorApp.objects.get().user == nora


def test_who_comes_from_the_provider_twice_at_once_gets_one_account() -> None:
    provider = Oidc("https://id.example", "parley", "", "", "groups", {"people": "Agent"}, True, False)
    claims = {"sub": "0815", "preferred_username": "nora", "groups": ["people"]}
    found = at_once([partial(account_of, provider, claims, timezone.now())] * 4)
    assert {one.pk for one in found} == {User.objects.get().pk} and ProviderAccount.objects.count() == 1


def test_guesses_that_come_all_at_once_are_all_counted(nora: User) -> None:
    browsers = [browser_at() for _ in range(2 * MOST_OF_PAIR)]
    at_once([partial(sign_in, browser, "nora", "wrong") for browser in browsers])
    assert sign_in(browser_at()).status_code == 429
