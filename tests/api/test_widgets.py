"""Chat widgets through the API: the same rules as in Django admin."""

from datetime import timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry

from policies_app.history import who
from policies_app.models import ChatWidget, Workstream
from sessions_app.api.scopes import Scope
from sessions_app.widget.models import WidgetKey
from tests.api.calling import Api, api_of, problem
from tests.cast import general
from tests.moments import STARTED


@pytest.fixture
def shop(db: None) -> ChatWidget:
    return ChatWidget.objects.create(
        workstream=general(),
        name="Shop",
        allowed_origins=["https://shop.example.com"],
        reconnect_on=True,
        same_agent_for=timedelta(minutes=5),
        portal_url="https://shop.example.com/help",
        hours={"0": [["09:00", "12:00"], ["13:00", "17:00"]]},
        time_zone="Europe/Vienna",
    )


def path(widget: ChatWidget) -> str:
    return f"widgets/{widget.pk}/"


def changed(api: Api, widget: ChatWidget, settings: dict[str, Any], method: str = "patch") -> Any:
    """What somebody gets who reads, and then changes that."""
    return getattr(api.sending(If_Match=api.get(path(widget))["ETag"]), method)(path(widget), settings)


def test_a_widget_is_told_with_its_snippet_and_without_secrets(api: Api, shop: ChatWidget) -> None:
    WidgetKey.objects.create(widget=shop, name="k", algorithm="HS256", material="SECRET", created_at=STARTED)
    answer = api.get(path(shop))
    said = answer.json()
    assert f'data-widget="{shop.key}"' in said["snippet"] and "frame-src" in said["portal_csp"]
    assert (said["same_agent_for_seconds"], said["grace_seconds"], said["time_limit_seconds"]) == (300, 20, 600)
    assert said["hours"]["monday"] == "09:00\N{EN DASH}12:00, 13:00\N{EN DASH}17:00" and said["hours"]["sunday"] == ""
    assert "SECRET" not in answer.content.decode()
    assert api.get("widgets/").json()["results"] == [said]


def test_some_settings_are_changed_and_the_others_stay(api: Api, shop: ChatWidget) -> None:
    before = api.get(path(shop)).json()
    answer = changed(api, shop, {"title": "Help", "colour": "#112233", "hours": {"monday": "8-12"}})
    said = answer.json()
    assert answer.status_code == 200
    assert {name for name in said if said[name] != before[name]} == {"title", "colour", "hours"}
    shop.refresh_from_db()
    assert (shop.title, shop.hours) == ("Help", {"0": [["08:00", "12:00"]]})


def test_what_was_read_can_be_put_back(api: Api, shop: ChatWidget) -> None:
    before = api.get(path(shop)).json()
    assert changed(api, shop, before, "put").json() == before


def test_all_of_it_must_be_given_to_a_put(api: Api, shop: ChatWidget) -> None:
    said = problem(changed(api, shop, {"title": "Help"}, "put"), 400)
    assert {"name", "colour"} <= {one["field"] for one in said["errors"]}


def test_what_does_not_apply_is_stored_empty(api: Api, shop: ChatWidget) -> None:
    said = changed(api, shop, {"reconnect_on": False, "by_hours": False}).json()
    assert (said["same_agent_for_seconds"], said["portal_url"], said["time_zone"]) == (None, "", "UTC")
    assert set(said["hours"].values()) == {""}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"same_agent_for_seconds": 3600}, "same_agent_for_seconds"),
        ({"grace_seconds": 1}, "grace_seconds"),
        ({"colour": "blue"}, "colour"),
        ({"portal_url": "https://elsewhere.example.com/"}, "portal_url"),
        ({"allowed_origins": ["no origin"]}, "allowed_origins"),
        ({"hours": {"monday": "late"}}, "hours"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"sign_in": "required"}, "audience"),
        ({"redirect_url": "javascript:alert(1)"}, "redirect_url"),
        ({"name": " "}, "name"),
    ],
)
def test_a_problem_names_its_field(api: Api, shop: ChatWidget, sent: dict[str, Any], field: str) -> None:
    before = api.get(path(shop)).json()
    said = problem(changed(api, shop, sent), 400)
    assert [one["field"] for one in said["errors"]] == [field]
    assert api.get(path(shop)).json() == before


def test_a_name_that_is_taken(api: Api, shop: ChatWidget) -> None:
    ChatWidget.objects.create(workstream=general(), name="Other")
    said = problem(changed(api, shop, {"name": "Other"}), 400)
    assert [one["field"] for one in said["errors"]] == ["name"]


def test_nobody_s_change_is_lost(api: Api, shop: ChatWidget) -> None:
    problem(api.patch(path(shop), {"title": "Mine"}), 428)
    read = api.get(path(shop))["ETag"]
    changed(api, shop, {"title": "Theirs"})
    problem(api.sending(If_Match=read).patch(path(shop), {"title": "Mine"}), 412)


def test_the_history_names_the_integration(api: Api, shop: ChatWidget) -> None:
    changed(api, shop, {"title": "Help"})
    entry = LogEntry.objects.filter(content_type__model="chatwidget").order_by("-pk").first()
    assert entry is not None and who(entry) == "Everything (integration)" and "title" in (entry.changes or {})


def test_what_is_out_of_reach_is_not_there(shop: ChatWidget) -> None:
    loans = Workstream.objects.create(name="Loans")
    theirs = ChatWidget.objects.create(workstream=loans, name="Loans")
    narrow = api_of("Narrow", within=loans)
    assert [one["id"] for one in narrow.get("widgets/").json()["results"]] == [theirs.pk]
    problem(narrow.get(path(shop)), 404)
    problem(narrow.sending(If_Match="*").patch(path(shop), {"title": "Mine"}), 404)
    assert narrow.get("widgets/", {"workstream": general().pk}).json()["results"] == []


@pytest.mark.parametrize(
    ("method", "scope"),
    [("get", Scope.SETTINGS_READ), ("patch", Scope.SETTINGS_WRITE), ("put", Scope.SETTINGS_WRITE)],
)
def test_each_needs_its_scope(shop: ChatWidget, method: str, scope: Scope) -> None:
    other = api_of("Other", *(one for one in Scope if one is not scope))
    sent: tuple[Any, ...] = () if method == "get" else ({},)
    assert scope in problem(getattr(other, method)(path(shop), *sent), 403)["detail"]
