"""Customers through the API: finding, reading, exporting and erasing them, within reach."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from policies_app.models import Workstream
from sessions_app import links
from sessions_app.actions import add_note, attach, keep_draft, send_message
from sessions_app.api.scopes import Scope
from sessions_app.erasing import By, erase
from sessions_app.half_typed import Typed, keep
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Agent, Customer, LinkEvent, LiveSession
from tests.api.calling import Api, api_of, problem
from tests.cast import CUSTOMER, come_in, fresh, new_customer, new_session
from tests.documents.papers import COMPLETE, sent, typed
from tests.moments import HOUR, STARTED


@pytest.fixture
def loans(db: None) -> Workstream:
    return Workstream.objects.create(name="Loans")


@pytest.fixture
def full(session: LiveSession, anna: Agent) -> LiveSession:
    """A session with something of everything that is exported."""
    from sessions_app.documents.actions import save

    send_message(session.pk, CUSTOMER, "Hello", key=uuid4(), now=STARTED)
    add_note(session.pk, anna, "Careful", key=uuid4(), now=STARTED)
    attach(session.pk, CUSTOMER, SimpleUploadedFile("plan.txt", b"my plan"), key=uuid4(), now=STARTED)
    links.mint(session, by=anna, now=STARTED, sent_to="carla@example.com")
    keep(session.pk, None, Typed("half a sen", 2**41), now=STARTED)
    save(sent(session, anna).pk, typed(**COMPLETE), now=STARTED)
    return fresh(session)


def names(response: object) -> list[str]:
    return [one["name"] for one in response.json()["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Dan", "Carla"]),
        ({"email": "CARLA@Example.com"}, ["Carla"]),
        ({"phone": "+43 1 234"}, ["Dan"]),
        ({"name": "arl"}, ["Carla"]),
        ({"erased": "true"}, []),
        ({"email": "nobody@example.com"}, []),
    ],
)
def test_customers_are_found(api: Api, carla: Customer, dan: Customer, query: dict[str, str], found: list[str]) -> None:
    Customer.objects.filter(pk=dan.pk).update(phone="+431234")
    assert names(api.get("customers/", query)) == found


def test_a_list_goes_on_by_its_cursor(api: Api, carla: Customer, dan: Customer) -> None:
    first = api.get("customers/", {"limit": 1}).json()
    assert [one["name"] for one in first["results"]] == ["Dan"]
    cursor = first["next"].partition("cursor=")[2].partition("&")[0]
    second = api.get("customers/", {"limit": "1", "cursor": cursor.replace("%3D", "=")}).json()
    assert ([one["name"] for one in second["results"]], second["next"]) == (["Carla"], None)


@pytest.mark.parametrize(
    ("query", "field"), [({"phone": "abc"}, "phone"), ({"email": "x" * 255}, "email"), ({"name": "a\0b"}, "name")]
)
def test_what_cannot_be_looked_for_is_named(api: Api, query: dict[str, str], field: str) -> None:
    said = problem(api.get("customers/", query), 400)
    assert [one["field"] for one in said["errors"]] == [field]


def test_a_customer_is_read_with_who_else_they_are(api: Api, anna: Agent, carla: Customer, dan: Customer) -> None:
    again = Customer.objects.create(name="Carla C.", email="carla@example.com")
    for customer in (carla, again, dan):
        new_session(anna, customer)
    said = api.get(f"customers/{carla.public_id}/").json()
    assert (said["name"], said["email"], said["erased_at"]) == ("Carla", "carla@example.com", None)
    assert said["same_person"] == [str(again.public_id)]


def test_everything_that_is_known_is_exported(api: Api, full: LiveSession, carla: Customer) -> None:
    said = api.get(f"customers/{carla.public_id}/export/").json()
    (session,) = said["sessions"]
    texts = [row["payload"].get("text") for row in session["timeline"]]
    assert "Hello" in texts and "Careful" in texts
    assert [row["number"] for row in session["timeline"]] == list(range(1, full.last_number + 1))
    assert [(file["name"], file["size"]) for file in session["files"]] == [("plan.txt", 7)]
    assert session["documents"][0]["values"]["name"] == "Carla"
    assert [link["sent_to"] for link in session["links"]] == ["carla@example.com"]
    assert [one["text"] for one in session["half_typed"]] == ["half a sen"]
    assert [one["id"] for one in said["customers"]] == [str(carla.public_id)]


def test_an_export_asks_as_much_however_much_there_is(
    api: Api, full: LiveSession, anna: Agent, carla: Customer, django_assert_max_num_queries: Any
) -> None:
    for _number in range(5):
        send_message(new_session(anna, carla).pk, CUSTOMER, "Again", key=uuid4(), now=STARTED)
    with django_assert_max_num_queries(25):
        assert len(api.get(f"customers/{carla.public_id}/export/").json()["sessions"]) == 6


def test_erasing_forgets_the_person_and_names_the_integration(api: Api, full: LiveSession, carla: Customer) -> None:
    again = Customer.objects.create(name="Carla C.", email="carla@example.com")
    new_session(full.agent, again)
    said = api.post(f"customers/{carla.public_id}/erase/").json()
    assert said == {"customers": [str(carla.public_id), str(again.public_id)], "sessions": 2}
    row = full.timeline.order_by("-number").first()
    assert row is not None
    assert (row.kind, row.actor, row.payload) == (EntryKind.CUSTOMER_ERASED, Actor.API, {"by": "Everything"})
    read = api.get(f"customers/{carla.public_id}/").json()
    assert (read["name"], read["email"], read["same_person"]) == ("Erased", "", [])
    assert "Hello" not in api.get(f"customers/{carla.public_id}/export/").content.decode()


def test_only_one_of_their_records_is_erased_if_that_is_wanted(api: Api, anna: Agent, carla: Customer) -> None:
    again = Customer.objects.create(name="Carla C.", email="carla@example.com")
    for customer in (carla, again):
        new_session(anna, customer)
    said = api.post(f"customers/{carla.public_id}/erase/", {"same_person": False}).json()
    assert said["customers"] == [str(carla.public_id)]
    again.refresh_from_db()
    assert again.erased_at is None


def test_erasing_twice_is_as_once(api: Api, full: LiveSession, carla: Customer) -> None:
    path = f"customers/{carla.public_id}/erase/"
    first = api.once("a key").post(path)
    assert api.once("a key").post(path).json() == first.json()
    assert api.post(path).json() == {"customers": [str(carla.public_id)], "sessions": 0}


def test_who_was_erased_is_found_as_such(api: Api, session: LiveSession, carla: Customer, dan: Customer) -> None:
    erase([carla], by=By(Actor.ADMIN, "ada"), now=STARTED + HOUR)
    assert names(api.get("customers/", {"erased": "true"})) == ["Erased"]
    assert names(api.get("customers/", {"erased": "false"})) == ["Dan"]


# Reach -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def narrow(loans: Workstream) -> Api:
    """An integration that reaches Loans only."""
    return api_of("Narrow", within=loans)


def test_customers_out_of_reach_are_not_there(narrow: Api, session: LiveSession, carla: Customer) -> None:
    assert names(narrow.get("customers/")) == []
    for path in ("", "export/"):
        problem(narrow.get(f"customers/{carla.public_id}/{path}"), 404)
    problem(narrow.post(f"customers/{carla.public_id}/erase/"), 404)


def test_of_a_customer_within_reach_only_what_is_within_reach_is_told(
    narrow: Api, loans: Workstream, session: LiveSession, anna: Agent, carla: Customer
) -> None:
    theirs = new_session(anna, carla, loans)
    said = narrow.get(f"customers/{carla.public_id}/export/").json()
    assert [one["id"] for one in said["sessions"]] == [str(theirs.public_id)]


def test_nobody_erases_what_they_do_not_reach(
    narrow: Api, loans: Workstream, session: LiveSession, anna: Agent, carla: Customer
) -> None:
    new_session(anna, carla, loans)
    said = problem(narrow.post(f"customers/{carla.public_id}/erase/"), 409)
    assert "does not reach all sessions" in said["detail"]
    assert fresh(session).customer.erased_at is None
    alone = new_customer("Eve")
    new_session(anna, alone, loans)
    assert narrow.post(f"customers/{alone.public_id}/erase/").json()["sessions"] == 1


@pytest.mark.parametrize(
    ("path", "method", "scope"),
    [
        ("", "get", Scope.CUSTOMERS_READ),
        ("{}/", "get", Scope.CUSTOMERS_READ),
        ("{}/export/", "get", Scope.CUSTOMERS_READ),
        ("{}/erase/", "post", Scope.CUSTOMERS_ERASE),
    ],
)
def test_each_needs_its_scope(carla: Customer, path: str, method: str, scope: Scope) -> None:
    other = api_of("Other", *(one for one in Scope if one is not scope))
    said = problem(getattr(other, method)(f"customers/{path.format(carla.public_id)}"), 403)
    assert scope in said["detail"]


def test_an_export_lets_nobody_in(api: Api, session: LiveSession, carla: Customer) -> None:
    token = "/join/abcdefgh"  # as an agent's refused message may have it
    keep_draft(session.pk, CUSTOMER, f"See {token}", key=uuid4(), now=STARTED)
    keep(session.pk, None, Typed(f"See {token}", 2**41), now=STARTED)
    (said,) = api.get(f"customers/{carla.public_id}/export/").json()["sessions"]
    assert [one["text"] for kind in ("drafts", "half_typed") for one in said[kind]] == ["See /join/…"] * 2


def test_an_export_tells_who_they_are_at_the_portal_and_how_they_came_in(api: Api, session: LiveSession) -> None:
    Customer.objects.filter(pk=session.customer_id).update(subject="a-widget:carla-7", email_is_typed=True)
    come_in(session)
    said = api.get(f"customers/{session.customer.public_id}/export/").json()
    assert (said["customers"][0]["subject"], said["customers"][0]["email_is_typed"]) == ("a-widget:carla-7", True)
    attempts = [one for link in said["sessions"][0]["links"] for one in link["attempts"]]
    assert len(attempts) == LinkEvent.objects.filter(link__session=session).count() >= 1
