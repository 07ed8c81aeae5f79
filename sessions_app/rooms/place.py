"""Which place an agent has in a room, for its templates: what is said of it, and what is offered (`who_may`)."""

from dataclasses import dataclass

from policies_app.kinds import SessionState
from sessions_app.rooms.seats import Seat
from sessions_app.who_may import Act


@dataclass(frozen=True, slots=True)
class Place:
    """`name` is own, offered, waits, reads_along or reads_record; the others say which buttons there are."""

    name: str
    may_move: bool
    may_pick: bool
    may_take_over: bool


def place_of(seat: Seat) -> Place:
    """The place of an agent. No query."""
    session = seat.session
    is_moveable = session.state in (SessionState.ACTIVE, SessionState.QUEUED) and not session.is_prepared
    may_pick = Act.PICK in seat.acts
    is_away = session.state == SessionState.DISCONNECTED
    has_use = session.is_open or session.follow_up_since is not None
    return Place(
        name=_name(seat),
        may_move=is_moveable and Act.MOVE in seat.acts,
        may_pick=may_pick,
        may_take_over=Act.TAKE_OVER in seat.acts and has_use and not may_pick and not is_away,
    )


def _name(seat: Seat) -> str:
    session = seat.session
    if session.state == SessionState.QUEUED:
        return "waits"
    if seat.may_write:
        return "offered" if session.answer_by else "own"
    return "reads_along" if session.is_open else "reads_record"
