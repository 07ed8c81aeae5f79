"""Integrations and their tokens in Django admin: shown once, rotated with overlap, revoked, and in no history."""

from datetime import timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from policies_app.history import changes_of
from policies_app.models import Workstream
from sessions_app.api import tokens
from sessions_app.api.models import ApiToken, Integration
from sessions_app.api.scopes import Scope


@pytest.fixture
def office(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def crm(db: None) -> Integration:
    return Integration.objects.create(name="CRM", scopes=[Scope.SESSIONS_READ], created_at=timezone.now())


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:sessions_app_integration_{name}", args=args)


FOR_A_DAY = {"lasts_number": "1", "lasts_unit": "days"}


def new_token(office: Client, crm: Integration, **posted: str) -> tuple[ApiToken, str]:
    """What an administrator makes, and gets to see."""
    answer = office.post(page("new_token", crm.pk), posted)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    text = answer.context["text"]
    assert text in answer.content.decode()
    return ApiToken.objects.latest("pk"), text


def test_an_integration_gets_scopes_in_words_and_workstreams(office: Client) -> None:
    loans = Workstream.objects.create(name="Loans")
    form = office.get(page("add")).content.decode()
    assert all(scope.label.replace("'", "&#x27;") in form for scope in Scope)
    posted = {
        "name": "CRM",
        "is_active": "on",
        "scopes": [Scope.LINKS_READ, Scope.SESSIONS_READ],
        "workstreams": [loans.pk],
        "requests_per_minute": "60",
    }
    made = office.post(page("add"), posted)
    crm = Integration.objects.get()
    assert made.url == page("change", crm.pk)
    assert (crm.scopes, list(crm.workstreams.all())) == ([Scope.SESSIONS_READ, Scope.LINKS_READ], [loans])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("scopes", "everything", "everything is not one of the available choices"),
        ("requests_per_minute", "0", "Give a number from 1 to 100,000."),
        ("name", "", "This field is required."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(office: Client, field: str, value: str, said: str) -> None:
    posted = {"name": "CRM", "requests_per_minute": "60", field: value}
    assert said in office.post(page("add"), posted).content.decode()
    assert not Integration.objects.exists()


def test_a_token_is_shown_once_and_lets_in(office: Client, crm: Integration) -> None:
    token, text = new_token(office, crm)
    found = tokens.find(text, timezone.now())
    assert found == token and token.created_by is not None and token.expires_at is None
    again = office.get(page("change", crm.pk)).content.decode()
    assert token.beginning in again and text not in again


def test_a_token_is_kept_nowhere_in_clear(office: Client, crm: Integration) -> None:
    _token, text = new_token(office, crm)
    kept = [str(one.get_decoded()) for one in Session.objects.all()]
    told = [f"{entry.changes} {entry.serialized_data} {entry.object_repr}" for entry in LogEntry.objects.all()]
    assert told and not [one for one in (*kept, *told, str(office.cookies)) if text in one]
    assert not [one for one in told if tokens.hash_of(text) in one]


def test_a_token_can_be_made_to_expire(office: Client, crm: Integration) -> None:
    token, _text = new_token(office, crm, **FOR_A_DAY)
    assert token.expires_at == token.created_at + timedelta(days=1)


def test_a_life_that_is_none_is_said(office: Client, crm: Integration) -> None:
    answer = office.post(page("new_token", crm.pk), {"lasts_number": "0", "lasts_unit": "days"})
    assert "Give a duration from" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_rotating_lets_both_in_for_as_long_as_was_chosen(office: Client, crm: Integration) -> None:
    old, old_text = new_token(office, crm)
    answer = office.post(page("rotate", old.pk), {"overlap_number": "2", "overlap_unit": "hours"})
    now = timezone.now()
    for text in (old_text, answer.context["text"]):
        assert tokens.find(text, now)
    assert tokens.find(old_text, now + timedelta(hours=2)) is None
    assert tokens.find(answer.context["text"], now + timedelta(hours=2))


def test_how_long_they_overlap_must_be_said(office: Client, crm: Integration) -> None:
    old, _text = new_token(office, crm)
    answer = office.post(page("rotate", old.pk), {"overlap_number": "", "overlap_unit": "hours"})
    assert "Enter for how long the old token still holds." in answer.content.decode()
    assert ApiToken.objects.count() == 1


def test_a_revoked_token_lets_nobody_in(office: Client, crm: Integration) -> None:
    token, text = new_token(office, crm)
    assert "Revoke the token" in office.get(page("revoke", token.pk)).content.decode()
    assert tokens.find(text, timezone.now())
    assert office.post(page("revoke", token.pk)).url == page("change", crm.pk)
    assert tokens.find(text, timezone.now()) is None
    assert office.get(page("rotate", token.pk)).url == page("change", crm.pk)


def test_the_history_tells_of_tokens(office: Client, crm: Integration) -> None:
    token, _text = new_token(office, crm)
    office.post(page("revoke", token.pk))
    entries = LogEntry.objects.filter(content_type__model="apitoken").order_by("pk")
    assert [entry.actor.get_username() for entry in entries if entry.actor] == ["ada", "ada"]
    assert [[change.label for change in changes_of(entry)] for entry in entries] == [
        ["Integration", "Begins with"],
        ["Revoked at"],
    ]


def test_last_use_is_shown(office: Client, crm: Integration) -> None:
    token, text = new_token(office, crm)
    assert "not used yet" in office.get(page("change", crm.pk)).content.decode()
    Client().get("/api/v1/sessions/", headers={"Authorization": f"Bearer {text}"})
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert "not used yet" not in office.get(page("change", crm.pk)).content.decode()


@pytest.mark.parametrize("name", ["new_token", "rotate", "revoke"])
def test_tokens_are_a_right_of_their_own(crm: Integration, name: str) -> None:
    """Who may change what an integration may do cannot give themselves a token of it."""
    token, _text = tokens.mint(crm, by=None, now=timezone.now())
    editor = User.objects.create_user("editor", is_staff=True)
    editor.user_permissions.set(Permission.objects.filter(codename__in=["view_integration", "change_integration"]))
    browser = Client()
    browser.force_login(editor)
    assert browser.get(page("change", crm.pk)).status_code == 200
    address = page(name, crm.pk if name == "new_token" else token.pk)
    assert browser.get(address).status_code == browser.post(address).status_code == 403
    assert ApiToken.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize("name", ["new_token", "rotate", "revoke"])
def test_there_is_nothing_about_what_is_not_there(office: Client, name: str) -> None:
    assert office.get(page(name, 999)).status_code == 404
