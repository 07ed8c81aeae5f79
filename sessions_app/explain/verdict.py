"""What was true of a session at a moment, decided by the rules from stored facts alone (rules.md 1 to 4 and 6).

Pure: no clock, no database. Every interval is half-open: at the very moment of the end the session has ended.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from policies_app.kinds import AccessLevel, DueKind, EndReason, Permission, SessionState
from policies_app.reconnect import due_while_away
from policies_app.rules import (
    Due,
    Inactivity,
    Windows,
    due_after_end,
    due_while_open,
    extended,
    inactivity,
    level_after_end,
    permissions,
    windows,
)
from policies_app.snapshot import EndPolicy
from sessions_app.explain.facts import Event, Facts, Open
from sessions_app.explain.whose import Whose, whose_at
from sessions_app.kinds import EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterEnd:
    """The end as it looks from a moment: what was frozen or applied by then, and the windows that it comes to.

    `by_policy` are the windows of the policy alone, where `extensions`, the rows by which an agent gave more time, made
    them longer. `is_foretold` says that the end has not come yet.
    """

    ended_at: datetime
    reason: EndReason
    policy: EndPolicy
    windows: Windows
    applied: Event | None = None
    by_policy: Windows | None = None
    extensions: tuple[Event, ...] = ()
    is_foretold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was true at `moment`. `state` is None before the session began; `is_forecast` says that nothing is certain.

    `policy` is the one behind the answer: in force while the session was open, frozen or applied after its end.
    `next_due` is what time would do next as of then, `at_earliest` if the agent may have delayed it.
    """

    moment: datetime
    state: SessionState | None
    level: AccessLevel
    may: frozenset[Permission]
    policy: EndPolicy
    next_due: Due | None
    at_earliest: bool = False
    is_forecast: bool = False
    after_end: AfterEnd | None = None
    whose: Whose | None = None


def explain(facts: Facts, then: Open, moment: datetime, *, now: datetime) -> Answer:
    """What was true at any moment: before the session began, while it was open, after its end, or in time to come."""
    if moment < facts.started_at:
        return _answer(moment, None, AccessLevel.NONE, then.policy)
    end = end_as_of(facts, then, moment, now=now)
    if end is not None:
        return _after_end(end, moment, is_forecast=moment > now)
    return _while_open(facts, then, moment, now=now)


def end_as_of(facts: Facts, then: Open, moment: datetime, *, now: datetime) -> AfterEnd | None:
    """The end, if the session had ended by a moment, or will have if nothing happens until then."""
    if facts.ended_at is not None:
        return _recorded_end(facts, facts.ended_at, moment) if moment >= facts.ended_at else None
    foretold = _foretold(facts, then)
    if moment <= now or foretold is None or moment < foretold[0]:
        return None
    ended_at, reason = foretold
    given = windows(then.policy, ended_at)
    return AfterEnd(ended_at=ended_at, reason=reason, policy=then.policy, windows=given, is_foretold=True)


def _foretold(facts: Facts, then: Open) -> tuple[datetime, EndReason] | None:
    """When, and why, the session ends if nobody does anything."""
    if gone := whose_at(facts, then.known_at).gone:
        return gone.ends_at, EndReason.RECONNECT_TIMEOUT
    clock = clock_of(facts, then)
    return (clock.end_at, EndReason.AGENT_INACTIVE) if clock else None


def clock_of(facts: Facts, then: Open) -> Inactivity | None:
    """When the agent's silence has its effects, by what was known then; None while nobody's silence counts."""
    if not whose_at(facts, then.known_at).clock_runs:
        return None
    clock = inactivity(
        then.policy,
        opened_at=facts.started_at,
        last_activity_at=then.last_activity_at,
        customer_busy_at=then.customer_busy_at,
    )
    if clock is None or then.is_exact or then.warned_at is None:
        return clock
    return Inactivity(then.warned_at, max(clock.end_at, _announced_end(facts, then, then.warned_at)))


def _announced_end(facts: Facts, then: Open, warned_at: datetime) -> datetime:
    """Which end a warning announced. One that came with an edit may have come later than usual, and says nothing."""
    with_edit = facts.started_at <= then.policy.saved_at and warned_at <= then.policy.saved_at
    return warned_at if with_edit else warned_at + then.policy.warn_before


def _recorded_end(facts: Facts, ended_at: datetime, moment: datetime) -> AfterEnd:
    """Freeze, apply and extend as the rows up to that moment say, in their order."""
    assert facts.end_reason, "whatever ended has a reason"
    by_then = [change for change in facts.changes if change.at <= moment]
    of_policy = [change for change in by_then if change.kind is not EntryKind.EXTENDED]
    frozen = of_policy[-1]
    assert frozen.version, "the row of an end and that of another policy name a version"
    policy = facts.policies[frozen.version]
    extensions = [change for change in by_then if change.kind is EntryKind.EXTENDED and change.number > frozen.number]
    by_policy = windows(policy, ended_at)
    given = reduce(_extended, extensions, by_policy)
    return AfterEnd(
        ended_at=ended_at,
        reason=facts.end_reason,
        policy=policy,
        windows=given,
        applied=frozen if frozen.kind is EntryKind.POLICY_APPLIED else None,
        by_policy=by_policy,
        extensions=_who_gave(extensions, by_policy),
    )


def _extended(given: Windows, extension: Event) -> Windows:
    """`rules.extended` by what a row says."""
    told = extension.payload
    return extended(given, AccessLevel(told["level"]), datetime.fromisoformat(told["until"]))


def _who_gave(extensions: list[Event], given: Windows) -> tuple[Event, ...]:
    """Those extensions that made a window longer than it was."""
    moved = []
    for extension in extensions:
        if (longer := _extended(given, extension)) != given:
            given = longer
            moved.append(extension)
    return tuple(moved)


def _after_end(end: AfterEnd, moment: datetime, *, is_forecast: bool) -> Answer:
    return Answer(
        moment=moment,
        state=SessionState.ENDED,
        level=(level := level_after_end(end.windows, moment)),
        may=permissions(level, end.policy),
        policy=end.policy,
        next_due=due_after_end(end.windows, moment),
        is_forecast=is_forecast,
        after_end=end,
    )


def _while_open(facts: Facts, then: Open, moment: datetime, *, now: datetime) -> Answer:
    """Who may do what needs no policy while a session is open; what comes next does."""
    clock, whose = clock_of(facts, then), whose_at(facts, moment)
    warned = then.warned_at is not None or (clock is not None and clock.warn_at is not None and clock.warn_at <= moment)
    if whose.gone:
        due: Due | None = due_while_away(whose.gone.held_until, whose.gone.ends_at, moment)
    else:
        due = Due(whose.answer_by, DueKind.RETURN) if whose.answer_by else due_while_open(clock, warned=warned)
    is_past = due is not None and due.at <= moment
    return Answer(
        moment=moment,
        state=facts.state if moment >= now and facts.ended_at is None else whose.state,
        level=AccessLevel.OPEN,
        may=permissions(AccessLevel.OPEN, then.policy),
        policy=then.policy,
        next_due=None if is_past else due,
        at_earliest=not then.is_exact,
        is_forecast=moment > now,
        whose=whose,
    )


def _answer(moment: datetime, state: SessionState | None, level: AccessLevel, policy: EndPolicy) -> Answer:
    return Answer(moment=moment, state=state, level=level, may=permissions(level, policy), policy=policy, next_due=None)
