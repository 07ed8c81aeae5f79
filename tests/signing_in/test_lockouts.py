"""Who guesses has to wait, and nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions_app.signing_in import lockouts, tasks
from sessions_app.signing_in.lockouts import MOST_OF_ACCOUNT, MOST_OF_ADDRESS, MOST_OF_PAIR, locked_until
from tests.moments import MINUTE, STARTED
from tests.signing_in.people import ELSEWHERE, HOME, OFFICE, account, browser_at, fail, happenings, sign_in, signed_in

pytestmark = pytest.mark.django_db
COOL_OFF = timedelta(minutes=15)


@pytest.fixture
def nora() -> User:
    return account("nora")


def tried(username: str, address: str, times: int) -> None:
    """Wrong passwords from an address, as axes has counted them."""
    AccessAttempt.objects.create(username=username, ip_address=address, user_agent="", failures_since_start=times)


TRIES = {
    "nobody tried": ([], None),
    "one too few": ([(0, 4)], None),
    "as many as are allowed, at once": ([(0, 5)], 15),
    "the one that counts is the last of five, counted back": ([(0, 2), (4, 2), (9, 1)], 15 - 9),
    "older ones do not make it longer": ([(0, 5), (9, 40)], 15),
}


@pytest.mark.parametrize(("ago", "minutes"), TRIES.values(), ids=TRIES)
def test_until_when_somebody_waits(ago: list[tuple[int, int]], minutes: int | None) -> None:
    tries = [(STARTED - back * MINUTE, number) for back, number in ago]
    expected = None if minutes is None else STARTED + minutes * MINUTE
    assert locked_until(tries, 5, COOL_OFF) == expected


def test_the_fifth_wrong_password_locks_and_the_right_one_does_not_help(nora: User) -> None:
    browser = browser_at()
    assert fail(browser, MOST_OF_PAIR - 1).status_code == 200
    assert fail(browser, 1).status_code == 429
    answer = sign_in(browser)
    assert answer.status_code == 429 and not signed_in(browser)
    assert 0 < int(answer["Retry-After"]) <= COOL_OFF.total_seconds()
    assert "Try again at" in answer.content.decode()


def test_a_lock_out_is_over_when_it_was_said_to_be_and_tries_do_not_prolong_it(nora: User) -> None:
    browser, began = browser_at(), datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(began, tick=False) as clock:
        fail(browser, MOST_OF_PAIR)
        clock.shift(COOL_OFF / 2)
        assert fail(browser, 3).status_code == 429
        clock.move_to(began + COOL_OFF - timedelta(seconds=1))
        assert sign_in(browser).status_code == 429
        clock.move_to(began + COOL_OFF)
        assert sign_in(browser).status_code == 302


def test_somebody_who_guesses_elsewhere_locks_nobody_out_at_home(nora: User) -> None:
    fail(browser_at(ELSEWHERE), MOST_OF_PAIR)
    assert sign_in(browser_at(HOME)).status_code == 302


def test_colleagues_behind_the_same_address_go_on(nora: User) -> None:
    account("otto")
    fail(browser_at(OFFICE), MOST_OF_PAIR, "otto")
    assert sign_in(browser_at(OFFICE)).status_code == 302


def test_many_addresses_together_lock_an_account_but_not_where_its_owner_was_lately(nora: User) -> None:
    """Otherwise anybody with enough addresses could keep anybody out."""
    sign_in(browser_at(HOME))
    for number in range(MOST_OF_ACCOUNT // 2):
        tried("nora", f"203.0.113.{number}", 2)
    assert sign_in(browser_at(ELSEWHERE)).status_code == 429
    assert sign_in(browser_at(HOME)).status_code == 302


def lock_everywhere(username: str) -> None:
    for number in range(MOST_OF_ACCOUNT // 2):
        tried(username, f"203.0.113.{number}", 2)


def test_nor_in_another_room_of_the_home_where_they_were(nora: User) -> None:
    """Browsers take another address of an IPv6 home every day."""
    sign_in(browser_at("2001:db8:1:2::1"))
    lock_everywhere("nora")
    assert sign_in(browser_at("2001:db8:1:2::2")).status_code == 302
    assert sign_in(browser_at("2001:db8:1:3::2")).status_code == 429


def test_nor_in_the_browser_that_they_signed_in_with_wherever_they_take_it(nora: User) -> None:
    account("otto")
    laptop = browser_at(HOME)
    sign_in(laptop)
    laptop.post("/sign-out/")
    laptop.defaults["REMOTE_ADDR"] = ELSEWHERE
    lock_everywhere("nora")
    lock_everywhere("otto")
    assert sign_in(laptop, "otto").status_code == 429, "it is nobody else's"
    assert sign_in(laptop, "nora").status_code == 302
    laptop.post("/sign-out/")
    assert fail(laptop, MOST_OF_PAIR).status_code == 429, "who has it cannot go on guessing"


def test_an_address_that_tries_all_accounts_gets_into_none(nora: User) -> None:
    account("otto")
    sign_in(browser_at(OFFICE), "otto")
    for number in range(MOST_OF_ADDRESS):
        tried(f"somebody{number}", OFFICE, 1)
    assert sign_in(browser_at(OFFICE), "nora").status_code == 429
    assert sign_in(browser_at(OFFICE), "otto").status_code == 302, "who signs in there every day goes on"
    assert sign_in(browser_at(HOME), "nora").status_code == 302


def test_the_answer_does_not_tell_whether_there_is_such_an_account(nora: User) -> None:
    known, unknown = browser_at(HOME), browser_at(HOME)
    with time_machine.travel(STARTED, tick=False):
        answers = [fail(known, MOST_OF_PAIR, "nora"), fail(unknown, MOST_OF_PAIR, "nobody")]
    assert answers[0].content == answers[1].content and answers[0].status_code == answers[1].status_code == 429


def test_all_addresses_of_one_home_count_as_one(nora: User) -> None:
    for number in range(MOST_OF_PAIR):
        fail(browser_at(f"2001:db8:1:2::{number}"), 1)
    assert sign_in(browser_at("2001:db8:1:2:ffff::1")).status_code == 429
    assert sign_in(browser_at("2001:db8:1:3::1")).status_code == 302


def test_all_of_ipv4_is_not_one_home_where_both_protocols_are_listened_for_at_once(nora: User) -> None:
    fail(browser_at("::ffff:203.0.113.7"), MOST_OF_PAIR)
    assert sign_in(browser_at("::ffff:192.0.2.1")).status_code == 302


def test_another_browser_at_the_same_address_does_not_begin_anew(nora: User) -> None:
    for number in range(MOST_OF_PAIR):
        fail(Client(REMOTE_ADDR=HOME, HTTP_USER_AGENT=f"browser {number}"), 1)
    assert sign_in(browser_at(HOME)).status_code == 429


def test_what_the_client_says_of_its_address_counts_only_behind_the_proxy(nora: User, settings: object) -> None:
    def fails(number: int) -> None:
        Client(REMOTE_ADDR=HOME, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, {OFFICE}").post(
            "/sign-in/", {"username": "nora", "password": "wrong"}
        )

    for number in range(MOST_OF_PAIR):
        fails(number)
    assert lockouts.pair_waits_until("nora", HOME, timezone.now())
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(MOST_OF_PAIR):
        fails(number)
    assert lockouts.pair_waits_until("nora", OFFICE, timezone.now())


def test_what_was_typed_as_a_name_is_forgotten_when_it_counts_no_more(nora: User) -> None:
    began = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(began, tick=False) as clock:
        sign_in(browser_at(), "my secret password", "nora")
        clock.move_to(began + COOL_OFF - timedelta(seconds=1))
        tasks.remove_old()
        assert AccessAttempt.objects.exists()
        clock.move_to(began + COOL_OFF)
        tasks.remove_old()
        assert not AccessAttempt.objects.exists()


def test_getting_in_forgets_the_tries_before(nora: User) -> None:
    browser = browser_at()
    for _ in range(3):
        fail(browser, MOST_OF_PAIR - 1)
        assert sign_in(browser).status_code == 302


def test_the_history_tells_the_lock_out_once_and_no_tries_during_it(nora: User) -> None:
    fail(browser_at(), MOST_OF_PAIR + 20)
    assert happenings(nora) == [*["refused"] * (MOST_OF_PAIR - 1), "locked_out"]


def test_an_administrator_sees_and_lifts_it(nora: User, admin_user: User) -> None:
    fail(browser_at(HOME), MOST_OF_PAIR)
    office, row = Client(), AccessAttempt.objects.get()
    office.force_login(admin_user)
    assert "locked from there until" in office.get(reverse("admin:axes_accessattempt_changelist")).content.decode()
    lift = reverse("admin:axes_accessattempt_lift", args=[row.pk])
    office.get(lift)
    assert sign_in(browser_at(HOME)).status_code == 429
    office.post(lift)
    assert sign_in(browser_at(HOME)).status_code == 302


def test_nobody_lifts_it_without_the_right(nora: User) -> None:
    fail(browser_at(HOME), MOST_OF_PAIR)
    office = Client()
    office.force_login(account("vera", "axes.view_accessattempt", "policies_app.view_notices"))
    row = AccessAttempt.objects.get()
    assert office.get(reverse("admin:axes_accessattempt_change", args=[row.pk])).status_code == 200
    assert office.post(reverse("admin:axes_accessattempt_lift", args=[row.pk])).status_code == 403
    assert AccessAttempt.objects.exists()
