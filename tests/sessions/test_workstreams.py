"""Sessions belong to a workstream, whose end session behavior holds for them (rules.md 6)."""

from collections.abc import Callable
from datetime import datetime

import pytest

from policies_app.actions import remove_override
from policies_app.kinds import ActivityCounts, EndReason
from policies_app.models import Workstream
from sessions_app import sweeps
from sessions_app.activity import note_activity
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.settling import settle_one
from sessions_app.transitions import end
from tests.cast import browser_of, fresh, general, inactive_after, kinds, new_session, roll_out, set_policy
from tests.moments import DAY, ENDED, HOUR, MICROSECOND, MINUTE, STARTED

pytestmark = pytest.mark.django_db
START = "/sessions/start/"


@pytest.fixture
def loans(anna: Agent) -> Workstream:
    """Another workstream, in which Anna works, too."""
    made = Workstream.objects.create(name="Loans")
    made.agents.add(anna)
    return made


# Starting a session ------------------------------------------------------------------------------------------------


def test_one_workstream_is_no_question(anna: Agent) -> None:
    annas = browser_of(anna)
    assert "Workstream" not in annas.get("/").content.decode()
    annas.post(START, {"name": "Carla", "phone": "+43 1 234567"})
    assert LiveSession.objects.get().workstream == general()


def test_of_several_workstreams_the_agent_chooses_one(anna: Agent, loans: Workstream) -> None:
    annas = browser_of(anna)
    answer = annas.post(START, {"name": "Carla", "phone": "+43 1 234567"})
    assert answer.status_code == 422 and "Choose a workstream." in answer.content.decode()
    annas.post(START, {"name": "Carla", "phone": "+43 1 234567", "workstream": loans.pk})
    assert LiveSession.objects.get().workstream == loans
    assert f'<option value="{loans.pk}" selected>' in annas.get("/").content.decode()  # once more, most likely


@pytest.mark.parametrize("which", ["inactive", "of others"])
def test_in_a_workstream_that_is_not_offered_no_session_starts(anna: Agent, loans: Workstream, which: str) -> None:
    if which == "inactive":
        Workstream.objects.filter(pk=loans.pk).update(is_active=False)
    else:
        loans.agents.clear()
    answer = browser_of(anna).post(START, {"name": "Carla", "phone": "+43 1 234567", "workstream": loans.pk})
    assert answer.status_code == 422
    assert not LiveSession.objects.exists()


def test_an_agent_without_a_workstream_is_told(anna: Agent) -> None:
    anna.workstreams.clear()
    annas = browser_of(anna)
    assert "You are in no workstream yet" in annas.get("/").content.decode()
    assert annas.post(START, {"name": "Carla", "phone": "+43 1 234567"}).status_code == 422


# What holds in which ------------------------------------------------------------------------------------------------


def by_request(session: LiveSession, now: datetime) -> None:
    settle_one(session.pk, now)


def by_sweep(_session: LiveSession, now: datetime) -> None:
    sweeps.sweep(now)


@pytest.mark.parametrize("by", [by_request, by_sweep])
def test_each_workstream_ends_its_sessions_by_its_own_policy(
    anna: Agent, carla: Customer, loans: Workstream, by: Callable[[LiveSession, datetime], None]
) -> None:
    inactive_after(10)
    inactive_after(20, workstream=loans, access="limited", access_for=DAY)
    usual, loan = new_session(anna, carla), new_session(anna, carla, loans)
    for session, minutes in ((usual, 10), (loan, 20)):
        by(session, STARTED + minutes * MINUTE - MICROSECOND)
        assert fresh(session).is_open
        by(session, STARTED + minutes * MINUTE)
        assert fresh(session).ended_at == STARTED + minutes * MINUTE
    assert fresh(usual).limited_until == fresh(usual).ended_at
    assert fresh(loan).limited_until == fresh(loan).ended_at + DAY
    assert fresh(loan).end_policy.workstream == loans


