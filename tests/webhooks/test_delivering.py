"""What an endpoint gets: which rows, in which order, how often, and what happens if it does not take them."""

from uuid import uuid4

import pytest
import time_machine

from policies_app.models import Workstream
from sessions_app import actions as people
from sessions_app.assigning import transfer_to_workstream
from sessions_app.erasing import By, erase
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession, WebhookAttempt, WebhookCursor, WebhookEndpoint
from sessions_app.outgoing import Answer
from sessions_app.webhooks import actions, delivering, schedule
from sessions_app.webhooks.delivering import LEASE
from sessions_app.webhooks.kinds import PauseReason
from tests.cast import general, new_session
from tests.moments import DAY, HOUR, MICROSECOND, MINUTE
from tests.webhooks.receiving import SOON, Got, Receiver, cursor_of, heard, new_endpoint, say, secrets_of, texts, work

# What is sent ------------------------------------------------------------------------------------------------------


def test_every_row_is_sent_once_in_order(endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession) -> None:
    say(session, "one", "two", "three")
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    assert receiver.numbers == [1, 2, 3, 4]
    assert texts(receiver) == ["", "one", "two", "three"]


def test_a_row_that_comes_while_another_is_sent_is_not_forgotten(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    heard(endpoint, session, now=SOON)
    cursor = delivering.claim(endpoint.pk, SOON)
    assert delivering.deliver_next(cursor, now=SOON, web=receiver.web)
    say(session, "late")
    heard(endpoint, session, now=SOON)
    delivering.release(cursor, SOON)
    work(endpoint, receiver, SOON)
    assert receiver.numbers == [1, 2]


def test_a_webhook_tells_of_the_row(endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession) -> None:
    say(session, "Straße, 5 €")
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    got = receiver.taken[1]
    name = f"evt_{session.public_id.hex}_2_{endpoint.pk}"
    assert got.headers["webhook-id"] == name
    assert got.event == {
        "id": name,
        "type": "session.message",
        "timestamp": "2026-03-02T09:01:00.250000Z",
        "data": {
            "session": str(session.public_id),
            "number": 2,
            "kind": "message",
            "actor": "customer",
            "agent": None,
            "due_at": "2026-03-02T09:01:00.250000Z",
            "recorded_at": "2026-03-02T09:01:00.250000Z",
            "policy_version": None,
            "payload": {"text": "Straße, 5 €"},
        },
    }
    assert receiver.taken[0].event["data"]["agent"] == "Anna"


def test_the_library_of_standard_webhooks_accepts_the_signature(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    say(session, "Straße, 5 €")
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    [secret] = secrets_of(endpoint)
    assert secret.startswith("whsec_")
    with time_machine.travel(SOON, tick=False):
        assert all(got.is_signed_with(secret) for got in receiver.taken)
    assert secret not in str(list(endpoint.secrets.values()))


def test_while_secrets_overlap_both_sign_and_then_only_the_new_one(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    actions.rotate(endpoint, overlap=HOUR, now=SOON)
    old, new = secrets_of(endpoint)
    for now, signing in ((SOON + HOUR - MICROSECOND, [new, old]), (SOON + HOUR, [new])):
        say(session, "Hello", now=now)
        heard(endpoint, session, now=now)
        work(endpoint, receiver, now)
        got = receiver.taken[-1]
        assert len(got.headers["webhook-signature"].split(" ")) == len(signing)
        with time_machine.travel(now, tick=False):
            assert all(got.is_signed_with(secret) for secret in signing)


def test_notes_of_agents_go_only_where_they_are_asked_for(
    receiver: Receiver, anna: Agent, session: LiveSession
) -> None:
    told = {}
    people.add_note(session.pk, anna, "a secret", key=uuid4(), now=SOON)
    for notes in (False, True):
        endpoint, receiver = new_endpoint(f"notes {notes}", with_notes=notes), Receiver()
        heard(endpoint, session, now=SOON)
        work(endpoint, receiver, SOON)
        told[notes] = texts(receiver)
    assert told == {False: [""], True: ["", "a secret"]}


def test_the_token_of_a_reconnect_link_is_not_told(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    say(session, "https://shop.example.com/help?parley.reconnect=ABCDEF&a=b")
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    assert texts(receiver)[1] == "https://shop.example.com/help?parley.reconnect=…&a=b"


def test_only_the_kinds_that_are_asked_for_are_sent(receiver: Receiver, session: LiveSession) -> None:
    endpoint = new_endpoint(kinds=("message",))
    say(session, "one")
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    assert receiver.numbers == [2]
    assert cursor_of(endpoint, session).next_try_at is None


def test_an_endpoint_hears_of_what_is_recorded_after_it_was_made(receiver: Receiver, session: LiveSession) -> None:
    say(session, "before")
    endpoint = new_endpoint(now=SOON + MINUTE)
    say(session, "at that moment", now=SOON + MINUTE)
    heard(endpoint, session, now=SOON + HOUR)
    work(endpoint, receiver, SOON + HOUR)
    assert texts(receiver) == ["at that moment"]


def test_a_session_that_changes_its_workstream_is_told_to_each_for_its_time(
    receiver: Receiver, anna: Agent, session: LiveSession
) -> None:
    loans = Workstream.objects.create(name="Loans")
    anna.workstreams.add(loans)
    ours, theirs = new_endpoint("General", workstreams=(general(),)), new_endpoint("Loans", workstreams=(loans,))
    neither = new_endpoint("Cards", workstreams=(Workstream.objects.create(name="Cards"),))
    say(session, "in General")
    transfer_to_workstream(session.pk, anna, loans, "", now=SOON)
    say(session, "in Loans")
    told = {}
    for endpoint in (ours, theirs, neither):
        receiver = Receiver()
        heard(endpoint, session, now=SOON)
        work(endpoint, receiver, SOON)
        told[endpoint.name] = [(got.event["type"], got.event["data"]["payload"].get("text")) for got in receiver.taken]
    moved = ("session.transferred", None)
    assert told["General"] == [("session.started", None), ("session.message", "in General"), moved]
    assert told["Loans"] == [moved, ("session.message", "in Loans")]
    assert told["Cards"] == []


# What is not taken -------------------------------------------------------------------------------------------------


def test_a_row_that_fails_holds_back_its_session_and_no_other(
    endpoint: WebhookEndpoint, receiver: Receiver, anna: Agent, session: LiveSession, dan: Customer
) -> None:
    other = new_session(anna, dan)
    say(session, "one", "two")
    receiver.says = lambda got: 400 if got.row == (str(session.public_id), 2) else 200
    heard(endpoint, session, other, now=SOON)
    work(endpoint, receiver, SOON)
    assert [got.row for got in receiver.taken] == [(str(session.public_id), 1), (str(other.public_id), 1)]
    receiver.is_back()
    work(endpoint, receiver, SOON + 6 * MINUTE)
    assert [got.row[1] for got in receiver.taken[2:]] == [2, 3]


def test_a_row_that_fails_for_a_day_parks_the_session_until_somebody_says_so(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    say(session, "one")
    receiver.says = lambda got: 400
    heard(endpoint, session, now=SOON)
    now = SOON
    while (cursor := cursor_of(endpoint, session)).parked_at is None:
        assert cursor.next_try_at
        now = cursor.next_try_at
        work(endpoint, receiver, now)
    assert (now, cursor.next_try_at) == (SOON + DAY, None)
    assert 7 <= len(receiver.asked) <= 9
    assert {got.headers["webhook-id"] for got in receiver.asked} == {receiver.asked[0].headers["webhook-id"]}

    receiver.is_back()
    heard(endpoint, session, now=now + DAY)
    work(endpoint, receiver, now + DAY)
    assert receiver.taken == []

    assert actions.unpark(endpoint, now + DAY) == 1
    work(endpoint, receiver, now + DAY)
    assert receiver.numbers == [1, 2]


def test_a_row_that_will_never_be_taken_can_be_left_out(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    say(session, "one")
    heard(endpoint, session, now=SOON)
    assert not actions.skip(endpoint, session, SOON)
    WebhookCursor.objects.update(parked_at=SOON, next_try_at=None)
    assert actions.skip(endpoint, session, SOON)
    work(endpoint, receiver, SOON)
    assert receiver.numbers == [2]


def test_gone_for_good_pauses_the_endpoint_and_loses_nothing(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    receiver.says = lambda got: 410
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    endpoint.refresh_from_db()
    assert (endpoint.is_paused, endpoint.pause_reason, endpoint.paused_at) == (True, PauseReason.GONE, SOON)
    receiver.is_back()
    say(session, "meanwhile")
    heard(endpoint, session, now=SOON + HOUR)
    work(endpoint, receiver, SOON + HOUR)
    assert receiver.taken == []
    actions.resume(endpoint, now=SOON + HOUR)
    work(endpoint, receiver, SOON + HOUR)
    assert receiver.numbers == [1, 2]


def test_what_happened_in_a_pause_can_be_left_out(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    actions.pause(endpoint, SOON)
    say(session, "meanwhile")
    heard(endpoint, session, now=SOON)
    actions.resume(endpoint, now=SOON + HOUR, leave_out=True)
    say(session, "afterwards", now=SOON + HOUR)
    heard(endpoint, session, now=SOON + HOUR)
    work(endpoint, receiver, SOON + HOUR)
    assert texts(receiver) == ["afterwards"]


def test_a_redirect_is_a_failure_that_says_so(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    receiver.says = lambda got: Answer(302, b"", {"location": "http://127.0.0.1/"})
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.was_taken) == (302, False)
    assert "http://127.0.0.1/" in attempt.problem
    assert cursor_of(endpoint, session).sent_number == 0


def test_the_receiver_may_ask_for_time(endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession) -> None:
    receiver.says = lambda got: Answer(429, b"", {"retry-after": "1200"})
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    receiver.is_back()
    work(endpoint, receiver, SOON + 20 * MINUTE - MICROSECOND)
    assert receiver.taken == []
    work(endpoint, receiver, SOON + 20 * MINUTE)
    assert receiver.numbers == [1]


def test_the_log_keeps_what_was_answered_whatever_it_is(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    receiver.says = lambda got: Answer(500, b"\x00\xff<script>" + b"x" * 5000)
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    attempt = WebhookAttempt.objects.get()
    assert attempt.answer.startswith("��<script>xxx")
    assert len(attempt.answer) == delivering.MOST_KEPT
    assert (attempt.session, attempt.number, attempt.status) == (session, 1, 500)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(302, headers={"location": "https://elsewhere.example.com/\0"}),
        Answer(503, headers={"retry-after": "Mon, 02 Mar 2026 09:00:00 +99999999999999999"}),
        Answer(503, headers={"retry-after": "Mon, 02 Mar 99999999999999999999 09:00:00 GMT"}),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_failure_like_any_other(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession, answer: Answer
) -> None:
    """Otherwise its row would be sent every few minutes for ever, and never be parked."""
    receiver.says = lambda got: answer
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    assert (cursor_of(endpoint, session).tries, cursor_of(endpoint, session).leased_until) == (1, None)
    assert "\0" not in WebhookAttempt.objects.get().problem


def test_what_comes_back_is_not_kept_of_a_customer_who_was_erased_meanwhile(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    def repeats(got: Got) -> Answer:
        erase([session.customer], by=By(Actor.ADMIN, "ada"), now=SOON)
        return Answer(200, got.body)

    receiver.says = repeats
    say(session, "my secret")
    heard(endpoint, session, now=SOON)
    work(endpoint, receiver, SOON)
    assert set(WebhookAttempt.objects.values_list("answer", flat=True)) == {""}


# An endpoint that is down ------------------------------------------------------------------------------------------


@pytest.fixture
def many(anna: Agent, dan: Customer) -> list[LiveSession]:
    return [new_session(anna, dan) for _ in range(12)]


def test_an_endpoint_that_is_down_is_asked_by_one_row_at_a_time(
    endpoint: WebhookEndpoint, receiver: Receiver, many: list[LiveSession]
) -> None:
    receiver.is_down()
    heard(endpoint, *many, now=SOON)
    work(endpoint, receiver, SOON)
    assert len(receiver.asked) == schedule.PATIENT
    now = SOON + MINUTE
    work(endpoint, receiver, now)
    assert len(receiver.asked) == schedule.PATIENT + 1


def test_when_it_is_back_everything_that_waited_is_due_at_once(
    endpoint: WebhookEndpoint, receiver: Receiver, many: list[LiveSession]
) -> None:
    receiver.is_down()
    heard(endpoint, *many, now=SOON)
    for minutes in range(0, 60, 1):
        work(endpoint, receiver, SOON + minutes * MINUTE)
    receiver.is_back()
    work(endpoint, receiver, SOON + 65 * MINUTE)
    assert len(receiver.taken) == len(many)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since, endpoint.rests_until) == (0, None, None)


def test_rows_that_one_session_cannot_place_do_not_stop_others(
    endpoint: WebhookEndpoint, receiver: Receiver, many: list[LiveSession]
) -> None:
    receiver.says = lambda got: 422
    heard(endpoint, *many, now=SOON)
    work(endpoint, receiver, SOON)
    assert len(receiver.asked) == len(many)


def test_a_worker_that_died_leaves_the_session_to_another_one(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    heard(endpoint, session, now=SOON)
    assert delivering.claim(endpoint.pk, SOON)
    assert delivering.claim(endpoint.pk, SOON + LEASE - MICROSECOND) is None
    work(endpoint, receiver, SOON + LEASE)
    assert receiver.numbers == [1]


def test_a_worker_that_was_overtaken_changes_nothing(
    endpoint: WebhookEndpoint, receiver: Receiver, session: LiveSession
) -> None:
    say(session, "one")
    heard(endpoint, session, now=SOON)
    slow = delivering.claim(endpoint.pk, SOON)
    work(endpoint, receiver, SOON + LEASE)
    assert not delivering.deliver_next(slow, now=SOON + LEASE, web=receiver.web)
    assert cursor_of(endpoint, session).sent_number == 2
    assert cursor_of(endpoint, session).next_try_at is None
