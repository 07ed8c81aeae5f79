"""What the form of End session behavior says before it is saved (product.md D1)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from policies_app.models import EndSessionBehavior, PolicyVersion, SystemSettings, Workstream
from policies_app.selectors import end_session_behavior
from policies_app.signals import end_policy_previewed
from policies_app.snapshot import EndPolicy
from tests.cast import general, set_policy
from tests.moments import HOUR
from tests.policies import posts
from tests.policies.test_overrides import BOTH, LIST, browser_with, page_of

pytestmark = pytest.mark.django_db

PREVIEW = f"{LIST}preview/"
HTML = "text/html; charset=utf-8"


@pytest.fixture
def admin() -> Client:
    end_session_behavior()
    return browser_with(*BOTH)


@pytest.fixture
def asked() -> Iterator[list[dict[str, Any]]]:
    """What whoever knows of sessions was asked; it answers with one sentence."""
    heard: list[dict[str, Any]] = []

    def answer(**given: Any) -> list[str]:
        heard.append(given)
        return ["Two sessions mind."]

    end_policy_previewed.connect(answer)
    yield heard
    end_policy_previewed.disconnect(answer)


def preview(browser: Client, *parts: dict[str, str], of: Workstream | None = None) -> str:
    """What the preview says of a form that stands like this."""
    posted = dict(posts.ALL_OFF)
    for part in parts:
        posted |= part
    answer = browser.post(PREVIEW + (f"?workstream={of.pk}" if of else ""), posted)
    assert (answer.status_code, answer["Content-Type"]) == (200, HTML)
    return answer.content.decode()


def test_it_says_in_plain_words_what_customers_and_agents_will_get(admin: Client) -> None:
    text = preview(admin, posts.INACTIVE, posts.FULL_RESTRICTED, posts.THEN_LIMITED, {"chat": "on"}, posts.REDIRECT)
    assert (
        "After the session ends customers keep full access for 2 hours, with chat, without attachments; "
        "then they can look and download for 1 day; then it is over. They are sent to portal.example.com/bye."
    ) in text
    assert "A session ends by itself when its agent was inactive for 10 minutes; agent and customer are warned" in text
    assert 'aria-label="From the end of the session: Full access, 2 hours; Limited access, 1 day; Over, ' in text
    assert 'data-status="No problems"' in text


def test_looking_saves_nothing(admin: Client) -> None:
    before = EndSessionBehavior.objects.values().get()
    preview(admin, posts.LIMITED)
    preview(admin, posts.LIMITED, of=general())
    assert EndSessionBehavior.objects.values().get() == before
    assert PolicyVersion.objects.count() == 1


def test_every_problem_is_named_and_the_rest_is_still_there(admin: Client) -> None:
    wrong = {"access_for_number": "", "redirect_customer": "portal"}
    text = preview(admin, posts.INACTIVE, posts.FULL_RESTRICTED, posts.REDIRECT, wrong)
    assert 'data-status="2 problems"' in text
    assert '<a href="#id_access_for_0">Duration of access</a>: Enter how long customers keep this access.' in text
    assert '<a href="#id_redirect_customer">Redirect customer: URL</a>: Enter a whole address' in text
    assert "full access for a time that is still to be entered" in text
    assert "when its agent was inactive for 10 minutes" in text
    assert "<figure" not in text, "what is not known is not drawn"


def test_the_form_says_the_same_before_anything_is_typed(admin: Client) -> None:
    set_policy(inactive_after=HOUR)
    text = admin.get(page_of(end_session_behavior())).content.decode()
    assert f'data-url="{PREVIEW}"' in text
    assert "when its agent was inactive for 1 hour; nobody is warned before" in text
    assert (
        f'data-url="{PREVIEW}?workstream={general().pk}"'
        in admin.get(f"{LIST}add/?workstream={general().pk}").content.decode()
    )


def test_a_valid_redirect_can_be_tried_out_with_sample_values(admin: Client) -> None:
    text = preview(admin, posts.REDIRECT)
    href = 'href="https://portal.example.com/bye?why=ended_by_agent" target="_blank" rel="noopener noreferrer"'
    assert f"{href}>Test this redirect</a>" in text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "portal", "http://localhost:8000/c/"])
def test_an_address_that_cannot_be_saved_is_no_link(admin: Client, address: str) -> None:
    text = preview(admin, posts.REDIRECT, {"redirect_customer": address})
    assert "Test this redirect" not in text and f'href="{address}' not in text


def test_what_was_typed_is_escaped(admin: Client) -> None:
    text = preview(admin, posts.REDIRECT, {"redirect_customer": "https://x.example/<script>alert(1)</script>"})
    assert "<script>" not in text


# Open sessions ---------------------------------------------------------------------------------------------------


def test_whoever_knows_of_sessions_is_asked_where_the_settings_would_hold(
    admin: Client, asked: list[dict[str, Any]]
) -> None:
    loans, cards = (Workstream.objects.create(name=name) for name in ("Loans", "Cards"))
    set_policy(workstream=cards, chat=False)
    asked.clear()
    before = timezone.now()
    assert "Two sessions mind." in preview(admin, posts.INACTIVE)
    policy: EndPolicy = asked[0]["policy"]
    now: datetime = asked[0]["now"]
    assert sorted(asked[0]["workstream_ids"]) == sorted([general().pk, loans.pk])
    assert before <= now <= timezone.now()
    assert (policy.inactive_after, policy.saved_at) == (HOUR / 6, now), "as if it were saved now"
    text = preview(admin, posts.INACTIVE, of=cards)
    assert asked[1]["workstream_ids"] == [cards.pk] and "Holds in Cards only." in text


def test_where_the_settings_hold_is_said(admin: Client) -> None:
    general()
    assert "Holds in every workstream without its own: General." in preview(admin)
    for number in range(6):
        Workstream.objects.create(name=f"Kind {number}")
    assert "General, Kind 0, Kind 1, Kind 2, Kind 3, 2 others." in preview(admin)
    for workstream in Workstream.objects.all():
        set_policy(workstream=workstream, chat=False)
    assert "Every workstream has its own behavior, so this holds nowhere." in preview(admin)


def test_a_problem_with_the_agents_tab_leaves_open_who_is_concerned(admin: Client, asked: list[dict[str, Any]]) -> None:
    assert "once the problems of the tab Agent are solved" in preview(
        admin, posts.INACTIVE, {"inactive_after_number": ""}
    )
    assert asked == []
    assert "Two sessions mind." in preview(admin, {"access_on": "on"}), "a problem of the other tab does not matter"


def test_a_receiver_that_fails_takes_nothing_else_from_the_preview(admin: Client) -> None:
    def fail(**given: Any) -> list[str]:
        raise RuntimeError

    end_policy_previewed.connect(fail)
    try:
        text = preview(admin, posts.LIMITED)
    finally:
        end_policy_previewed.disconnect(fail)
    assert "could not be found out just now" in text and "look and download for 3 days" in text


# Overrides -------------------------------------------------------------------------------------------------------


def test_what_differs_from_the_system_wide_behavior_follows_what_is_typed(admin: Client) -> None:
    set_policy(inactive_after=2 * HOUR)
    text = preview(admin, posts.INACTIVE, of=general())
    assert '<li data-differs="inactive_after">Duration of inactivity <span>System-wide: 2 hours</span></li>' in text
    assert "data-differs" not in preview(admin, posts.INACTIVE), "system-wide there is nothing to compare with"
    same = {"inactive_after_number": "2", "inactive_after_unit": "hours", "warn_before_number": "0"}
    assert "Nothing differs." in preview(admin, posts.INACTIVE, same, of=general())


def test_a_field_with_a_problem_is_not_compared(admin: Client) -> None:
    set_policy(inactive_after=2 * HOUR)
    text = preview(admin, posts.INACTIVE, {"inactive_after_number": "0"}, of=general())
    assert 'data-differs="inactive_after"' not in text


# Who may look ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("permissions", [(), BOTH[:1], BOTH[1:], BOTH[:2]])
def test_the_preview_needs_the_right_to_save(permissions: tuple[str, ...]) -> None:
    end_session_behavior()
    browser = browser_with(*permissions)
    one_tab = permissions == BOTH[:2]
    assert browser.post(PREVIEW, posts.ALL_OFF).status_code == (200 if one_tab else 403)
    assert browser.post(f"{PREVIEW}?workstream={general().pk}", posts.ALL_OFF).status_code == 403


def test_what_is_typed_into_a_locked_tab_is_not_previewed() -> None:
    set_policy(access="limited", access_for=HOUR)
    text = preview(browser_with(*BOTH[:2]), posts.FULL_UNLIMITED, {"redirect_agent": "stay"})
    assert "look and download for 1 hour" in text and "stays in the room" in text


def test_strangers_and_forgeries_are_turned_away(admin: Client) -> None:
    assert Client().post(PREVIEW, posts.ALL_OFF).status_code == 302
    assert admin.get(PREVIEW).status_code == 405
    user = User.objects.create_superuser("careful")
    user.user_permissions.set(Permission.objects.all())
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(user)
    assert careful.post(PREVIEW, posts.ALL_OFF).status_code == 403


@pytest.mark.parametrize("asked_for", ["0", "x", "", "9" * 30])
def test_a_workstream_that_is_none_has_no_preview(admin: Client, asked_for: str) -> None:
    assert admin.post(f"{PREVIEW}?workstream={asked_for}", posts.ALL_OFF).status_code == 404


def test_the_allowed_hosts_are_among_the_problems(admin: Client) -> None:
    SystemSettings.objects.create(pk=1, allowed_redirect_hosts="other.example")
    text = preview(admin, posts.REDIRECT)
    assert "portal.example.com is not an allowed host. Customers can be sent to: other.example." in text
