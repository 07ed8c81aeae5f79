"""Workstreams through the API."""

import pytest

from policies_app.models import Workstream
from policies_app.selectors import end_session_behavior
from sessions_app.api.scopes import Scope
from tests.api.calling import Api, api_of, problem
from tests.cast import general, set_policy


@pytest.fixture
def loans(db: None) -> Workstream:
    general()
    return Workstream.objects.create(name="Loans", is_active=False)


def test_a_workstream_is_told_with_the_policy_that_applies(api: Api) -> None:
    said = api.get(f"workstreams/{general().pk}/").json()
    assert said["name"] == "General"
    assert (said["assignment"], said["auto_close_after_seconds"], said["answer_within_seconds"]) == (
        "automatic",
        600,
        60,
    )
    assert said["end_session_behavior"] == {"inherited": True, "version": end_session_behavior().version_id}
    own = set_policy(workstream=general(), chat=False)
    said = api.get(f"workstreams/{general().pk}/").json()
    assert said["end_session_behavior"] == {"inherited": False, "version": own.version}


@pytest.mark.parametrize(
    ("query", "found"),
    [({}, ["Loans", "General"]), ({"is_active": "true"}, ["General"]), ({"name": "oan"}, ["Loans"])],
)
def test_workstreams_are_found(api: Api, loans: Workstream, query: dict[str, str], found: list[str]) -> None:
    assert [one["name"] for one in api.get("workstreams/", query).json()["results"]] == found


def test_what_is_out_of_reach_is_not_there(loans: Workstream) -> None:
    narrow = api_of("Narrow", within=loans)
    assert [one["name"] for one in narrow.get("workstreams/").json()["results"]] == ["Loans"]
    problem(narrow.get(f"workstreams/{general().pk}/"), 404)
    problem(narrow.get(f"workstreams/{2**70}/"), 404)


@pytest.mark.parametrize("path", ["workstreams/", "workstreams/1/"])
def test_it_needs_its_scope(db: None, path: str) -> None:
    other = api_of("Other", *(one for one in Scope if one is not Scope.SETTINGS_READ))
    assert Scope.SETTINGS_READ in problem(other.get(path), 403)["detail"]
