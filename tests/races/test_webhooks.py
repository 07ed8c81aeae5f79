"""Workers that send to the same endpoint at the same moment."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from sessions_app.models import Agent, Customer, LiveSession, WebhookCursor, WebhookEndpoint
from sessions_app.webhooks import actions, delivering, marking, schedule
from tests.cast import new_session
from tests.moments import HOUR, MINUTE, STARTED
from tests.races.together import at_once
from tests.webhooks.receiving import SOON, Got, Receiver, cursor_of, heard, new_endpoint, say, work

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

WORKERS = 4


def test_of_many_workers_one_alone_sends_a_session(session: LiveSession) -> None:
    endpoint, receiver = new_endpoint(), Receiver()
    say(session, *["message"] * 10)
    heard(endpoint, session, now=SOON)
    at_once([partial(work, endpoint, receiver, SOON)] * WORKERS)
    work(endpoint, receiver, SOON)
    assert receiver.numbers == list(range(1, 12))


def test_workers_share_the_sessions_of_an_endpoint(anna: Agent, carla: Customer) -> None:
    endpoint, receiver = new_endpoint(), Receiver()
    sessions = [new_session(anna, carla) for _ in range(6)]
    for session in sessions:
        say(session, *["message"] * 3)
    heard(endpoint, *sessions, now=SOON)
    at_once([partial(work, endpoint, receiver, SOON)] * WORKERS)
    work(endpoint, receiver, SOON)
    for session in sessions:
        assert [got.row[1] for got in receiver.taken if got.row[0] == str(session.public_id)] == [1, 2, 3, 4]


def test_two_claims_never_get_the_same_session(session: LiveSession) -> None:
    endpoint = new_endpoint()
    heard(endpoint, session, now=SOON)
    claims = at_once([partial(delivering.claim, endpoint.pk, SOON)] * WORKERS)
    assert len([claim for claim in claims if claim]) == 1


def test_an_endpoint_that_is_down_is_asked_by_one_of_many(anna: Agent, carla: Customer) -> None:
    endpoint = new_endpoint()
    sessions = [new_session(anna, carla) for _ in range(WORKERS)]
    heard(endpoint, *sessions, now=SOON)
    type(endpoint).objects.update(failures=schedule.PATIENT, failing_since=STARTED)
    claims = at_once([partial(delivering.claim, endpoint.pk, SOON)] * WORKERS)
    assert len([claim for claim in claims if claim]) == 1


def test_rows_that_come_while_a_worker_finishes_are_never_forgotten(session: LiveSession) -> None:
    endpoint, receiver = new_endpoint(), Receiver()

    def talk() -> None:
        for _ in range(20):
            say(session, *["message"] * 1)
            heard(endpoint, session, now=SOON)

    heard(endpoint, session, now=SOON)
    at_once([talk, *[partial(work, endpoint, receiver, SOON)] * 3])
    work(endpoint, receiver, SOON)
    assert receiver.numbers == list(range(1, 22))
    assert cursor_of(endpoint, session).next_try_at is None


def test_two_that_hear_of_a_session_at_once_make_one_cursor(session: LiveSession) -> None:
    endpoint = new_endpoint()
    at_once([partial(marking.mark, endpoint, [session.pk], SOON)] * WORKERS)
    assert cursor_of(endpoint, session).sent_number == 0


IDLE = {"next_try_at": None}
FAILED = {"tries": 1, "first_failed_at": STARTED}
CHANGES: dict[str, tuple[dict[str, Any], Callable[[WebhookEndpoint, list[int]], object]]] = {
    "hear": (IDLE, lambda endpoint, keys: marking.mark(endpoint, keys, SOON)),
    "replay": (IDLE, lambda endpoint, keys: marking.rewind(endpoint, dict.fromkeys(keys, 0), SOON)),
    "resume": (FAILED, lambda endpoint, keys: actions.resume(endpoint, now=SOON)),
    "leave out": (FAILED, lambda endpoint, keys: actions.resume(endpoint, now=SOON, leave_out=True)),
    "unpark": (IDLE | {"parked_at": STARTED}, lambda endpoint, keys: actions.unpark(endpoint, SOON)),
    "move": (FAILED, lambda endpoint, keys: actions.save_settings(elsewhere(endpoint))),
    "delete": (IDLE, lambda endpoint, keys: actions.delete(endpoint)),
}
"""Who changes many sessions of an endpoint, and what they are like before that."""


def elsewhere(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    endpoint.url = "https://elsewhere.example.com/"
    return endpoint


@pytest.mark.parametrize(("before", "change"), CHANGES.values(), ids=CHANGES)
def test_whoever_changes_many_sessions_of_an_endpoint_takes_them_in_the_order_of_their_keys(
    anna: Agent, carla: Customer, before: dict[str, Any], change: Callable[[WebhookEndpoint, list[int]], object]
) -> None:
    """Two that took them in different orders would wait for each other, and PostgreSQL would end one."""
    endpoint = new_endpoint()
    keys = [new_session(anna, carla).pk for _ in range(10)]
    marking.mark(endpoint, keys, STARTED)
    for key in reversed(keys):  # so they lie in the table in the opposite order
        WebhookCursor.objects.filter(session_id=key).update(**before)
    cursors = WebhookCursor.objects.order_by("session_id")

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            cursors.select_for_update().get(session_id=keys[5])
            changed = pool.submit(on_its_own, partial(change, endpoint, keys))
            until_it_waits()
            free = cursors.select_for_update(skip_locked=True).values_list("session_id", flat=True)
            assert list(free) == keys[5:]
        changed.result(timeout=60)


def on_its_own(call: Callable[[], object]) -> None:
    try:
        call()
    finally:
        connection.close()


def until_it_waits() -> None:
    """Until a connection waits for what this one holds."""
    waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    ends = time.monotonic() + 20
    with connection.cursor() as cursor:
        while not cursor.execute(waits).fetchone():
            assert time.monotonic() < ends, "nobody waits"
            time.sleep(0.02)


def test_a_replay_counts_for_a_session_that_is_noted_at_that_moment(session: LiveSession) -> None:
    say(session, "before there was the endpoint")
    endpoint = new_endpoint(now=SOON + MINUTE)
    say(session, "since then", now=SOON + HOUR)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            marking.mark(endpoint, [session.pk], SOON + HOUR)
            assert cursor_of(endpoint, session).sent_number == 2
            replayed = pool.submit(on_its_own, partial(marking.rewind, endpoint, {session.pk: 0}, SOON + HOUR))
            until_it_waits()
        replayed.result(timeout=60)
    assert cursor_of(endpoint, session).sent_number == 0


def test_of_many_workers_one_does_a_part_of_a_replay_and_none_is_left_out(
    anna: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, rewind = new_endpoint(), marking.rewind
    done: list[int] = []
    keys = [new_session(anna, carla).pk for _ in range(10)]

    def noted(endpoint: WebhookEndpoint, numbers: Mapping[int, int], now: datetime) -> None:
        rewind(endpoint, numbers, now)
        done.extend(numbers)

    monkeypatch.setattr(actions, "AT_ONCE", 2)
    monkeypatch.setattr(marking, "rewind", noted)
    actions.replay_since(endpoint, STARTED)
    for _ in range(6):
        at_once([partial(actions.go_on_with_replay, endpoint.pk, SOON)] * WORKERS)
    assert sorted(done) == keys
    endpoint.refresh_from_db()
    assert endpoint.replays_since is None


def test_a_replay_that_is_ordered_during_a_part_begins_again(
    anna: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    endpoint = new_endpoint()
    for _ in range(2):
        new_session(anna, carla)
    actions.replay_since(endpoint, STARTED)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            actions.go_on_with_replay(endpoint.pk, SOON)
            ordered = pool.submit(on_its_own, partial(actions.replay_since, endpoint, STARTED + HOUR))
            until_it_waits()
        ordered.result(timeout=60)
    endpoint.refresh_from_db()
    assert (endpoint.replays_since, endpoint.replayed_to) == (STARTED, 0)


def test_new_sessions_are_noted_in_the_order_of_their_keys(anna: Agent, carla: Customer) -> None:
    endpoint = new_endpoint()
    keys = [new_session(anna, carla).pk for _ in range(40)]
    marking.mark(endpoint, keys[::-1], STARTED)
    assert list(WebhookCursor.objects.order_by("pk").values_list("session_id", flat=True)) == keys


def test_no_row_of_a_session_is_on_its_way_while_another_one_is(session: LiveSession) -> None:
    on_their_way, most, lock = [0], [0], threading.Lock()

    def slowly(got: Got) -> int:
        with lock:
            on_their_way[0] += 1
            most[0] = max(most[0], on_their_way[0])
        with lock:
            on_their_way[0] -= 1
        return 200

    endpoint, receiver = new_endpoint(), Receiver(slowly)
    say(session, *["message"] * 10)
    heard(endpoint, session, now=SOON)
    at_once([partial(work, endpoint, receiver, SOON)] * WORKERS)
    assert most == [1]
