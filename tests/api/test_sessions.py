"""Sessions by the API: started, found, read, and explained at any moment."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from policies_app.kinds import Channel, EndReason, ReturningCustomer
from policies_app.models import Workstream
from sessions_app.actions import send_message
from sessions_app.api.scopes import Scope
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.transitions import end
from tests.api.calling import Api, api_of, problem
from tests.cast import CUSTOMER, fresh, full_then_limited, general, inactive_after, new_customer, new_session, waiting
from tests.moments import DAY, ENDED, HOUR, MINUTE, STARTED

pytestmark = pytest.mark.django_db

CARLA = {"name": "Carla", "email": "carla@example.com"}


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The letters that were ordered."""
    letters: list[tuple[Any, ...]] = []
    monkeypatch.setattr("sessions_app.starting.order_letter", lambda *given: letters.append(given))
    monkeypatch.setattr("sessions_app.tasks.order_letter", lambda *given: letters.append(given))
    return letters


@pytest.fixture
def sales(db: None) -> Workstream:
    return Workstream.objects.create(name="Sales")


def fields_of(told: dict[str, Any]) -> list[str]:
    return [one["field"] for one in told["errors"]]


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["results"]]


# Starting --------------------------------------------------------------------------------------------------------


def test_a_session_is_started_and_its_customer_invited(
    api: Api, anna: Agent, ordered: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = api.named(anna).post("sessions/", {"customer": CARLA})
    told = answer.json()
    session = LiveSession.objects.get(public_id=told["id"])
    assert answer.status_code == 201
    assert (session.agent, session.customer.email, session.is_prepared) == (anna, CARLA["email"], False)
    assert told["agent"] == {"user_name": "anna", "name": "Anna"} and told["holds_seat"]
    assert told["access"]["level"] == "open" and "chat" in told["access"]["may"]
    assert ordered == [(session.pk, "invitation", None)]


def test_the_ways_of_the_invitation_are_those_that_were_chosen(
    api: Api, anna: Agent, ordered: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        api.named(anna).post("sessions/", {"customer": CARLA, "invite_by": "none"})
    assert ordered[0][2] == ()


def test_a_prepared_one_takes_no_seat_until_its_customer_is_invited(
    api: Api, anna: Agent, ordered: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        told = api.named(anna).post("sessions/", {"customer": CARLA, "prepared": True}).json()
    assert told["is_prepared"] and not told["holds_seat"] and ordered == []
    told = api.named(anna).post(f"sessions/{told['id']}/invite/", {"by": "email"}).json()
    assert not told["is_prepared"] and told["holds_seat"]
    assert [(letter, ways) for _session, letter, ways in ordered] == [("invitation", ["email"])]


def test_the_same_request_again_starts_one_session_even_if_its_answer_was_lost(api: Api, anna: Agent) -> None:
    from sessions_app.api.models import KeptAnswer

    first = api.named(anna).once("order-7").post("sessions/", {"customer": CARLA}).json()
    KeptAnswer.objects.all().delete()
    again = api.named(anna).once("order-7").post("sessions/", {"customer": CARLA}).json()
    assert first["id"] == again["id"] and LiveSession.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "customer"),
        ({"customer": {"name": "", "email": "a@example.com"}}, "customer.name"),
        ({"customer": {"name": "Carla"}}, "customer.email"),
        ({"customer": {"name": "Carla", "email": "nobody"}}, "customer.email"),
        ({"customer": {"name": "Carla", "phone": "call me"}}, "customer.phone"),
        ({"customer": CARLA, "workstream": 2**62}, "workstream"),
        ({"customer": CARLA, "workstream": 2**80}, "workstream"),
        ({"customer": CARLA, "invite_by": "\ud800"}, "invite_by"),
        ({"customer": {"name": "a\x00b", "email": "a@example.com"}}, "customer.name"),
        ({"customer": CARLA | {"phone": ""}, "invite_by": "sms"}, "customer.phone"),
        ([], "non_field_errors"),
    ],
)
def test_what_is_wrong_is_named(api: Api, anna: Agent, given: Any, field: str) -> None:
    told = problem(api.named(anna).post("sessions/", given), 400)
    assert fields_of(told) == [field]
    assert not LiveSession.objects.exists()


def test_without_an_agent_or_a_free_seat_nothing_is_started(api: Api, anna: Agent, dan: Customer) -> None:
    assert "Parley-Agent" in problem(api.post("sessions/", {"customer": CARLA}), 403)["detail"]
    Agent.objects.update(capacity=1)
    new_session(anna, dan)
    told = problem(api.named(anna).post("sessions/", {"customer": CARLA}), 403)
    assert "holds 1 of 1 sessions" in told["detail"]
    assert LiveSession.objects.count() == 1


def test_of_a_customer_who_is_here_already_one_is_told_or_goes_on_with_them(
    api: Api, anna: Agent, session: LiveSession
) -> None:
    Workstream.objects.update(returning_customer=ReturningCustomer.ASK)
    told = problem(api.named(anna).post("sessions/", {"customer": CARLA}), 409)
    assert told["sessions"] == [str(session.public_id)]
    assert api.named(anna).post("sessions/", {"customer": CARLA, "even_if_open": True}).status_code == 201
    Workstream.objects.update(returning_customer=ReturningCustomer.CONTINUE)
    answer = api.named(anna).post("sessions/", {"customer": CARLA})
    assert answer.status_code == 200 and LiveSession.objects.count() == 2


