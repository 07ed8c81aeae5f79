"""Workstreams with their own end session behavior in Django admin, and who may change what (rules.md 6)."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client

from policies_app.actions import remove_override
from policies_app.differences import differences, in_plain_words, in_short
from policies_app.forms import AGENT_FIELDS, CUSTOMER_FIELDS
from policies_app.models import EndSessionBehavior, PolicyVersion, Workstream
from policies_app.selectors import end_policy_at, end_session_behavior
from tests.cast import general, set_policy
from tests.moments import DAY, HOUR, LONG_AGO, MINUTE, STARTED
from tests.policies import posts

pytestmark = pytest.mark.django_db

LIST = "/admin/policies_app/endsessionbehavior/"
BOTH = ("view_endsessionbehavior", "change_agent_tab", "change_customer_tab")


def browser_with(*permissions: str) -> Client:
    """A browser in which somebody is signed in who may do this and nothing else."""
    user = User.objects.create_user(f"user{User.objects.count()}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def admin() -> Client:
    return browser_with(*BOTH)


@pytest.fixture
def loans() -> Workstream:
    """A workstream; it is alone with General."""
    general()
    return Workstream.objects.create(name="Loans")


def add(workstream: Workstream) -> str:
    return f"{LIST}add/?workstream={workstream.pk}"


def page_of(row: EndSessionBehavior, what: str = "change") -> str:
    return f"{LIST}{row.pk}/{what}/"


def own(workstream: Workstream, **settings: Any) -> EndSessionBehavior:
    set_policy(workstream=workstream, **settings)
    return EndSessionBehavior.objects.get(workstream=workstream)


# The start page --------------------------------------------------------------------------------------------------


def test_the_start_page_says_which_workstreams_inherit_and_what_the_others_have_of_their_own(
    admin: Client, loans: Workstream
) -> None:
    row = own(loans, access="limited", access_for=DAY)
    page = admin.get(LIST)
    rows = {one["workstream"].name: one for one in page.context["rows"]}
    assert rows["General"]["override"] is None
    assert (rows["Loans"]["override"], rows["Loans"]["differs"]) == (row, ["End session access"])
    text = page.content.decode()
    assert "Inherited" in text and "Differs in: End session access" in text
    assert f'href="{add(general())}"' in text and f'href="{page_of(row)}"' in text
    assert f'href="{add(loans)}"' not in text


def test_a_start_page_without_workstreams_says_what_there_will_be(admin: Client) -> None:
    Workstream.objects.all().delete()
    assert "There are no workstreams yet" in admin.get(LIST).content.decode()


def test_there_is_no_deleting_in_bulk(admin: Client, loans: Workstream) -> None:
    row = own(loans, chat=False)
    admin.post(LIST, {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"})
    assert EndSessionBehavior.objects.filter(pk=row.pk).exists()


# Making one ------------------------------------------------------------------------------------------------------


def test_an_override_starts_as_a_copy_of_the_system_wide_form(admin: Client, loans: Workstream) -> None:
    set_policy(inactive_after=HOUR, warn_before=5 * MINUTE, access="limited", access_for=2 * DAY, redirect_agent="stay")
    form = admin.get(add(loans)).context["adminform"].form
    system = end_session_behavior()
    assert [name for name in form.fields if form[name].initial != getattr(system, name)] == []
    assert form["access_for"].initial == 2 * DAY


def test_saving_it_makes_a_version_for_that_workstream_only(admin: Client, loans: Workstream) -> None:
    answer = admin.post(add(loans), posts.ALL_OFF | posts.LIMITED)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    row = EndSessionBehavior.objects.select_related("version").get(workstream=loans)
    assert row.version.workstream == loans and row.version.saved_by is not None
    assert row.version.policy().access_for == 3 * DAY
    assert end_policy_at(row.version.saved_at, general().pk).access is None


@pytest.mark.parametrize("asked", ["", "?workstream=", "?workstream=0", "?workstream=x", "?workstream=" + "9" * 30])
def test_without_a_workstream_nothing_is_made(admin: Client, asked: str) -> None:
    for answer in (admin.get(f"{LIST}add/{asked}"), admin.post(f"{LIST}add/{asked}", posts.ALL_OFF)):
        assert (answer.status_code, answer["Location"]) == (302, LIST)
        said = [str(message) for message in get_messages(answer.wsgi_request)]
        assert said[-1] == "Choose the workstream that is to have its own behavior."
    assert not EndSessionBehavior.objects.exclude(workstream=None).exists()


def test_asking_for_a_second_one_leads_to_the_first(admin: Client, loans: Workstream) -> None:
    row = own(loans, chat=False)
    assert admin.get(add(loans))["Location"] == page_of(row)


def test_of_two_who_make_one_at_once_the_second_is_told_and_loses_nothing(admin: Client, loans: Workstream) -> None:
    row = own(loans, access="limited", access_for=HOUR)
    answer = admin.post(add(loans), posts.ALL_OFF | posts.REDIRECT)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Somebody has given Loans its own behavior in the meantime" in text and "portal.example.com/bye" in text
    row.refresh_from_db()
    assert row.access_for == HOUR and not row.redirect_customer


# Changing and removing it ----------------------------------------------------------------------------------------


def test_an_override_is_changed_in_the_same_form(admin: Client, loans: Workstream) -> None:
    row = own(loans, access="limited", access_for=HOUR)
    assert "End session behavior of Loans" in admin.get(page_of(row)).content.decode()
    assert admin.post(page_of(row), posts.ALL_OFF | posts.FULL_UNLIMITED).status_code == 302
    row.refresh_from_db()
    assert (row.access, row.workstream) == ("full_unlimited", loans)
    assert end_session_behavior().access == ""


def test_each_field_that_differs_is_marked_with_what_holds_system_wide(admin: Client, loans: Workstream) -> None:
    set_policy(inactive_after=2 * HOUR)
    row = own(loans, inactive_after=HOUR, redirect_customer="https://example.com/")
    text = admin.get(page_of(row)).content.decode()
    assert '<li data-differs="inactive_after">Duration of inactivity <span>System-wide: 2 hours</span></li>' in text
    assert '<li data-differs="redirect_customer_on">Redirect customer <span>System-wide: off</span></li>' in text
    assert (
        '<li data-differs="redirect_customer">Redirect customer: URL <span>System-wide: does not apply</span>' in text
    )
    assert text.count("data-differs") == 3


def test_removing_it_is_asked_in_plain_words_and_done_by_a_post(admin: Client, loans: Workstream) -> None:
    row = own(loans, access="limited", access_for=HOUR)
    text = admin.get(page_of(row, "delete")).content.decode()
    assert "Remove the override of Loans?" in text
    assert "Sessions of Loans follow the system-wide behavior again" in text
    assert "This changes: End session access." in text
    assert "No session is open here now" in text
    assert EndSessionBehavior.objects.filter(pk=row.pk).exists(), "looking removes nothing"
    answer = admin.post(page_of(row, "delete"), {"post": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert not EndSessionBehavior.objects.filter(pk=row.pk).exists()
    newest = PolicyVersion.objects.latest("pk")
    assert (newest.workstream, newest.removes) == (loans, True) and newest.saved_by is not None


# Who may do what -------------------------------------------------------------------------------------------------

EVERYTHING = posts.ALL_OFF | {"redirect_agent": "stay"} | posts.INACTIVE | posts.LIMITED


@pytest.mark.parametrize(
    ("permission", "open_tab", "locked_tab"),
    [
        ("change_agent_tab", AGENT_FIELDS, CUSTOMER_FIELDS),
        ("change_customer_tab", CUSTOMER_FIELDS, AGENT_FIELDS),
    ],
)
def test_who_may_change_one_tab_changes_that_one_whatever_is_posted(
    permission: str, open_tab: tuple[str, ...], locked_tab: tuple[str, ...]
) -> None:
    browser, before = browser_with("view_endsessionbehavior", permission), end_session_behavior()
    page = browser.get(page_of(before))
    fields = page.context["adminform"].form.fields
    assert {name for name, field in fields.items() if field.disabled} == set(locked_tab)
    assert "your role may not change them" in page.content.decode()
    assert browser.post(page_of(before), EVERYTHING).status_code == 302
    after = end_session_behavior()
    assert [name for name in locked_tab if getattr(after, name) != getattr(before, name)] == []
    assert [name for name in open_tab if getattr(after, name) != getattr(before, name)] != []


def test_who_may_change_one_tab_makes_and_removes_no_override(loans: Workstream) -> None:
    row, browser = own(loans, chat=False), browser_with(*BOTH[:2])
    assert browser.post(add(general()), posts.ALL_OFF).status_code == 403
    assert browser.post(page_of(row, "delete"), {"post": "yes"}).status_code == 403
    assert "Make an override" not in browser.get(LIST).content.decode()
    assert "Remove the override" not in browser.get(page_of(row)).content.decode()
    assert EndSessionBehavior.objects.filter(pk=row.pk).exists()


def test_who_may_only_look_changes_nothing_and_sees_durations_in_words(loans: Workstream) -> None:
    row, browser = own(loans, inactive_after=90 * MINUTE, access="limited", access_for=DAY), browser_with(BOTH[0])
    text = browser.get(page_of(row)).content.decode()
    assert "1 hour 30 minutes" in text and "Limited access" in text
    assert 'data-url=""' in text and "Continue to limited access" not in text
    assert "for 1 day; then it is over" in text, "the preview is there"
    assert browser.post(page_of(row), posts.ALL_OFF).status_code == 403
    assert browser.get(page_of(row, "delete")).status_code == 403
    assert browser.get(add(general())).status_code == 403
    assert browser.get(LIST).status_code == 200


@pytest.mark.parametrize("permissions", [(), BOTH[1:], ("view_workstream",)])
def test_who_may_not_look_sees_nothing(permissions: tuple[str, ...], loans: Workstream) -> None:
    row, browser = own(loans, chat=False), browser_with(*permissions)
    for address in (LIST, page_of(row), page_of(row, "delete"), add(general())):
        assert browser.get(address).status_code == 403


def test_the_system_wide_behavior_cannot_be_removed(admin: Client) -> None:
    assert admin.post(page_of(end_session_behavior(), "delete"), {"post": "yes"}).status_code == 403


# Differences -----------------------------------------------------------------------------------------------------


def test_what_only_follows_from_another_difference_is_left_out_in_short() -> None:
    system = EndSessionBehavior(access_on=True, access="limited", access_for=DAY)
    row = EndSessionBehavior(redirect_agent="stay")
    assert [one.name for one in differences(row, system)] == ["redirect_agent", "access_on", "access", "access_for"]
    assert in_short(row, system) == ["Redirect agent", "End session access"]
    assert in_short(system, system) == []


def test_nothing_is_nothing_however_it_is_stored() -> None:
    system = EndSessionBehavior(end_when_inactive=True, inactive_after=HOUR, warn_before=None)
    row = EndSessionBehavior(end_when_inactive=True, inactive_after=HOUR, warn_before=0 * HOUR)
    assert differences(row, system) == []


VALUES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "redirect_agent", "Back to Welcome page"),
    ({}, "end_when_inactive", "off"),
    ({"end_when_inactive": True}, "end_when_inactive", "on"),
    ({}, "inactive_after", "does not apply"),
    ({"end_when_inactive": True, "inactive_after": 90 * MINUTE}, "inactive_after", "1 hour 30 minutes"),
    ({"end_when_inactive": True, "inactive_after": HOUR}, "warn_before", "none"),
    ({"end_when_inactive": True}, "wait_at_most", "does not apply"),
    ({"access_on": True, "access": "full_restricted"}, "access", "Full access (time restricted)"),
    (
        {"redirect_customer_on": True, "redirect_customer": "https://a.example/"},
        "redirect_customer",
        "https://a.example/",
    ),
]


@pytest.mark.parametrize(("settings", "name", "said"), VALUES)
def test_a_value_is_said_as_people_do(settings: dict[str, Any], name: str, said: str) -> None:
    assert in_plain_words(EndSessionBehavior(**settings), name) == said


def test_overrides_of_long_ago_and_of_now_are_both_found(loans: Workstream) -> None:
    own(loans, access="limited", access_for=HOUR)
    assert end_policy_at(LONG_AGO, loans.pk) == end_policy_at(STARTED, loans.pk)


def test_a_form_of_an_override_that_was_removed_meanwhile_keeps_what_was_typed(
    admin: Client, loans: Workstream
) -> None:
    """And makes it anew when it is saved once more."""
    set_policy(workstream=loans)
    row = EndSessionBehavior.objects.get(workstream=loans)
    address = page_of(row)
    typed = posts.ALL_OFF | posts.LIMITED | {"override_of": str(loans.pk)}
    remove_override(loans, by=None, now=STARTED)
    answer = admin.post(address, typed | {"based_on": str(row.version_id)})
    assert answer.status_code == 200 and "was removed after you opened the page" in answer.content.decode()
    assert 'value="3"' in answer.content.decode()
    assert not EndSessionBehavior.objects.filter(workstream=loans).exists()
    assert admin.post(address, typed).status_code == 302
    assert EndSessionBehavior.objects.get(workstream=loans).access == "limited"


def test_the_address_of_an_override_that_is_gone_leads_to_the_list(admin: Client) -> None:
    answer = admin.get(f"{LIST}999/change/", follow=True)
    assert "This override does not exist any more." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == LIST
