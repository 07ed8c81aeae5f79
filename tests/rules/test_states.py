"""rules.md 2: the life of a session."""

from itertools import product

import pytest

from policies_app.kinds import Channel, EndReason, SessionState
from policies_app.rules import may_end, may_move

INVITATION, WIDGET = Channel.INVITATION, Channel.WIDGET
QUEUED, ACTIVE, AWAY, OVER = SessionState.QUEUED, SessionState.ACTIVE, SessionState.DISCONNECTED, SessionState.ENDED

MOVES = {
    (INVITATION, ACTIVE, OVER),
    (WIDGET, QUEUED, ACTIVE),
    (WIDGET, QUEUED, OVER),
    (WIDGET, ACTIVE, AWAY),
    (WIDGET, ACTIVE, OVER),
    (WIDGET, AWAY, ACTIVE),
    (WIDGET, AWAY, OVER),
}

MAY_END_FROM = {
    EndReason.ABANDONED: {(WIDGET, QUEUED)},
    EndReason.ENDED_BY_AGENT: {(INVITATION, ACTIVE), (WIDGET, ACTIVE), (WIDGET, AWAY)},
    EndReason.AGENT_INACTIVE: {(INVITATION, ACTIVE), (WIDGET, ACTIVE)},
    EndReason.ENDED_BY_CUSTOMER: {(INVITATION, ACTIVE), (WIDGET, ACTIVE), (WIDGET, AWAY)},
    EndReason.RECONNECT_TIMEOUT: {(WIDGET, AWAY)},
    EndReason.SUPERSEDED: {(INVITATION, ACTIVE), (WIDGET, ACTIVE), (WIDGET, AWAY)},
    EndReason.ENDED_BY_API: {(INVITATION, ACTIVE), (WIDGET, ACTIVE), (WIDGET, AWAY)},
    EndReason.ENDED_BY_ADMIN: {(INVITATION, ACTIVE), (WIDGET, ACTIVE), (WIDGET, AWAY)},
}


@pytest.mark.parametrize(("channel", "old", "new"), [*product(Channel, SessionState, SessionState)])
def test_a_session_moves_only_along_the_table(channel: Channel, old: SessionState, new: SessionState) -> None:
    assert may_move(channel, old, new) == ((channel, old, new) in MOVES)


@pytest.mark.parametrize(("reason", "channel", "state"), [*product(EndReason, Channel, SessionState)])
def test_each_reason_ends_a_session_only_from_its_states(
    reason: EndReason, channel: Channel, state: SessionState
) -> None:
    assert may_end(channel, state, reason) == ((channel, state) in MAY_END_FROM[reason])
