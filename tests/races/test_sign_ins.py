"""Codes that come twice at the same moment, and guesses that all come at once."""

from functools import partial

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from sessions_app.signing_in import authenticator, recovery
from sessions_app.signing_in.lockouts import MOST_OF_PAIR
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


def test_guesses_that_come_all_at_once_are_all_counted(nora: User) -> None:
    browsers = [browser_at() for _ in range(2 * MOST_OF_PAIR)]
    at_once([partial(sign_in, browser, "nora", "wrong") for browser in browsers])
    assert sign_in(browser_at()).status_code == 429
