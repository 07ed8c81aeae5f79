"""Whose a session was at a moment, by the rows of its timeline: pure, as `verdict`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from policies_app.kinds import SessionState
from sessions_app.explain.facts import Event, Facts
from sessions_app.kinds import EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What a customer who dropped out was promised (rules.md 5): a seat, a way back, and the end if they do not come.

    `held_until` and `return_until` are None where there is no such thing, or no longer.
    """

    held_until: datetime | None
    return_until: datetime | None
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Whose:
    """Waiting in the queue, or with this agent; given to them until `answer_by`, or only prepared, or really theirs.

    `gone` stands while the customer is disconnected.
    """

    state: SessionState = SessionState.ACTIVE
    agent: str = ""
    answer_by: datetime | None = None
    is_prepared: bool = False
    gone: Gone | None = None

    @property
    def clock_runs(self) -> bool:
        """Whether the agent's silence counts (rules.md 3)."""
        return self.state is SessionState.ACTIVE and self.answer_by is None and not self.is_prepared


WAITING = Whose(SessionState.QUEUED)


def whose_at(facts: Facts, moment: datetime | None) -> Whose:
    """As the rows up to a moment say, in their order; as all of them say if no moment is given."""
    found = Whose()
    for move in facts.moves:
        if moment is None or move.at <= moment:
            found = _after(found, move)
    return found


def _after(before: Whose, move: Event) -> Whose:
    return _MOVES[move.kind](before, move)


def _started(_before: Whose, move: Event) -> Whose:
    return Whose(agent=move.who, is_prepared=bool(move.payload.get("prepared")))


def _waits(_before: Whose, _move: Event) -> Whose:
    return WAITING


def _transferred(_before: Whose, move: Event) -> Whose:
    if move.payload.get("queued"):
        return WAITING
    return Whose(agent=move.payload.get("to", ""), answer_by=_moment(move, "answer_by"))


def _given(_before: Whose, move: Event) -> Whose:
    return Whose(agent=move.who, answer_by=_moment(move, "answer_by"))


def _opened(before: Whose, _move: Event) -> Whose:
    return replace(before, answer_by=None, is_prepared=False)


def _disconnected(before: Whose, move: Event) -> Whose:
    ends_at = _moment(move, "ends")
    assert ends_at, "a row of a drop says when the session ends"
    gone = Gone(held_until=_moment(move, "held"), return_until=_moment(move, "until"), ends_at=ends_at)
    return Whose(SessionState.DISCONNECTED, before.agent, gone=gone)


def _not_held(before: Whose, _move: Event) -> Whose:
    return replace(before, gone=replace(before.gone, held_until=None)) if before.gone else before


_MOVES: dict[EntryKind, Callable[[Whose, Event], Whose]] = {
    EntryKind.STARTED: _started,
    EntryKind.QUEUED: _waits,
    EntryKind.RETURNED: _waits,
    EntryKind.TRANSFERRED: _transferred,
    EntryKind.ASSIGNED: _given,
    EntryKind.TAKEN_OVER: _given,
    EntryKind.RECONNECTED: _given,
    EntryKind.ACCEPTED: _opened,
    EntryKind.DISCONNECTED: _disconnected,
    EntryKind.HOLD_OVER: _not_held,
    EntryKind.CLOSED: _not_held,
    EntryKind.SEAT_RELEASED: _not_held,
}
"""What each of `facts.MOVES` makes of it."""


def _moment(move: Event, name: str) -> datetime | None:
    told = move.payload.get(name)
    return datetime.fromisoformat(told) if told else None
