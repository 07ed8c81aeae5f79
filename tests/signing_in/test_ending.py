"""Sign-ins end when the password changes, and when the account may do less than before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from policies_app.kinds import AgentStatus
from sessions_app.models import Agent
from sessions_app.signing_in.lockouts import MOST_OF_PAIR
from sessions_app.signing_in.models import BrowserSession
from tests.signing_in.people import ELSEWHERE, PASSWORD, account, browser_at, happenings, sign_in, signed_in

pytestmark = pytest.mark.django_db
NEW = "an evening at the lighthouse"


@pytest.fixture
def nora() -> User:
    """An agent who may also supervise."""
    user = account("nora")
    Agent.objects.create(user=user, name="Nora")
    user.groups.add(Group.objects.create(name="Some role"))
    return user


@pytest.fixture
def office(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


def status(user: User) -> str:
    return str(Agent.objects.get(user=user).status)


def by_admin(user: User, office: Client, **changes: object) -> None:
    posted = {"username": user.username, "is_active": "on", "groups": [group.pk for group in user.groups.all()]}
    page = reverse("admin:auth_user_change", args=[user.pk])
    form = {name: value for name, value in (posted | changes).items() if value is not None}
    assert office.post(page, form).status_code == 302


def sets_password(user: User, office: Client) -> None:
    page = reverse("admin:auth_user_password_change", args=[user.pk])
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert office.post(page, form).status_code == 302


def on_the_command_line(user: User, office: Client) -> None:
    fresh = User.objects.get(pk=user.pk)
    fresh.set_password(NEW)
    fresh.save()


WHAT: dict[str, Callable[[User, Client], None]] = {
    "an administrator sets the password": sets_password,
    "the password is set elsewhere": on_the_command_line,
    "the account is deactivated": lambda user, office: by_admin(user, office, is_active=None),
    "a role is removed": lambda user, office: by_admin(user, office, groups=[]),
    "all roles are cleared": lambda user, office: user.groups.clear(),
    "the role loses its people": lambda user, office: user.groups.get().user_set.clear(),
    "the role loses this one": lambda user, office: user.groups.get().user_set.remove(user),
}


@pytest.mark.parametrize("what", WHAT)
def test_all_browsers_are_signed_out_and_the_agent_is_offline(nora: User, office: Client, what: str) -> None:
    first, second = browser_at(), browser_at(ELSEWHERE)
    sign_in(first)
    sign_in(second)
    assert status(nora) == AgentStatus.AVAILABLE
    WHAT[what](nora, office)
    assert not signed_in(first) and not signed_in(second)
    assert status(nora) == AgentStatus.OFFLINE
    assert not BrowserSession.objects.filter(user=nora).exists()
    assert office.get("/admin/").status_code == 200, "nobody else is"


@pytest.mark.parametrize("what", WHAT)
def test_what_an_open_page_asks_for_is_refused(nora: User, office: Client, what: str) -> None:
    """So a page learns of it with whatever it does next, and gets no new ticket to listen with."""
    browser = browser_at()
    sign_in(browser)
    assert "stream" in browser.get("/sessions/").json()
    WHAT[what](nora, office)
    for path, method in (("/sessions/", browser.get), ("/presence/", browser.post), ("/activity/", browser.post)):
        assert method(path)["Location"].startswith("/sign-in/"), path


NOTHING: dict[str, Callable[[User, Client], None]] = {
    "a role is added": lambda user, office: user.groups.add(Group.objects.create(name="Another")),
    "the name is changed": lambda user, office: by_admin(user, office, first_name="Nora"),
    "they are saved as they are": lambda user, office: User.objects.get(pk=user.pk).save(),
}


@pytest.mark.parametrize("what", NOTHING)
def test_what_takes_nothing_away_ends_nothing(nora: User, office: Client, what: str) -> None:
    browser = browser_at()
    sign_in(browser)
    NOTHING[what](nora, office)
    assert signed_in(browser) and status(nora) == AgentStatus.AVAILABLE


# The own password ---------------------------------------------------------------------------------------------------


def change(browser: Client, old: str = PASSWORD, new: str = NEW, again: str = "") -> object:
    form = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return browser.post("/account/password/", form)


def test_who_changes_their_password_stays_in_and_is_out_everywhere_else(nora: User) -> None:
    here, there = browser_at(), browser_at(ELSEWHERE)
    sign_in(here)
    sign_in(there)
    key = here.cookies["parley"].value
    assert change(here).status_code == 302
    assert signed_in(here) and not signed_in(there)
    assert here.cookies["parley"].value != key
    assert status(nora) == AgentStatus.AVAILABLE
    assert sign_in(there).status_code == 200 and sign_in(there, password=NEW).status_code == 302


REFUSED = {
    "not the one until now": ({"old": "wrong"}, "This is not your password"),
    "two different ones": ({"again": "another evening at the lighthouse"}, "are not the same"),
    "too short": ({"new": "eleven char"}, "12 characters"),
    "what everybody takes": ({"new": "1234567890123456"}, "numeric"),
    "the user name again": ({"new": "noranoranora"}, "too similar"),
}


@pytest.mark.parametrize(("typed", "told"), REFUSED.values(), ids=REFUSED)
def test_a_password_that_will_not_do_is_told_why(nora: User, typed: dict[str, str], told: str) -> None:
    User.objects.filter(pk=nora.pk).update(first_name="noranoranora")
    browser = browser_at()
    sign_in(browser)
    answer = change(browser, **typed)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert User.objects.get(pk=nora.pk).check_password(PASSWORD) and signed_in(browser)


def test_who_finds_an_open_screen_cannot_go_on_guessing_the_password(nora: User) -> None:
    browser = browser_at()
    sign_in(browser)
    assert [change(browser, old="wrong").status_code for _ in range(MOST_OF_PAIR)] == [422] * (MOST_OF_PAIR - 1) + [429]
    assert change(browser).status_code == 429 and User.objects.get(pk=nora.pk).check_password(PASSWORD)
    assert happenings(nora)[1:] == ["refused"] * (MOST_OF_PAIR - 1) + ["locked_out"]
    kept = str(list(AccessAttempt.objects.values()))
    assert NEW not in kept and "wrong" not in kept
    assert sign_in(browser_at(ELSEWHERE)).status_code == 302


def test_django_admin_has_no_page_of_its_own_for_it(office: Client) -> None:
    assert office.get("/admin/password_change/")["Location"] == office.post("/admin/password_change/")["Location"]
    assert office.get("/admin/password_change/")["Location"] == "/account/password/"


def test_what_a_password_needs_is_told_before_typing(nora: User) -> None:
    browser = browser_at()
    sign_in(browser)
    assert "at least 12 characters" in browser.get("/account/password/").content.decode()


def test_long_passwords_of_any_letters_are_taken(nora: User) -> None:
    browser, new = browser_at(), "ein Abend am Leuchtturm 灯台 " * 8
    sign_in(browser)
    assert change(browser, new=new.strip()).status_code == 302
    assert sign_in(browser_at(), password=new.strip()).status_code == 302


# By themselves ------------------------------------------------------------------------------------------------------


def test_somebody_signs_out_of_all_other_browsers(nora: User) -> None:
    here, there = browser_at(), browser_at(ELSEWHERE)
    sign_in(here)
    sign_in(there)
    assert "1 other browser" in here.post("/account/other-browsers/", follow=True).content.decode()
    assert signed_in(here) and not signed_in(there) and status(nora) == AgentStatus.AVAILABLE


BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_sign_in_is_over_when_nobody_does_anything(nora: User, settings: object) -> None:
    settings.SIGN_IN_IDLE = timedelta(hours=2)
    browser = browser_at()
    with time_machine.travel(BEGAN, tick=False) as clock:
        sign_in(browser)
        clock.shift(timedelta(minutes=90))
        assert signed_in(browser)
        clock.shift(timedelta(minutes=90))
        assert signed_in(browser), "what was done in between put it off"
        clock.shift(timedelta(hours=2))
        assert not signed_in(browser)
    assert happenings(nora) == ["signed_in", "ended"] and status(nora) == AgentStatus.OFFLINE


BY_ITSELF = {
    "the lists of an agent": "GET /sessions/",
    "who is there": "POST /presence/",
    "a document that an agent looks at": f"GET /room/{UUID(int=1)}/documents/{UUID(int=2)}/?part=live",
    "a template of a document that is read": "GET /admin/sessions_app/documenttemplate/version/1/state/",
    "a change of policy that goes on": "GET /admin/sessions_app/rollout/1/progress/",
}


@pytest.mark.parametrize("what", BY_ITSELF)
def test_a_page_that_asks_for_what_is_new_keeps_nobody_signed_in(nora: User, settings: object, what: str) -> None:
    settings.SIGN_IN_IDLE = timedelta(hours=2)
    browser = browser_at()
    with time_machine.travel(BEGAN, tick=False) as clock:
        sign_in(browser)
        for _ in range(3):
            clock.shift(timedelta(minutes=40))
            browser.generic(*BY_ITSELF[what].split())
        assert not signed_in(browser)


def test_a_sign_in_is_over_at_last_whatever_is_done(nora: User, settings: object) -> None:
    settings.SIGN_IN_MOST = timedelta(hours=3)
    browser = browser_at()
    with time_machine.travel(BEGAN, tick=False) as clock:
        sign_in(browser)
        for _ in range(5):
            clock.shift(timedelta(minutes=30))
            assert signed_in(browser)
        clock.shift(timedelta(minutes=30))
        assert not signed_in(browser)


def test_the_management_command_of_django_ends_them_too(nora: User) -> None:
    browser = browser_at()
    sign_in(browser)
    BrowserSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    call_command("clearsessions")
    assert not BrowserSession.objects.exists() and not signed_in(browser)
