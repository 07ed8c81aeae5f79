"""Ended sessions, and policies that are applied to them afterwards."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from policies_app.kinds import AccessSetting, EndReason
from policies_app.models import PolicyVersion, Workstream
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession, Rollout
from sessions_app.rollouts import apply_to_ended
from sessions_app.transitions import end
from tests.cast import general, new_session, roll_out, set_policy
from tests.moments import ENDED, HOUR, MINUTE, STARTED

ORDERED = ENDED + HOUR


def ended(
    agent: Agent, customer: Customer, *, at: datetime = ENDED, workstream: Workstream | None = None
) -> LiveSession:
    session = new_session(agent, customer, workstream, now=min(STARTED, at))
    return end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=agent, now=at)


def version(**settings_: Any) -> PolicyVersion:
    """A version saved after the sessions ended."""
    return PolicyVersion.objects.get(pk=set_policy(now=ENDED + MINUTE, **settings_).version)


def limited_for(length: timedelta) -> PolicyVersion:
    return version(access=AccessSetting.LIMITED, access_for=length)


def apply(given_: PolicyVersion, *, since: datetime | None = None, by: User | None = None) -> Rollout:
    rollout = apply_to_ended(given_, [general().pk], ended_since=since, by=by, now=ORDERED)
    roll_out(ORDERED)
    rollout.refresh_from_db()
    return rollout
