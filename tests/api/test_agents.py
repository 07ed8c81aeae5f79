"""Agents through the API: who there is, what they hold, and whether they take new sessions."""

from typing import Any

import pytest
from django.utils import timezone

from policies_app.kinds import AgentStatus, SessionState
from policies_app.models import Workstream
from sessions_app.api.scopes import Scope
from sessions_app.models import Agent, Customer, LiveSession
from tests.api.calling import Api, api_of, problem
from tests.cast import fresh, general, new_session, waiting


@pytest.fixture
def loans(db: None, ben: Agent) -> Workstream:
    made = Workstream.objects.create(name="Loans")
    ben.workstreams.set([made])
    return made


def test_agents_are_told_as_they_are(api: Api, session: LiveSession, anna: Agent) -> None:
    said = api.get("agents/anna/").json()
    assert said == {
        "user_name": "anna",
        "name": "Anna",
        "workstreams": [{"id": general().pk, "name": "General"}],
        "capacity": 1000,
        "seats_used": 1,
        "presence": "offline",
    }
    assert api.get("agents/").json()["results"] == [said]


def test_agents_of_a_workstream(api: Api, anna: Agent, ben: Agent, loans: Workstream) -> None:
    assert [one["user_name"] for one in api.get("agents/").json()["results"]] == ["ben", "anna"]
    assert [one["user_name"] for one in api.get("agents/", {"workstream": loans.pk}).json()["results"]] == ["ben"]


def test_who_has_no_account_any_more_is_not_there(api: Api, anna: Agent) -> None:
    anna.user.is_active = False
    anna.user.save()
    assert api.get("agents/").json()["results"] == []
    problem(api.get("agents/anna/"), 404)
    problem(api.put("agents/anna/presence/", {"presence": "available"}), 404)


def test_a_list_asks_as_much_however_many_there_are(api: Api, django_assert_max_num_queries: Any) -> None:
    from tests.cast import new_agent

    for number in range(12):
        new_agent(f"Agent{number}")
    with django_assert_max_num_queries(10):
        assert len(api.get("agents/").json()["results"]) == 12


@pytest.mark.parametrize("presence", AgentStatus)
def test_presence_is_set_as_the_agent_would(api: Api, anna: Agent, presence: AgentStatus) -> None:
    assert api.put("agents/anna/presence/", {"presence": presence}).json()["presence"] == presence
    anna.refresh_from_db()
    assert anna.status == presence


@pytest.mark.django_db(transaction=True)
def test_who_becomes_available_gets_who_waits(api: Api, anna: Agent, dan: Customer) -> None:
    session = waiting(dan, now=timezone.now())
    api.put("agents/anna/presence/", {"presence": "available"})
    assert (fresh(session).state, fresh(session).agent) == (SessionState.ACTIVE, anna)


@pytest.mark.parametrize("sent", [{}, {"presence": "asleep"}, {"presence": None}, [], {"presence": ["away"]}])
def test_what_is_no_presence_is_named(api: Api, anna: Agent, sent: object) -> None:
    problem(api.put("agents/anna/presence/", sent), 400)


def test_a_limited_token_sees_its_own_agents_and_counts_its_own_sessions(
    anna: Agent, ben: Agent, carla: Customer, dan: Customer, loans: Workstream
) -> None:
    ben.workstreams.add(general())
    new_session(ben, carla)
    new_session(ben, dan, loans)
    narrow = api_of("Narrow", within=loans)
    (said,) = narrow.get("agents/").json()["results"]
    assert (said["user_name"], said["seats_used"]) == ("ben", 1)
    assert said["workstreams"] == [{"id": loans.pk, "name": "Loans"}]
    problem(narrow.get("agents/anna/"), 404)
    problem(narrow.put("agents/anna/presence/", {"presence": "away"}), 404)
    assert narrow.get("agents/", {"workstream": general().pk}).json()["results"] == []


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "agents/", Scope.AGENTS_READ),
        ("get", "agents/anna/", Scope.AGENTS_READ),
        ("put", "agents/anna/presence/", Scope.AGENTS_WRITE),
    ],
)
def test_each_needs_its_scope(anna: Agent, method: str, path: str, scope: Scope) -> None:
    other = api_of("Other", *(one for one in Scope if one is not scope))
    sent: tuple[Any, ...] = () if method == "get" else ({"presence": "away"},)
    assert scope in problem(getattr(other, method)(path, *sent), 403)["detail"]
