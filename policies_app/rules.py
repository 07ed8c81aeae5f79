"""The rules of rules.md 1 to 4 as pure functions: a policy, stored times and `now` in, a verdict out.

All moments are aware datetimes in UTC. Every interval is half-open: something granted until `t` is granted if and only
if `now < t`. Nobody else decides; requests, sweeps, pages and previews all ask here.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from policies_app.kinds import AccessLevel, AccessSetting, Channel, DueKind, EndReason, Permission, SessionState
from policies_app.snapshot import EndPolicy

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for "no limit", far enough from the end of the calendar to be shown in any time zone."""

EDIT_GRACE = timedelta(minutes=5)
"""An edit never ends a session sooner than this after it was saved (rules.md 6)."""


# Life of a session (rules.md 2) ----------------------------------------------------------------------------------

_FROM_OPEN = frozenset({SessionState.ACTIVE, SessionState.DISCONNECTED})
_FROM_ANY = _FROM_OPEN | {SessionState.QUEUED}

ENDS_FROM: dict[EndReason, frozenset[SessionState]] = {
    EndReason.ABANDONED: frozenset({SessionState.QUEUED}),
    EndReason.ENDED_BY_AGENT: _FROM_OPEN,
    EndReason.AGENT_INACTIVE: frozenset({SessionState.ACTIVE}),
    EndReason.ENDED_BY_CUSTOMER: _FROM_OPEN,
    EndReason.RECONNECT_TIMEOUT: frozenset({SessionState.DISCONNECTED}),
    EndReason.SUPERSEDED: _FROM_ANY,
    EndReason.ENDED_BY_API: _FROM_ANY,
    EndReason.ENDED_BY_ADMIN: _FROM_ANY,
}
"""From which states each reason may end a session. While the customer is away the agent's clock is stopped."""

MOVES: dict[SessionState, frozenset[SessionState]] = {
    SessionState.QUEUED: frozenset({SessionState.ACTIVE, SessionState.ENDED}),
    SessionState.ACTIVE: frozenset({SessionState.QUEUED, SessionState.DISCONNECTED, SessionState.ENDED}),
    SessionState.DISCONNECTED: frozenset({SessionState.ACTIVE, SessionState.ENDED}),
    SessionState.ENDED: frozenset(),
}
STATES_OF: dict[Channel, frozenset[SessionState]] = {
    Channel.INVITATION: frozenset({SessionState.QUEUED, SessionState.ACTIVE, SessionState.ENDED}),
    Channel.WIDGET: frozenset(SessionState),
}


def may_move(channel: Channel, old: SessionState, new: SessionState) -> bool:
    """Whether a session of this channel may go from the old state to the new one."""
    return {old, new} <= STATES_OF[channel] and new in MOVES[old]


def reason_in(state: SessionState, reason: EndReason) -> EndReason:
    """The reason as it is recorded: a customer who ends a session that waits in the queue leaves the queue."""
    leaves = state is SessionState.QUEUED and reason is EndReason.ENDED_BY_CUSTOMER
    return EndReason.ABANDONED if leaves else reason


def may_end(channel: Channel, state: SessionState, reason: EndReason) -> bool:
    """Whether this reason may end a session that is in this state."""
    return may_move(channel, state, SessionState.ENDED) and state in ENDS_FROM[reason]


# Which policy applies (rules.md 6) -------------------------------------------------------------------------------


def in_force(system: EndPolicy, own: EndPolicy | None, *, own_saved_at: datetime, own_seen: int) -> EndPolicy:
    """The policy of a workstream: its override, or the system-wide one, which holds since an override was removed.

    `own_saved_at` and `own_seen` are when and in which version the override was saved or removed.
    """
    if own is not None:
        return own
    return replace(system, seen=max(system.seen, own_seen), saved_at=max(system.saved_at, own_saved_at))


# The agent's inactivity (rules.md 3) -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inactivity:
    """When the agent's silence has its effects: the session ends at `end_at`; no warning has no `warn_at`."""

    warn_at: datetime | None
    end_at: datetime


BUSY_FOR = timedelta(minutes=1)
"""How long after the last sign of it a customer counts as being in the middle of something."""


