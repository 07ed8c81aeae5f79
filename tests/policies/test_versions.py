"""Every change of the end session behavior is a version of its own; nothing else is (rules.md 6)."""

from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from policies_app.actions import save_end_session_behavior
from policies_app.models import EndSessionBehavior, PolicyVersion
from policies_app.selectors import end_policy_at, end_session_behavior
from policies_app.snapshot import EndPolicy
from tests.cast import inactive_after, set_policy
from tests.moments import DAY, HOUR, LONG_AGO, MICROSECOND, MINUTE, STARTED

pytestmark = pytest.mark.django_db

EDITED = STARTED + HOUR


def test_a_new_installation_has_every_toggle_off_and_one_version() -> None:
    assert end_session_behavior().draft() == EndPolicy()
    assert PolicyVersion.objects.count() == 1


def test_a_version_says_who_saved_what_and_when(admin_user: User) -> None:
    policy = set_policy(now=EDITED, by=admin_user, access="limited", access_for=DAY)
    version = PolicyVersion.objects.get(pk=policy.version)
    assert (version.saved_by, version.saved_at) == (admin_user, EDITED)
    assert version.policy() == policy
    assert policy.access_for == DAY


def test_saving_what_is_in_force_makes_no_version(admin_user: User) -> None:
    first = set_policy(now=STARTED, access="limited", access_for=DAY)
    assert save_end_session_behavior(end_session_behavior(), by=admin_user, now=EDITED) == first
    assert end_policy_at(EDITED) == first


def test_going_back_to_an_earlier_setting_is_a_version_again() -> None:
    first, second = inactive_after(10, now=STARTED), inactive_after(20, now=EDITED)
    third = inactive_after(10, now=EDITED + HOUR)
    assert len({first.version, second.version, third.version}) == 3


@pytest.mark.parametrize(
    ("moment", "minutes"),
    [(STARTED, 10), (EDITED - MICROSECOND, 10), (EDITED, 20), (EDITED + DAY, 20)],
)
def test_the_policy_of_a_moment_is_the_last_one_saved_by_then(moment: datetime, minutes: int) -> None:
    inactive_after(10, now=STARTED)
    inactive_after(20, now=EDITED)
    assert end_policy_at(moment).inactive_after == minutes * MINUTE


def test_of_two_versions_saved_at_one_moment_the_later_one_holds() -> None:
    inactive_after(10, now=EDITED)
    inactive_after(20, now=EDITED)
    assert end_policy_at(EDITED).inactive_after == 20 * MINUTE


def test_there_is_one_row_whoever_saves() -> None:
    save_end_session_behavior(EndSessionBehavior(redirect_agent="stay"), by=None, now=STARTED)
    save_end_session_behavior(EndSessionBehavior(redirect_agent="welcome"), by=None, now=EDITED)
    assert EndSessionBehavior.objects.get().pk == 1


NOT_STORED = [
    ("end_session_behavior_is_one_row", {"pk": 2}),
    ("inactive_after_iff_toggle", {"end_when_inactive": True}),
    ("inactive_after_iff_toggle", {"inactive_after": HOUR}),
    ("inactive_after_iff_toggle", {"warn_before": MINUTE}),
    ("inactive_after_iff_toggle", {"end_when_inactive": True, "inactive_after": MINUTE - MICROSECOND}),
    ("inactive_after_iff_toggle", {"end_when_inactive": True, "inactive_after": 30 * DAY + MICROSECOND}),
    ("warn_before_end", {"end_when_inactive": True, "inactive_after": HOUR, "warn_before": HOUR}),
    ("access_iff_toggle", {"access_on": True}),
    ("access_iff_toggle", {"access": "full_unlimited"}),
    ("access_iff_toggle", {"access_on": True, "access": "some"}),
    ("access_for_iff_timed", {"access_on": True, "access": "limited"}),
    ("access_for_iff_timed", {"access_on": True, "access": "full_restricted"}),
    ("access_for_iff_timed", {"access_on": True, "access": "full_unlimited", "access_for": DAY}),
    ("access_for_iff_timed", {"access_on": True, "access": "limited", "access_for": MINUTE - MICROSECOND}),
    ("access_for_iff_timed", {"access_on": True, "access": "limited", "access_for": 3650 * DAY + MICROSECOND}),
    ("access_for_iff_timed", {"access_for": DAY}),
    ("attachments_and_chat_need_full", {"chat": True}),
    (
        "attachments_and_chat_need_full",
        {"access_on": True, "access": "limited", "access_for": DAY, "attachments": True},
    ),
    ("then_limited_needs_full_restricted", {"then_limited": True, "then_limited_for": DAY}),
    ("then_limited_for_iff_toggle", {"then_limited_for": DAY}),
    (
        "then_limited_for_iff_toggle",
        {"access_on": True, "access": "full_restricted", "access_for": DAY, "then_limited": True},
    ),
    ("redirect_customer_iff_toggle", {"redirect_customer_on": True}),
    ("redirect_customer_iff_toggle", {"redirect_customer": "https://portal.example.com"}),
]


@pytest.mark.parametrize(("constraint", "settings"), NOT_STORED)
def test_the_database_refuses_settings_that_contradict_each_other(constraint: str, settings: dict[str, object]) -> None:
    version = PolicyVersion.objects.create(snapshot={}, saved_at=LONG_AGO)
    row = EndSessionBehavior(**{"pk": 1, "version": version} | settings)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.save(force_insert=True)
