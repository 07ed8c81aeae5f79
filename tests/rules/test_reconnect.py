"""Reconnect to previous chat, as a table and as properties (rules.md 5)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies_app.kinds import DueKind, Return
from policies_app.reconnect import Away, ReconnectPolicy, away, counts_as_gone_at, due_while_away, on_return, sooner
from policies_app.rules import Due
from tests.moments import ENDED, HOUR, MICROSECOND, MINUTE, STARTED
from tests.rules.strategies import moments, spans, whole_seconds

DROPPED = ENDED
GRACE = timedelta(seconds=20)
SAME, ANY, OVER = Return

on = st.builds(
    ReconnectPolicy,
    is_on=st.just(True),
    time_limit=whole_seconds(MINUTE, 48 * HOUR),
    same_agent_for=st.none() | whole_seconds(MINUTE, 48 * HOUR),
    grace=whole_seconds(timedelta(seconds=5), timedelta(minutes=5)),
)
anything = on | on.map(lambda policy: ReconnectPolicy(time_limit=policy.time_limit, grace=policy.grace))


def policy(*, same: int | None = 5, limit: int = 10, is_on: bool = True) -> ReconnectPolicy:
    minutes = None if same is None else same * MINUTE
    return ReconnectPolicy(is_on=is_on, time_limit=limit * MINUTE, same_agent_for=minutes, grace=GRACE)


# A policy, how long after the drop the customer is back, and what becomes of it.
TABLE = [
    (policy(), GRACE, SAME),
    (policy(), 5 * MINUTE - MICROSECOND, SAME),
    (policy(), 5 * MINUTE, ANY),
    (policy(), 10 * MINUTE - MICROSECOND, ANY),
    (policy(), 10 * MINUTE, OVER),
    (policy(same=None), GRACE, ANY),
    (policy(same=10), 10 * MINUTE - MICROSECOND, SAME),
    (policy(same=10), 10 * MINUTE, OVER),
    (policy(same=60), 10 * MINUTE - MICROSECOND, SAME),  # never longer than the time limit
    (policy(same=60), 10 * MINUTE, OVER),
    (policy(is_on=False), GRACE, OVER),
    (policy(is_on=False), 9 * MINUTE, OVER),
]


@pytest.mark.parametrize(("policy", "after", "outcome"), TABLE)
def test_what_becomes_of_a_customer_who_is_back(policy: ReconnectPolicy, after: timedelta, outcome: Return) -> None:
    promised = away(policy, DROPPED)
    assert on_return(promised.hold_until, promised.return_until, DROPPED + after) is outcome


def test_an_agent_who_had_not_opened_the_session_holds_no_seat() -> None:
    assert away(policy(), DROPPED, answered=False) == Away(None, DROPPED + 10 * MINUTE, DROPPED + 10 * MINUTE)


def test_after_close_any_agent_takes_over() -> None:
    closed_at = DROPPED + MINUTE
    assert on_return(closed_at, DROPPED + 10 * MINUTE, closed_at) is ANY


@given(anything, moments, st.booleans())
def test_what_is_promised_is_in_order(policy: ReconnectPolicy, lost_at: datetime, answered: bool) -> None:
    promised = away(policy, lost_at, answered=answered)
    gone_at = counts_as_gone_at(policy, lost_at)
    assert gone_at <= promised.ends_at
    assert promised.ends_at == max(lost_at + policy.time_limit, gone_at)
    if promised.hold_until is not None:
        assert gone_at < promised.hold_until <= promised.ends_at
        assert promised.return_until == promised.ends_at
    assert (promised.return_until is not None) == policy.is_on


@given(anything, moments, spans)
def test_time_releases_the_seat_first_and_then_ends_the_session(
    policy: ReconnectPolicy, lost_at: datetime, after: timedelta
) -> None:
    promised, now = away(policy, lost_at), lost_at + after
    due = due_while_away(promised.hold_until, promised.ends_at, now)
    holds = on_return(promised.hold_until, promised.return_until, now) is SAME
    if holds and promised.hold_until != promised.ends_at:
        assert due == Due(promised.hold_until, DueKind.END_HOLD)
    else:
        assert due == Due(promised.ends_at, DueKind.END_AWAY)


def test_the_sooner_of_two() -> None:
    one, other = Due(STARTED, DueKind.WARN), Due(ENDED, DueKind.DISCONNECT)
    assert sooner(one, other) == sooner(other, one) == sooner(one, None) == one
    assert sooner(None, None) is None