def test_of_an_open_session_out_of_reach_only_that_there_is_one_is_told(
    anna: Agent, carla: Customer, sales: Workstream
) -> None:
    anna.workstreams.add(sales)
    new_session(anna, carla)
    Workstream.objects.update(returning_customer=ReturningCustomer.CONTINUE)
    limited = api_of("Sales only", within=sales).named(anna)
    told = problem(limited.post("sessions/", {"customer": CARLA, "workstream": sales.pk}), 409)
    assert told["sessions"] == []


def test_a_session_cannot_be_started_out_of_reach(anna: Agent, sales: Workstream) -> None:
    anna.workstreams.add(sales)
    limited = api_of("Sales only", within=sales).named(anna)
    told = problem(limited.post("sessions/", {"customer": CARLA, "workstream": general().pk}), 400)
    assert fields_of(told) == ["workstream"] and not LiveSession.objects.exists()


# Finding ---------------------------------------------------------------------------------------------------------


def test_sessions_are_found_by_what_is_known_of_them(
    api: Api, anna: Agent, ben: Agent, session: LiveSession, dan: Customer, sales: Workstream
) -> None:
    Customer.objects.filter(pk=dan.pk).update(phone="+4312345")
    queued = waiting(dan, sales, now=STARTED + HOUR)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=ENDED)
    first, second = str(session.public_id), str(queued.public_id)
    table: list[tuple[dict[str, Any], list[str]]] = [
        ({}, [second, first]),
        ({"state": "queued"}, [second]),
        ({"is_open": "false"}, [first]),
        ({"is_open": "true"}, [second]),
        ({"workstream": sales.pk}, [second]),
        ({"channel": Channel.INVITATION}, [first]),
        ({"agent": "anna"}, [first]),
        ({"agent": "ben"}, []),
        ({"customer_email": "CARLA@example.COM"}, [first]),
        ({"customer_email": "carl"}, []),
        ({"customer_phone": "0043 1 23-45"}, [second]),
        ({"started_since": (STARTED + HOUR).isoformat()}, [second]),
        ({"started_until": (STARTED + HOUR).isoformat()}, [first]),
        ({"ended_since": ENDED.isoformat()}, [first]),
        ({"ended_until": ENDED.isoformat()}, []),
        ({"has_follow_up": "true"}, []),
        ({"has_follow_up": "false"}, [second, first]),
        ({"state": "ended", "agent": "ben"}, []),
    ]
    for asked, expected in table:
        assert ids(api.get("sessions/", asked)) == expected, asked


def test_who_waits_for_an_answer_after_the_end_is_found(api: Api, anna: Agent, session: LiveSession) -> None:
    full_then_limited(chat=True)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=ENDED)
    send_message(session.pk, CUSTOMER, "One more thing", key=UUID(int=1), now=ENDED + MINUTE)
    assert ids(api.get("sessions/", {"has_follow_up": "true"})) == [str(session.public_id)]


def test_the_list_shows_what_time_has_done_even_if_nobody_wrote_it_down(api: Api, anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    assert ids(api.get("sessions/", {"state": "active"})) == []
    assert fresh(session).end_reason == EndReason.AGENT_INACTIVE
    assert ids(api.get("sessions/", {"is_open": "false"})) == [str(session.public_id)]


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "open"},
        {"workstream": "x"},
        {"workstream": str(2**70)},
        {"started_since": "yesterday"},
        {"started_since": "9999-12-31T23:59:59Z"},
        {"ended_until": "0001-01-01T00:00:00+14:00"},
        {"agent": "a\x00"},
        {"customer_phone": "nobody"},
        {"limit": "x"},
        {"limit": "0"},
        {"is_open": "perhaps"},
    ],
)
def test_a_question_that_is_none_is_named(api: Api, asked: dict[str, str]) -> None:
    assert fields_of(problem(api.get("sessions/", asked), 400)) == [*asked]


@pytest.mark.parametrize(
    "cursor", ["x", "cD1hYmM=", "cD0xJm89LTE=", "cD0x" * 40, "\ud800".encode("utf-8", "surrogatepass").hex()]
)
def test_a_cursor_that_is_none_is_not_found(api: Api, session: LiveSession, cursor: str) -> None:
    assert api.get("sessions/", {"cursor": cursor}).status_code in (200, 404)


def test_page_by_page_nothing_is_missed(api: Api, anna: Agent) -> None:
    made = [str(new_session(anna, new_customer(f"C{at}")).public_id) for at in range(5)]
    found, address = [], "sessions/?limit=2"
    while address:
        page = api.get(address.rsplit("/api/v1/", maxsplit=1)[-1]).json()
        found += [one["id"] for one in page["results"]]
        address = page["next"]
    assert found == made[::-1]


