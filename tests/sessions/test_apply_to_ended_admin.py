"""Applying a policy to ended sessions in Django admin: choose, look, confirm, once (rules.md 6)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from time_machine import TimeMachineFixture

from policies_app.kinds import AccessLevel
from policies_app.models import PolicyVersion, Workstream
from sessions_app.models import Agent, Customer, LiveSession, Rollout
from sessions_app.more_time import give_more_time
from tests.cast import full_then_limited, general, kinds, roll_out, set_policy
from tests.moments import DAY, ENDED, HOUR, MINUTE
from tests.races.together import at_once
from tests.sessions.ended import ORDERED, ended, limited_for


@pytest.fixture
def session(anna: Agent, carla: Customer) -> LiveSession:
    """Ended at ENDED with a day of full access and a day of limited access."""
    full_then_limited()
    return ended(anna, carla)


def in_role(name: str) -> Client:
    user = User.objects.create_user(name.lower())
    user.groups.add(Group.objects.get(name=name))
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def admin(db: None) -> Client:
    return in_role("Administrator")


def page_of(given_: PolicyVersion) -> str:
    return f"/admin/policies_app/policyversion/{given_.pk}/apply/"


def preview(browser: Client, given_: PolicyVersion, **chosen: Any) -> str:
    asked = {"preview": "1", "workstreams": [general().pk], "ended_since": ""} | chosen
    return browser.get(page_of(given_), asked).content.decode()


def order_in(page: str) -> str:
    found = re.search(r'name="order" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def limited(session: LiveSession, time_machine: TimeMachineFixture) -> PolicyVersion:
    time_machine.move_to(ORDERED, tick=False)
    return limited_for(DAY)


def test_it_begins_with_the_workstreams_concerned_and_the_last_thirty_days(
    admin: Client, limited: PolicyVersion
) -> None:
    special = Workstream.objects.create(name="Special")
    set_policy(now=ENDED + MINUTE, workstream=special)
    page = admin.get(page_of(limited))
    assert page.context["form"].initial == {"workstreams": [general().pk], "ended_since": (ORDERED - 30 * DAY).date()}
    assert "Show what would change" in page.content.decode()


def test_the_preview_changes_nothing(admin: Client, limited: PolicyVersion, session: LiveSession) -> None:
    page = preview(admin, limited)
    assert "1 customer loses full access at once and keeps limited access." in page
    assert kinds(session) == ["started", "ended"] and not Rollout.objects.filter(kind="apply").exists()


def test_confirming_starts_it_and_shows_its_progress(
    admin: Client, limited: PolicyVersion, session: LiveSession
) -> None:
    answer = admin.post(page_of(limited), {"order": order_in(preview(admin, limited))})
    rollout = Rollout.objects.get(kind="apply")
    assert answer["Location"] == f"/admin/sessions_app/rollout/{rollout.pk}/change/"
    assert "0 of 1 sessions" in admin.get(answer["Location"]).content.decode()
    roll_out(ORDERED)
    assert admin.get(f"/admin/sessions_app/rollout/{rollout.pk}/progress/").json()["finished"] is True
    assert session.timeline.get(kind="policy_applied").payload == {"by": "administrator"}


def test_a_double_click_or_a_reload_starts_it_once(admin: Client, limited: PolicyVersion) -> None:
    order = {"order": order_in(preview(admin, limited))}
    places = {admin.post(page_of(limited), order)["Location"] for _ in range(3)}
    assert len(places) == Rollout.objects.filter(kind="apply").count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_start_it_once(session: LiveSession, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(ORDERED, tick=False)
    admin = Client()
    admin.force_login(User.objects.create_superuser("ada"))
    given_ = limited_for(DAY)
    order = {"order": order_in(preview(admin, given_))}
    answers = at_once([lambda: admin.post(page_of(given_), order)["Location"]] * 4)
    assert len(set(answers)) == Rollout.objects.filter(kind="apply").count() == 1
    assert kinds(session).count("policy_applied") == 1


@pytest.mark.parametrize("order", ["", "made-up", "{}"])
def test_what_was_not_previewed_is_not_done(admin: Client, limited: PolicyVersion, order: str) -> None:
    answer = admin.post(page_of(limited), {"order": order}, follow=True)
    assert "Nothing was changed" in answer.content.decode()
    assert not Rollout.objects.filter(kind="apply").exists()


def test_an_old_preview_is_shown_again_first(
    admin: Client, limited: PolicyVersion, time_machine: TimeMachineFixture
) -> None:
    order = order_in(preview(admin, limited))
    time_machine.move_to(ORDERED + HOUR + 2 * timedelta(seconds=1), tick=False)
    assert "more than an hour old" in admin.post(page_of(limited), {"order": order}, follow=True).content.decode()
    assert not Rollout.objects.filter(kind="apply").exists()


def test_a_preview_of_another_version_is_not_taken(admin: Client, limited: PolicyVersion) -> None:
    order = order_in(preview(admin, limited))
    admin.post(page_of(limited_for(2 * DAY)), {"order": order})
    assert not Rollout.objects.filter(kind="apply").exists()


BAD = [({"workstreams": []}, "Workstreams: select at least one."), ({"ended_since": "soon"}, "Ended since: ")]


@pytest.mark.parametrize(("chosen", "problem"), BAD)
def test_what_cannot_be_chosen_is_named(
    admin: Client, limited: PolicyVersion, chosen: dict[str, Any], problem: str
) -> None:
    page = preview(admin, limited, **chosen)
    assert problem in page and 'name="order"' not in page


def test_how_many_are_left_alone_is_said(
    admin: Client, limited: PolicyVersion, session: LiveSession, anna: Agent
) -> None:
    anna.user.groups.add(Group.objects.get(name="Agent"))
    give_more_time(session.pk, anna, AccessLevel.FULL, 10 * DAY, "", now=ORDERED)
    page = preview(admin, limited)
    assert "1 session in which an agent gave the customer more time is left as it is." in page
    assert 'name="order"' not in page


@pytest.mark.parametrize("role", ["Supervisor", "Agent"])
def test_only_who_may_can_do_it(limited: PolicyVersion, admin: Client, role: str) -> None:
    order = order_in(preview(admin, limited))
    browser = in_role(role)
    assert browser.get(page_of(limited)).status_code in (302, 403)
    assert browser.post(page_of(limited), {"order": order}).status_code in (302, 403)
    assert not Rollout.objects.filter(kind="apply").exists()


def test_a_removed_override_cannot_be_applied(admin: Client, limited: PolicyVersion) -> None:
    special = Workstream.objects.create(name="Special")
    removed = PolicyVersion.objects.create(workstream=special, snapshot=None, saved_at=ENDED)
    assert admin.get(page_of(removed)).status_code == 404
