"""Of whom a second step is required, and what they can do before they have one."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from sessions_app.models import Agent
from sessions_app.roles import ADMINISTRATOR, AGENT, SUPERVISOR
from sessions_app.signing_in.models import AuthenticatorApp
from sessions_app.signing_in.requirement import is_required_of
from tests.signing_in.people import PASSWORD, account, browser_at, code_of, in_role, sign_in, with_app
from tests.signing_in.test_second_step import shown_secret

pytestmark = pytest.mark.django_db

REQUIRED = {
    ADMINISTRATOR: {"nobody": False, "administrators": True, "supervisors": True},
    SUPERVISOR: {"nobody": False, "administrators": False, "supervisors": True},
    AGENT: {"nobody": False, "administrators": False, "supervisors": False},
}


@pytest.mark.parametrize("role", REQUIRED)
@pytest.mark.parametrize("setting", ["nobody", "administrators", "supervisors"])
def test_who_needs_one(role: str, setting: str, settings: object) -> None:
    settings.TWO_FACTOR = setting
    assert is_required_of(in_role("nora", role)) is REQUIRED[role][setting]


RIGHTS = {
    "auth.change_user": "administrators",
    "policies_app.change_systemsettings": "administrators",
    "policies_app.view_workstream": "supervisors",
    "sessions_app.monitor_session": "supervisors",
    "sessions_app.take_over_session": "supervisors",
    "sessions_app.release_seat": "supervisors",
}


@pytest.mark.parametrize(("right", "setting"), RIGHTS.items())
def test_it_is_the_rights_that_count_and_not_the_names_of_roles(right: str, setting: str, settings: object) -> None:
    settings.TWO_FACTOR = setting
    role = Group.objects.create(name="A role of our own")
    user = account("nora")
    user.groups.add(role)
    assert not is_required_of(User.objects.get(pk=user.pk))
    user.user_permissions.add(*account("other", right).user_permissions.all())
    assert is_required_of(User.objects.get(pk=user.pk))


@pytest.mark.parametrize("field", ["is_superuser", "is_staff"])
def test_superusers_and_staff_are_administrators(field: str, settings: object) -> None:
    settings.TWO_FACTOR = "administrators"
    assert is_required_of(account("nora", **{field: True}))


@pytest.fixture
def vera(settings: object) -> User:
    """A supervisor and agent, who has none yet where one is required."""
    settings.TWO_FACTOR = "supervisors"
    user = in_role("vera", SUPERVISOR)
    Agent.objects.create(user=user, name="Vera")
    return user


def test_who_owes_one_is_led_to_set_it_up_before_anything_else(vera: User) -> None:
    browser = browser_at()
    sign_in(browser, "vera")
    for path in ("/", "/search/", "/supervise/", "/admin/", "/account/", "/account/password/", "/mailbox/"):
        answer = browser.get(path)
        assert answer.status_code == 302 and answer["Location"].startswith("/account/second-step/?next="), path
    assert browser.get("/account/second-step/").status_code == 200


def test_the_api_answers_as_it_answers_everybody(vera: User) -> None:
    browser = browser_at()
    sign_in(browser, "vera")
    answer = browser.get("/api/v1/workstreams/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_nor_can_they_do_anything(vera: User) -> None:
    browser = browser_at()
    sign_in(browser, "vera")
    for path in ("/sessions/start/", "/presence/", "/activity/", "/account/other-browsers/"):
        answer = browser.post(path, {"status": "away"})
        assert answer.status_code == 403 and "second step is needed" in answer.content.decode(), path
    assert browser.get("/sessions/", HTTP_ACCEPT="application/json").status_code == 403
    assert browser.post("/account/second-step/app/remove/").status_code == 403
    assert browser.post("/sign-out/").status_code == 302, "but for signing out"


def test_once_it_is_set_up_they_go_on_where_they_were(vera: User) -> None:
    browser = browser_at()
    sign_in(browser, "vera")
    page = browser.get("/account/second-step/?next=/search/").content.decode()
    answer = browser.post("/account/second-step/app/", {"code": code_of(shown_secret(page)), "next": "/search/"})
    assert 'href="/search/"' in answer.content.decode()
    assert browser.get("/search/").status_code == 200


def test_the_way_on_leads_to_no_other_site(vera: User) -> None:
    browser = browser_at()
    sign_in(browser, "vera")
    page = browser.get("/account/second-step/").content.decode()
    form = {"code": code_of(shown_secret(page)), "next": "https://evil.example/"}
    assert "evil.example" not in browser.post("/account/second-step/app/", form).content.decode()


def test_who_gains_the_requirement_meets_it_with_the_next_request(vera: User, settings: object) -> None:
    settings.TWO_FACTOR = "nobody"
    browser, agent = browser_at(), browser_at()
    sign_in(browser, "vera")
    otto = in_role("otto", AGENT)
    Agent.objects.create(user=otto, name="Otto")
    sign_in(agent, "otto")
    assert browser.get("/search/").status_code == agent.get("/search/").status_code == 200
    settings.TWO_FACTOR = "supervisors"
    assert browser.get("/search/").status_code == 302 and agent.get("/search/").status_code == 200
    otto.groups.add(Group.objects.get(name=SUPERVISOR))
    assert agent.get("/search/")["Location"].startswith("/account/second-step/")


def test_who_has_one_but_did_not_take_it_takes_it_with_the_next_request(vera: User) -> None:
    browser = browser_at()
    sign_in(browser, "vera")
    secret = with_app(vera)
    assert browser.get("/search/")["Location"] == "/sign-in/second-step/"
    assert browser.get("/account/second-step/")["Location"] == "/sign-in/second-step/", "nor sets up another one"
    browser.get("/search/")
    assert browser.post("/sign-in/second-step/", {"code": code_of(secret)})["Location"] == "/search/"
    assert browser.get("/search/").status_code == 200


def test_who_needs_one_cannot_remove_the_last(vera: User) -> None:
    secret, browser = with_app(vera), browser_at()
    sign_in(browser, "vera")
    browser.post("/sign-in/second-step/", {"code": code_of(secret)})
    answer = browser.post("/account/second-step/app/remove/", follow=True)
    assert AuthenticatorApp.objects.exists() and "Set up another one first" in answer.content.decode()


def test_a_session_that_was_made_otherwise_gets_no_further(vera: User) -> None:
    """`force_login` stands for whatever else might sign somebody in."""
    browser = Client()
    browser.force_login(vera)
    assert browser.get("/admin/").status_code == 302
    assert browser.get("/admin/")["Location"].startswith("/account/second-step/")


def test_the_demo_of_make_run_needs_none(db: None, settings: object) -> None:
    assert settings.TWO_FACTOR == "nobody" and timedelta(hours=8) <= settings.SIGN_IN_IDLE
    browser = browser_at()
    account("admin", is_superuser=True)
    assert sign_in(browser, "admin", PASSWORD)["Location"] == "/"
    assert browser.get("/admin/").status_code == 200
