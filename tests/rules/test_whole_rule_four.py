"""rules.md 4 once more as a table, held against the pure rules for any policy and any time, to the microsecond."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies_app.kinds import AccessLevel, EndReason, Permission
from policies_app.rules import (
    FOREVER,
    Windows,
    due_after_end,
    extended,
    level_after_end,
    may_ask_for_more_time,
    permissions,
    windows,
)
from policies_app.snapshot import EndPolicy
from tests.moments import DAY, ENDED, HOUR, MICROSECOND
from tests.rules.strategies import access_lengths, moments, policies

FULL, LIMITED, NONE = AccessLevel.FULL, AccessLevel.LIMITED, AccessLevel.NONE
NOTHING = timedelta(0)

FIRST_TABLE = {
    # setting: until when full, until when limited, counted from the end; None: no limit
    None: ("none", "none"),
    "full_unlimited": ("for ever", "none"),
    "full_restricted": ("d", "d + l"),
    "limited": ("none", "d"),
}
SECOND_TABLE = """
    read      yes  yes        yes  no
    complete  yes  yes        no   no
    review    yes  yes        yes  no
    download  yes  yes        yes  no
    attach    yes  if-toggle  no   no
    chat      yes  if-toggle  no   no
"""
COLUMNS = ("open", "full", "limited", "none")


def lasts(policy: EndPolicy, column: int) -> timedelta | None:
    """A cell of the first table as a length."""
    d, l = policy.access_for or NOTHING, policy.then_limited_for or NOTHING  # noqa: E741 (the names of the table)
    cells = {"none": NOTHING, "for ever": None, "d": d, "d + l": d + l}
    return cells[FIRST_TABLE[policy.access][column]]


def level_by_the_table(policy: EndPolicy, since_end: timedelta) -> str:
    for name, column in (("full", 0), ("limited", 1)):
        length = lasts(policy, column)
        if length is None or since_end < length:
            return name
    return "none"


def permitted_by_the_table(policy: EndPolicy, level: str) -> set[str]:
    toggles = {"attach": policy.attachments, "chat": policy.chat}
    rows = [line.split() for line in SECOND_TABLE.strip().splitlines()]
    cells = {row[0]: row[1 + COLUMNS.index(level)] for row in rows}
    return {name for name, cell in cells.items() if cell == "yes" or (cell == "if-toggle" and toggles[name])}


def around(policy: EndPolicy) -> list[timedelta]:
    """Lengths of time since the end on both sides of each boundary, and at it."""
    edges = [length for column in (0, 1) if (length := lasts(policy, column)) is not None]
    near = [edge + step for edge in edges for step in (-MICROSECOND, NOTHING, MICROSECOND)]
    return [NOTHING, *(length for length in near if length >= NOTHING)]


@given(policies(), moments, st.lists(st.timedeltas(NOTHING, timedelta(days=9000)), max_size=4))
def test_any_customer_may_do_at_any_time_what_the_tables_say(
    policy: EndPolicy, ended_at: datetime, others: list[timedelta]
) -> None:
    given_windows = windows(policy, ended_at)
    for since_end in [*around(policy), *others]:
        level = level_after_end(given_windows, ended_at + since_end)
        assert level == level_by_the_table(policy, since_end), since_end
        assert {str(one) for one in permissions(level, policy)} == permitted_by_the_table(policy, level)


@given(policies())
def test_in_an_open_session_everything_is_permitted(policy: EndPolicy) -> None:
    assert permissions(AccessLevel.OPEN, policy) == set(Permission)
    assert permitted_by_the_table(policy, "open") == {str(one) for one in Permission}


# More time (D6) --------------------------------------------------------------------------------------------------


@given(
    policies(), moments, st.timedeltas(NOTHING, timedelta(days=4000)), access_lengths, st.sampled_from([FULL, LIMITED])
)
def test_more_time_never_takes_anything_away_and_gives_what_it_says(
    policy: EndPolicy, ended_at: datetime, after: timedelta, length: timedelta, level: AccessLevel
) -> None:
    before, now = windows(policy, ended_at), ended_at + after
    given_windows = extended(before, level, now + length)
    order = [NONE, LIMITED, FULL]
    for moment in (now, now + length - MICROSECOND):
        assert order.index(level_after_end(given_windows, moment)) >= order.index(level)
    for moment in (now, now + length, before.full_until, before.limited_until, now + 2 * length):
        then, otherwise = (level_after_end(one, moment) for one in (given_windows, before))
        assert order.index(then) >= order.index(otherwise)
    assert given_windows.full_until <= given_windows.limited_until
    assert extended(given_windows, level, now + length) == given_windows


def test_more_time_from_a_session_that_was_over() -> None:
    over = Windows(ENDED, ENDED)
    assert extended(over, FULL, ENDED + DAY) == Windows(ENDED + DAY, ENDED + DAY)
    assert extended(over, LIMITED, ENDED + DAY) == Windows(ENDED, ENDED + DAY)
    assert due_after_end(extended(over, LIMITED, ENDED + DAY), ENDED + HOUR).at == ENDED + DAY


ASKING = [
    # windows after the end, who ended it, may ask for more time
    (Windows(ENDED, ENDED), EndReason.ENDED_BY_AGENT, False),
    (Windows(ENDED, ENDED), EndReason.AGENT_INACTIVE, True),
    (Windows(ENDED + DAY, ENDED + DAY), EndReason.ENDED_BY_AGENT, True),
    (Windows(ENDED, ENDED + DAY), EndReason.ENDED_BY_CUSTOMER, True),
    (Windows(FOREVER, FOREVER), EndReason.AGENT_INACTIVE, False),
]


def test_who_may_ask_for_more_time() -> None:
    assert [may_ask_for_more_time(reason, ENDED, given_windows) for given_windows, reason, _ in ASKING] == [
        may for _, _, may in ASKING
    ]
