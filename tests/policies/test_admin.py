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


def form() -> str:
    """The address of the system-wide form."""
    return f"{LIST}{end_session_behavior().pk}/change/"


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


def test_the_start_page_leads_to_the_form_even_on_a_new_installation(admin: Client) -> None:
    page = admin.get(LIST).content.decode()
    assert f'href="{form()}"' in page
    assert "they have no access any more" in page


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
    page = admin.get(form()).content.decode()
    assert [words for words in WORDS if words not in page] == []


def test_its_tabs_are_agent_and_customer(admin: Client) -> None:
    tabs = [fieldset.name for fieldset in admin.get(form()).context["adminform"] if "tab" in fieldset.classes]
    assert tabs == ["Agent", "Customer"]


def test_a_field_is_shown_under_the_condition_under_which_it_is_kept(admin: Client) -> None:
    page = admin.get(form()).content.decode().replace("&#x27;", "'").replace("&amp;", "&")
    assert [name for name in APPLIES_WHEN if shown_when(name) not in page] == []
    assert (
        shown_when("then_limited_for")
        == "access_on == true && ['full_restricted'].includes(access) && then_limited == true"
    )


def test_saving_makes_a_version_in_the_administrators_name(admin: Client, admin_user: User) -> None:
    end_session_behavior()
    answer = admin.post(form(), posts.ALL_OFF | posts.LIMITED)
    assert answer.status_code == 302
    row = EndSessionBehavior.objects.select_related("version").get()
    assert row.access == "limited"
    assert row.version.saved_by == admin_user


def test_a_problem_changes_nothing_and_loses_nothing_that_was_typed(admin: Client) -> None:
    before = end_session_behavior().version_id
    answer = admin.post(form(), posts.ALL_OFF | posts.REDIRECT | {"redirect_customer": "portal dot example"})
    assert answer.status_code == 200
    assert "Enter a whole address" in answer.content.decode()
    assert "portal dot example" in answer.content.decode()
    assert EndSessionBehavior.objects.get().version_id == before


def test_who_saves_second_is_told_once_what_would_be_lost(admin: Client) -> None:
    """Two tabs with the same page; the second one, shown again, knows what the first one saved."""
    seen = {"based_on": str(end_session_behavior().version_id)}
    assert f'name="based_on" value="{seen["based_on"]}"' in admin.get(form()).content.decode()
    assert admin.post(form(), posts.ALL_OFF | posts.LIMITED | seen).status_code == 302
    again = admin.post(form(), posts.ALL_OFF | posts.FULL_UNLIMITED | seen)
    assert again.status_code == 200 and "Somebody saved other settings" in again.content.decode()
    now = {"based_on": str(end_session_behavior().version_id)}
    assert f'name="based_on" value="{now["based_on"]}"' in again.content.decode()
    assert admin.post(form(), posts.ALL_OFF | posts.FULL_UNLIMITED | now).status_code == 302
    assert EndSessionBehavior.objects.get().access == "full_unlimited"


def test_a_double_click_on_save_is_no_conflict(admin: Client) -> None:
    seen = {"based_on": str(end_session_behavior().version_id)}
    assert [admin.post(form(), posts.ALL_OFF | posts.LIMITED | seen).status_code for _ in range(2)] == [302, 302]
    assert PolicyVersion.objects.count() == 2


def test_nobody_adds_or_deletes_the_system_wide_settings(admin: Client) -> None:
    end_session_behavior()
    assert admin.post(f"{LIST}add/", posts.ALL_OFF).status_code == 302
    assert admin.post(f"{LIST}{end_session_behavior().pk}/delete/", {"post": "yes"}).status_code == 403
    assert PolicyVersion.objects.count() == 1


def test_the_tabs_can_be_reached_by_keyboard_and_told_apart_by_screen_readers(admin: Client) -> None:
    page = admin.get(form()).content.decode()
    for name in ("agent", "customer"):
        assert f'<button type="button" role="tab" id="tab-{name}" aria-controls="panel-{name}"' in page
        assert f'role="tabpanel" id="panel-{name}" aria-labelledby="tab-{name}"' in page


@pytest.mark.parametrize(("part", "tab"), [(posts.REDIRECT, "customer"), (posts.INACTIVE, "agent")])
def test_a_tab_on_which_something_is_wrong_is_shown_first(admin: Client, part: dict[str, str], tab: str) -> None:
    wrong = {"redirect_customer": "portal", "inactive_after_number": "0"}
    page = admin.post(form(), posts.ALL_OFF | part | wrong).content.decode()
    assert f"activeFieldsetTab: '{tab}'" in page


def test_an_agent_cannot_open_the_settings(anna: Agent) -> None:
    end_session_behavior()
    assert browser_of(anna).post(form(), posts.ALL_OFF | posts.LIMITED).status_code == 302
    assert browser_of(anna).get(form(), follow=True).status_code == 403
    assert EndSessionBehavior.objects.get().access == ""
