"""Explain: what was true at any moment, and which rule of which version gave it (product.md D2)."""

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies_app.kinds import AccessLevel, AccessSetting, DueKind, EndReason, Permission
from policies_app.models import PolicyVersion
from sessions_app import access
from sessions_app.activity import note_activity, note_customer_busy
from sessions_app.ended_policies import apply_to
from sessions_app.explain.facts import MOST, edits_while_open, facts_of, open_at
from sessions_app.explain.story import Story, story
from sessions_app.explain.verdict import Answer, explain
from sessions_app.explain.words import abilities, next_in_words, reasons
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession, TimelineEntry
from sessions_app.more_time import Refused, give_more_time
from sessions_app.settling import settle_one
from sessions_app.sweeps import sweep
from sessions_app.transitions import end, lock
from tests.cast import fresh, full_then_limited, inactive_after, new_session, set_policy
from tests.moments import DAY, ENDED, HOUR, MICROSECOND, MINUTE, STARTED

LATER = ENDED + 100 * DAY


@pytest.fixture
def session(anna: Agent, carla: Customer) -> LiveSession:
    """Ended by Anna at ENDED: a day of full access with chat, then a day of limited access."""
    full_then_limited(attachments=False)
    return new_session(anna, carla)


def ended(session: LiveSession, at: datetime = ENDED) -> LiveSession:
    return end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=session.agent, now=at)


def answer(session: LiveSession, moment: datetime, *, now: datetime = LATER) -> Answer:
    stored = fresh(session)
    return explain(facts_of(stored), open_at(stored, moment, now), moment, now=now)


def said(session: LiveSession, moment: datetime, *, now: datetime = LATER) -> str:
    """Everything that is said in answer, with the versions and rules."""
    found = answer(session, moment, now=now)
    why = [f"{one.text} [{one.rule}] v{one.version}" for one in reasons(found, started_at=session.started_at)]
    return "\n".join([*why, next_in_words(found, now=now)])


def drawn(session: LiveSession, *, now: datetime, asked: datetime | None = None) -> Story:
    stored = fresh(session)
    edits = edits_while_open(stored, now)
    return story(facts_of(stored), open_at(stored, now, now), edits, now=now, asked=asked or now)


# To the microsecond ------------------------------------------------------------------------------------------------

FULL_UNTIL, LIMITED_UNTIL = ENDED + DAY, ENDED + 2 * DAY
TABLE = [
    (STARTED - MICROSECOND, None, "none", None),
    (STARTED, "active", "open", None),
    (ENDED - MICROSECOND, "active", "open", None),
    (ENDED, "ended", "full", FULL_UNTIL),
    (FULL_UNTIL - MICROSECOND, "ended", "full", FULL_UNTIL),
    (FULL_UNTIL, "ended", "limited", LIMITED_UNTIL),
    (LIMITED_UNTIL - MICROSECOND, "ended", "limited", LIMITED_UNTIL),
    (LIMITED_UNTIL, "ended", "none", None),
]


@pytest.mark.parametrize("now", [ENDED, FULL_UNTIL, LATER])
@pytest.mark.parametrize(("moment", "state", "level", "next_at"), TABLE)
def test_it_answers_for_any_moment_past_or_to_come(
    session: LiveSession, now: datetime, moment: datetime, state: str | None, level: str, next_at: datetime | None
) -> None:
    ended(session)
    settle_one(session.pk, now)
    found = answer(session, moment, now=now)
    assert (found.state, found.level) == (state, level)
    assert (found.next_due.at if found.next_due else None) == next_at


def test_what_the_customer_may_do_is_said_one_by_one(session: LiveSession) -> None:
    ended(session)
    may = {one.label: one.allowed for one in abilities(answer(session, ENDED))}
    assert list(may) == [permission.label for permission in Permission]
    assert [label for label, allowed in may.items() if not allowed] == ["Add attachments"]


# Which rule of which version ---------------------------------------------------------------------------------------


