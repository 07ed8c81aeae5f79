"""What is told of sign-ins, to whom, and for how long."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from sessions_app.signing_in import history, tasks
from sessions_app.signing_in.browser_names import browser_name
from sessions_app.signing_in.flow import HALF_WAY_LASTS
from sessions_app.signing_in.models import SignInEvent
from tests.signing_in.people import ELSEWHERE, HOME, account, browser_at, code_of, fail, happenings, sign_in, with_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora() -> User:
    return account("nora")


def test_each_step_is_told_with_when_from_where_how_and_by_what(nora: User) -> None:
    began, browser = timezone.now(), browser_at(ELSEWHERE)
    fail(browser, 1)
    sign_in(browser)
    browser.post("/sign-out/")
    events = SignInEvent.objects.filter(user=nora).order_by("pk")
    assert [(one.happening, one.way) for one in events] == [
        ("refused", "password"),
        ("signed_in", "password"),
        ("signed_out", ""),
    ]
    assert {one.address for one in events} == {ELSEWHERE} and all("Firefox" in one.browser for one in events)
    assert all(began <= one.at <= timezone.now() for one in events)


def test_the_second_step_is_told_as_the_way(nora: User) -> None:
    secret, browser = with_app(nora), browser_at()
    sign_in(browser)
    browser.post("/sign-in/second-step/", {"code": "000000"})
    browser.post("/sign-in/second-step/", {"code": "abcd-efgh-jkmn"})
    browser.post("/sign-in/second-step/", {"code": code_of(secret)})
    told = SignInEvent.objects.order_by("pk").values_list("happening", "way")
    assert list(told) == [
        ("half_way", "password"),
        ("refused", "app"),
        ("refused", "recovery"),
        ("signed_in", "app"),
    ]


def test_a_first_step_is_told_once_for_each_address_while_it_lasts(nora: User) -> None:
    with_app(nora)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for address in (HOME, HOME, ELSEWHERE, HOME):
            sign_in(browser_at(address))
        assert happenings(nora) == ["half_way", "half_way"]
        clock.shift(HALF_WAY_LASTS)
        sign_in(browser_at(HOME))
    assert happenings(nora) == ["half_way", "half_way", "half_way"]


def test_what_was_typed_in_place_of_a_user_name_is_not_kept(nora: User) -> None:
    sign_in(browser_at(), "my secret password", "nora")
    event = SignInEvent.objects.get()
    assert event.user is None and "secret" not in str(SignInEvent.objects.values())


def test_everybody_sees_their_own_and_nobody_elses(nora: User) -> None:
    account("otto")
    fail(browser_at(ELSEWHERE), 1, "otto")
    browser = browser_at(HOME)
    sign_in(browser)
    page = browser.get("/account/").content.decode()
    assert HOME in page and "Firefox, Linux" in page and ELSEWHERE not in page


def test_administrators_see_all_and_agents_nothing_of_others(nora: User, admin_user: User) -> None:
    sign_in(browser_at(ELSEWHERE))
    office, agent = Client(), browser_at()
    office.force_login(admin_user)
    assert ELSEWHERE in office.get("/admin/sessions_app/signinevent/").content.decode()
    sign_in(agent)
    assert agent.get("/admin/sessions_app/signinevent/", follow=True).status_code == 403


def test_old_ones_are_forgotten_and_new_ones_are_not(nora: User, settings: object) -> None:
    settings.SIGN_IN_HISTORY_LASTS = timedelta(days=30)
    now = timezone.now()
    for age in (29, 31, 400):
        SignInEvent.objects.create(user=nora, at=now - timedelta(days=age), happening="signed_in")
    history.AT_ONCE, before = 1, history.AT_ONCE
    try:
        tasks.remove_old()
    finally:
        history.AT_ONCE = before
    assert happenings(nora) == ["signed_in"]


def test_the_account_page_shows_the_newest(nora: User) -> None:
    now = timezone.now()
    SignInEvent.objects.bulk_create(
        SignInEvent(user=nora, at=now - timedelta(days=one), happening="signed_in", address=f"203.0.113.{one}")
        for one in range(60)
    )
    browser = browser_at()
    sign_in(browser)
    page = browser.get("/account/").content.decode()
    assert "203.0.113.48<" in page and "203.0.113.49<" not in page


NAMES = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0": (
        "Edge, Windows"
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604": (
        "Safari, iPhone"
    ),
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36": (
        "Chrome, Android"
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox, macOS",
    "curl/8.5.0": "curl/8.5.0",
    "": "unknown",
}


@pytest.mark.parametrize(("told", "name"), NAMES.items(), ids=NAMES.values())
def test_browsers_are_called_as_people_call_them(told: str, name: str) -> None:
    assert browser_name(told) == name
