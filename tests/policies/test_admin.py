"""The settings page in Django admin: its words, its tabs, its problems, and who may open it (product.md A3)."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from policies_app.forms import APPLIES_WHEN, shown_when
from policies_app.models import EndSessionBehavior, PolicyVersion
from policies_app.selectors import end_session_behavior
from sessions_app.models import Agent
from tests.cast import browser_of
from tests.policies import posts

LIST = "/admin/policies_app/endsessionbehavior/"
FORM = f"{LIST}1/change/"


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


def test_the_list_is_the_form_even_on_a_new_installation(admin: Client) -> None:
    assert admin.get(LIST, follow=True).redirect_chain == [(FORM, 302)]


WORDS = [
    "End session behavior",
    "Redirect agent",
    "Back to Welcome page",
    "Stay in room",
    "End session when agent is inactive",
    "End session access",
    "Full access (unlimited)",
    "Full access (time restricted)",
    "Limited access",
    "Attachments",
    "Chat",
    "Continue to limited access",
    "Redirect customer",
]


def test_it_is_worded_as_administrators_know_it(admin: Client) -> None:
    page = admin.get(LIST, follow=True).content.decode()
    assert [words for words in WORDS if words not in page] == []


def test_its_tabs_are_agent_and_customer(admin: Client) -> None:
    tabs = [
        fieldset.name for fieldset in admin.get(LIST, follow=True).context["adminform"] if "tab" in fieldset.classes
    ]
    assert tabs == ["Agent", "Customer"]


def test_a_field_is_shown_under_the_condition_under_which_it_is_kept(admin: Client) -> None:
    page = admin.get(LIST, follow=True).content.decode().replace("&#x27;", "'").replace("&amp;", "&")
    assert [name for name in APPLIES_WHEN if shown_when(name) not in page] == []
    assert (
        shown_when("then_limited_for")
        == "access_on == true && ['full_restricted'].includes(access) && then_limited == true"
    )


def test_saving_makes_a_version_in_the_administrators_name(admin: Client, admin_user: User) -> None:
    end_session_behavior()
    answer = admin.post(FORM, posts.ALL_OFF | posts.LIMITED)
    assert answer.status_code == 302
    row = EndSessionBehavior.objects.select_related("version").get()
    assert row.access == "limited"
    assert row.version.saved_by == admin_user


def test_a_problem_changes_nothing_and_loses_nothing_that_was_typed(admin: Client) -> None:
    before = end_session_behavior().version_id
    answer = admin.post(FORM, posts.ALL_OFF | posts.REDIRECT | {"redirect_customer": "portal dot example"})
    assert answer.status_code == 200
    assert "Enter a whole address" in answer.content.decode()
    assert "portal dot example" in answer.content.decode()
    assert EndSessionBehavior.objects.get().version_id == before


def test_nobody_adds_or_deletes_settings(admin: Client) -> None:
    end_session_behavior()
    assert admin.post(f"{LIST}add/", posts.ALL_OFF).status_code == 403
    assert admin.post(f"{LIST}1/delete/", {"post": "yes"}).status_code == 403
    assert PolicyVersion.objects.count() == 1


def test_an_agent_cannot_open_the_settings(anna: Agent) -> None:
    end_session_behavior()
    assert browser_of(anna).post(FORM, posts.ALL_OFF | posts.LIMITED).status_code == 302
    assert browser_of(anna).get(FORM, follow=True).status_code == 403
    assert EndSessionBehavior.objects.get().access == ""
