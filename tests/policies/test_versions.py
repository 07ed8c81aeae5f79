"""Every change of the end session behavior is a version of its own; nothing else is (rules.md 6)."""

from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from policies_app.actions import remove_override, save_end_session_behavior
from policies_app.models import EndSessionBehavior, PolicyVersion, Workstream
from policies_app.selectors import end_policies_at, end_policy_at, end_session_behavior, next_edit
from policies_app.snapshot import EndPolicy
from tests.cast import general, inactive_after, set_policy
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
    assert save_end_session_behavior(end_session_behavior(), by=admin_user, now=EDITED).pk == first.version
    assert end_policy_at(EDITED, None) == first


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
    assert end_policy_at(moment, None).inactive_after == minutes * MINUTE


def test_of_two_versions_saved_at_one_moment_the_later_one_holds() -> None:
    inactive_after(10, now=EDITED)
    inactive_after(20, now=EDITED)
    assert end_policy_at(EDITED, None).inactive_after == 20 * MINUTE


def test_there_is_one_row_whoever_saves() -> None:
    save_end_session_behavior(EndSessionBehavior(redirect_agent="stay"), by=None, now=STARTED)
    save_end_session_behavior(EndSessionBehavior(redirect_agent="welcome"), by=None, now=EDITED)
    assert EndSessionBehavior.objects.get().redirect_agent == "welcome"


NOT_STORED = [
    ("inactive_after_iff_toggle", {"end_when_inactive": True}),
    ("inactive_after_iff_toggle", {"inactive_after": HOUR}),
    ("inactive_after_iff_toggle", {"warn_before": MINUTE}),
    ("inactive_after_iff_toggle", {"end_when_inactive": True, "inactive_after": MINUTE - MICROSECOND}),
    ("inactive_after_iff_toggle", {"end_when_inactive": True, "inactive_after": 30 * DAY + MICROSECOND}),
    ("warn_before_end", {"end_when_inactive": True, "inactive_after": HOUR, "warn_before": HOUR}),
    ("wait_needs_inactivity", {"wait_for_customer": True, "wait_at_most": HOUR}),
    ("wait_at_most_iff_toggle", {"end_when_inactive": True, "inactive_after": HOUR, "wait_for_customer": True}),
    ("wait_at_most_iff_toggle", {"end_when_inactive": True, "inactive_after": HOUR, "wait_at_most": MINUTE}),
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


def test_the_database_keeps_one_system_wide_row(db: None) -> None:
    end_session_behavior()
    version = PolicyVersion.objects.create(snapshot={}, saved_at=LONG_AGO)
    with pytest.raises(IntegrityError), transaction.atomic():
        EndSessionBehavior(version=version).save(force_insert=True)


# Overrides (rules.md 6) ------------------------------------------------------------------------------------------


@pytest.fixture
def loans(db: None) -> Workstream:
    return Workstream.objects.create(name="Loans")


def in_force(moment: datetime, *workstreams: Workstream) -> list[int | None]:
    """After how many minutes of silence sessions of these workstreams ended then."""
    found = [end_policy_at(moment, one.pk) for one in workstreams]
    assert end_policies_at(moment, [one.pk for one in workstreams]) == dict(
        zip([one.pk for one in workstreams], found, strict=True)
    )
    return [policy.inactive_after // MINUTE if policy.inactive_after else None for policy in found]


def test_an_override_holds_in_its_workstream_from_its_moment_until_it_is_removed(loans: Workstream) -> None:
    inactive_after(10, now=STARTED)
    inactive_after(20, now=EDITED, workstream=loans)
    inactive_after(30, now=EDITED + HOUR)
    remove_override(loans, by=None, now=EDITED + 2 * HOUR)
    inactive_after(40, now=EDITED + 3 * HOUR)
    table = [
        (EDITED - MICROSECOND, [10, 10]),
        (EDITED, [20, 10]),
        (EDITED + HOUR, [20, 30]),
        (EDITED + 2 * HOUR - MICROSECOND, [20, 30]),
        (EDITED + 2 * HOUR, [30, 30]),
        (EDITED + 3 * HOUR, [40, 40]),
    ]
    assert [(moment, in_force(moment, loans, general())) for moment, _ in table] == table


def test_a_workstream_falls_back_as_of_the_moment_the_override_was_removed(loans: Workstream) -> None:
    """So that the grace of an edit is counted from there: no session ends sooner than 5 minutes after it."""
    inactive_after(10, now=STARTED)
    inactive_after(20, now=EDITED, workstream=loans)
    removed = remove_override(loans, by=None, now=EDITED + HOUR)
    policy = end_policy_at(EDITED + DAY, loans.pk)
    assert (policy.saved_at, policy.seen) == (EDITED + HOUR, removed.pk)
    assert policy.version == end_policy_at(EDITED + DAY, None).version


def test_removing_what_is_not_there_is_no_version(loans: Workstream) -> None:
    before = PolicyVersion.objects.count()
    assert remove_override(loans, by=None, now=EDITED) is None
    assert PolicyVersion.objects.count() == before


def test_versions_are_in_order_even_when_a_clock_goes_back(loans: Workstream) -> None:
    inactive_after(10, now=EDITED)
    behind = inactive_after(20, now=EDITED - HOUR, workstream=loans)
    assert behind.saved_at == EDITED


def test_an_edit_concerns_a_workstream_unless_it_has_an_override(loans: Workstream) -> None:
    first = inactive_after(10, now=STARTED)
    own = inactive_after(20, now=EDITED, workstream=loans)
    second = inactive_after(30, now=EDITED + HOUR)
    late = EDITED + DAY
    assert next_edit(first.version, loans.pk, late).pk == own.version
    assert next_edit(own.version, loans.pk, late) is None
    assert next_edit(first.version, general().pk, late).pk == second.version
    assert next_edit(first.version, general().pk, EDITED) is None
    removed = remove_override(loans, by=None, now=late)
    assert next_edit(own.version, loans.pk, late).pk == removed.pk
