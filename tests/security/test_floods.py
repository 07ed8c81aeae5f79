"""Whoever does too much is told to wait, loses nothing, and stops nobody else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sessions_app import floods, limits_table
from sessions_app.limits_table import TABLE, Row, rows_for
from sessions_app.models import Agent, LiveSession, TimelineEntry
from sessions_app.push import broker as brokers
from tests.cast import AS_SCRIPT, address, browser_of, come_in, message, new_agent

Few = Callable[..., None]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Few:
    """Only `most` of the rows of these names are allowed."""

    def fewer(*names: str, most: int = 2) -> None:
        assert set(names) <= {row.name for row in TABLE}
        rows = tuple(replace(row, most=most) if row.name in names else row for row in TABLE)
        monkeypatch.setattr(limits_table, "TABLE", rows)

    return fewer


def statuses(browser: Client, path: str, times: int = 3, **how: Any) -> list[int]:
    return [browser.post(path, **how).status_code for _ in range(times)]


# The table --------------------------------------------------------------------------------------------------------


def names(patterns: list[Any], before: str = "") -> set[str]:
    found: set[str] = set()
    for one in patterns:
        if isinstance(one, URLResolver):
            found |= names(one.url_patterns, f"{before}{one.namespace}:" if one.namespace else before)
        elif isinstance(one, URLPattern) and one.name:
            found.add(before + one.name)
    return found


def test_every_view_in_the_table_exists_and_every_row_has_a_name_of_its_own() -> None:
    there = names(get_resolver().url_patterns)
    assert {name for row in TABLE for name in (*row.posts, *row.looks)} <= there
    assert len({row.name for row in TABLE}) == len(TABLE)


LOOKED_AT = {"room", "download", "thumbnail", "updates", "earlier", "transcript", "manifest", "document"}
LOOKED_AT |= {"document_result", "document_picture", "transcript_pdf"}


def test_whatever_a_stranger_or_customer_can_send_has_a_row() -> None:
    customers = {name for name in names(get_resolver().url_patterns) if name.startswith(("customer:", "widget-"))}
    sent = {name for name in customers if name.removeprefix("customer:") not in LOOKED_AT}
    sent -= {"widget-js", "widget-start", "widget-config"}
    sent |= {"join", "code", "new-link", "sign-in"}
    assert {name for name in sent if next(rows_for(name, posts=True)) is limits_table.OTHER_POSTS} == set()


def test_what_has_no_row_is_counted_all_the_same() -> None:
    assert list(rows_for("welcome", posts=True)) == [limits_table.OTHER_POSTS]
    assert list(rows_for("welcome", posts=False)) == [limits_table.OTHER_LOOKS]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_nobody_who_works_fast_meets_a_limit(row: Row) -> None:
    """What pages send by themselves: half typed, seen and saved every second or two, asking every four, two tabs."""
    pages_do = {"half typed": 120, "seen": 120, "catching up": 60, "transcripts": 120}
    assert row.most / row.seconds * 60 >= pages_do.get(row.name, 5)


# Who waits ---------------------------------------------------------------------------------------------------------


def test_a_customer_who_writes_too_much_is_told_when_to_go_on(session: LiveSession, few: Few) -> None:
    few("messages")
    carla, room = come_in(session), address(session, "customer", "message")
    assert [carla.post(room, message(), **AS_SCRIPT).status_code for _ in range(2)] == [200, 200]
    refused = carla.post(room, message("Too much"), **AS_SCRIPT)
    assert refused.status_code == 429 and 2 <= int(refused["Retry-After"]) <= 60
    assert "try again in" in refused.json()["problem"] and "no-store" in refused["Cache-Control"]
    assert not TimelineEntry.objects.filter(payload__text="Too much").exists()


def test_without_script_what_was_written_can_be_sent_again(session: LiveSession, few: Few) -> None:
    few("messages", most=1)
    carla, room = come_in(session), address(session, "customer", "message")
    carla.post(room, message(), content_type="application/x-www-form-urlencoded")
    sent = "text=Is+%3Cthis%3E+lost%3F&key=2f0e4b5e-6d7a-4c0f-8f4e-0a6d5c1b2a3f"
    page = carla.post(room, sent, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 429
    body = page.content.decode()
    assert 'name="text" value="Is &lt;this&gt; lost?"' in body and f'action="{room}"' in body
    assert body.count('name="csrfmiddlewaretoken"') == 1


def test_what_another_site_sent_is_not_offered_to_be_sent_again_by_us(admin_user: User, few: Few) -> None:
    """It would be sent with our token against forgery, and with the cookies of whoever presses the button."""
    few("letters", most=0)
    browser = Client(enforce_csrf_checks=True, headers={"origin": "https://evil.example"})
    browser.force_login(admin_user)
    page = browser.post(reverse("start"), "name=Mallory", content_type="application/x-www-form-urlencoded")
    assert page.status_code == 429 and page["Retry-After"]
    assert b"Mallory" not in page.content and b"<form" not in page.content


@pytest.mark.parametrize("name", ["password", "old_password", "new_password1", "digits", "code"])
def test_what_is_secret_is_not_written_into_the_page(admin_user: User, few: Few, name: str) -> None:
    few("letters", most=0)
    browser = Client()
    browser.force_login(admin_user)
    page = browser.post(reverse("start"), f"{name}=hunter2&a=b", content_type="application/x-www-form-urlencoded")
    assert page.status_code == 429 and b"hunter2" not in page.content and b"<form" not in page.content


def test_an_agent_works_on_beside_a_flood_of_a_customer_at_the_same_address(
    session: LiveSession, anna: Agent, few: Few
) -> None:
    few("messages", "sign-ins")
    carla, agent = come_in(session), browser_of(anna)
    sent = [carla.post(address(session, "customer", "message"), message()).status_code for _ in range(5)]
    assert sent.count(429) == 3
    assert agent.post(address(session, "agent", "message"), message()).status_code == 302


def test_a_customer_works_on_beside_a_flood_of_strangers_at_the_same_address(session: LiveSession, few: Few) -> None:
    few("messages")
    carla, room = come_in(session), address(session, "customer", "message")
    assert statuses(Client(), room, times=3) == [403, 403, 429]
    assert carla.post(room, message()).status_code == 302


def test_a_link_that_was_revoked_uses_up_nothing_of_another_one(session: LiveSession, few: Few) -> None:
    few("messages")
    thief, carla = come_in(session), come_in(session)
    session.links.order_by("pk")[0:1].get()
    session.links.filter(pk=min(session.links.values_list("pk", flat=True))).update(revoked_at=session.started_at)
    assert statuses(thief, address(session, "customer", "message")) == [403, 403, 429]
    assert carla.post(address(session, "customer", "message"), message()).status_code == 302


RIGHT = {"username": "ines", "password": "correct horse"}


@pytest.fixture
def known(db: None, settings: Any) -> Client:
    """A browser in which Ines was signed in before."""
    agent, browser = new_agent("Ines"), Client()
    agent.user.set_password(RIGHT["password"])
    agent.user.save()
    assert browser.post("/sign-in/", RIGHT).status_code == 302
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    return browser


def test_who_has_signed_in_here_before_gets_in_beside_a_flood_of_sign_ins(known: Client, few: Few) -> None:
    few("sign-ins", most=3)
    assert statuses(Client(), "/sign-in/", times=5, data={"username": "a", "password": "b"})[-1] == 429
    assert Client().post("/sign-in/", RIGHT).status_code == 429
    assert known.post("/sign-in/", RIGHT).status_code == 302


def test_nothing_on_the_way_to_signing_in_is_refused_to_who_has_signed_in_here_before(
    known: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OTHER_LOOKS", "OTHER_POSTS"):
        monkeypatch.setattr(limits_table, name, replace(getattr(limits_table, name), most=4))
    assert [Client().get("/sign-in/").status_code for _ in range(5)][-1] == 429
    assert statuses(Client(), "/sign-in/passkey/ask/", times=5)[-1] == 429
    assert known.cookies["parley_signed_in"]["path"] == "/", "browsers show it on the whole way"
    assert [known.get(path).status_code for path in ("/", "/sign-in/")] == [302, 200]
    assert known.post("/sign-in/passkey/ask/").status_code == 200


def test_a_made_up_cookie_of_a_known_browser_counts_for_nothing(db: None, few: Few) -> None:
    few("sign-ins")
    for number in range(2):
        stranger = Client()
        stranger.cookies["parley_signed_in"] = f"{number}:forged"
        assert stranger.post("/sign-in/", {"username": "a"}).status_code == 200
    stranger = Client()
    stranger.cookies["parley_signed_in"] = "3:forged"
    assert stranger.post("/sign-in/", {"username": "a"}).status_code == 429


def test_an_account_is_limited_wherever_it_signs_in(anna: Agent, few: Few) -> None:
    few("searches")
    assert [browser_of(anna).get("/search/?q=a").status_code for _ in range(3)] == [200, 200, 429]


# Guessing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["get", "post"])
def test_guessing_links_is_slowed_down_and_answers_say_nothing(session: LiveSession, few: Few, way: str) -> None:
    few("joins")
    guesser = Client()
    answers = [getattr(guesser, way)(f"/join/guess-{number}/") for number in range(3)]
    assert [one.status_code for one in answers] == [404, 404, 429]
    come_in_path = "/join/" + "x" * 43 + "/"
    assert guesser.get(come_in_path).status_code == 429, "a link that works is answered no differently"


def test_codes_are_slowed_down_by_link_from_wherever(session: LiveSession, few: Few) -> None:
    few("codes by link")
    tries = [Client(REMOTE_ADDR=f"192.0.2.{number}").post("/join/token/code/", {"digits": "1"}) for number in range(3)]
    assert [one.status_code for one in tries] == [404, 404, 429]


# Without Redis -----------------------------------------------------------------------------------------------------


def test_without_redis_everything_goes_on(session: LiveSession, few: Few, monkeypatch: pytest.MonkeyPatch) -> None:
    few("messages")
    carla = come_in(session)
    monkeypatch.setattr(floods, "broker", lambda: brokers.Broker("redis://127.0.0.1:1/0"))
    sent = [carla.post(address(session, "customer", "message"), message()).status_code for _ in range(4)]
    assert sent == [302] * 4


def test_health_is_never_refused(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(limits_table, "OTHER_LOOKS", Row("few looks", 1, 60))
    assert [Client().get("/health/live").status_code for _ in range(3)] == [200, 200, 200]


def test_nobody_is_asked_about_a_session_of_a_browser_that_has_none(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/sign-in/").status_code == 200


def test_an_administrator_is_limited_by_account(admin_user: User, few: Few) -> None:
    few("files verified")
    browser = Client()
    browser.force_login(admin_user)
    assert statuses(browser, "/admin/sessions_app/livesession/verify/") == [200, 200, 429]
