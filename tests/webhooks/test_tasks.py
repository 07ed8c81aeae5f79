"""The tasks: what is announced is heard, what is due is sent, what is old is removed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app

from sessions_app.models import Agent, Customer, LiveSession, WebhookAttempt, WebhookCursor, WebhookEndpoint
from sessions_app.webhooks import actions, delivering, tasks
from tests.cast import new_session
from tests.moments import DAY, HOUR, STARTED
from tests.webhooks.receiving import SOON, Receiver, cursor_of, new_endpoint, say, secrets_of
from tests.webhooks.servers import http_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    """Tasks run where they are ordered, as if a worker were idle."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture(autouse=True)
def clock(time_machine: Any) -> Any:
    time_machine.move_to(SOON, tick=False)
    return time_machine


@pytest.fixture
def served(settings: Any) -> Iterator[Receiver]:
    """A real receiver on this computer, and an endpoint that leads to it."""
    settings.WEBHOOK_ALLOWED_NETWORKS = [*_loopback()]
    got = Receiver()
    with http_server(got.taken) as port:
        actions.create(actions.Settings("CRM", f"http://127.0.0.1:{port}/hook"), now=STARTED)
        yield got


def _loopback() -> list[Any]:
    from ipaddress import ip_network

    return [ip_network("127.0.0.0/8")]


def test_what_is_announced_is_sent_within_a_look(served: Receiver, anna: Agent, carla: Customer) -> None:
    session = new_session(anna, carla)
    say(session, "Hello")
    tasks.look()
    assert served.numbers == [1, 2]
    tasks.look()
    assert served.numbers == [1, 2]


def test_sessions_that_were_swept_together_are_heard_of(served: Receiver, session: LiveSession) -> None:
    from sessions_app.live import announce_moved

    announce_moved([(str(session.public_id), 1, None)])
    tasks.look()
    assert served.numbers == [1]


def test_what_was_not_announced_is_found_by_the_second_look(served: Receiver, session: LiveSession, clock: Any) -> None:
    from sessions_app.webhooks.hearing import sessions_that_moved

    assert session.public_id in sessions_that_moved()  # and nobody notes it
    tasks.look()
    assert served.numbers == []
    clock.move_to(SOON + HOUR, tick=False)
    tasks.look_again()
    tasks.look()
    assert served.numbers == [1]


def test_a_session_that_breaks_the_worker_does_not_stop_the_others(
    served: Receiver, anna: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, other = new_session(anna, carla), new_session(anna, carla)
    real = delivering.event_of

    def event_of(endpoint: WebhookEndpoint, session: LiveSession, entry: Any) -> Any:
        if session == broken:
            raise RuntimeError("a defect")
        return real(endpoint, session, entry)

    monkeypatch.setattr(delivering, "event_of", event_of)
    tasks.look()
    assert [got.row[0] for got in served.taken] == [str(other.public_id)]


def test_without_an_endpoint_nothing_is_noted(session: LiveSession) -> None:
    tasks.look()
    tasks.look_again()
    assert not WebhookCursor.objects.exists()


def test_a_replay_is_done_by_a_worker(served: Receiver, session: LiveSession) -> None:
    tasks.look()
    actions.replay_since(WebhookEndpoint.objects.get(), STARTED)
    tasks.look()
    assert served.numbers == [1, 1]
    tasks.look()
    assert served.numbers == [1, 1]


def test_old_attempts_and_secrets_are_removed(endpoint: WebhookEndpoint, receiver: Receiver, clock: Any) -> None:
    actions.fire_test(endpoint, now=SOON, web=receiver.web)
    actions.rotate(endpoint, overlap=timedelta(hours=1), now=SOON)
    tasks.remove_old()
    assert (WebhookAttempt.objects.count(), len(secrets_of(endpoint))) == (1, 2)
    newest = secrets_of(endpoint)[1]
    clock.move_to(SOON + 15 * DAY, tick=False)
    tasks.remove_old()
    assert (WebhookAttempt.objects.count(), secrets_of(endpoint)) == (0, [newest])


def test_two_endpoints_are_told_each_for_itself(receiver: Receiver, session: LiveSession) -> None:
    one, two = new_endpoint("one"), new_endpoint("two")
    actions.pause(two, SOON)
    tasks.look()
    assert cursor_of(one, session).tries == 1  # nobody is there
    assert (cursor_of(two, session).tries, cursor_of(two, session).next_try_at) == (0, SOON)