def test_while_it_is_open_the_policy_of_that_moment_counts(anna: Agent, carla: Customer) -> None:
    first = inactive_after(60, now=STARTED - HOUR)
    session = new_session(anna, carla)
    second = inactive_after(120, now=STARTED + MINUTE)
    assert answer(session, STARTED + MINUTE - MICROSECOND, now=STARTED + MINUTE).policy.version == first.version
    assert answer(session, STARTED + MINUTE, now=STARTED + MINUTE).policy.version == second.version
    text = said(session, STARTED, now=STARTED)
    assert f"rule 3, end when the agent is inactive] v{first.version}" in text
    assert "inactive for 1 hour" in text and "Agent and customer will be warned at " in text


def test_after_the_end_the_frozen_policy_counts_whatever_was_saved_since(session: LiveSession) -> None:
    frozen = ended(session).end_policy_id
    set_policy(now=ENDED + MINUTE)
    text = said(session, ENDED + HOUR)
    assert f"rule 6, which policy applies] v{frozen}" in text
    assert f"rule 4, first table: how long access lasts] v{frozen}" in text
    assert f"rule 4, second table: what the customer may do] v{frozen}" in text
    assert "Attachments: off. Chat: on." in text and "full access until" in text
    assert "As of then, the customer's access would be limited at" in text


def test_an_applied_policy_counts_from_its_moment_on(session: LiveSession, admin_user: Any) -> None:
    ended(session)
    other = PolicyVersion.objects.get(pk=set_policy(access=AccessSetting.LIMITED, access_for=DAY, now=ENDED).version)
    applied = ENDED + HOUR
    apply_to([session.pk], other, by=admin_user, now=applied)
    assert answer(session, applied - MICROSECOND).level is AccessLevel.FULL
    assert answer(session, applied).level is AccessLevel.LIMITED
    assert answer(session, applied).policy.version == other.pk
    assert "ada gave it this version instead" in said(session, applied)
    assert "instead" not in said(session, applied - MICROSECOND)


def test_more_time_counts_from_its_moment_on_and_is_named_with_its_reason(session: LiveSession, anna: Agent) -> None:
    ended(session)
    given_at = LIMITED_UNTIL + DAY
    allow(anna)
    give_more_time(session.pk, anna, AccessLevel.LIMITED, DAY, "She was <ill>.", now=given_at)
    assert answer(session, given_at - MICROSECOND).level is AccessLevel.NONE
    assert answer(session, given_at).level is AccessLevel.LIMITED
    assert answer(session, given_at + DAY).level is AccessLevel.NONE
    text = said(session, given_at)
    assert "Anna gave more time: limited access until" in text and "Reason: She was &lt;ill&gt;." in text
    assert "gave more time" not in said(session, FULL_UNTIL), "the policy alone gave that"


def allow(agent: Agent) -> None:
    from django.contrib.auth.models import Permission as Right

    agent.user.user_permissions.add(Right.objects.get(codename="extend_access"))
    agent.user = type(agent.user).objects.get(pk=agent.user.pk)


def test_what_comes_is_foretold_from_what_is_known_now(anna: Agent, carla: Customer) -> None:
    policy = inactive_after(10, access=AccessSetting.LIMITED, access_for=DAY)
    session = new_session(anna, carla)
    ends = STARTED + 10 * MINUTE
    before, at, over = (answer(session, moment, now=STARTED) for moment in (ends - MICROSECOND, ends, ends + DAY))
    assert (before.level, at.level, over.level) == ("open", "limited", "none")
    assert before.is_forecast and at.is_forecast and at.after_end.is_foretold
    assert before.next_due.kind is DueKind.END_INACTIVE
    assert "If the agent does nothing until then, the session ends at" in said(session, ends, now=STARTED)
    assert at.policy.version == policy.version


def test_of_a_moment_before_later_activity_it_says_only_what_is_certain(anna: Agent, carla: Customer) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    note_activity(anna, session.pk, now=STARTED + 8 * MINUTE)
    then = answer(session, STARTED + MINUTE, now=STARTED + 9 * MINUTE)
    assert (then.next_due.at, then.at_earliest) == (STARTED + 9 * MINUTE, True)
    assert "at the earliest" in said(session, STARTED + MINUTE, now=STARTED + 9 * MINUTE)


