"""A second step after the password: codes of an app, and codes on paper."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions_app.models import Agent
from sessions_app.signing_in import authenticator, recovery
from sessions_app.signing_in.lockouts import MOST_OF_PAIR, MOST_SECOND_STEPS
from sessions_app.signing_in.models import AuthenticatorApp, BrowserSession, RecoveryCode
from tests.signing_in.people import (
    ELSEWHERE,
    HOME,
    account,
    browser_at,
    code_of,
    happenings,
    sign_in,
    signed_in,
    with_app,
)

pytestmark = pytest.mark.django_db
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""That of RFC 6238, appendix B, in base 32; the table there has eight digits, of which these are the last six."""

RFC = {59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"}


@pytest.fixture
def nora() -> User:
    return account("nora")


def take(browser: Client, code: str) -> int:
    return int(browser.post("/sign-in/second-step/", {"code": code}).status_code)


@pytest.mark.parametrize(("seconds", "code"), RFC.items())
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert authenticator.step_of(SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("late", "fits"), [(-31, False), (-30, True), (0, True), (59, True), (60, False)])
def test_a_code_is_taken_a_half_minute_before_and_after(late: int, fits: bool) -> None:
    now = datetime.fromtimestamp(1111111110 + late, UTC)  # the beginning of a half minute
    code = authenticator._totp(SECRET).generate(1111111110).decode()
    assert (authenticator.step_of(SECRET, code, now) is not None) is fits


@pytest.mark.parametrize("code", ["", "28708", "2870820", "٢٨٧٠٨٢", "28708a"])
def test_what_is_no_code_fits_nothing(code: str) -> None:
    assert authenticator.step_of(SECRET, code, datetime.fromtimestamp(59, UTC)) is None


def test_without_the_second_step_the_password_lets_nobody_in(nora: User) -> None:
    with_app(nora)
    browser = browser_at()
    assert sign_in(browser)["Location"] == "/sign-in/second-step/"
    assert not signed_in(browser) and happenings(nora) == ["half_way"]


def test_the_code_lets_them_in_and_to_where_they_wanted(nora: User) -> None:
    secret, browser = with_app(nora), browser_at()
    sign_in(browser, next="/search/")
    half_way = browser.cookies["parley"].value
    answer = browser.post("/sign-in/second-step/", {"code": code_of(secret)})
    assert answer["Location"] == "/search/" and signed_in(browser)
    assert browser.cookies["parley"].value != half_way, "the session has a new key"


def test_who_planted_the_key_of_a_session_is_not_half_way_with_its_victim(nora: User) -> None:
    with_app(nora)
    evil, victim = browser_at(ELSEWHERE), browser_at(HOME)
    evil.post("/sign-in/passkey/ask/")
    victim.cookies["parley"] = evil.cookies["parley"].value
    sign_in(victim)
    assert victim.get("/sign-in/second-step/").status_code == 200
    assert evil.get("/sign-in/second-step/")["Location"] == "/sign-in/"


@pytest.mark.parametrize("odd", ["page", "a b", "?page=2", "sign-out", "account", ".."])
def test_a_way_on_that_is_no_path_leads_to_where_everybody_begins(nora: User, odd: str) -> None:
    assert sign_in(browser_at(), next=odd)["Location"] == "/"


def test_a_code_serves_once_even_at_the_same_moment(nora: User) -> None:
    secret = with_app(nora)
    first, second = browser_at(HOME), browser_at(ELSEWHERE)
    sign_in(first)
    sign_in(second)
    code = code_of(secret)
    assert take(first, code) == 302
    assert take(second, code) == 200 and not signed_in(second)
    assert not authenticator.accepts(nora, code_of(secret, -1), timezone.now()), "nor one from before"
    assert authenticator.accepts(nora, code_of(secret, 1), timezone.now())


def test_a_wrong_code_says_so_and_counts_as_a_wrong_password(nora: User) -> None:
    with_app(nora)
    browser = browser_at()
    sign_in(browser)
    answer = browser.post("/sign-in/second-step/", {"code": "000 000"})
    assert "This code is wrong" in answer.content.decode()
    assert [take(browser, "000000") for _ in range(MOST_OF_PAIR - 1)][-1] == 429
    assert browser.get("/sign-in/second-step/").status_code == 429


def test_who_has_the_password_and_many_addresses_cannot_go_on_guessing_codes(nora: User) -> None:
    """Neither can its owner then, even where they were lately: this is the one lock that only a thief brings about."""
    secret = with_app(nora)
    for number in range(MOST_SECOND_STEPS):
        thief = browser_at(f"203.0.113.{number}")
        sign_in(thief)
        take(thief, "000000")
    browser = browser_at(ELSEWHERE)
    sign_in(browser)
    assert take(browser, code_of(secret)) == 429


def test_who_takes_longer_than_ten_minutes_begins_again(nora: User) -> None:
    secret, browser, began = with_app(nora), browser_at(), datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(began, tick=False) as clock:
        sign_in(browser)
        clock.move_to(began + timedelta(minutes=10))
        assert take(browser, code_of(secret)) == 302 and not signed_in(browser)


def test_the_second_step_is_over_when_the_password_changes_or_the_account_is_closed(nora: User) -> None:
    for change in ({"password": "x"}, {"is_active": False}):
        with_app(nora) if not AuthenticatorApp.objects.exists() else None
        browser = browser_at()
        sign_in(browser)
        User.objects.filter(pk=nora.pk).update(**change)
        assert browser.get("/sign-in/second-step/").status_code == 302
        account_again = User.objects.get(pk=nora.pk)
        account_again.is_active = True
        account_again.set_password("a long walk by the harbour")
        account_again.save()


def test_nobody_gets_to_the_second_step_without_the_first() -> None:
    assert browser_at().get("/sign-in/second-step/")["Location"] == "/sign-in/"


# Setting it up -----------------------------------------------------------------------------------------------------


def shown_secret(page: str) -> str:
    return str(re.findall(r'class="secret">([A-Z2-7 ]+)<', page)[0]).replace(" ", "")


def test_an_app_is_set_up_with_a_code_that_proves_it_and_gives_recovery_codes_once(nora: User) -> None:
    browser = browser_at()
    sign_in(browser)
    page = browser.get("/account/second-step/").content.decode()
    assert "<svg" in page and "otpauth" not in page
    assert browser.post("/account/second-step/app/", {"code": "000000"}).status_code == 422
    assert not AuthenticatorApp.objects.exists()
    secret = shown_secret(browser.get("/account/second-step/").content.decode())
    assert secret == shown_secret(page), "the picture stays the same, or nobody could scan it"
    answer = browser.post("/account/second-step/app/", {"code": code_of(secret)})
    codes = re.findall(r"<code>([a-z0-9-]{14})</code>", answer.content.decode())
    assert len(set(codes)) == 10
    assert not any(code in browser.get("/account/").content.decode() for code in codes)


def test_browsers_that_came_in_without_the_new_second_step_are_signed_out(nora: User) -> None:
    here, there = browser_at(HOME), browser_at(ELSEWHERE)
    sign_in(here)
    sign_in(there)
    secret = shown_secret(here.get("/account/second-step/").content.decode())
    here.post("/account/second-step/app/", {"code": code_of(secret)})
    assert signed_in(here) and not signed_in(there)


def test_who_has_not_taken_the_second_step_cannot_replace_it(nora: User) -> None:
    browser = browser_at()
    sign_in(browser)
    with_app(nora)
    for path in ("app/", "app/remove/", "passkeys/", "passkeys/ask/", "recovery-codes/"):
        answer = browser.post(f"/account/second-step/{path}", {"code": "000000"})
        assert answer["Location"] == "/sign-in/second-step/", path


def test_nothing_secret_is_stored_in_clear(nora: User) -> None:
    browser = browser_at()
    sign_in(browser)
    secret = shown_secret(browser.get("/account/second-step/").content.decode())
    key = browser.session.session_key
    kept = str(list(BrowserSession.objects.values())) + str(browser.session.items())
    assert secret not in kept and key not in kept
    browser.post("/account/second-step/app/", {"code": code_of(secret)})
    codes = recovery.renew(nora)
    kept = str(list(AuthenticatorApp.objects.values())) + str(list(RecoveryCode.objects.values()))
    assert secret not in kept and not any(code.replace("-", "") in kept for code in codes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM auditlog_logentry")
        assert secret not in str(cursor.fetchall())


def test_a_recovery_code_lets_in_once(nora: User) -> None:
    with_app(nora)
    code = recovery.renew(nora)[3]
    for expected in (302, 200):
        browser = browser_at()
        sign_in(browser)
        assert take(browser, code.upper()) == expected
    assert recovery.left(nora) == 9


def test_recovery_codes_of_before_and_of_others_are_of_no_use(nora: User) -> None:
    before = recovery.renew(nora)[0]
    others = recovery.renew(account("otto"))[0]
    recovery.renew(nora)
    assert not recovery.accepts(nora, before, timezone.now()) and not recovery.accepts(nora, others, timezone.now())


def test_recovery_codes_survive_a_new_secret_key_that_knows_the_old_one(nora: User, settings: object) -> None:
    code, before = recovery.renew(nora)[0], settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 60, [before]
    assert recovery.accepts(nora, code, timezone.now())


def test_an_open_screen_is_not_enough_to_change_how_somebody_signs_in(nora: User) -> None:
    secret = with_app(nora)
    browser, began = browser_at(), datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(began, tick=False) as clock:
        sign_in(browser)
        take(browser, code_of(secret))
        clock.move_to(began + timedelta(minutes=15))
        for path in ("app/remove/", "recovery-codes/", "passkeys/ask/", "app/", "passkeys/"):
            answer = browser.post(f"/account/second-step/{path}")
            assert answer["Location"].startswith("/sign-in/?next="), path
        assert AuthenticatorApp.objects.exists()


def test_a_new_second_step_makes_a_sign_in_no_younger(nora: User) -> None:
    """Whoever got hold of it could keep it for ever with an app of their own."""
    browser, began = browser_at(), datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(began, tick=False) as clock:
        sign_in(browser)
        clock.move_to(began + timedelta(minutes=14))
        secret = shown_secret(browser.get("/account/second-step/").content.decode())
        assert browser.post("/account/second-step/app/", {"code": code_of(secret)}).status_code == 200
        assert browser.get("/account/second-step/").status_code == 200
        clock.move_to(began + timedelta(minutes=15))
        assert browser.get("/account/second-step/")["Location"].startswith("/sign-in/?next=")


def test_who_is_not_required_to_have_one_can_do_without_it_again(nora: User, settings: object) -> None:
    secret, browser = with_app(nora), browser_at()
    sign_in(browser)
    take(browser, code_of(secret))
    settings.TWO_FACTOR = "administrators"
    browser.post("/account/second-step/app/remove/")
    assert not AuthenticatorApp.objects.exists()


# An administrator resets it -----------------------------------------------------------------------------------------


def test_an_administrator_resets_it_and_the_history_tells(nora: User, admin_user: User) -> None:
    secret, browser, office = with_app(nora), browser_at(), Client()
    recovery.renew(nora)
    sign_in(browser)
    take(browser, code_of(secret))
    office.force_login(admin_user)
    page = reverse("admin:auth_user_second_step", args=[nora.pk])
    assert page in office.get(reverse("admin:auth_user_change", args=[nora.pk])).content.decode()
    office.get(page)
    assert AuthenticatorApp.objects.exists()
    office.post(page)
    assert not AuthenticatorApp.objects.exists() and not RecoveryCode.objects.exists() and not signed_in(browser)
    entry = LogEntry.objects.get(content_type__model="authenticatorapp", action=LogEntry.Action.DELETE)
    assert entry.actor == admin_user and entry.object_repr == "nora"
    assert sign_in(browser)["Location"] != "/sign-in/second-step/"


def test_nobody_resets_their_own_nor_that_of_somebody_who_may_do_more(admin_user: User) -> None:
    office = Client()
    vera = account("vera", "auth.change_user", "auth.view_user", "policies_app.view_notices")
    office.force_login(vera)
    for user in (vera, admin_user):
        with_app(user)
        assert office.post(reverse("admin:auth_user_second_step", args=[user.pk])).status_code == 403
    assert AuthenticatorApp.objects.count() == 2


def test_an_operator_resets_it_on_the_command_line(nora: User, anna: Agent) -> None:
    with_app(nora)
    with_app(anna.user)
    call_command("reset_second_step", "nora")
    assert AuthenticatorApp.objects.get().user == anna.user
