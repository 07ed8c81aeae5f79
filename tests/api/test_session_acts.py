"""What is done to a session by the API is what the pages do, by the same rights."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from policies_app.kinds import EndReason, SessionState
from policies_app.models import ChatWidget, Workstream
from sessions_app.actions import send_message
from sessions_app.api.scopes import Scope
from sessions_app.assigning import assign_waiting, enter_queue
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.more_time import ask_for_more_time
from sessions_app.reconnecting import connection_lost
from sessions_app.transitions import end
from tests.api.calling import Api, api_of, problem
from tests.cast import (
    CUSTOMER,
    available,
    browser_of,
    fresh,
    full_then_limited,
    general,
    inactive_after,
    kinds,
    new_session,
    waiting,
)
from tests.moments import MINUTE

pytestmark = pytest.mark.django_db


def right(agent: Agent, codename: str) -> None:
    agent.user.user_permissions.add(Permission.objects.get(codename=codename))


def act(api: Api, session: LiveSession, what: str, data: Any = None) -> Any:
    return api.post(f"sessions/{session.public_id}/{what}/", data)


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def ended(session: LiveSession, anna: Agent, ago: timedelta = MINUTE) -> None:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=timezone.now() - ago)


# The end ---------------------------------------------------------------------------------------------------------


def test_an_agent_ends_their_session(api: Api, anna: Agent, session: LiveSession) -> None:
    told = done(act(api.named(anna), session, "end"))
    row = session.timeline.get(kind="ended")
    assert (told["state"], told["end_reason"]) == ("ended", "ended_by_agent")
    assert (row.actor, row.agent, row.payload) == ("agent", anna, {"reason": "ended_by_agent"})


def test_an_integration_ends_any_session_within_reach_and_is_named(
    api: Api, session: LiveSession, dan: Customer
) -> None:
    for one in (session, waiting(dan)):
        told = done(act(api, one, "end"))
        row = one.timeline.get(kind="ended")
        assert (told["end_reason"], row.actor) == ("ended_by_api", "api")
        assert row.payload == {"reason": "ended_by_api", "by": "Everything"}


def test_ending_an_ended_session_answers_how_it_ended(api: Api, anna: Agent, session: LiveSession) -> None:
    first = done(act(api.named(anna), session, "end"))
    for caller in (api, api.named(anna)):
        assert done(act(caller, session, "end"))["end_reason"] == "ended_by_agent"
    assert kinds(session).count("ended") == 1 and first["ended_at"]


def test_a_colleague_who_reads_along_does_not_end_it(api: Api, ben: Agent, session: LiveSession) -> None:
    right(ben, "monitor_session")
    problem(act(api.named(ben), session, "end"), 403)
    assert fresh(session).is_open


# Whose it is -----------------------------------------------------------------------------------------------------


def test_a_waiting_session_is_picked_once(api: Api, anna: Agent, ben: Agent, dan: Customer) -> None:
    Workstream.objects.update(assignment="pick")
    session = waiting(dan)
    for _ in range(2):
        assert done(act(api.named(anna), session, "pick"))["agent"]["user_name"] == "anna"
    problem(act(api.named(ben), session, "pick"), 404)
    assert kinds(session) == ["queued", "assigned"]


def test_nobody_picks_beyond_their_seats(api: Api, anna: Agent, session: LiveSession, dan: Customer) -> None:
    Workstream.objects.update(assignment="pick")
    queued = waiting(dan)
    Agent.objects.update(capacity=1)
    assert "1 of 1" in problem(act(api.named(anna), queued, "pick"), 403)["detail"]
    assert fresh(queued).state == SessionState.QUEUED


def test_a_session_goes_to_an_available_colleague(api: Api, anna: Agent, ben: Agent, session: LiveSession) -> None:
    problem(act(api.named(anna), session, "transfer", {"to_agent": "ben"}), 403)
    available(ben)
    told = done(act(api.named(anna), session, "transfer", {"to_agent": "ben", "note": "Knows the case"}))
    assert told["agent"]["user_name"] == "ben"
    assert session.timeline.get(kind="transferred").payload["note"] == "Knows the case"


def test_a_session_goes_into_the_queue_of_a_workstream(api: Api, anna: Agent, ben: Agent, session: LiveSession) -> None:
    sales = Workstream.objects.create(name="Sales", assignment="pick")
    ben.workstreams.add(sales)
    told = done(act(api.named(anna), session, "transfer", {"to_workstream": sales.pk}))
    assert (told["state"], told["workstream"]["name"], told["agent"]) == ("queued", "Sales", None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "to_agent"),
        ({"to_agent": "ben", "to_workstream": 1}, "to_agent"),
        ({"to_agent": "nobody"}, "to_agent"),
        ({"to_workstream": 0}, "to_workstream"),
        ({"to_workstream": 99999}, "to_workstream"),
        ({"to_agent": "ben", "note": "x" * 2001}, "note"),
    ],
)
def test_to_whom_it_cannot_go_is_named(
    api: Api, anna: Agent, session: LiveSession, given: dict[str, Any], field: str
) -> None:
    told = problem(act(api.named(anna), session, "transfer", given), 400)
    assert [one["field"] for one in told["errors"]] == [field]


def test_nothing_leaves_or_enters_the_reach_of_a_limited_integration(
    anna: Agent, ben: Agent, session: LiveSession
) -> None:
    sales = Workstream.objects.create(name="Sales")
    ben.workstreams.set([sales])
    limited = api_of("General only", within=general()).named(anna)
    problem(act(limited, session, "transfer", {"to_workstream": sales.pk}), 400)
    problem(act(limited, session, "transfer", {"to_agent": "ben"}), 400)
    problem(act(api_of("Sales only", within=sales), session, "end"), 404)
    assert kinds(session) == ["started"]


# While the customer is away, and after the end -----------------------------------------------------------------------


def test_keep_open_takes_a_warning_back(api: Api, anna: Agent, carla: Customer) -> None:
    inactive_after(10, warn=5)
    session = new_session(anna, carla, now=timezone.now() - 6 * MINUTE)
    assert done(api.get(f"sessions/{session.public_id}/"))["warned_at"]
    assert done(act(api.named(anna), session, "keep-open"))["warned_at"] is None
    assert kinds(session) == ["started", "warned", "kept_open"]


def test_closing_is_refused_while_the_customer_is_there(api: Api, anna: Agent, session: LiveSession) -> None:
    assert "The customer is back" in problem(act(api.named(anna), session, "close"), 403)["detail"]


def test_closing_gives_up_the_seat_of_a_customer_who_is_away(
    api: Api, anna: Agent, ben: Agent, carla: Customer
) -> None:
    now = timezone.now()
    widget = ChatWidget.objects.create(
        workstream=general(), name="Shop", reconnect_on=True, same_agent_for=5 * MINUTE, grace=timedelta(seconds=20)
    )
    Workstream.objects.update(answer_within=None)
    available(anna)
    session = enter_queue(carla, general().pk, widget=widget, now=now - 3 * MINUTE)
    assign_waiting(general().pk, now - 3 * MINUTE)
    connection_lost(session.pk, now - 2 * MINUTE, now=now - MINUTE)
    told = done(api.get(f"sessions/{session.public_id}/"))
    assert (told["state"], told["holds_seat"], told["widget"]["name"]) == ("disconnected", True, "Shop")
    assert told["next_due"]["kind"] == "end_hold" and told["hold_until"] < told["return_until"]
    told = done(act(api.named(anna), session, "close"))
    assert (told["state"], told["holds_seat"], told["ended_at"]) == ("disconnected", False, None)
    done(act(api.named(anna), session, "close"))
    assert kinds(session).count("closed") == 1


def test_more_time_is_given_to_the_second(api: Api, anna: Agent, session: LiveSession) -> None:
    right(anna, "extend_access")
    ended(session, anna)
    given = {"level": "limited", "for_seconds": 90, "reason": "Still reading"}
    before = timezone.now()
    told = done(act(api.named(anna), session, "more-time", given))
    assert told["access"]["level"] == "limited" and told["more_time_given_at"]
    until = fresh(session).limited_until
    assert before + timedelta(seconds=90) <= until <= timezone.now() + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"for_seconds": 59, "reason": "x"}, "for_seconds"),
        ({"for_seconds": 3650 * 86400 + 1, "reason": "x"}, "for_seconds"),
        ({"for_seconds": 10**400, "reason": "x"}, "for_seconds"),
        ({"for_seconds": None, "reason": "x"}, "for_seconds"),
        ({"reason": "x"}, "for_seconds"),
        ({"for_seconds": 60, "reason": " \n"}, "reason"),
        ({"for_seconds": 60, "reason": "x", "level": "open"}, "level"),
    ],
)
def test_time_that_cannot_be_given_is_named(
    api: Api, anna: Agent, session: LiveSession, given: dict[str, Any], field: str
) -> None:
    told = problem(act(api.named(anna), session, "more-time", given), 400)
    assert [one["field"] for one in told["errors"]] == [field]


def test_without_the_right_nobody_gives_more_time(api: Api, anna: Agent, session: LiveSession) -> None:
    ended(session, anna)
    given = {"for_seconds": 90, "reason": "Still reading"}
    problem(act(api.named(anna), session, "more-time", given), 403)


def test_a_follow_up_is_done(api: Api, anna: Agent, session: LiveSession) -> None:
    full_then_limited()
    ended(session, anna)
    ask_for_more_time(session.pk, now=timezone.now())
    assert done(api.get(f"sessions/{session.public_id}/"))["follow_up_since"]
    assert done(act(api.named(anna), session, "follow-up-done"))["follow_up_since"] is None
    done(act(api.named(anna), session, "follow-up-done"))
    assert kinds(session).count("follow_up_done") == 1


def test_the_agents_page_and_the_api_do_the_same(
    api: Api, anna: Agent, ben: Agent, carla: Customer, dan: Customer
) -> None:
    """The rows of a session that was worked on in a browser are those of one that was worked on by the API."""
    by_page, by_api = new_session(anna, carla), new_session(anna, dan)
    available(ben)
    browser = browser_of(anna)
    room = f"/room/{by_page.public_id}/"
    browser.post(f"{room}message/", {"text": "Hello", "key": "00000000-0000-0000-0000-000000000001"})
    browser.post(f"{room}transfer/", {"to": f"agent:{ben.pk}", "note": "Please"})
    called = api.named(anna)
    act(called, by_api, "messages", {"text": "Hello"})
    act(called, by_api, "transfer", {"to_agent": "ben", "note": "Please"})
    rows = [
        [(row.kind, row.actor, row.agent, row.payload) for row in one.timeline.order_by("number")]
        for one in (by_page, by_api)
    ]
    assert [row[:3] for row in rows[0]] == [row[:3] for row in rows[1]] and len(rows[0]) == 3
    assert rows[0][1] == rows[1][1]


def test_without_an_agent_only_the_end_goes(api: Api, session: LiveSession) -> None:
    for what in ("invite", "pick", "close", "keep-open", "follow-up-done"):
        assert "Parley-Agent" in problem(act(api, session, what), 403)["detail"], what


@pytest.mark.parametrize("by", ["sms", "email"])
def test_who_has_no_address_for_it_is_not_invited(
    api: Api, anna: Agent, session: LiveSession, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered: list[Any] = []
    monkeypatch.setattr("sessions_app.tasks.order_letter", lambda *given: ordered.append(given))
    Customer.objects.update(phone="", email="carla@example.com")
    answer = act(api.named(anna), session, "invite", {"by": by})
    assert (answer.status_code, len(ordered)) == ((200, 1) if by == "email" else (400, 0))


def test_an_idempotent_end_is_replayed(api: Api, anna: Agent, session: LiveSession) -> None:
    first, again = (act(api.once("end-1"), session, "end") for _ in range(2))
    assert first.json() == again.json() and again["Idempotency-Replayed"] == "true"


def test_reading_needs_no_right_to_end(session: LiveSession) -> None:
    reader = api_of("Reader", Scope.SESSIONS_READ)
    problem(act(reader, session, "end"), 403)
    assert fresh(session).is_open


def test_what_was_written_after_the_end_waits_and_an_answer_by_the_api_settles_it(
    api: Api, anna: Agent, session: LiveSession
) -> None:
    full_then_limited()
    ended(session, anna)
    send_message(session.pk, CUSTOMER, "One more thing", key=uuid4(), now=timezone.now())
    assert fresh(session).follow_up_since
    act(api.named(anna), session, "messages", {"text": "Here you are"})
    assert fresh(session).follow_up_since is None
