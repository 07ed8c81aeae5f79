"""The hold ledger: which session takes whose seat, why, since when and until when (product.md D4). It is computed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from policies_app.kinds import DueKind, Kind, SessionState
from sessions_app import selectors
from sessions_app.models import LiveSession
from sessions_app.seats import takes_seat
from sessions_app.settling import settled


class Hold(Kind):
    """Why a session takes a seat. Labels are English source texts, translated when shown."""

    OFFERED = "offered", "Given to the agent, not opened yet", "yellow"
    ACTIVE = "active", "Open", "green"
    CUSTOMER_AWAY = "customer_away", "Held for the customer, who is away", "orange"


@dataclass(frozen=True, slots=True)
class Held:
    """One seat that is taken. Without `until` it is so until somebody ends the session."""

    session: LiveSession
    why: Hold
    since: datetime
    until: datetime | None

    @property
    def back_until(self) -> datetime | None:
        """Until when a customer who is away can come back; None while they are not known to be."""
        return self.session.return_until

    @property
    def is_lost(self) -> bool:
        """Whether the customer's connection is gone, which within the grace changes nothing."""
        return self.session.grace_until is not None


def held(now: datetime, *, agent: int | None = None, workstream: int | None = None) -> QuerySet[LiveSession]:
    """The sessions that take a seat, by agent and then as they came; of one agent or workstream if asked."""
    found = selectors.rooms().filter(takes_seat(now))
    if agent is not None:
        found = found.filter(agent=agent)
    if workstream is not None:
        found = found.filter(workstream=workstream)
    return found.order_by("agent__name", "agent_id", "assigned_at", "pk")


def told(sessions: list[LiveSession], now: datetime) -> list[Held]:
    """What the ledger says of sessions that `held` found; what time has ended meanwhile takes no seat any more."""
    now_known = [settled(one, now) for one in sessions]
    return [_told(one) for one in now_known if _takes_seat(one, now)]


def _takes_seat(session: LiveSession, now: datetime) -> bool:
    """`seats.takes_seat` for one session that is at hand."""
    if session.state == SessionState.DISCONNECTED:
        return session.hold_until is not None and now < session.hold_until and not session.gave_seat_up
    return session.state == SessionState.ACTIVE and not session.is_prepared


def _told(session: LiveSession) -> Held:
    since = session.assigned_at or session.started_at
    if session.state == SessionState.DISCONNECTED:
        return Held(session, Hold.CUSTOMER_AWAY, session.disconnected_at or since, session.hold_until)
    if session.answer_by:
        return Held(session, Hold.OFFERED, since, session.answer_by)
    ends = session.next_due_kind == DueKind.END_INACTIVE
    return Held(session, Hold.ACTIVE, since, session.next_due_at if ends else None)