def inactivity(
    policy: EndPolicy, *, opened_at: datetime, last_activity_at: datetime, customer_busy_at: datetime | None = None
) -> Inactivity | None:
    """When an active session ends if its agent does nothing more; None if the policy never ends it.

    `opened_at` is when the session began: one that was open when the policy was saved keeps the grace of rules.md 6,
    and is not warned as of a moment before that edit. `customer_busy_at` is when the customer was last seen completing
    something: if the policy waits for that, the end comes BUSY_FOR later, but at most `wait_at_most` later than usual.
    """
    if policy.inactive_after is None:
        return None
    end_at = last_activity_at + policy.inactive_after
    not_before = last_activity_at
    if opened_at <= policy.saved_at:
        end_at = max(end_at, policy.saved_at + EDIT_GRACE)
        not_before = max(not_before, policy.saved_at)
    if policy.wait_at_most and customer_busy_at:
        end_at = max(end_at, min(customer_busy_at + BUSY_FOR, end_at + policy.wait_at_most))
    return Inactivity(max(end_at - policy.warn_before, not_before) if policy.warn_before else None, end_at)


# The customer's access after the end (rules.md 4) ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Windows:
    """Until when a customer has which access: `ended_at <= full_until <= limited_until`."""

    full_until: datetime
    limited_until: datetime

    @property
    def has_no_limit(self) -> bool:
        return self.full_until == FOREVER


def window_lengths(policy: EndPolicy) -> tuple[timedelta | None, timedelta]:
    """How long full access lasts (None: without limit), and how long limited access lasts after it."""
    nothing = timedelta(0)
    match policy.access:
        case None:
            return nothing, nothing
        case AccessSetting.FULL_UNLIMITED:
            return None, nothing
        case AccessSetting.FULL_RESTRICTED:
            return policy.access_for or nothing, policy.then_limited_for or nothing
        case AccessSetting.LIMITED:
            return nothing, policy.access_for or nothing


def windows(policy: EndPolicy, ended_at: datetime) -> Windows:
    """The windows of access that follow the end of a session (first table of rules.md 4)."""
    full, limited = window_lengths(policy)
    if full is None:
        return Windows(FOREVER, FOREVER)
    return Windows(ended_at + full, ended_at + full + limited)


def extended(given: Windows, level: AccessLevel, until: datetime) -> Windows:
    """The windows after an agent granted full or limited access until a moment; never shorter than before (D6)."""
    full_until = max(given.full_until, until) if level is AccessLevel.FULL else given.full_until
    return Windows(full_until, max(given.limited_until, full_until, until))


def may_ask_for_more_time(reason: EndReason, ended_at: datetime, given: Windows) -> bool:
    """Whether the customer of an ended session may ask for more time (D6).

    Wherever access runs out or has run out, and when the session closed by itself. Where access has no limit, and where
    somebody ended a session that leaves none, there is nothing to ask for.
    """
    if given.has_no_limit:
        return False
    return given.limited_until > ended_at or reason is EndReason.AGENT_INACTIVE


def level_after_end(given: Windows, now: datetime) -> AccessLevel:
    """The level of access that a customer has at `now` in an ended session."""
    if now < given.full_until:
        return AccessLevel.FULL
    return AccessLevel.LIMITED if now < given.limited_until else AccessLevel.NONE


_READING = frozenset({Permission.READ, Permission.REVIEW, Permission.DOWNLOAD})
ALWAYS: dict[AccessLevel, frozenset[Permission]] = {
    AccessLevel.OPEN: frozenset(Permission),
    AccessLevel.FULL: _READING | {Permission.COMPLETE},
    AccessLevel.LIMITED: _READING,
    AccessLevel.NONE: frozenset(),
}


def permissions(level: AccessLevel, policy: EndPolicy) -> frozenset[Permission]:
    """What a customer may do at a level (second table of rules.md 4)."""
    if level is not AccessLevel.FULL:
        return ALWAYS[level]
    toggles = {Permission.ATTACH: policy.attachments, Permission.CHAT: policy.chat}
    return ALWAYS[level] | {permission for permission, on in toggles.items() if on}


# The next moment at which time alone changes something -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """What the passing of time does next, and when."""

    at: datetime
    kind: DueKind


def due_while_open(clock: Inactivity | None, *, warned: bool) -> Due | None:
    """What time does next to an active session: warn once, then end it."""
    if clock is None:
        return None
    if clock.warn_at is not None and not warned:
        return Due(clock.warn_at, DueKind.WARN)
    return Due(clock.end_at, DueKind.END_INACTIVE)


def due_after_end(given: Windows, after: datetime) -> Due | None:
    """What time does next to an ended session, after that moment: limit the access, or close it."""
    if after < given.full_until:
        if given.has_no_limit:
            return None
        kind = DueKind.LIMIT_ACCESS if given.full_until < given.limited_until else DueKind.CLOSE_ACCESS
        return Due(given.full_until, kind)
    return Due(given.limited_until, DueKind.CLOSE_ACCESS) if after < given.limited_until else None
