"""rules.md 4: what customers keep after the end, and until when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies_app.kinds import AccessLevel, AccessSetting, DueKind, Permission
from policies_app.rules import FOREVER, Due, Windows, due_after_end, level_after_end, permissions, windows
from policies_app.snapshot import EndPolicy
from tests.moments import DAY, ENDED, HOUR, MICROSECOND, MINUTE
from tests.rules.strategies import moments, policies

OPEN, FULL, LIMITED, NONE = AccessLevel.OPEN, AccessLevel.FULL, AccessLevel.LIMITED, AccessLevel.NONE
UNLIMITED, RESTRICTED = AccessSetting.FULL_UNLIMITED, AccessSetting.FULL_RESTRICTED

OFF = EndPolicy()
FULL_FOR_EVER = EndPolicy(access=UNLIMITED)
FULL_FOR_A_DAY = EndPolicy(access=RESTRICTED, access_for=DAY)
FULL_THEN_LIMITED = EndPolicy(access=RESTRICTED, access_for=DAY, then_limited_for=2 * HOUR)
LIMITED_FOR_AN_HOUR = EndPolicy(access=AccessSetting.LIMITED, access_for=HOUR)

LEVELS = [
    (OFF, timedelta(0), NONE),
    (OFF, 3650 * DAY, NONE),
    (FULL_FOR_EVER, timedelta(0), FULL),
    (FULL_FOR_EVER, 7000 * DAY, FULL),
    (FULL_FOR_A_DAY, timedelta(0), FULL),
    (FULL_FOR_A_DAY, DAY - MICROSECOND, FULL),
    (FULL_FOR_A_DAY, DAY, NONE),
    (FULL_THEN_LIMITED, DAY - MICROSECOND, FULL),
    (FULL_THEN_LIMITED, DAY, LIMITED),
    (FULL_THEN_LIMITED, DAY + 2 * HOUR - MICROSECOND, LIMITED),
    (FULL_THEN_LIMITED, DAY + 2 * HOUR, NONE),
    (LIMITED_FOR_AN_HOUR, timedelta(0), LIMITED),
    (LIMITED_FOR_AN_HOUR, HOUR - MICROSECOND, LIMITED),
    (LIMITED_FOR_AN_HOUR, HOUR, NONE),
]


@pytest.mark.parametrize(("policy", "after", "level"), LEVELS)
def test_the_first_table_gives_the_level(policy: EndPolicy, after: timedelta, level: AccessLevel) -> None:
    assert level_after_end(windows(policy, ENDED), ENDED + after) is level


# May the customer ...: in an open session, at full access (True: only with the toggle), limited, none.
READING = {Permission.READ, Permission.REVIEW, Permission.DOWNLOAD}
MAY = {
    OPEN: {*READING, Permission.COMPLETE, Permission.ATTACH, Permission.CHAT},
    FULL: {*READING, Permission.COMPLETE},
    LIMITED: READING,
    NONE: set(),
}


@pytest.mark.parametrize("level", AccessLevel)
@pytest.mark.parametrize("attachments", [False, True])
@pytest.mark.parametrize("chat", [False, True])
def test_the_second_table_gives_the_permissions(level: AccessLevel, attachments: bool, chat: bool) -> None:
    expected = set(MAY[level])
    if level is FULL:
        expected |= ({Permission.ATTACH} if attachments else set()) | ({Permission.CHAT} if chat else set())
    assert permissions(level, EndPolicy(access=UNLIMITED, attachments=attachments, chat=chat)) == expected


def windows_by_the_table(policy: EndPolicy, ended_at: datetime) -> tuple[datetime | None, datetime | None]:
    """The first table of rules.md 4 once more, line by line: full until, limited until; None where it has a dash."""
    zero = timedelta(0)
    table: dict[str | None, Callable[[], tuple[datetime | None, datetime | None]]] = {
        None: lambda: (None, None),
        "full_unlimited": lambda: (datetime.max.replace(tzinfo=ended_at.tzinfo), None),
        "full_restricted": lambda: (
            ended_at + (policy.access_for or zero),
            ended_at + (policy.access_for or zero) + policy.then_limited_for if policy.then_limited_for else None,
        ),
        "limited": lambda: (None, ended_at + (policy.access_for or zero)),
    }
    return table[policy.access]()


def level_by_the_table(policy: EndPolicy, ended_at: datetime, now: datetime) -> AccessLevel:
    full_until, limited_until = windows_by_the_table(policy, ended_at)
    if full_until and now < full_until:
        return FULL
    return LIMITED if limited_until and now < limited_until else NONE


def interesting(given_windows: Windows, ended_at: datetime) -> list[datetime]:
    """Both sides of every boundary, to the microsecond."""
    edges = [edge for edge in (given_windows.full_until, given_windows.limited_until) if edge != FOREVER]
    around = [edge + step for edge in edges for step in (-MICROSECOND, timedelta(0), MICROSECOND)]
    return sorted({ended_at, *(moment for moment in around if moment >= ended_at)})


@given(policies(), moments, st.lists(st.timedeltas(timedelta(0), timedelta(days=9000)), max_size=5))
def test_windows_agree_with_the_table_everywhere(
    policy: EndPolicy, ended_at: datetime, others: list[timedelta]
) -> None:
    found = windows(policy, ended_at)
    for now in [*interesting(found, ended_at), *(ended_at + other for other in others)]:
        assert level_after_end(found, now) is level_by_the_table(policy, ended_at, now), now


@given(policies(), moments, st.lists(st.timedeltas(timedelta(0), timedelta(days=9000)), min_size=2))
def test_a_level_never_goes_up_and_permissions_never_grow(
    policy: EndPolicy, ended_at: datetime, offsets: list[timedelta]
) -> None:
    found, order = windows(policy, ended_at), [FULL, LIMITED, NONE]
    moments_ = sorted([ended_at + offset for offset in offsets] + interesting(found, ended_at))
    levels = [level_after_end(found, now) for now in moments_]
    assert [order.index(level) for level in levels] == sorted(order.index(level) for level in levels)
    allowed = [permissions(level, policy) for level in levels]
    assert all(later <= earlier for earlier, later in pairwise(allowed))


@given(policies(), moments)
def test_windows_are_in_order(policy: EndPolicy, ended_at: datetime) -> None:
    found = windows(policy, ended_at)
    assert ended_at <= found.full_until <= found.limited_until <= FOREVER


@given(policies(), moments)
def test_stepping_from_due_to_due_gives_exactly_the_changes_of_level(policy: EndPolicy, ended_at: datetime) -> None:
    found, now = windows(policy, ended_at), ended_at
    level = level_after_end(found, now)
    becomes = {DueKind.LIMIT_ACCESS: LIMITED, DueKind.CLOSE_ACCESS: NONE}
    while due := due_after_end(found, now):
        assert due.at > now
        assert level_after_end(found, due.at - MICROSECOND) is level, "nothing changes in between"
        assert level_after_end(found, due.at) is becomes[due.kind] is not level
        now, level = due.at, becomes[due.kind]
    assert level_after_end(found, FOREVER - MICROSECOND) is level, "nothing changes any more"


NEXT = [
    (OFF, ENDED, None),
    (FULL_FOR_EVER, ENDED, None),
    (FULL_FOR_A_DAY, ENDED, Due(ENDED + DAY, DueKind.CLOSE_ACCESS)),
    (FULL_THEN_LIMITED, ENDED, Due(ENDED + DAY, DueKind.LIMIT_ACCESS)),
    (FULL_THEN_LIMITED, ENDED + DAY, Due(ENDED + DAY + 2 * HOUR, DueKind.CLOSE_ACCESS)),
    (FULL_THEN_LIMITED, ENDED + DAY + 2 * HOUR, None),
    (LIMITED_FOR_AN_HOUR, ENDED, Due(ENDED + HOUR, DueKind.CLOSE_ACCESS)),
    (LIMITED_FOR_AN_HOUR, ENDED + HOUR, None),
]


@pytest.mark.parametrize(("policy", "after", "due"), NEXT)
def test_what_time_does_next(policy: EndPolicy, after: datetime, due: Due | None) -> None:
    assert due_after_end(windows(policy, ENDED), after) == due


def test_a_minute_and_ten_years_are_counted_exactly() -> None:
    longest = EndPolicy(access=RESTRICTED, access_for=3650 * DAY, then_limited_for=MINUTE)
    assert windows(longest, ENDED) == Windows(ENDED + 3650 * DAY, ENDED + 3650 * DAY + MINUTE)
