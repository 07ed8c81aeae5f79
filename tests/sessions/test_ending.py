"""How a session begins and ends, whoever ends it, and what is frozen into it (rules.md 2 and 4; product.md A1)."""

from datetime import datetime

import pytest

from policies_app.kinds import EndReason
from policies_app.rules import FOREVER
from sessions_app.activity import note_activity
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.sweeps import sweep
from sessions_app.transitions import NotPossible, end
from tests.cast import fresh, full_then_limited, inactive_after, kinds, new_session, set_policy
from tests.moments import DAY, ENDED, HOUR, LONG_AGO, MICROSECOND, MINUTE, STARTED


def end_by_agent(session: LiveSession, agent: Agent, now: datetime = ENDED) -> LiveSession:
    return end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=agent, now=now)


def end_by_customer(session: LiveSession, now: datetime = ENDED) -> LiveSession:
    return end(session.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=now)


def test_an_invitation_session_is_open_from_its_start(session: LiveSession, anna: Agent) -> None:
    row = session.timeline.get()
    assert (session.state, session.channel, session.agent, session.started_at) == (
        "active",
        "invitation",
        anna,
        STARTED,
    )
    assert (row.number, row.kind, row.actor, row.agent, row.due_at) == (1, "started", "agent", anna, STARTED)


def test_the_agent_ends_it(session: LiveSession, anna: Agent) -> None:
    end_by_agent(session, anna)
    ended, row = fresh(session), session.timeline.get(kind="ended")
    assert (ended.state, ended.end_reason, ended.ended_at) == ("ended", "ended_by_agent", ENDED)
    assert (row.actor, row.agent, row.payload) == ("agent", anna, {"reason": "ended_by_agent"})
    assert (row.due_at, row.recorded_at) == (ENDED, ENDED)


def test_the_customer_ends_it(session: LiveSession) -> None:
    end_by_customer(session)
    row = session.timeline.get(kind="ended")
    assert (fresh(session).end_reason, row.actor, row.agent) == ("ended_by_customer", "customer", None)


def test_ending_it_again_answers_with_how_and_when_it_ended(session: LiveSession, anna: Agent) -> None:
    end_by_customer(session)
    answer = end_by_agent(session, anna, now=ENDED + HOUR)
    assert (answer.end_reason, answer.ended_at) == ("ended_by_customer", ENDED)
    assert kinds(session) == ["started", "ended"]


def test_ending_it_after_it_was_due_answers_that_it_had_ended_by_itself(anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    answer = end_by_agent(session, anna, now=STARTED + 10 * MINUTE)
    assert (answer.end_reason, answer.ended_at) == ("agent_inactive", STARTED + 10 * MINUTE)


@pytest.mark.parametrize("reason", [EndReason.ABANDONED, EndReason.RECONNECT_TIMEOUT])
def test_a_reason_of_another_state_is_refused(session: LiveSession, reason: EndReason) -> None:
    with pytest.raises(NotPossible):
        end(session.pk, reason, actor=Actor.SYSTEM, now=ENDED)
    assert fresh(session).is_open


def test_activity_revives_nothing(session: LiveSession, anna: Agent) -> None:
    end_by_agent(session, anna)
    note_activity(anna, session.pk, now=ENDED + MINUTE)
    assert not fresh(session).is_open
    assert kinds(session) == ["started", "ended"]


def test_the_policy_in_force_at_the_end_is_frozen_with_its_version(session: LiveSession, anna: Agent) -> None:
    policy = full_then_limited(now=ENDED - MICROSECOND)
    full_then_limited(now=ENDED + MICROSECOND, access_for=9 * DAY)
    ended = end_by_agent(session, anna)
    assert ended.end_policy_id == policy.version == session.timeline.get(kind="ended").policy_version_id
    assert (ended.full_until, ended.limited_until) == (ENDED + DAY, ENDED + 2 * DAY)


def test_an_end_recorded_late_follows_the_policy_of_the_moment_it_was_due(anna: Agent, carla: Customer) -> None:
    due = STARTED + 10 * MINUTE
    policy = inactive_after(10, access="limited", access_for=HOUR)
    session = new_session(anna, carla)
    set_policy(now=due + MINUTE, access="full_unlimited")
    sweep(due + HOUR)
    assert fresh(session).end_policy_id == policy.version
    assert fresh(session).limited_until == due + HOUR


WINDOWS = [
    ({}, ENDED, ENDED, ""),
    ({"access": "full_unlimited"}, FOREVER, FOREVER, ""),
    ({"access": "full_restricted", "access_for": DAY}, ENDED + DAY, ENDED + DAY, "close_access"),
    (
        {"access": "full_restricted", "access_for": DAY, "then_limited_for": HOUR},
        ENDED + DAY,
        ENDED + DAY + HOUR,
        "limit_access",
    ),
    ({"access": "limited", "access_for": HOUR}, ENDED, ENDED + HOUR, "close_access"),
]


@pytest.mark.parametrize(("settings", "full_until", "limited_until", "next_due"), WINDOWS)
def test_the_end_opens_the_windows_of_the_policy(
    session: LiveSession, settings: dict[str, object], full_until: datetime, limited_until: datetime, next_due: str
) -> None:
    set_policy(now=LONG_AGO, **settings)
    end_by_customer(session)
    ended = fresh(session)
    assert (ended.full_until, ended.limited_until, ended.next_due_kind) == (full_until, limited_until, next_due)


def test_time_then_records_each_change_of_access_at_its_moment(session: LiveSession) -> None:
    full_then_limited()
    end_by_customer(session)
    sweep(ENDED + 9 * DAY)
    assert list(session.timeline.order_by("number").values_list("kind", "due_at", "actor"))[2:] == [
        ("access_limited", ENDED + DAY, "system"),
        ("access_closed", ENDED + 2 * DAY, "system"),
    ]
    assert fresh(session).next_due_at is None
    assert sweep(ENDED + 99 * DAY) == 0


@pytest.mark.parametrize(
    ("now", "recorded"),
    [
        (ENDED + DAY - MICROSECOND, []),
        (ENDED + DAY, ["access_limited"]),
        (ENDED + 2 * DAY - MICROSECOND, ["access_limited"]),
        (ENDED + 2 * DAY, ["access_limited", "access_closed"]),
    ],
)
def test_changes_of_access_are_recorded_to_the_microsecond(
    session: LiveSession, now: datetime, recorded: list[str]
) -> None:
    full_then_limited()
    end_by_customer(session)
    sweep(now)
    assert kinds(session)[2:] == recorded
