"""Applying a policy to ended sessions: what is said beforehand is what happens (rules.md 6)."""

from collections import Counter
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies_app.kinds import AccessLevel, EndReason, Permission
from policies_app.models import PolicyVersion, Workstream
from policies_app.rules import windows
from policies_app.snapshot import EndPolicy
from sessions_app import access, chain, rollouts
from sessions_app.admin.rollouts import _progress
from sessions_app.effect_words import in_words
from sessions_app.ended_policies import Effect, effects
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession, TimelineEntry
from sessions_app.more_time import give_more_time
from sessions_app.rollouts import apply_to_ended
from sessions_app.sweeps import sweep
from sessions_app.transitions import end
from tests.cast import fresh, full_then_limited, general, kinds, new_session, roll_out, set_policy
from tests.moments import DAY, ENDED, MICROSECOND, MINUTE, STARTED
from tests.races.together import at_once
from tests.rules.strategies import policies
from tests.sessions.ended import ORDERED, apply, ended, limited_for


@pytest.fixture
def session(anna: Agent, carla: Customer) -> LiveSession:
    """Ended at ENDED with a day of full access and a day of limited access."""
    full_then_limited()
    return ended(anna, carla)


# What happens ------------------------------------------------------------------------------------------------------


def test_the_windows_are_counted_from_the_same_end(session: LiveSession) -> None:
    limited = limited_for(3 * DAY)
    apply(limited)
    after = fresh(session)
    assert (after.end_policy_id, after.full_until, after.limited_until) == (limited.pk, ENDED, ENDED + 3 * DAY)
    assert (after.ended_at, after.next_due_at, after.next_due_kind) == (ENDED, ENDED + 3 * DAY, "close_access")


def test_it_is_recorded_on_each_timeline_with_who_ordered_it(session: LiveSession, admin_user: User) -> None:
    given_ = limited_for(DAY)
    apply(given_, by=admin_user)
    row = session.timeline.get(kind="policy_applied")
    assert (row.actor, row.payload, row.policy_version_id) == ("admin", {"by": "ada"}, given_.pk)
    assert row.due_at == row.recorded_at == ORDERED
    assert is_sealed(session)


def is_sealed(session: LiveSession) -> bool:
    """Whether the chain of hashes holds, up to what the session says is its last."""
    last = chain_start = "0" * 64
    for row in session.timeline.order_by("number"):
        last = chain.link(
            last,
            session=str(session.public_id),
            number=row.number,
            kind=row.kind,
            actor=row.actor,
            agent=row.agent_id,
            due_at=row.due_at,
            recorded_at=row.recorded_at,
            policy_version=row.policy_version_id,
            payload_digest=chain.digest(row.payload),
        )
        if last != row.hash:
            return False
    return chain_start != last == fresh(session).last_hash


def test_what_was_due_before_is_written_down_first(session: LiveSession) -> None:
    given_ = limited_for(10 * DAY)
    rollout = apply_to_ended(given_, [general().pk], ended_since=None, by=None, now=ENDED + DAY)
    rollouts.advance(rollout.pk, now=ENDED + DAY, batches=9)
    assert kinds(session) == ["started", "ended", "access_limited", "policy_applied"]


def test_customers_who_were_given_more_time_keep_exactly_that(session: LiveSession, anna: Agent) -> None:
    anna.user.groups.add(Group.objects.get(name="Agent"))
    give_more_time(session.pk, anna, AccessLevel.FULL, 10 * DAY, "", now=ENDED + MINUTE)
    before = fresh(session).windows
    rollout = apply(limited_for(MINUTE))
    assert (fresh(session).windows, rollout.total) == (before, 0)
    assert "policy_applied" not in kinds(session)


def test_sessions_that_have_the_version_already_are_left_alone(session: LiveSession) -> None:
    given_ = limited_for(DAY)
    apply(given_)
    assert apply(given_).total == 0
    assert kinds(session).count("policy_applied") == 1


