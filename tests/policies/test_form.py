"""System settings > End session behavior: what can be saved, and what is said of the rest (A3 to A8, A10)."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies_app.actions import save_end_session_behavior
from policies_app.forms import APPLIES_WHEN, CUSTOMER_FIELDS, REQUIRED, EndSessionBehaviorForm
from policies_app.models import EndSessionBehavior, SystemSettings
from policies_app.selectors import end_policy_at, end_session_behavior
from policies_app.snapshot import EndPolicy
from tests.moments import DAY, HOUR, MINUTE, STARTED
from tests.policies import posts
from tests.policies.posts import form_with

pytestmark = pytest.mark.django_db


def saved(*parts: dict[str, str]) -> EndSessionBehavior:
    form = form_with(*parts)
    assert form.is_valid(), form.errors
    save_end_session_behavior(form.save(commit=False), by=None, now=STARTED)
    return EndSessionBehavior.objects.get()


def test_every_toggle_off_ends_nothing_and_leaves_no_access() -> None:
    assert saved().draft() == EndPolicy()


def test_an_agent_stays_in_the_room_if_so_chosen() -> None:
    assert saved({"redirect_agent": "stay"}).redirect_agent == "stay"


def test_inactivity_takes_a_duration_a_warning_and_what_counts() -> None:
    row = saved(posts.INACTIVE, posts.WARNED, {"activity_counts": "session"})
    assert (row.inactive_after, row.warn_before, row.activity_counts) == (10 * MINUTE, MINUTE, "session")


def test_inactivity_can_wait_for_a_customer_for_so_long() -> None:
    row = saved(posts.INACTIVE, posts.WAITS)
    assert (row.wait_for_customer, row.wait_at_most) == (True, 15 * MINUTE)


def test_each_access_level_is_stored_with_what_belongs_to_it() -> None:
    unlimited = saved(posts.FULL_UNLIMITED, posts.BOTH_TOGGLES)
    assert (unlimited.access, unlimited.access_for, unlimited.chat) == ("full_unlimited", None, True)
    restricted = saved(posts.FULL_RESTRICTED, posts.BOTH_TOGGLES, posts.THEN_LIMITED)
    assert (restricted.access_for, restricted.attachments, restricted.then_limited_for) == (2 * HOUR, True, DAY)
    limited = saved(posts.LIMITED)
    assert (limited.access, limited.access_for) == ("limited", 3 * DAY)


def test_customers_are_redirected_to_the_address() -> None:
    assert saved(posts.REDIRECT).redirect_customer == "https://portal.example.com/bye?why={reason}"


EVERYTHING = (
    posts.INACTIVE,
    posts.WARNED,
    posts.WAITS,
    {"activity_counts": "session"},
    posts.FULL_RESTRICTED,
    posts.BOTH_TOGGLES,
    posts.THEN_LIMITED,
    posts.REDIRECT,
)
# What is switched, and the fields that then no longer apply.
SWITCHES = [
    (
        {"end_when_inactive": ""},
        {"inactive_after", "warn_before", "activity_counts", "wait_for_customer", "wait_at_most"},
    ),
    ({"wait_for_customer": ""}, {"wait_at_most"}),
    ({"access_on": ""}, {"access", "access_for", "attachments", "chat", "then_limited", "then_limited_for"}),
    ({"access": "full_unlimited"}, {"access_for", "then_limited", "then_limited_for"}),
    ({"access": "limited"}, {"attachments", "chat", "then_limited", "then_limited_for"}),
    ({"then_limited": ""}, {"then_limited_for"}),
    ({"redirect_customer_on": ""}, {"redirect_customer"}),
]


@pytest.mark.parametrize(("switch", "cleared"), SWITCHES)
def test_what_no_longer_applies_is_stored_empty_though_it_was_posted(switch: dict[str, str], cleared: set[str]) -> None:
    before = saved(*EVERYTHING)
    switched = {
        name: value for part in (*EVERYTHING, switch) for name, value in part.items() if value or name in switch
    }
    row = saved({name: value for name, value in switched.items() if value})
    changed = {name for name in APPLIES_WHEN if getattr(row, name) != getattr(before, name)}
    assert changed - switch.keys() == cleared - switch.keys()
    empty = EndSessionBehavior()
    assert all(getattr(row, name) == getattr(empty, name) for name in cleared)


@pytest.mark.parametrize("switch", [{"access_on"}, {"redirect_customer_on"}, {"end_when_inactive"}])
def test_what_no_longer_applies_is_stored_empty_though_it_was_not_posted(switch: set[str]) -> None:
    saved(*EVERYTHING)
    posted = posts.ALL_OFF | posts.FULL_UNLIMITED | posts.REDIRECT | posts.INACTIVE
    gone = {*switch, *(name for name, (parent, _) in APPLIES_WHEN.items() if parent in switch)}
    kept = {
        name: value for name, value in posted.items() if name.removesuffix("_number").removesuffix("_unit") not in gone
    }
    form = EndSessionBehaviorForm(kept, instance=end_session_behavior())
    assert form.is_valid(), form.errors
    save_end_session_behavior(form.save(commit=False), by=None, now=STARTED)
    row, empty = EndSessionBehavior.objects.get(), EndSessionBehavior()
    assert all(getattr(row, name) == getattr(empty, name) for name in gone)


TOO_LONG_OR_SHORT = "Give a duration from"
PROBLEMS = [
    ((posts.INACTIVE, {"inactive_after_number": ""}), "inactive_after", "Enter after how long"),
    (
        (posts.INACTIVE, {"inactive_after_number": "59", "inactive_after_unit": "seconds"}),
        "inactive_after",
        TOO_LONG_OR_SHORT,
    ),
    ((posts.INACTIVE, {"inactive_after_number": "31", "inactive_after_unit": "days"}), "inactive_after", "30 days"),
    ((posts.INACTIVE, {"inactive_after_number": "-1"}), "inactive_after", TOO_LONG_OR_SHORT),
    ((posts.INACTIVE, {"inactive_after_number": "9" * 30}), "inactive_after", TOO_LONG_OR_SHORT),
    ((posts.INACTIVE, {"inactive_after_number": "1.5"}), "inactive_after", "whole number"),
    ((posts.INACTIVE, {"inactive_after_unit": "weeks"}), "inactive_after", "weeks"),
    ((posts.INACTIVE, {"warn_before_number": "10", "warn_before_unit": "minutes"}), "warn_before", "shorter than"),
    ((posts.INACTIVE, {"activity_counts": "sometimes"}), "activity_counts", "sometimes"),
    ((posts.INACTIVE, {"wait_for_customer": "on"}), "wait_at_most", "Enter how long the end waits"),
    ((posts.INACTIVE, posts.WAITS, {"wait_at_most_unit": "seconds"}), "wait_at_most", TOO_LONG_OR_SHORT),
    ((posts.INACTIVE, posts.WAITS, {"wait_at_most_unit": "days"}), "wait_at_most", "1 day"),
    (({"access_on": "on"},), "access", "Select an access level"),
    (({"access_on": "on", "access": "none"},), "access", "none"),
    ((posts.LIMITED, {"access_for_number": ""}), "access_for", "Enter how long customers"),
    ((posts.FULL_RESTRICTED, {"access_for_number": ""}), "access_for", "Enter how long customers"),
    ((posts.LIMITED, {"access_for_number": "3651", "access_for_unit": "days"}), "access_for", "3650 days"),
    ((posts.LIMITED, {"access_for_number": "0"}), "access_for", TOO_LONG_OR_SHORT),
    ((posts.FULL_RESTRICTED, {"then_limited": "on"}), "then_limited_for", "Enter how long limited"),
    (
        (posts.FULL_RESTRICTED, posts.THEN_LIMITED, {"then_limited_for_number": "0"}),
        "then_limited_for",
        TOO_LONG_OR_SHORT,
    ),
    (({"redirect_customer_on": "on"},), "redirect_customer", "Enter the URL"),
    ((posts.REDIRECT, {"redirect_customer": "portal"}), "redirect_customer", "whole address"),
    ((posts.REDIRECT, {"redirect_customer": "http://["}), "redirect_customer", "whole address"),
    ((posts.REDIRECT, {"redirect_customer": "https://p.example.com/{who}"}), "redirect_customer", "{who}"),
    ((posts.REDIRECT, {"redirect_customer": "http://localhost:8000/c/1/"}), "redirect_customer", "in Parley itself"),
    ((posts.REDIRECT, {"redirect_customer": "https://p.example.com/" + "a" * 2000}), "redirect_customer", "2000"),
]


@pytest.mark.parametrize(("parts", "field", "said"), PROBLEMS)
def test_a_problem_is_named_at_its_field_and_nowhere_else(parts: tuple[dict[str, str]], field: str, said: str) -> None:
    form = form_with(*parts)
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert len(form.errors[field]) == 1 and said in form.errors[field][0]


def test_every_field_that_is_required_says_so_in_its_own_words() -> None:
    form = form_with(
        dict.fromkeys(("end_when_inactive", "wait_for_customer", "redirect_customer_on"), "on"), posts.FULL_RESTRICTED
    )
    form.data = form.data | {"access_for_number": "", "then_limited": "on"}
    assert form.errors == {name: [said] for name, said in REQUIRED.items() if name != "access"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.lists(posts.posts(), min_size=1, max_size=3))
def test_whatever_is_posted_one_post_after_another_what_is_stored_makes_sense(rounds: list[dict[str, str]]) -> None:
    with transaction.atomic():
        for post in rounds:
            form = EndSessionBehaviorForm(post, instance=end_session_behavior())
            if form.is_valid():
                policy = save_end_session_behavior(form.save(commit=False), by=None, now=STARTED)
                row = EndSessionBehavior.objects.select_related("version").get()
                assert row.version.policy() == policy.policy() == end_policy_at(STARTED, None)
                assert EndPolicy.from_json(row.draft().to_json()) == row.draft()
                assert row.draft().to_json() == row.version.snapshot
            else:
                assert "__all__" not in form.errors, "every problem is named at its field"
        transaction.set_rollback(True)


def test_a_warning_of_zero_is_no_warning() -> None:
    row = saved(posts.INACTIVE, {"warn_before_number": "0", "warn_before_unit": "seconds"})
    assert row.draft().warn_before == timedelta(0)


def test_a_warning_that_is_left_empty_is_the_usual_minute() -> None:
    row = saved(posts.INACTIVE, {"warn_before_number": "", "warn_before_unit": "seconds"})
    assert row.warn_before == MINUTE


def test_the_form_offers_the_usual_warning() -> None:
    assert EndSessionBehaviorForm(instance=EndSessionBehavior()).initial["warn_before"] == MINUTE


def test_no_warning_is_not_turned_into_one_by_looking_at_it() -> None:
    stored = EndSessionBehavior(end_when_inactive=True, inactive_after=HOUR, warn_before=None)
    assert EndSessionBehaviorForm(instance=stored).initial["warn_before"] == timedelta(0)


def test_what_is_posted_for_a_locked_field_is_ignored() -> None:
    before = saved(*EVERYTHING)
    locked = type("Locked", (EndSessionBehaviorForm,), {"locked": frozenset(CUSTOMER_FIELDS)})
    form = locked(posts.ALL_OFF | posts.INACTIVE | {"redirect_customer": "nonsense"}, instance=end_session_behavior())
    assert form.is_valid(), form.errors
    save_end_session_behavior(form.save(commit=False), by=None, now=STARTED)
    row = EndSessionBehavior.objects.get()
    assert [name for name in CUSTOMER_FIELDS if getattr(row, name) != getattr(before, name)] == []
    assert (row.warn_before, row.activity_counts) == (MINUTE, "anywhere")


def test_customers_are_sent_to_allowed_hosts_only() -> None:
    SystemSettings.objects.create(pk=1, allowed_redirect_hosts="other.example\n*.example.com")
    assert form_with(posts.REDIRECT).is_valid()
    form = form_with(posts.REDIRECT, {"redirect_customer": "https://example.com/"})
    said = "example.com is not an allowed host. Customers can be sent to: other.example, *.example.com."
    assert form.errors == {"redirect_customer": [said]}
