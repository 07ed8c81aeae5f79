"""Tokens: who is let in, until when, and what is kept of them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sessions_app.api import tokens
from sessions_app.api.models import ApiToken, Integration
from sessions_app.api.scopes import Scope
from tests.api.calling import Api, api_of, problem
from tests.moments import DAY, MICROSECOND, MINUTE, STARTED

pytestmark = pytest.mark.django_db


@pytest.fixture
def integration(db: None) -> Integration:
    return Integration.objects.create(name="Desk", scopes=[Scope.SETTINGS_READ], created_at=STARTED)


def test_only_the_hash_of_a_token_is_kept(integration: Integration) -> None:
    token, text = tokens.mint(integration, by=None, now=STARTED)
    stored = ApiToken.objects.filter(pk=token.pk).values().get()
    assert text.startswith(tokens.PREFIX) and len(text) > 45
    assert not any(text in str(value) for value in stored.values())
    assert text.startswith(stored["beginning"]) and len(stored["beginning"]) < 15
    assert tokens.find(text, STARTED) == token


def test_a_token_holds_until_it_expires_and_not_at_that_moment(integration: Integration) -> None:
    _, text = tokens.mint(integration, by=None, expires_at=STARTED + DAY, now=STARTED)
    assert tokens.find(text, STARTED + DAY - MICROSECOND)
    assert tokens.find(text, STARTED + DAY) is None


def test_after_a_rotation_both_tokens_hold_for_a_while(integration: Integration) -> None:
    old, old_text = tokens.mint(integration, by=None, now=STARTED)
    _, new_text = tokens.rotate(old, by=None, overlap=DAY, now=STARTED)
    assert tokens.find(old_text, STARTED + DAY - MICROSECOND) and tokens.find(new_text, STARTED + DAY - MICROSECOND)
    assert tokens.find(old_text, STARTED + DAY) is None
    assert tokens.find(new_text, STARTED + 100 * DAY)


def test_a_rotation_never_makes_a_token_hold_longer(integration: Integration) -> None:
    old, text = tokens.mint(integration, by=None, expires_at=STARTED + MINUTE, now=STARTED)
    tokens.rotate(old, by=None, overlap=DAY, now=STARTED)
    assert tokens.find(text, STARTED + MINUTE) is None


def test_revoked_tokens_and_those_of_inactive_integrations_let_nobody_in(integration: Integration) -> None:
    token, text = tokens.mint(integration, by=None, now=STARTED)
    Integration.objects.filter(pk=integration.pk).update(is_active=False)
    assert tokens.find(text, STARTED) is None
    Integration.objects.filter(pk=integration.pk).update(is_active=True)
    tokens.revoke(token, now=STARTED)
    assert tokens.find(text, STARTED) is None


def test_the_last_use_is_written_down_once_a_minute(integration: Integration) -> None:
    token, _ = tokens.mint(integration, by=None, now=STARTED)
    for after, expected in [(0, 0), (59, 0), (60, 60)]:
        tokens.note_use(token, STARTED + timedelta(seconds=after))
        token.refresh_from_db()
        assert token.last_used_at == STARTED + timedelta(seconds=expected)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer parley_wrong", "Basic YTpi", "bearer a b", "Bearer \x00"])
def test_without_a_right_token_nobody_is_told_anything(header: str) -> None:
    response = Client().get("/api/v1/workstreams/", headers={"Authorization": header} if header else {})
    assert response["WWW-Authenticate"].startswith("Bearer")
    problem(response, 401)


def test_a_sign_in_of_a_browser_opens_nothing(admin_client: Client) -> None:
    problem(admin_client.get("/api/v1/workstreams/"), 401)


def test_a_scope_that_is_not_given_is_named(db: None) -> None:
    told = problem(api_of("Reader", Scope.SESSIONS_READ).get("workstreams/"), 403)
    assert "settings:read" in told["detail"]


def test_wrong_tokens_are_guessed_so_often_only_and_right_ones_go_on(api: Api) -> None:
    statuses = [
        Client().get("/api/v1/workstreams/", headers={"Authorization": "Bearer parley_guess"}) for _ in range(31)
    ]
    assert [one.status_code for one in statuses] == [401] * 30 + [429]
    assert int(statuses[-1]["Retry-After"]) >= 1
    assert api.get("workstreams/").status_code == 200


def test_an_integration_that_asks_too_often_is_told_when_to_ask_again(db: None) -> None:
    api = api_of("Busy", rate=3)
    answers = [api.get("workstreams/") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0"]
    assert answers[0]["RateLimit-Limit"] == "3" and 0 < int(answers[3]["Retry-After"]) <= 60
    problem(answers[3], 429)
    assert api_of("Calm").get("workstreams/").status_code == 200


def test_an_unknown_address_is_told_of_as_a_problem(api: Api) -> None:
    problem(api.get("no/such/thing"), 404)


def test_a_wrong_method_is_told_of_as_a_problem(api: Api) -> None:
    problem(api.delete("workstreams/"), 405)


def test_last_use_is_now(api: Api) -> None:
    before = timezone.now()
    api.get("workstreams/")
    assert ApiToken.objects.get().last_used_at >= before


def test_what_is_refused_counts_too(db: None) -> None:
    """Otherwise a token with few scopes could ask without end, and guess the user names of agents."""
    for name, headers in (("Scopeless", {}), ("Guesser", {"Parley_Agent": "nobody"})):
        api = api_of(name, Scope.SESSIONS_READ, rate=2).sending(**headers)
        answers = [api.get("workstreams/") for _ in range(3)]
        assert [one.status_code for one in answers] == [403, 403, 429]
        assert [one["RateLimit-Remaining"] for one in answers] == ["1", "0", "0"]
