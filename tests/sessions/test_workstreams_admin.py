"""Workstreams and agents in Django admin: who works where, and what a workstream has of its own."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from policies_app.models import EndSessionBehavior, Notices, Workstream
from sessions_app.models import Agent, Customer, LiveSession
from tests.api.calling import api_of
from tests.cast import general, new_session, set_policy
from tests.policies import posts
from tests.webhooks.receiving import new_endpoint

LIST = "/admin/policies_app/workstream/"
AGENTS = "/admin/sessions_app/agent/"


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def loans(db: None) -> Workstream:
    return Workstream.objects.create(name="Loans")


def form_of(workstream: Workstream) -> str:
    return f"{LIST}{workstream.pk}/change/"


def shown(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def test_a_workstream_is_made_with_its_agents(admin: Client, anna: Agent, ben: Agent) -> None:
    admin.post(f"{LIST}add/", {"name": "Cards", "is_active": "on", "agents": [anna.pk, ben.pk]} | posts.WORKSTREAM)
    assert set(Workstream.objects.get(name="Cards").agents.all()) == {anna, ben}


def test_its_form_shows_its_agents_and_takes_them_out(admin: Client, anna: Agent, loans: Workstream) -> None:
    loans.agents.add(anna)
    form = admin.get(form_of(loans)).context["adminform"].form
    assert form["agents"].value() == [anna.pk]
    admin.post(form_of(loans), {"name": "Loans", "is_active": "on"} | posts.WORKSTREAM)
    assert not loans.agents.exists()
    assert list(anna.workstreams.all()) == [general()]


def test_two_workstreams_have_two_names(admin: Client, loans: Workstream) -> None:
    answer = admin.post(f"{LIST}add/", {"name": "Loans", "is_active": "on"})
    assert "already exists" in answer.content.decode()


def test_who_may_not_change_agents_sees_them_and_changes_none(anna: Agent, loans: Workstream) -> None:
    loans.agents.add(anna)
    user = User.objects.create_user("wes")
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_workstream", "change_workstream"]))
    browser = Client()
    browser.force_login(user)
    assert "Anna" in shown(browser, form_of(loans))
    browser.post(form_of(loans), {"name": "Credit", "is_active": "on", "agents": []} | posts.WORKSTREAM)
    loans.refresh_from_db()
    assert (loans.name, list(loans.agents.all())) == ("Credit", [anna])


def test_the_list_says_who_works_there_and_which_behavior_holds(admin: Client, anna: Agent, loans: Workstream) -> None:
    set_policy(workstream=loans)
    override = EndSessionBehavior.objects.get(workstream=loans)
    listed = {row.name: row for row in admin.get(LIST).context["cl"].result_list}
    assert (listed["General"].agent_count, listed["Loans"].agent_count) == (1, 0)
    page = shown(admin, LIST)
    assert f'href="{reverse("admin:policies_app_endsessionbehavior_change", args=[override.pk])}"' in page
    add = reverse("admin:policies_app_endsessionbehavior_add")
    assert f'href="{add}?workstream={general().pk}"' in page


def test_who_may_not_override_is_not_invited_to(loans: Workstream) -> None:
    user = User.objects.create_user("sue")
    user.groups.add(Group.objects.get(name="Supervisor"))
    browser = Client()
    browser.force_login(user)
    for address in (LIST, form_of(loans)):
        assert "System-wide" in shown(browser, address)
        assert "give it its own" not in shown(browser, address)


def test_the_list_asks_the_same_number_of_questions_however_many_there_are(
    admin: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        set_policy(workstream=Workstream.objects.create(name=f"Workstream {number}"))
    with django_assert_max_num_queries(8):
        admin.get(LIST)


def test_its_form_leads_to_its_notices(admin: Client, loans: Workstream) -> None:
    assert "Those of all workstreams" in shown(admin, form_of(loans))
    Notices.objects.create(workstream=loans, language="en")
    assert "Its own, in 1 language" in shown(admin, form_of(loans))


# Deleting --------------------------------------------------------------------------------------------------------


def test_a_workstream_that_nobody_worked_in_is_deleted_after_a_question(admin: Client, loans: Workstream) -> None:
    assert "Are you sure" in shown(admin, f"{LIST}{loans.pk}/delete/")
    assert admin.post(f"{LIST}{loans.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Workstream.objects.filter(pk=loans.pk).exists()


@pytest.fixture
def worked_in(anna: Agent, carla: Customer, loans: Workstream) -> Workstream:
    """A workstream with a session and with two versions of its settings."""
    new_session(anna, carla, loans)
    set_policy(workstream=loans)
    set_policy(workstream=loans, chat=False, redirect_customer="https://portal.example.com/")
    return loans


def test_one_that_was_worked_in_says_why_it_stays_and_offers_to_be_deactivated(
    admin: Client, worked_in: Workstream
) -> None:
    page = shown(admin, f"{LIST}{worked_in.pk}/delete/")
    assert "Loans cannot be deleted: it has 1 session and 2 versions of its settings, which stay." in page
    assert Workstream.objects.get(pk=worked_in.pk).is_active

    admin.post(f"{LIST}{worked_in.pk}/delete/", {"post": "yes", "deactivate": ""})
    assert not Workstream.objects.get(pk=worked_in.pk).is_active
    assert LiveSession.objects.filter(workstream=worked_in).exists()
    assert "It is inactive already" in shown(admin, f"{LIST}{worked_in.pk}/delete/")


def test_workstreams_are_not_deleted_from_the_list(admin: Client, loans: Workstream) -> None:
    admin.post(LIST, {"action": "delete_selected", "_selected_action": [loans.pk], "post": "yes"})
    assert Workstream.objects.filter(pk=loans.pk).exists()


# Agents ----------------------------------------------------------------------------------------------------------


def test_a_new_agent_begins_in_general(admin: Client) -> None:
    workstream = general()
    form = admin.get(f"{AGENTS}add/").context["adminform"].form
    assert form["workstreams"].value() == [workstream.pk]


def test_who_is_made_an_agent_has_the_role(admin: Client, stranger: User, loans: Workstream) -> None:
    new = {"user": stranger.pk, "name": "Stella", "workstreams": [loans.pk], "capacity": "3"}
    admin.post(f"{AGENTS}add/", new)
    agent = Agent.objects.get(user=stranger)
    assert list(agent.workstreams.all()) == [loans]
    assert [group.name for group in stranger.groups.all()] == ["Agent"]


def test_agents_are_listed_with_their_workstreams(admin: Client, anna: Agent, loans: Workstream) -> None:
    anna.workstreams.add(loans)
    assert "General, Loans" in shown(admin, AGENTS)


def test_a_workstream_that_an_integration_is_limited_to_is_not_deleted(admin: Client, loans: Workstream) -> None:
    """Limited to none, it would reach all of them."""
    api_of("CRM", within=loans)
    new_endpoint(workstreams=(loans,))
    page = shown(admin, f"{LIST}{loans.pk}/delete/")
    assert "Loans cannot be deleted: it has 1 integration and 1 webhook, which stay." in page
    admin.post(f"{LIST}{loans.pk}/delete/", {"post": "yes", "deactivate": ""})
    assert Workstream.objects.filter(pk=loans.pk, is_active=False).exists()
