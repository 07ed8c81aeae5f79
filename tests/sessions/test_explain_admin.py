"""Sessions, policy versions and rollouts in Django admin (product.md D2)."""

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from hypothesis import given
from time_machine import TimeMachineFixture

from policies_app.actions import remove_override
from policies_app.kinds import AccessSetting, EndReason
from policies_app.labelled import _as_form
from policies_app.models import PolicyVersion, Workstream
from policies_app.snapshot import EndPolicy
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession, Rollout
from sessions_app.transitions import end
from tests.cast import browser_of, fresh, full_then_limited, inactive_after, new_session, set_policy
from tests.moments import DAY, ENDED, HOUR, MICROSECOND, MINUTE, STARTED
from tests.rules.strategies import policies
from tests.sessions.test_explain import lengthen

SESSIONS = "/admin/sessions_app/livesession/"
VERSIONS = "/admin/policies_app/policyversion/"
ROLLOUTS = "/admin/sessions_app/rollout/"


def in_role(name: str) -> Client:
    user = User.objects.create_user(name.lower())
    user.groups.add(Group.objects.get(name=name))
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def admin(db: None) -> Client:
    return in_role("Administrator")


@pytest.fixture
def session(anna: Agent, carla: Customer, time_machine: TimeMachineFixture) -> LiveSession:
    """Ended at ENDED: a day of full access, then a day of limited access. It is an hour later now."""
    time_machine.move_to(ENDED + HOUR, tick=False)
    full_then_limited()
    session = new_session(anna, carla)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=ENDED)
    return fresh(session)


def page_of(session: LiveSession) -> str:
    return f"{SESSIONS}{session.pk}/change/"


def asked(browser: Client, session: LiveSession, at: str = "") -> str:
    return browser.get(page_of(session), {"at": at} if at else {}).content.decode()


# Explain -----------------------------------------------------------------------------------------------------------


def test_the_page_explains_now_unless_it_is_asked_about_another_moment(admin: Client, session: LiveSession) -> None:
    page = asked(admin, session)
    assert "What is true now" in page and "level-full" in page
    assert f"{VERSIONS}{session.end_policy_id}/change/" in page
    assert "Everything, while the session is open" in asked(admin, session, (ENDED - MICROSECOND).isoformat())


@pytest.mark.parametrize("at", ["2026-03-03T10:00:01", "2026-03-03 10:00:01", "2026-03-03T11:00:01+01:00"])
def test_a_moment_without_a_zone_is_utc(admin: Client, session: LiveSession, at: str) -> None:
    page = asked(admin, session, at)
    assert "What will be true" in page and "2026-03-03T10:00:01+00:00" in page
    assert 'class="explain-level level-limited"' in page


@pytest.mark.parametrize("at", ["soon", "2026-13-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00+14:00", "<b>"])
def test_what_is_no_moment_is_said_and_kept(admin: Client, session: LiveSession, at: str) -> None:
    page = asked(admin, session, at)
    assert "Moment: enter a date and a time" in page
    assert f"You asked about “{escape(at)}”." in page


def test_each_mark_leads_to_what_holds_from_it_on(admin: Client, session: LiveSession) -> None:
    page = asked(admin, session)
    for moment in (STARTED, ENDED, ENDED + DAY, ENDED + 2 * DAY):
        assert f'href="?at={quote(moment.isoformat(), safe="/")}"' in page


def test_time_does_its_work_whether_or_not_a_sweep_was_there(
    admin: Client, anna: Agent, carla: Customer, time_machine: TimeMachineFixture
) -> None:
    inactive_after(10)
    session = new_session(anna, carla)
    time_machine.move_to(STARTED + HOUR, tick=False)
    assert "Ended because the agent was inactive" in asked(admin, session)


def test_what_customers_and_agents_are_called_is_text(admin: Client, session: LiveSession) -> None:
    Customer.objects.update(name="<i>Carla</i>")
    assert "<i>Carla" not in asked(admin, session)


def test_the_page_costs_the_same_after_two_thousand_rows(admin: Client, session: LiveSession) -> None:
    costs = []
    for rows in (0, 2000):
        for kind in ("message", "kept_open"):
            lengthen(session, kind, rows)
        with CaptureQueriesContext(connection) as queries:
            page = asked(admin, session)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 20
    assert "Kept open: and 1988 more, earlier" in page


# Who may -----------------------------------------------------------------------------------------------------------


def test_a_supervisor_may_see_all_of_it_and_change_nothing(session: LiveSession) -> None:
    browser = in_role("Supervisor")
    assert "What is true now" in asked(browser, session)
    for place in (SESSIONS, VERSIONS, ROLLOUTS):
        assert browser.get(place).status_code == 200
        assert browser.get(f"{place}add/").status_code == 403
    assert "Apply to ended" not in browser.get(VERSIONS).content.decode()


def test_without_the_right_to_explain_only_the_session_is_shown(session: LiveSession) -> None:
    Group.objects.get(name="Supervisor").permissions.remove(right("explain_session"))
    page = asked(in_role("Supervisor"), session)
    assert "Carla" in page and "explain-story" not in page and "Your role does not include" in page


def right(name: str) -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=name)


