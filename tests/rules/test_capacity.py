"""rules.md 2 and 5: who is there, who takes the next session, and how long it will take."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies_app.capacity import HERE_FOR, Candidate, chosen, expected_wait, presence_of
from policies_app.kinds import AgentStatus
from tests.moments import HOUR, MICROSECOND, MINUTE, STARTED

AVAILABLE, AWAY, OFFLINE = AgentStatus.AVAILABLE, AgentStatus.AWAY, AgentStatus.OFFLINE
AWAY_AFTER = 10 * MINUTE
JUST_NOW, LONG_SILENT = STARTED, STARTED - AWAY_AFTER
CLOSED = STARTED - HERE_FOR

# What the agent chose, when their page last gave a sign, when they last did something, and what it comes to.
PRESENCE = [
    (AVAILABLE, JUST_NOW, JUST_NOW, AVAILABLE),
    (AVAILABLE, JUST_NOW, LONG_SILENT + MICROSECOND, AVAILABLE),
    (AVAILABLE, JUST_NOW, LONG_SILENT, AWAY),
    (AVAILABLE, JUST_NOW, None, AWAY),
    (AVAILABLE, CLOSED + MICROSECOND, JUST_NOW, AVAILABLE),
    (AVAILABLE, CLOSED, JUST_NOW, OFFLINE),
    (AVAILABLE, None, None, OFFLINE),
    (AWAY, JUST_NOW, JUST_NOW, AWAY),
    (AWAY, CLOSED, JUST_NOW, OFFLINE),
    (OFFLINE, JUST_NOW, JUST_NOW, OFFLINE),
]


@pytest.mark.parametrize(("choice", "seen", "active", "comes_to"), PRESENCE)
def test_presence_is_what_the_agent_chose_as_far_as_their_page_bears_it_out(
    choice: AgentStatus, seen: datetime | None, active: datetime | None, comes_to: AgentStatus
) -> None:
    found = presence_of(choice, last_seen_at=seen, last_active_at=active, away_after=AWAY_AFTER, now=STARTED)
    assert found is comes_to


def one(agent: int, capacity: int, used: int, idle_for: timedelta | None = None) -> Candidate:
    return Candidate(agent, capacity, used, STARTED - idle_for if idle_for is not None else None)


# Candidates, and who of them gets the session.
CHOSEN: list[tuple[str, list[Candidate], int | None]] = [
    ("nobody", [], None),
    ("nobody has room", [one(1, 3, 3), one(2, 1, 1)], None),
    ("who is over capacity has no room", [one(1, 1, 2)], None),
    ("most free seats", [one(1, 3, 2), one(2, 3, 1)], 2),
    ("most free, not fewest used", [one(1, 10, 6), one(2, 3, 1)], 1),
    ("longest idle among equals", [one(1, 3, 1, MINUTE), one(2, 3, 1, HOUR)], 2),
    ("who never got one is idle longest", [one(1, 3, 1, HOUR), one(2, 3, 1)], 2),
    ("the first in the house among all equals", [one(2, 3, 1), one(1, 3, 1)], 1),
    ("a single active session", [one(1, 1, 1), one(2, 1, 0)], 2),
]


@pytest.mark.parametrize(("why", "candidates", "agent"), CHOSEN, ids=[row[0] for row in CHOSEN])
def test_the_next_session_goes_to_the_agent_of_the_table(
    why: str, candidates: list[Candidate], agent: int | None
) -> None:
    found = chosen(candidates)
    assert (found.agent if found else None) == agent


_candidates = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 50),
        st.integers(1, 5),
        st.integers(0, 6),
        st.none() | st.integers(0, 100).map(lambda minutes: STARTED - minutes * MINUTE),
    ),
    unique_by=lambda candidate: candidate.agent,
)


@given(_candidates, st.randoms())
def test_whatever_the_order_the_same_agent_is_chosen_who_has_room_and_nobody_has_more(
    candidates: list[Candidate], order: Random
) -> None:
    found = chosen(candidates)
    shuffled = list(candidates)
    order.shuffle(shuffled)
    assert chosen(shuffled) == found
    room = [candidate.free for candidate in candidates if candidate.free > 0]
    assert (found is None) == (room == [])
    assert found is None or found.free == max(room)


@given(_candidates)
def test_giving_one_session_after_the_other_fills_every_seat_and_no_more(candidates: list[Candidate]) -> None:
    """Nobody waits while a seat is free, and nobody gets more than they hold."""
    held = {candidate.agent: candidate for candidate in candidates}
    given_ = 0
    while best := chosen(held.values()):
        held[best.agent] = Candidate(best.agent, best.capacity, best.used + 1, STARTED)
        given_ += 1
        assert held[best.agent].used <= best.capacity
    assert given_ == sum(max(candidate.free, 0) for candidate in candidates)


def test_whoever_waits_is_told_how_long_from_how_the_queue_moved_lately() -> None:
    every_two_minutes = [STARTED - minutes * MINUTE for minutes in (2, 4, 6)]
    assert expected_wait(1, every_two_minutes, STARTED) == 2 * MINUTE
    assert expected_wait(3, every_two_minutes, STARTED) == 6 * MINUTE


@pytest.mark.parametrize("moments", [[], [STARTED], [STARTED, STARTED - MINUTE]])
def test_from_too_few_nothing_is_foretold(moments: Iterable[datetime]) -> None:
    assert expected_wait(1, list(moments), STARTED) is None