def test_a_list_takes_as_many_queries_for_many_as_for_one(
    api: Api, anna: Agent, session: LiveSession, django_assert_max_num_queries: Any
) -> None:
    for at in range(10):
        other = new_session(anna, new_customer(f"C{at}"))
        end(other.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=STARTED + MINUTE)
    with django_assert_max_num_queries(8):
        assert len(ids(api.get("sessions/"))) == 11


# Reading ---------------------------------------------------------------------------------------------------------


def test_an_ended_session_says_how_it_ended_and_what_the_customer_keeps(
    api: Api, anna: Agent, session: LiveSession
) -> None:
    policy = full_then_limited()
    now = timezone.now()
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=now)
    told = api.get(f"sessions/{session.public_id}/").json()
    assert (told["state"], told["end_reason"], told["policy_version"]) == ("ended", "ended_by_agent", policy.version)
    assert told["access"] == {
        "level": "full",
        "may": ["read", "complete", "review", "download", "attach", "chat"],
        "full_until": said(now + DAY),
        "limited_until": said(now + 2 * DAY),
        "has_no_limit": False,
    }
    assert told["next_due"] == {"at": said(now + DAY), "kind": "limit_access"}


def said(moment: Any) -> str:
    return str(moment.isoformat().replace("+00:00", "Z"))


def test_what_is_out_of_reach_is_not_there(
    session: LiveSession, anna: Agent, ben: Agent, sales: Workstream, api: Api
) -> None:
    limited = api_of("Sales only", within=sales)
    paths = ["", "access/", "timeline/", "transcript/", "documents/", "document-templates/", "links/"]
    for path in paths:
        problem(limited.get(f"sessions/{session.public_id}/{path}"), 404)
        problem(api.named(ben).get(f"sessions/{session.public_id}/{path}"), 404)
        assert api.get(f"sessions/{session.public_id}/{path}").status_code == 200, path
    assert ids(limited.get("sessions/")) == [] == ids(api.named(ben).get("sessions/"))
    assert ids(api.named(anna).get("sessions/")) == [str(session.public_id)]


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "", Scope.SESSIONS_READ),
        ("get", "timeline/", Scope.SESSIONS_READ),
        ("get", "transcript/", Scope.SESSIONS_READ),
        ("post", "transcript/order/", Scope.SESSIONS_READ),
        ("post", "messages/", Scope.SESSIONS_WRITE),
        ("post", "end/", Scope.SESSIONS_END),
        ("get", "links/", Scope.LINKS_READ),
        ("post", "links/", Scope.LINKS_WRITE),
        ("post", "reconnect-link/", Scope.LINKS_WRITE),
    ],
)
def test_each_operation_needs_its_scope(session: LiveSession, method: str, path: str, scope: Scope) -> None:
    without = api_of("Without", *(one for one in Scope if one is not scope))
    told = problem(without.call(method, f"sessions/{session.public_id}/{path}"), 403)
    assert scope in told["detail"]


# Access at a moment ----------------------------------------------------------------------------------------------


def at(api: Api, session: LiveSession, moment: Any = None) -> dict[str, Any]:
    asked = {"at": moment.isoformat()} if moment else None
    answer = api.get(f"sessions/{session.public_id}/access/", asked)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_access_is_told_of_any_moment_with_the_rule_and_policy_behind_it(
    api: Api, anna: Agent, session: LiveSession
) -> None:
    policy = full_then_limited()
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=ENDED)
    table = [
        (STARTED - MINUTE, None, "none"),
        (STARTED, "active", "open"),
        (ENDED, "ended", "full"),
        (ENDED + DAY, "ended", "limited"),
        (ENDED + 2 * DAY, "ended", "none"),
    ]
    for moment, state, level in table:
        told = at(api, session, moment)
        assert (told["state"], told["level"]) == (state, level), moment
    told = at(api, session, ENDED + HOUR)
    assert told["policy_version"] == policy.version and told["end"]["full_until"] == said(ENDED + DAY)
    assert told["next_due"] == {"at": said(ENDED + DAY), "kind": "limit_access"}
    assert {one["policy_version"] for one in told["reasons"]} == {None, policy.version}
    assert "rule 4, first table: how long access lasts" in {one["rule"] for one in told["reasons"]}
    assert "<" not in str(told["reasons"]) and "&" not in str(told["reasons"])


def test_the_end_is_foretold_if_the_agent_does_nothing(api: Api, anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    now = timezone.now()
    session = new_session(anna, carla, now=now)
    assert at(api, session)["level"] == "open"
    told = at(api, session, now + timedelta(minutes=11))
    assert told["is_forecast"] and told["end"]["is_foretold"] and told["end"]["reason"] == "agent_inactive"


@pytest.mark.parametrize("moment", ["soon", "9999-06-01", "0000-01-01T00:00:00Z", "2026-03-02T25:00:00Z"])
def test_a_moment_that_is_none_is_named(api: Api, session: LiveSession, moment: str) -> None:
    told = problem(api.get(f"sessions/{session.public_id}/access/", {"at": moment}), 400)
    assert fields_of(told) == ["at"]
