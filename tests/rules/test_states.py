"""rules.md 2: the life of a session."""

from itertools import product

import pytest

from policies_app.kinds import Channel, EndReason, SessionState
from policies_app.rules import may_end, may_move, reason_in

INVITATION, WIDGET = Channel.INVITATION, Channel.WIDGET
QUEUED, ACTIVE, AWAY, OVER = SessionState.QUEUED, SessionState.ACTIVE, SessionState.DISCONNECTED, SessionState.ENDED

MOVES = {
    (INVITATION, QUEUED, ACTIVE),
    (INVITATION, QUEUED, OVER),
    (INVITATION, ACTIVE, QUEUED),
    (INVITATION, ACTIVE, OVER),
    (WIDGET, QUEUED, ACTIVE),
    (WIDGET, QUEUED, OVER),
    (WIDGET, ACTIVE, QUEUED),
    (WIDGET, ACTIVE, AWAY),
    (WIDGET, ACTIVE, OVER),
    (WIDGET, AWAY, ACTIVE),
    (WIDGET, AWAY, OVER),
}

OPEN = {(INVITATION, ACTIVE), (WIDGET, ACTIVE), (WIDGET, AWAY)}
WAITING = {(INVITATION, QUEUED), (WIDGET, QUEUED)}
MAY_END_FROM = {
    EndReason.ABANDONED: WAITING,
    EndReason.ENDED_BY_AGENT: OPEN,
    EndReason.AGENT_INACTIVE: {(INVITATION, ACTIVE), (WIDGET, ACTIVE)},
    EndReason.ENDED_BY_CUSTOMER: OPEN,
    EndReason.RECONNECT_TIMEOUT: {(WIDGET, AWAY)},
    EndReason.SUPERSEDED: OPEN | WAITING,
    EndReason.ENDED_BY_API: OPEN | WAITING,
    EndReason.ENDED_BY_ADMIN: OPEN | WAITING,
}


@pytest.mark.parametrize(("channel", "old", "new"), [*product(Channel, SessionState, SessionState)])
def test_a_session_moves_only_along_the_table(channel: Channel, old: SessionState, new: SessionState) -> None:
    assert may_move(channel, old, new) == ((channel, old, new) in MOVES)


@pytest.mark.parametrize(("reason", "channel", "state"), [*product(EndReason, Channel, SessionState)])
def test_each_reason_ends_a_session_only_from_its_states(
    reason: EndReason, channel: Channel, state: SessionState
) -> None:
    assert may_end(channel, state, reason) == ((channel, state) in MAY_END_FROM[reason])


def test_a_customer_who_ends_a_waiting_session_leaves_the_queue() -> None:
    reasons = {state: reason_in(state, EndReason.ENDED_BY_CUSTOMER) for state in SessionState}
    assert {state for state, reason in reasons.items() if reason is EndReason.ABANDONED} == {QUEUED}
    assert all(reason_in(QUEUED, one) is one for one in EndReason if one is not EndReason.ENDED_BY_CUSTOMER)
