"""Changes of policy that meet each other, or somebody who writes, on two connections (rules.md 6)."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from policies_app.actions import save_end_session_behavior
from policies_app.kinds import EndReason
from policies_app.models import EndSessionBehavior, PolicyVersion, Workstream
from policies_app.selectors import end_session_behavior
from sessions_app import rollouts
from sessions_app.actions import send_message
from sessions_app.ended_policies import apply_to
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer
from sessions_app.transitions import end
from tests.cast import CUSTOMER, fresh, full_then_limited, general, new_session
from tests.moments import DAY, ENDED, HOUR, MINUTE, STARTED

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def while_uncommitted(first: Callable[[], object], second: Callable[[], Any]) -> Any:
    """What the second comes to that begins while the first is done but not committed, and has to wait for it."""
    begun = threading.Event()

    def run() -> Any:
        try:
            connection.ensure_connection()
            begun.set()
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            later: Future[Any] = pool.submit(run)
            begun.wait(30)
            time.sleep(0.5)  # until it waits for our locks
        return later.result(30)


def save(minutes: int, workstream: Workstream | None = None) -> PolicyVersion:
    row = EndSessionBehavior(workstream=workstream, end_when_inactive=True, inactive_after=minutes * MINUTE)
    return save_end_session_behavior(row, by=None, now=STARTED)


@pytest.mark.parametrize("override", [False, True])
@pytest.mark.parametrize("minutes", [10, 11])
def test_of_two_who_save_at_once_the_second_one_holds(override: bool, minutes: int) -> None:
    end_session_behavior()
    workstream = general() if override else None
    while_uncommitted(partial(save, 10, workstream), partial(save, minutes, workstream))
    row = EndSessionBehavior.objects.get(workstream=workstream)
    assert row.inactive_after == minutes * MINUTE
    assert PolicyVersion.objects.filter(workstream=workstream, snapshot__inactive_after__isnull=False).exists()


def test_a_message_that_waits_for_the_end_is_judged_by_the_policy_of_the_end(anna: Agent, carla: Customer) -> None:
    full_then_limited()
    session = new_session(anna, carla)
    ended = partial(end, session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=ENDED)
    written = partial(send_message, session.pk, CUSTOMER, "Thank you", key=uuid4(), now=ENDED + MINUTE)
    assert while_uncommitted(ended, written).payload == {"text": "Thank you"}


def test_a_message_that_waits_for_another_policy_is_judged_by_that(anna: Agent, carla: Customer) -> None:
    full_then_limited()
    session = end(new_session(anna, carla).pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    full_then_limited(now=ENDED + MINUTE, access_for=2 * DAY)
    applied = partial(apply_to, [session.pk], PolicyVersion.objects.latest("pk"), by=None, now=ENDED + HOUR)
    written = partial(send_message, session.pk, CUSTOMER, "Thank you", key=uuid4(), now=ENDED + HOUR)
    assert while_uncommitted(applied, written).payload == {"text": "Thank you"}


def test_of_two_policies_that_are_applied_the_one_ordered_last_holds(
    anna: Agent, carla: Customer, admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second order does not overtake the first one, which would then undo it."""
    monkeypatch.setattr(rollouts, "ENDED_BATCH", 1)
    full_then_limited()
    for _ in range(5):
        end(new_session(anna, carla).pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    session = end(new_session(anna, carla).pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    versions = []
    for number in (1, 2):
        full_then_limited(now=ENDED + number * MINUTE, access_for=2 * number * DAY)
        versions.append(PolicyVersion.objects.latest("pk"))
    for version in versions:
        rollouts.apply_to_ended(version, [general().pk], ended_since=None, by=admin_user, now=ENDED + HOUR)
    for rollout in reversed(rollouts.under_way()):
        rollouts.advance(rollout, now=ENDED + HOUR, batches=99)
    for rollout in rollouts.under_way():
        rollouts.advance(rollout, now=ENDED + HOUR, batches=99)
    assert fresh(session).end_policy_id == versions[-1].pk