def test_an_agent_sees_none_of_it(session: LiveSession, anna: Agent) -> None:
    anna.user.groups.add(Group.objects.get(name="Agent"))
    for place in (SESSIONS, page_of(session), VERSIONS, ROLLOUTS):
        assert browser_of(anna).get(place).status_code in (302, 403)


@pytest.mark.parametrize("where", ["change", "delete"])
def test_not_even_a_superuser_changes_what_happened(admin_user: User, session: LiveSession, where: str) -> None:
    browser = Client()
    browser.force_login(admin_user)
    browser.post(f"{SESSIONS}{session.pk}/{where}/", {"post": "yes", "state": "active"})
    assert fresh(session).state == "ended"


# Finding a session ---------------------------------------------------------------------------------------------------


def found(browser: Client, **asked_: str) -> set[int]:
    return {one.pk for one in browser.get(SESSIONS, asked_).context["cl"].result_list}


def test_sessions_are_found_by_name_address_and_id(
    admin: Client, session: LiveSession, anna: Agent, dan: Customer
) -> None:
    other = new_session(anna, dan)
    assert found(admin) == {session.pk, other.pk}
    assert found(admin, q="carl") == found(admin, q="CARLA@example.com") == {session.pk}
    assert found(admin, q=str(session.public_id)) == {session.pk}
    assert found(admin, q=f"http://localhost:8000/room/{other.public_id}/") == {other.pk}
    assert found(admin, q="nobody") == set()


def test_sessions_are_listed_by_state_reason_agent_and_version(
    admin: Client, session: LiveSession, anna: Agent, dan: Customer
) -> None:
    other = new_session(anna, dan)
    assert found(admin, state__exact="active") == {other.pk}
    assert found(admin, end_reason__exact="ended_by_agent") == {session.pk}
    assert found(admin, end_policy__id__exact=str(session.end_policy_id)) == {session.pk}
    assert found(admin, agent__id__exact=str(anna.pk)) == {session.pk, other.pk}


def test_the_list_counts_nothing_and_asks_once_for_all_rows(admin: Client, anna: Agent, carla: Customer) -> None:
    costs = []
    for _ in range(2):
        for _ in range(10):
            new_session(anna, carla)
        with CaptureQueriesContext(connection) as queries:
            admin.get(SESSIONS)
        costs.append(len(queries))
        assert not [one["sql"] for one in queries if "COUNT(*)" in one["sql"] and "livesession" in one["sql"]]
    assert costs[0] == costs[1]


# Policy versions ---------------------------------------------------------------------------------------------------


def version_page(browser: Client, version: int) -> str:
    return " ".join(browser.get(f"{VERSIONS}{version}/change/").content.decode().split())


def test_a_version_shows_its_settings_what_it_changed_and_whom_it_holds_for(
    admin: Client, session: LiveSession
) -> None:
    later = set_policy(now=ENDED + MINUTE, access=AccessSetting.LIMITED, access_for=3 * DAY).version
    page = version_page(admin, later)
    assert '<th scope="row">Duration of access</th><td><del>1 day</del> → <ins>3 days</ins></td>' in page
    assert "still in force" in page and "0 ended sessions" in page
    before = version_page(admin, session.end_policy_id)
    assert "1 ended session<" in before and f"end_policy__id__exact={session.end_policy_id}" in before
    assert (ENDED + MINUTE).isoformat() in before, "until when it was in force"


def test_a_removed_override_says_so(admin: Client) -> None:
    special = Workstream.objects.create(name="Special")
    own = set_policy(workstream=special, access=AccessSetting.LIMITED, access_for=DAY).version
    removed = remove_override(special, by=None, now=STARTED)
    assert "from here on the system-wide ones hold there" in version_page(admin, removed.pk)
    assert "It is the first in its scope." in version_page(admin, own)
    assert admin.get(VERSIONS).content.decode().count("Override removed") == 1


@given(policies())
def test_a_version_is_shown_as_it_would_have_been_entered(policy: EndPolicy) -> None:
    assert _as_form(policy).draft().same_settings(policy)


# Rollouts ------------------------------------------------------------------------------------------------------------


def test_the_progress_of_edits_is_shown_too(admin: Client, anna: Agent, carla: Customer) -> None:
    new_session(anna, carla)
    version = set_policy(now=ENDED, inactive_after=HOUR).version
    rollout = Rollout.objects.get(version=version)
    page = admin.get(f"{ROLLOUTS}{rollout.pk}/change/").content.decode()
    assert "Open sessions follow an edit" in page and "1 of 1 sessions" in page and "Under way" in page
    told = admin.get(f"{ROLLOUTS}{rollout.pk}/progress/").json()
    assert told == {"done": 1, "total": 1, "text": "1 of 1 sessions", "finished": False}
    assert "Open sessions follow an edit" in admin.get(ROLLOUTS).content.decode()


def test_only_who_may_sees_progress(admin: Client, session: LiveSession) -> None:
    rollout = Rollout.objects.create(kind="apply", version=PolicyVersion.objects.latest("pk"), started_at=ENDED)
    Group.objects.get(name="Administrator").permissions.remove(right("view_rollout"))
    assert admin.get(f"{ROLLOUTS}{rollout.pk}/progress/").status_code == 403
