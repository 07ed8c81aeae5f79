"""The link console by the API: links are listed, made, shown once, revoked; attempts are told of (product.md D5)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from policies_app.kinds import Channel
from policies_app.models import ChatWidget, Workstream
from sessions_app import links
from sessions_app.kinds import LinkKind
from sessions_app.models import AccessLink, Agent, Customer, LinkEvent, LiveSession
from sessions_app.transitions import start_invitation
from tests.api.calling import Api, api_of, problem
from tests.cast import general, kinds, new_session, waiting
from tests.moments import DAY, HOUR, STARTED

pytestmark = pytest.mark.django_db


def path(session: LiveSession, *rest: str) -> str:
    return "/".join(["sessions", str(session.public_id), *rest, ""])


def made(session: LiveSession, agent: Agent | None = None, **more: Any) -> AccessLink:
    address = links.mint(session, by=agent, now=more.pop("now", timezone.now()), **more)
    return links.by_token(urlsplit(address).path.split("/")[2]).get()


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["results"]]


@pytest.fixture
def sales(db: None) -> Workstream:
    return Workstream.objects.create(name="Sales")


@pytest.fixture
def widget(db: None) -> ChatWidget:
    return ChatWidget.objects.create(
        workstream=general(), name="Shop", reconnect_on=True, portal_url="https://shop.example/help"
    )


def chat(customer: Customer, widget: ChatWidget) -> LiveSession:
    session = waiting(customer)
    LiveSession.objects.filter(pk=session.pk).update(widget=widget, channel=Channel.WIDGET)
    session.refresh_from_db()
    return session


def test_a_link_is_shown_once_and_lets_the_customer_in(api: Api, anna: Agent, session: LiveSession) -> None:
    answer = api.named(anna).post(path(session, "links"))
    told = answer.json()
    assert answer.status_code == 201
    assert Client().post(urlsplit(told["address"]).path).status_code == 302
    token = urlsplit(told["address"]).path.split("/")[2]
    listed = api.get(path(session, "links"))
    (only,) = listed.json()["results"]
    assert token not in listed.content.decode() and only["used_at"] and only["state"] == "in_force"
    assert only["id"] == told["link"]["id"] and only["created_by"] == {"user_name": "anna", "name": "Anna"}
    assert session.timeline.get(kind="link_shown").agent == anna


def test_an_integration_that_makes_a_link_by_itself_is_named(api: Api, session: LiveSession) -> None:
    told = api.post(path(session, "links")).json()
    row = session.timeline.get(kind="link_shown")
    assert told["link"]["created_by"] is None
    assert (row.actor, row.agent, row.payload) == ("api", None, {"by": "Everything"})


def test_a_prepared_session_begins_with_the_link_of_its_agent_and_of_nobody_else(
    api: Api, anna: Agent, carla: Customer
) -> None:
    session = start_invitation(anna, carla, general().pk, prepared=True, now=STARTED)
    problem(api.post(path(session, "links")), 403)
    assert api.named(anna).post(path(session, "links")).status_code == 201
    session.refresh_from_db()
    assert not session.is_prepared


def test_a_colleague_makes_and_revokes_no_links(api: Api, ben: Agent, session: LiveSession) -> None:
    ben.user.user_permissions.add(Permission.objects.get(codename="monitor_session"))
    link = made(session)
    problem(api.named(ben).post(path(session, "links")), 403)
    problem(api.named(ben).post(f"links/{link.pk}/revoke/"), 403)
    link.refresh_from_db()
    assert link.revoked_at is None


def test_a_revoked_link_lets_nobody_in(api: Api, session: LiveSession) -> None:
    address = api.post(path(session, "links")).json()["address"]
    link = AccessLink.objects.get()
    for _ in range(2):
        told = api.post(f"links/{link.pk}/revoke/").json()
        assert told["state"] == "revoked" and told["revoked_at"]
    assert Client().post(urlsplit(address).path).status_code == 404
    rows = session.timeline.filter(kind="link_revoked")
    assert [(row.actor, row.payload["by"]) for row in rows] == [("api", "Everything")]


def test_an_agent_revokes_in_their_own_name(api: Api, anna: Agent, session: LiveSession) -> None:
    link = made(session, anna)
    api.named(anna).post(f"links/{link.pk}/revoke/")
    assert session.timeline.get(kind="link_revoked").agent == anna


def test_a_reconnect_link_leads_to_the_portal(api: Api, carla: Customer, widget: ChatWidget) -> None:
    session = chat(carla, widget)
    told = api.post(path(session, "reconnect-link")).json()
    assert told["address"].startswith("https://shop.example/help?parley.reconnect=")
    assert told["link"]["kind"] == "reconnect" and told["link"]["widget"] == {"id": widget.pk, "name": "Shop"}
    row = session.timeline.get(kind="link_inserted")
    assert (row.actor, row.payload) == ("api", {"by": "Everything"})


def test_without_a_widget_there_is_no_reconnect_link(api: Api, session: LiveSession) -> None:
    assert "no reconnect links here" in problem(api.post(path(session, "reconnect-link")), 403)["detail"]
    assert kinds(session) == ["started"]


def test_links_are_found_by_what_is_known_of_them(
    api: Api, anna: Agent, session: LiveSession, dan: Customer, sales: Workstream, widget: ChatWidget
) -> None:
    now = timezone.now()
    expired = made(session, now=now - 2 * DAY, lasts=timedelta(hours=1))
    other = made(new_session(anna, dan, sales), kind=LinkKind.SHOWN)
    reconnect = AccessLink.objects.create(
        session=chat(dan, widget), token_hash="0" * 64, kind=LinkKind.RECONNECT, created_at=now
    )
    table: list[tuple[dict[str, Any], list[AccessLink]]] = [
        ({}, [reconnect, other, expired]),
        ({"state": "expired"}, [expired]),
        ({"state": "in_force"}, [reconnect, other]),
        ({"kind": "shown"}, [other]),
        ({"workstream": sales.pk}, [other]),
        ({"widget": widget.pk}, [reconnect]),
        ({"created_since": (now - DAY).isoformat()}, [reconnect, other]),
        ({"created_until": (now - DAY).isoformat()}, [expired]),
    ]
    for asked, expected in table:
        assert ids(api.get("links/", asked)) == [one.pk for one in expected], asked
    assert ids(api_of("Sales only", within=sales).get("links/")) == [other.pk]
    assert ids(api.named(anna).get("links/")) == [reconnect.pk, other.pk, expired.pk]


def test_a_link_out_of_reach_is_not_there(session: LiveSession, sales: Workstream, api: Api) -> None:
    link, limited = made(session), api_of("Sales only", within=sales)
    problem(limited.get(f"links/{link.pk}/"), 404)
    problem(limited.post(f"links/{link.pk}/revoke/"), 404)
    problem(api.get(f"links/{2**63}/"), 404)
    problem(api.get(f"links/{10**40}/"), 404)
    link.refresh_from_db()
    assert link.revoked_at is None


def test_attempts_are_told_of_within_reach(
    api: Api, anna: Agent, session: LiveSession, sales: Workstream, widget: ChatWidget
) -> None:
    link, now = made(session), timezone.now()
    used = LinkEvent.objects.create(link=link, at=now, outcome="used", user_agent="Firefox")
    unknown = LinkEvent.objects.create(widget=widget, at=now - HOUR, outcome="unknown")
    nowhere = LinkEvent.objects.create(at=now - HOUR, outcome="unknown")
    table: list[tuple[Api, dict[str, Any], list[LinkEvent]]] = [
        (api, {}, [nowhere, unknown, used]),
        (api, {"outcome": "used"}, [used]),
        (api, {"link": link.pk}, [used]),
        (api, {"session": str(session.public_id)}, [used]),
        (api, {"widget": widget.pk}, [unknown]),
        (api, {"since": now.isoformat()}, [used]),
        (api, {"until": now.isoformat()}, [nowhere, unknown]),
        (api.named(anna), {}, [used]),
        (api_of("General only", within=general()), {}, [unknown, used]),
        (api_of("Sales only", within=sales), {}, []),
    ]
    for caller, asked, expected in table:
        assert ids(caller.get("link-attempts/", asked)) == [one.pk for one in expected], asked
    told = api.get("link-attempts/", {"link": link.pk}).json()["results"][0]
    assert (told["session"], told["browser"]) == (str(session.public_id), "Firefox")


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("links/", {"state": "good"}),
        ("links/", {"widget": "x"}),
        ("link-attempts/", {"session": "x"}),
        ("link-attempts/", {"link": str(2**70)}),
    ],
)
def test_a_question_that_is_none_is_named(api: Api, address: str, asked: dict[str, str]) -> None:
    assert [one["field"] for one in problem(api.get(address, asked), 400)["errors"]] == [*asked]


def test_lists_take_as_many_queries_for_many_as_for_one(
    api: Api, anna: Agent, session: LiveSession, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        LinkEvent.objects.create(link=made(session, anna), at=timezone.now(), outcome="used")
    for address in ("links/", "link-attempts/", path(session, "links")):
        with django_assert_max_num_queries(8):
            assert len(ids(api.get(address))) == 10