def test_of_a_warned_session_the_announced_end_is_known_even_if_it_was_kept_open(anna: Agent, carla: Customer) -> None:
    inactive_after(10, warn=2)
    session = new_session(anna, carla)
    note_activity(anna, None, now=STARTED + MINUTE)
    sweep(warned := STARTED + 9 * MINUTE)
    note_activity(anna, session.pk, now=warned + MINUTE)
    then = answer(session, warned, now=warned + 2 * MINUTE)
    assert (then.next_due.kind, then.next_due.at) == (DueKind.END_INACTIVE, STARTED + 11 * MINUTE)


# Always as the rules had it ----------------------------------------------------------------------------------------


@pytest.fixture
def versions(db: None) -> list[PolicyVersion]:
    """Policies that could be in force, or be applied."""
    made = [
        set_policy(now=STARTED - 3 * HOUR, inactive_after=20 * MINUTE, warn_before=5 * MINUTE),
        full_then_limited(now=STARTED - 2 * HOUR, access_for=HOUR, then_limited_for=HOUR, chat=False),
        set_policy(now=STARTED - HOUR, access=AccessSetting.FULL_UNLIMITED, attachments=True),
        inactive_after(30, 3, now=STARTED - MINUTE, access="limited", access_for=2 * HOUR, wait_at_most=10 * MINUTE),
    ]
    return [PolicyVersion.objects.get(pk=policy.version) for policy in made]


minutes = st.integers(1, 60)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("active"), minutes),
        st.tuples(st.just("busy"), minutes),
        st.tuples(st.just("sweep"), minutes),
        st.tuples(st.just("end"), minutes),
        st.tuples(st.just("edit"), minutes, st.integers(0, 3)),
        st.tuples(st.just("apply"), minutes, st.integers(0, 3)),
        st.tuples(st.just("extend"), minutes, st.sampled_from(["full", "limited"]), minutes),
    ),
    max_size=9,
)


def act(
    session: LiveSession, agent: Agent, versions: list[PolicyVersion], step: tuple[Any, ...], now: datetime
) -> None:
    what, _waited, *more = step
    calls: dict[str, Callable[[], object]] = {
        "active": partial(note_activity, agent, session.pk, now=now),
        "busy": partial(note_customer_busy, session.pk, now=now),
        "sweep": partial(sweep, now),
        "end": partial(end, session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=now),
        "edit": lambda: edit(versions[more[0]], now),
        "apply": lambda: apply_to([session.pk], versions[more[0]], by=None, now=now),
        "extend": lambda: extend(session, agent, AccessLevel(more[0]), more[1] * MINUTE, now),
    }
    calls[what]()


def edit(version: PolicyVersion, now: datetime) -> None:
    policy = version.policy()
    set_policy(
        now=now,
        inactive_after=policy.inactive_after,
        warn_before=policy.warn_before or None,
        wait_at_most=policy.wait_at_most,
        access=policy.access or "",
        access_for=policy.access_for,
        then_limited_for=policy.then_limited_for,
        chat=policy.chat,
        attachments=policy.attachments,
    )


def extend(session: LiveSession, agent: Agent, level: AccessLevel, length: timedelta, now: datetime) -> None:
    with contextlib.suppress(Refused):
        give_more_time(session.pk, agent, level, length, "", now=now)


def as_it_was(session: LiveSession, moment: datetime) -> tuple[Any, ...]:
    """What requests were told at that moment; what reading it wrote down is taken back."""
    with transaction.atomic():
        stored = lock(session.pk, moment)
        told = stored.state, access.level(stored, moment), access.permitted(stored, moment)
        due = (stored.next_due_at, stored.next_due_kind)
        transaction.set_rollback(True)
    return (*told, due)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(steps, st.lists(st.integers(0, 59), min_size=9, max_size=9))