def test_only_what_ended_since_the_day_in_the_workstreams_that_were_chosen(
    session: LiveSession, anna: Agent, carla: Customer
) -> None:
    special = Workstream.objects.create(name="Special")
    older, elsewhere = ended(anna, carla, at=ENDED - MICROSECOND), ended(anna, carla, workstream=special)
    still_open = new_session(anna, carla)
    given_ = limited_for(DAY)
    rollout = apply(given_, since=ENDED)
    assert (rollout.total, rollout.done) == (1, 1)
    assert fresh(session).end_policy == given_
    assert all(fresh(one).end_policy != given_ for one in (older, elsewhere, still_open))


def test_what_ends_after_it_was_ordered_keeps_the_policy_of_its_end(anna: Agent, carla: Customer) -> None:
    full_then_limited()
    given_ = limited_for(DAY)
    session = new_session(anna, carla)
    set_policy(now=ENDED + 2 * MINUTE)
    rollout = apply_to_ended(given_, [general().pk], ended_since=None, by=None, now=ORDERED)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ORDERED + MICROSECOND)
    rollouts.advance(rollout.pk, now=ORDERED + MINUTE, batches=9)
    assert fresh(session).end_policy != given_


def test_it_goes_on_after_being_cut_off_and_a_session_that_fails_stops_no_other(
    anna: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    full_then_limited()
    monkeypatch.setattr(rollouts, "ENDED_BATCH", 3)
    sessions = [ended(anna, carla) for _ in range(8)]
    broken = sessions[4]
    poison(broken)
    given_ = limited_for(DAY)
    rollout = apply_to_ended(given_, [general().pk], ended_since=None, by=None, now=ORDERED)
    rollouts.advance(rollout.pk, now=ORDERED, batches=1)
    assert [fresh(one).end_policy == given_ for one in sessions].count(True) == 3
    roll_out(ORDERED)
    assert [one.pk for one in sessions if fresh(one).end_policy != given_] == [broken.pk]
    assert any(f"session {broken.pk}." in record.getMessage() for record in caplog.records)
    rollout.refresh_from_db()
    assert (rollout.done, rollout.place["failed"], rollout.finished_at) == (7, 1, ORDERED)
    assert _progress(rollout)["text"] == "7 of 8 sessions; 1 could not be changed, and the log says why"


def poison(session: LiveSession) -> None:
    """The next row cannot be written, because something with that number is there already."""
    TimelineEntry.objects.create(
        session=session, number=3, kind="joined", actor="customer", due_at=ENDED, recorded_at=ENDED, hash="x"
    )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_do_each_session_once(
    anna: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_then_limited()
    monkeypatch.setattr(rollouts, "ENDED_BATCH", 3)
    monkeypatch.setattr(rollouts, "AT_ONCE", 0)
    sessions = [ended(anna, carla) for _ in range(20)]
    rollout = apply_to_ended(limited_for(DAY), [general().pk], ended_since=None, by=None, now=ORDERED)
    at_once([partial(rollouts.advance, rollout.pk, now=ORDERED, batches=20)] * 4 + [partial(sweep, ORDERED)])
    roll_out(ORDERED)
    assert [kinds(one).count("policy_applied") for one in sessions] == [1] * 20


def test_a_batch_costs_the_same_for_one_session_and_for_many(
    anna: Agent, carla: Customer, django_assert_max_num_queries: Any
) -> None:
    full_then_limited()
    for _ in range(30):
        ended(anna, carla)
    rollout = apply_to_ended(limited_for(DAY), [general().pk], ended_since=None, by=None, now=ORDERED)
    with django_assert_max_num_queries(14):
        rollouts.advance(rollout.pk, now=ORDERED, batches=1)


# What is said beforehand ---------------------------------------------------------------------------------------------


def frozen(policy: EndPolicy) -> PolicyVersion:
    """A version that no session was ever under."""
    return PolicyVersion.objects.create(snapshot=policy.to_json(), saved_at=ENDED)


moments = st.integers(0, 100 * 24 * 60).map(lambda minutes: STARTED + minutes * MINUTE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(policies(), st.lists(moments, min_size=1, max_size=3)), min_size=1, max_size=3),
    policies(),
    moments,
)
def test_the_preview_counts_exactly_what_changes_then(
    anna: Agent, carla: Customer, lived: list[tuple[EndPolicy, list[datetime]]], new: EndPolicy, now: datetime
) -> None:
    with transaction.atomic():
        sessions = [finished(anna, carla, frozen(policy), at) for policy, ends in lived for at in ends]
        before = {one.pk: told(one, now) for one in sessions}
        given_ = frozen(new)
        foreseen = effects(given_, [general().pk], None, now=now)
        rollout = apply_to_ended(given_, [general().pk], ended_since=None, by=None, now=now)
        roll_out(now)
        happened = Counter(
            what_changed(before[one.pk], told(fresh(one), now)) for one in sessions if one.ended_at <= now
        )
        transaction.set_rollback(True)
    assert foreseen == happened
    assert rollout.total == happened.total()


def finished(anna: Agent, carla: Customer, policy: PolicyVersion, at: datetime) -> LiveSession:
    session, opened = new_session(anna, carla, now=STARTED), windows(policy.policy(), at)
    LiveSession.objects.filter(pk=session.pk).update(
        state="ended",
        ended_at=at,
        end_reason="ended_by_agent",
        end_policy=policy,
        full_until=opened.full_until,
        limited_until=opened.limited_until,
        next_due_at=None,
        next_due_kind="",
    )
    return fresh(session)


def told(session: LiveSession, now: datetime) -> tuple[Any, ...]:
    return access.level(session, now), access.permitted(session, now), session.full_until, session.limited_until


def what_changed(before: tuple[Any, ...], after: tuple[Any, ...]) -> Effect:
    ends = {name: moved(before[place], after[place]) for name, place in (("full", 2), ("all", 3))}
    stays_full = before[0] is after[0] is AccessLevel.FULL
    return Effect(
        before[0],
        after[0],
        level_ends=ends["full"] if stays_full else ends["all"],
        all_ends=ends["all"],
        chat=(Permission.CHAT in after[1]) - (Permission.CHAT in before[1]),
        attachments=(Permission.ATTACH in after[1]) - (Permission.ATTACH in before[1]),
    )


def moved(before: datetime, after: datetime) -> str:
    return "same" if before == after else "later" if after > before else "earlier"


NONE, LIMITED, FULL = AccessLevel.NONE, AccessLevel.LIMITED, AccessLevel.FULL
SENTENCES = [
    (
        {Effect(NONE, LIMITED, "later", "later", 0, 0): 12},
        ["12 customers who have no access any more get limited access."],
    ),
    (
        {Effect(FULL, NONE, "earlier", "earlier", -1, 0): 3},
        ["3 customers with full access lose all access at once.", "3 customers can no longer chat."],
    ),
    ({Effect(NONE, NONE, "later", "later", 0, 0): 1}, ["1 customer has no access, and gets none."]),
    (
        {Effect(FULL, FULL, "same", "same", 0, 0): 5, Effect(FULL, FULL, "earlier", "later", 0, 0): 35},
        ["40 customers keep full access; for 35 of them it ends earlier."],
    ),
    (
        {Effect(FULL, FULL, "same", "later", 0, 1): 2},
        [
            "2 customers keep full access; the limited access after it ends later.",
            "2 customers can add attachments who could not.",
        ],
    ),
    (
        {Effect(LIMITED, FULL, "later", "later", 1, 0): 1, Effect(FULL, LIMITED, "same", "same", 0, 0): 2},
        [
            "2 customers lose full access at once and keep limited access.",
            "1 customer with limited access gets full access.",
            "1 customer can chat who could not.",
        ],
    ),
]


@pytest.mark.parametrize(("found", "said"), SENTENCES)
def test_each_change_is_a_sentence_losses_first(found: dict[Effect, int], said: list[str]) -> None:
    assert [sentence.text for sentence in in_words(Counter(found))] == said
