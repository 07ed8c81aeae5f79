"""Whose a session was at a moment, by the rows of its timeline: pure, as `verdict`."""

from dataclasses import dataclass, replace
from datetime import datetime

from policies_app.kinds import SessionState
from sessions_app.explain.facts import Event, Facts
from sessions_app.kinds import EntryKind


@dataclass(frozen=True, slots=True)
class Whose:
    """Waiting in the queue, or with this agent; given to them until `answer_by`, or only prepared, or really theirs."""

    state: SessionState = SessionState.ACTIVE
    agent: str = ""
    answer_by: datetime | None = None
    is_prepared: bool = False

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
    told = move.payload
    match move.kind:
        case EntryKind.QUEUED | EntryKind.RETURNED:
            return WAITING
        case EntryKind.TRANSFERRED if told.get("queued"):
            return WAITING
        case EntryKind.TRANSFERRED:
            return Whose(agent=told.get("to", ""), answer_by=_answer_by(move))
        case EntryKind.ASSIGNED | EntryKind.TAKEN_OVER:
            return Whose(agent=move.who, answer_by=_answer_by(move))
        case EntryKind.ACCEPTED:
            return replace(before, answer_by=None, is_prepared=False)
        case _started:
            return Whose(agent=move.who, is_prepared=bool(told.get("prepared")))


def _answer_by(move: Event) -> datetime | None:
    told = move.payload.get("answer_by")
    return datetime.fromisoformat(told) if told else None