def test_explain_agrees_with_what_the_rules_said_at_that_time(
    anna: Agent, carla: Customer, versions: list[PolicyVersion], lived: list[Any], between: list[int]
) -> None:
    """A session is lived through; at moments in between it is asked what holds. Afterwards Explain says the same."""
    allow(anna)
    with transaction.atomic():
        session, now = new_session(anna, carla), STARTED
        witnessed: dict[datetime, tuple[Any, ...]] = {}
        for step, later in zip(lived, between, strict=False):
            now += step[1] * MINUTE
            act(session, anna, versions, step, now)
            # What was stored up to here is what was known; later steps must not change the answer.
            for moment in (now, now + later * (step[1] * MINUTE // 600)):
                witnessed[moment] = as_it_was(session, moment)
            now += 59 * (step[1] * MINUTE // 600)
        settle_one(session.pk, now)
        for moment, (state, level, may, due) in witnessed.items():
            found = answer(session, moment, now=now)
            assert (found.state, found.level, found.may) == (state, level, may), moment
            _check_next(found, due)
        transaction.set_rollback(True)


def _check_next(found: Answer, due: tuple[Any, ...]) -> None:
    """Exactly what was due next; where the agent's activity is not kept, not later than that."""
    if found.next_due is None:
        assert found.at_earliest or due == (None, "")
    elif found.at_earliest:
        assert due[0] is not None and (found.next_due.kind != due[1] or found.next_due.at <= due[0])
    else:
        assert (found.next_due.at, found.next_due.kind) == due


def test_it_asks_no_more_of_a_long_life_than_of_a_short_one(
    session: LiveSession, django_assert_num_queries: Any
) -> None:
    for rows in (0, 500):
        lengthen(session, "kept_open", rows)
        lengthen(session, "message", rows)
        with django_assert_num_queries(7):
            drawn(session, now=STARTED + HOUR)


def lengthen(session: LiveSession, kind: str, rows: int) -> None:
    first = session.timeline.count() + 1
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            session=session, number=n, kind=kind, actor="agent", due_at=STARTED, recorded_at=STARTED, hash="x"
        )
        for n in range(first, first + rows)
    )


# What is drawn -----------------------------------------------------------------------------------------------------


def names(found: Story) -> list[tuple[str, bool]]:
    return [(mark.name, mark.is_future) for mark in found.marks]


def test_an_open_session_is_drawn_with_what_will_happen_to_it(anna: Agent, carla: Customer) -> None:
    inactive_after(10, access=AccessSetting.FULL_RESTRICTED, access_for=DAY, then_limited_for=DAY)
    session = new_session(anna, carla)
    found = drawn(session, now=STARTED + MINUTE)
    assert names(found) == [
        ("started", False),
        ("now", False),
        ("warned", True),
        ("ended", True),
        ("access_limited", True),
        ("access_closed", True),
    ]
    assert [mark.level for mark in found.marks] == ["open", "open", "open", "full", "limited", "none"]
    assert [mark.gap for mark in found.marks] == ["1 minute", "8 minutes", "1 minute", "1 day", "1 day", ""]


def test_an_ended_session_is_drawn_with_what_happened_and_what_is_to_come(session: LiveSession) -> None:
    ended(session)
    sweep(FULL_UNTIL + MINUTE)
    found = drawn(session, now=FULL_UNTIL + HOUR)
    assert names(found) == [
        ("started", False),
        ("ended", False),
        ("access_limited", False),
        ("now", False),
        ("access_closed", True),
    ]
    assert [mark.level for mark in found.marks] == ["open", "full", "limited", "limited", "none"]


def test_edits_of_the_policy_are_part_of_the_story(session: LiveSession) -> None:
    version = set_policy(now=STARTED + MINUTE, chat=True, access="full_unlimited").version
    mark = next(mark for mark in drawn(session, now=ENDED).marks if mark.name == "edited")
    assert (mark.at, mark.version, mark.detail) == (STARTED + MINUTE, version, "system-wide")


def test_the_moment_asked_about_is_pointed_out(session: LiveSession) -> None:
    ended(session)
    assert _asked(drawn(session, now=LATER, asked=ENDED)) == ["ended"]
    assert _asked(drawn(session, now=LATER, asked=ENDED + MINUTE)) == ["asked"]
    assert _asked(drawn(session, now=LATER)) == ["now"]


def _asked(found: Story) -> list[str]:
    return [mark.name for mark in found.marks if mark.is_asked]


def test_what_there_is_too_much_of_is_counted(session: LiveSession) -> None:
    lengthen(session, "kept_open", MOST + 3)
    found = drawn(session, now=STARTED + HOUR)
    assert [name for name, _ in names(found)].count("kept_open") == MOST
    assert found.not_told == ["Kept open: and 3 more, earlier"]
