"""What the second look finds, what is sent again or on trial, and an endpoint that is deleted."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from auditlog.models import LogEntry

from sessions_app.models import Agent, Customer, LiveSession, WebhookAttempt, WebhookCursor, WebhookEndpoint
from sessions_app.webhooks import actions, delivering, marking
from tests.cast import new_session
from tests.moments import DAY, HOUR, MICROSECOND, STARTED
from tests.webhooks.receiving import SOON, Receiver, cursor_of, heard, new_endpoint, say, secrets_of, texts, work

# The second look ---------------------------------------------------------------------------------------------------


def test_the_second_look_finds_what_nobody_heard_of(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    say(session, "unheard")
    assert marking.second_look(endpoint, SOON + marking.LAG - MICROSECOND) == 1  # the row of the start
    assert marking.second_look(endpoint, SOON + marking.LAG) == 1
    assert marking.second_look(endpoint, SOON + marking.LAG) == 0
    work(endpoint, receiver, SOON + marking.LAG)
    assert texts(receiver) == ["", "unheard"]


def test_the_second_look_marks_nothing_that_was_sent(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    marking.second_look(endpoint, SOON + HOUR)
    assert cursor_of(endpoint, session).next_try_at is None


# Again -------------------------------------------------------------------------------------------------------------


def test_a_session_is_replayed_from_a_number_on_with_the_same_ids(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    say(session, "one", "two")
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    actions.replay(endpoint, session, now=SOON + HOUR, from_number=2)
    work(endpoint, receiver, SOON + HOUR)
    assert receiver.numbers == [1, 2, 3, 2, 3]
    ids = [got.event["id"] for got in receiver.taken]
    assert ids[1:3] == ids[3:]


def test_everything_since_a_moment_is_replayed_also_from_before_the_endpoint(
    receiver: Receiver, anna: Agent, session: LiveSession, dan: Customer
) -> None:
    say(session, "one", now=STARTED + HOUR)
    say(session, "two", now=STARTED + 2 * HOUR)
    new_session(anna, dan, now=STARTED + 3 * HOUR)
    quiet = new_session(anna, dan)
    endpoint = new_endpoint(now=STARTED + DAY)
    actions.replay_since(endpoint, STARTED + 2 * HOUR)
    actions.go_on_with_replay(endpoint.pk, STARTED + DAY)
    work(endpoint, receiver, STARTED + DAY)
    assert texts(receiver) == ["two", ""]
    assert not WebhookCursor.objects.filter(session=quiet).exists()


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)


@pytest.mark.usefixtures("two_at_once")
@pytest.mark.parametrize("many", [4, 5])
def test_a_replay_goes_on_part_by_part_until_there_is_no_more(
    endpoint: WebhookEndpoint, receiver: Receiver, anna: Agent, carla: Customer, many: int
) -> None:
    sessions = [new_session(anna, carla) for _ in range(many)]
    actions.replay_since(endpoint, STARTED)
    parts: list[tuple[datetime | None, int]] = []
    while replay(endpoint) != (None, 0):
        assert len(parts) < 9, "it has no end"
        actions.go_on_with_replay(endpoint.pk, SOON)
        parts.append(replay(endpoint))
    assert parts == [(STARTED, sessions[1].pk), (STARTED, sessions[3].pk), (None, 0)]
    work(endpoint, receiver, SOON)
    assert receiver.numbers == [1] * many
    actions.go_on_with_replay(endpoint.pk, SOON + HOUR)
    assert not WebhookCursor.objects.filter(next_try_at__isnull=False).exists()


@pytest.mark.usefixtures("two_at_once")
@pytest.mark.parametrize(("ordered", "goes_on_from"), [(HOUR, timedelta(0)), (-HOUR, -HOUR)])
def test_a_replay_that_is_ordered_meanwhile_begins_again_from_the_earlier_moment(
    endpoint: WebhookEndpoint, anna: Agent, carla: Customer, ordered: timedelta, goes_on_from: timedelta
) -> None:
    for _ in range(3):
        new_session(anna, carla)
    actions.replay_since(endpoint, STARTED)
    actions.go_on_with_replay(endpoint.pk, SOON)
    actions.replay_since(endpoint, STARTED + ordered)
    assert replay(endpoint) == (STARTED + goes_on_from, 0)


@pytest.mark.usefixtures("two_at_once")
def test_what_is_left_out_for_good_is_not_replayed_either(
    endpoint: WebhookEndpoint, anna: Agent, carla: Customer
) -> None:
    for _ in range(3):
        new_session(anna, carla)
    actions.replay_since(endpoint, STARTED)
    actions.go_on_with_replay(endpoint.pk, SOON)
    actions.pause(endpoint, SOON)
    actions.resume(endpoint, now=SOON, leave_out=True)
    actions.go_on_with_replay(endpoint.pk, SOON)
    assert replay(endpoint) == (None, 0) and not WebhookCursor.objects.exists()
    told = str(list(LogEntry.objects.values_list("changes", flat=True)))
    assert "paused" in told and "replay" not in told


def test_a_replay_since_ever_begins_with_the_first_row(endpoint: WebhookEndpoint, session: LiveSession) -> None:
    actions.replay_since(endpoint, datetime.min.replace(tzinfo=UTC))
    actions.go_on_with_replay(endpoint.pk, SOON)
    assert cursor_of(endpoint, session).next_try_at == SOON


def replay(endpoint: WebhookEndpoint) -> tuple[datetime | None, int]:
    """Since when it is replayed, and how far that has come."""
    endpoint.refresh_from_db()
    return endpoint.replays_since, endpoint.replayed_to


def test_a_replay_never_skips_what_was_not_sent_yet(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    say(session, "one", "two")
    heard(endpoint, session, now=SOON)
    actions.replay(endpoint, session, now=SOON, from_number=3)
    work(endpoint, receiver, SOON)
    assert receiver.numbers == [1, 2, 3]


def test_a_replay_while_a_row_is_on_its_way_is_not_undone(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    say(session, "one", "two")
    heard(endpoint, session, now=SOON)
    cursor = delivering.claim(endpoint.pk, SOON)
    assert delivering.deliver_next(cursor, now=SOON, web=receiver.web)
    actions.replay(endpoint, session, now=SOON)
    assert not delivering.deliver_next(cursor, now=SOON, web=receiver.web)
    work(endpoint, receiver, SOON)
    assert receiver.numbers == [1, 2, 1, 2, 3]


def test_a_test_fire_is_signed_logged_and_goes_also_to_a_paused_endpoint(
    endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    actions.pause(endpoint, SOON)
    attempt = actions.fire_test(endpoint, now=SOON, web=receiver.web)
    [got] = receiver.taken
    assert got.event["type"] == "parley.test"
    assert WebhookAttempt.objects.get() == attempt and attempt.was_taken and attempt.session is None
    with time_machine.travel(SOON, tick=False):
        assert got.is_signed_with(secrets_of(endpoint)[0])


def test_a_deleted_endpoint_takes_everything_of_it_along(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    heard(endpoint, session, now=SOON)
    cursor = delivering.claim(endpoint.pk, SOON)
    actions.fire_test(endpoint, now=SOON, web=receiver.web)
    actions.delete(endpoint)
    assert not delivering.deliver_next(cursor, now=SOON, web=receiver.web)
    assert (WebhookCursor.objects.count(), WebhookAttempt.objects.count()) == (0, 0)
    assert len(receiver.asked) == 1
