"""Webhooks in Django admin: set up, looked at, and worked with, by those who may."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from sessions_app.explain.words import clock_time
from sessions_app.kinds import EntryKind
from sessions_app.models import LiveSession, WebhookAttempt, WebhookCursor, WebhookEndpoint
from sessions_app.webhooks import actions
from sessions_app.webhooks.asking import ASKS
from tests.cast import general
from tests.moments import DAY, HOUR, STARTED
from tests.webhooks.receiving import Got, Receiver, cursor_of, heard, new_endpoint, secrets_of, work
from tests.webhooks.servers import http_server

LIST = "/admin/sessions_app/webhookendpoint/"
NOW = STARTED + HOUR


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def onlooker(db: None) -> Client:
    """Somebody who may see webhooks, and no more."""
    user = User.objects.create_user("onlooker")
    rights = ("view_webhookendpoint", "view_endsessionbehavior")
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture(autouse=True)
def _now(time_machine: Any, settings: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def served() -> Iterator[tuple[str, list[Got]]]:
    """The address of a real receiver, and what it got."""
    got: list[Got] = []
    with http_server(got) as port:
        yield f"http://127.0.0.1:{port}/hook", got


def typed(url: str, **more: Any) -> dict[str, Any]:
    return {"name": "CRM", "url": url, "workstreams": [general().pk], "kinds": ["message", "ended"]} | more


def page(endpoint: WebhookEndpoint) -> str:
    return f"{LIST}{endpoint.pk}/deliveries/"


def ask(endpoint: WebhookEndpoint, what: str) -> str:
    return f"{LIST}{endpoint.pk}/ask/{what}/"


def words(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_new_webhook_shows_its_secret_this_once(admin: Client, served: tuple[str, list[Got]]) -> None:
    url, got = served
    answer = admin.post(f"{LIST}add/", typed(url))
    endpoint = WebhookEndpoint.objects.get()
    [secret] = secrets_of(endpoint)
    assert secret in words(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert (endpoint.kinds, endpoint.since) == (["message", "ended"], NOW)
    assert list(endpoint.workstreams.all()) == [general()]
    for address in (page(endpoint), f"{LIST}{endpoint.pk}/change/", f"{LIST}{endpoint.pk}/history/", LIST):
        shown = admin.get(address)
        assert shown.status_code == 200
        assert secret not in words(shown)
    assert secret not in str(list(LogEntry.objects.values_list("changes", "serialized_data")))

    answer = admin.post(ask(endpoint, "test"), follow=True)
    assert "The test was taken: status 200." in words(answer)
    assert got[0].is_signed_with(secret)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://10.0.0.1/hook", "10.0.0.1 is at 10.0.0.1, which is not on the public internet"),
        ("https://169.254.169.254/latest/meta-data/", "not on the public internet"),
        ("http://8.8.8.8/hook", "must begin with https://"),
        ("ftp://127.0.0.1/", "begins with https://"),
        ("hello", "begins with https://"),
    ],
)
def test_an_address_where_nothing_may_be_sent_is_refused_when_it_is_saved(admin: Client, url: str, says: str) -> None:
    answer = admin.post(f"{LIST}add/", typed(url))
    assert answer.status_code == 200
    assert says in words(answer)
    assert not WebhookEndpoint.objects.exists()


def test_a_change_keeps_what_workers_wrote_meanwhile(admin: Client, endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.update(failures=7, failing_since=STARTED)
    answer = admin.post(f"{LIST}{endpoint.pk}/change/", typed(endpoint.url, name="Other", with_notes="on"))
    assert answer.status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.with_notes, endpoint.failures) == ("Other", True, 7)


def test_another_address_is_asked_at_once(
    admin: Client, endpoint: WebhookEndpoint, session: LiveSession, receiver: Receiver
) -> None:
    receiver.is_down()
    heard(endpoint, session, now=NOW - HOUR)
    work(endpoint, receiver, NOW - HOUR)
    WebhookEndpoint.objects.update(failures=7, failing_since=STARTED, rests_until=NOW + HOUR)
    WebhookCursor.objects.update(next_try_at=NOW + HOUR)
    admin.post(f"{LIST}{endpoint.pk}/change/", typed("https://127.0.0.1/hook", kinds=[]))
    receiver.is_back()
    work(endpoint, receiver, NOW)
    assert receiver.numbers == [1]


def test_the_page_tells_what_became_of_each_attempt(
    admin: Client, endpoint: WebhookEndpoint, session: LiveSession, receiver: Receiver
) -> None:
    receiver.says = lambda got: 503
    heard(endpoint, session, now=NOW)
    work(endpoint, receiver, NOW)
    WebhookAttempt.objects.update(answer="<b>down</b> for repair")
    text = words(admin.get(page(endpoint)))
    assert "not taken" in text and "status 503" in text and "Carla" in text
    assert "&lt;b&gt;down&lt;/b&gt; for repair" in text


def test_the_log_is_shown_in_parts_and_by_outcome(admin: Client, endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    for number in range(60):
        receiver.says = (lambda got: 200) if number % 2 else (lambda got: 500)
        actions.fire_test(endpoint, now=NOW, web=receiver.web)
    first = admin.get(page(endpoint))
    assert len(first.context["attempts"]) == 50
    assert len(admin.get(page(endpoint), {"before": first.context["older"]}).context["attempts"]) == 10
    assert {one["word"] for one in admin.get(page(endpoint), {"failed": 1}).context["attempts"]} == {"not taken"}
    assert len(admin.get(page(endpoint), {"before": "x" * 50}).context["attempts"]) == 50


def test_the_list_says_how_each_webhook_stands(admin: Client, session: LiveSession) -> None:
    stands = {name: new_endpoint(name) for name in ("sends", "paused", "fails", "parked")}
    actions.pause(stands["paused"], NOW)
    WebhookEndpoint.objects.filter(name="fails").update(failures=5, failing_since=STARTED)
    WebhookCursor.objects.create(
        endpoint=stands["parked"], session=session, tries=8, first_failed_at=NOW - DAY, parked_at=NOW
    )
    text = words(admin.get(LIST))
    for label in ("Sending", "Paused", "Does not take what is sent", "Sessions are parked"):
        assert label in text


def test_a_parked_session_is_shown_and_tried_again(
    admin: Client, endpoint: WebhookEndpoint, session: LiveSession
) -> None:
    heard(endpoint, session, now=NOW)
    WebhookCursor.objects.update(tries=8, first_failed_at=NOW - DAY, parked_at=NOW, next_try_at=None)
    assert "Parked sessions: 1" in words(admin.get(page(endpoint)))
    admin.post(ask(endpoint, "try-session"), {"session": session.public_id})
    assert cursor_of(endpoint, session).next_try_at == NOW


def test_a_secret_is_rotated_with_overlap(admin: Client, endpoint: WebhookEndpoint) -> None:
    answer = admin.post(ask(endpoint, "rotate"), {"overlap": "24"})
    old, new = endpoint.secrets.order_by("pk")
    assert (old.expires_at, new.expires_at) == (NOW + DAY, None)
    assert secrets_of(endpoint)[1] in words(answer)


def test_a_second_rotation_never_makes_an_old_secret_hold_longer(endpoint: WebhookEndpoint) -> None:
    actions.rotate(endpoint, overlap=timedelta(hours=1), now=NOW)
    actions.rotate(endpoint, overlap=timedelta(days=7), now=NOW)
    assert [one.expires_at for one in endpoint.secrets.order_by("pk")] == [NOW + HOUR, NOW + 7 * DAY, None]


def test_it_is_paused_and_resumed(admin: Client, endpoint: WebhookEndpoint) -> None:
    assert "Paused." in words(admin.post(ask(endpoint, "pause"), follow=True))
    assert WebhookEndpoint.objects.get().is_paused
    admin.post(ask(endpoint, "resume"))
    assert not WebhookEndpoint.objects.get().is_paused
    told = [entry.changes for entry in LogEntry.objects.get_for_object(endpoint) if "is_paused" in entry.changes]
    assert len(told) == 3  # made, paused, resumed


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"session": "no id", "from_number": 1}, "valid UUID"),
        ({"session": "00000000-0000-0000-0000-000000000000", "from_number": 1}, "There is no such session."),
        ({"from_number": 0}, "greater than or equal to 1"),
        ({"from_number": 10**12}, "less than or equal to"),
    ],
)
def test_what_cannot_be_sent_again_is_said_at_its_field(
    admin: Client, endpoint: WebhookEndpoint, session: LiveSession, posted: dict[str, Any], says: str
) -> None:
    answer = admin.post(ask(endpoint, "replay"), {"session": session.public_id} | posted)
    assert answer.status_code == 200
    assert says in words(answer)


def test_a_session_is_sent_again(admin: Client, endpoint: WebhookEndpoint, session: LiveSession) -> None:
    admin.post(ask(endpoint, "replay"), {"session": session.public_id, "from_number": 1})
    assert cursor_of(endpoint, session).next_try_at == NOW


def test_everything_since_a_moment_is_sent_again_and_the_page_says_so_meanwhile(
    admin: Client, endpoint: WebhookEndpoint
) -> None:
    answer = admin.post(ask(endpoint, "replay-since"), {"since": "2026-01-01T00:00"}, follow=True)
    for text in (
        "Everything since then is sent again",
        "Being sent again: everything since",
        clock_time(datetime(2026, 1, 1, tzinfo=UTC)),
    ):
        assert text in words(answer)
    actions.go_on_with_replay(endpoint.pk, NOW)
    assert "Being sent again" not in words(admin.get(page(endpoint)))


def test_asking_changes_nothing(admin: Client, endpoint: WebhookEndpoint) -> None:
    before = str(list(WebhookEndpoint.objects.values()) + list(endpoint.secrets.values()))
    for what in ASKS:
        assert admin.get(ask(endpoint, what)).status_code == 200
    assert str(list(WebhookEndpoint.objects.values()) + list(endpoint.secrets.values())) == before
    assert not WebhookAttempt.objects.exists()
    assert admin.get(ask(endpoint, "explode")).status_code == 404


def test_who_may_only_look_looks(onlooker: Client, endpoint: WebhookEndpoint) -> None:
    shown = onlooker.get(page(endpoint))
    assert shown.status_code == 200
    assert "/ask/" not in words(shown)
    for what in ASKS:
        assert onlooker.get(ask(endpoint, what)).status_code == 403
        assert onlooker.post(ask(endpoint, what), {"overlap": "0"}).status_code == 403
    assert endpoint.secrets.count() == 1


def test_deleting_takes_along_what_waits_without_listing_it(
    admin: Client, endpoint: WebhookEndpoint, session: LiveSession
) -> None:
    heard(endpoint, session, now=NOW)
    assert admin.get(f"{LIST}{endpoint.pk}/delete/").status_code == 200
    admin.post(f"{LIST}{endpoint.pk}/delete/", {"post": "yes"})
    assert (WebhookEndpoint.objects.count(), WebhookCursor.objects.count()) == (0, 0)


def test_the_form_offers_every_kind_of_row(admin: Client) -> None:
    boxes = re.findall(r'name="kinds" value="(\w+)"', words(admin.get(f"{LIST}add/")))
    assert boxes == [kind.value for kind in EntryKind]