def test_an_end_freezes_the_policy_of_the_workstream(anna: Agent, carla: Customer, loans: Workstream) -> None:
    own = set_policy(workstream=loans, access="full_unlimited")
    session = end(new_session(anna, carla, loans).pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    assert session.end_policy_id == own.version


def test_activity_counts_as_each_workstream_says(anna: Agent, carla: Customer, loans: Workstream) -> None:
    inactive_after(10)
    inactive_after(10, workstream=loans, activity_counts=ActivityCounts.SESSION)
    usual, loan, at_work = new_session(anna, carla), new_session(anna, carla, loans), new_session(anna, carla, loans)
    note_activity(anna, at_work.pk, now=STARTED + MINUTE)
    assert [fresh(one).last_agent_activity_at for one in (usual, loan, at_work)] == [
        STARTED + MINUTE,
        STARTED,
        STARTED + MINUTE,
    ]


def test_a_removed_override_leaves_five_minutes_and_takes_a_warning_back(
    anna: Agent, carla: Customer, loans: Workstream
) -> None:
    inactive_after(10)
    inactive_after(60, warn=55, workstream=loans)
    session = new_session(anna, carla, loans)
    removed_at = STARTED + 30 * MINUTE
    sweeps.sweep(removed_at - MINUTE)
    remove_override(loans, by=None, now=removed_at)
    roll_out(removed_at)
    assert kinds(session) == ["started", "warned", "kept_open"]
    settle_one(session.pk, removed_at + HOUR)
    assert fresh(session).ended_at == removed_at + 5 * MINUTE


def test_with_every_worker_stopped_a_request_still_follows_an_edit(
    anna: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a single session is touched by the edit itself; whoever looks at one sees what the edit made of it."""
    monkeypatch.setattr("tests.cast.roll_out", lambda now: None)
    session = new_session(anna, carla)
    edited = STARTED + HOUR
    inactive_after(10, now=edited)
    assert fresh(session).next_due_at is None
    settle_one(session.pk, edited + 5 * MINUTE - MICROSECOND)
    assert fresh(session).is_open
    settle_one(session.pk, edited + DAY)
    assert fresh(session).ended_at == edited + 5 * MINUTE


def test_two_edits_that_nobody_carried_out_have_their_effects_one_after_the_other(
    anna: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one ended the session; the second, which would have kept it open, came too late."""
    monkeypatch.setattr("tests.cast.roll_out", lambda now: None)
    session = new_session(anna, carla)
    inactive_after(10, now=STARTED + HOUR)
    set_policy(now=STARTED + 2 * HOUR)
    settle_one(session.pk, STARTED + 3 * HOUR)
    assert fresh(session).ended_at == STARTED + HOUR + 5 * MINUTE


def test_the_welcome_page_does_not_list_what_an_edit_has_ended(anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of now: the session is long silent, and the edit is older than its grace."""
    monkeypatch.setattr("tests.cast.roll_out", lambda now: None)
    session = new_session(anna, Customer.objects.create(name="Carla", phone="1"))
    inactive_after(10, now=STARTED + HOUR)
    assert "No open session" in browser_of(anna).get("/").content.decode()
    assert fresh(session).ended_at == STARTED + HOUR + 5 * MINUTE


def test_a_system_wide_edit_leaves_the_warning_of_an_override_alone(
    anna: Agent, carla: Customer, loans: Workstream
) -> None:
    inactive_after(10, workstream=loans)
    session = new_session(anna, carla, loans)
    settle_one(session.pk, STARTED + 9 * MINUTE)
    inactive_after(30, now=STARTED + 9 * MINUTE)
    settle_one(session.pk, STARTED + 9 * MINUTE + MICROSECOND)
    assert kinds(session) == ["started", "warned"]
    settle_one(session.pk, STARTED + HOUR)
    assert fresh(session).ended_at == STARTED + 10 * MINUTE
