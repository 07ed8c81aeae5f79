"""Seats, capacity and what goes with them in Django admin: the hold ledger (product.md D4) and the settings."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from policies_app.kinds import DueKind, FileGroup, SessionState
from policies_app.models import SystemSettings, Workstream
from sessions_app.models import Agent, Customer, LiveSession, QuickReply
from tests.cast import available, fresh, general, kinds, new_session, waiting
from tests.moments import HOUR, MINUTE, STARTED
from tests.policies import posts

LEDGER = "/admin/sessions_app/livesession/seats/"
SETTINGS = "/admin/policies_app/systemsettings/1/change/"
REPLIES = "/admin/sessions_app/quickreply/"


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(STARTED, tick=False)


def release_of(session: LiveSession) -> str:
    return f"/admin/sessions_app/livesession/{session.pk}/release/"


def away(session: LiveSession, minutes: int) -> LiveSession:
    """The customer dropped, and the seat is held for so long."""
    LiveSession.objects.filter(pk=session.pk).update(
        channel="widget",
        state=SessionState.DISCONNECTED,
        disconnected_at=STARTED,
        hold_until=STARTED + minutes * MINUTE,
        return_until=STARTED + 60 * MINUTE,
        next_due_at=STARTED + minutes * MINUTE,
        next_due_kind=DueKind.END_HOLD,
    )
    return fresh(session)


def rows(admin: Client, **asked: object) -> list[tuple[str, str]]:
    page = admin.get(LEDGER, asked)
    assert page.status_code == 200
    return [(row.held.session.customer.name, str(row.held.why)) for row in page.context["rows"]]


# The ledger --------------------------------------------------------------------------------------------------------


def test_the_ledger_says_which_session_holds_whose_seat_and_why(
    admin: Client, anna: Agent, ben: Agent, carla: Customer, dan: Customer
) -> None:
    new_session(anna, carla)
    away(new_session(anna, dan), 5)
    offered = new_session(ben, carla)
    LiveSession.objects.filter(pk=offered.pk).update(answer_by=STARTED + MINUTE)
    assert rows(admin) == [("Carla", "active"), ("Dan", "customer_away"), ("Carla", "offered")]
    assert rows(admin, agent=anna.pk) == [("Carla", "active"), ("Dan", "customer_away")]
    assert rows(admin, workstream=Workstream.objects.create(name="Loans").pk) == []
    for odd in ("x", "-1", "9" * 40):
        assert len(rows(admin, agent=odd)) == 3


def test_what_is_prepared_given_up_or_over_is_not_in_it(
    admin: Client, anna: Agent, carla: Customer, dan: Customer
) -> None:
    prepared = new_session(anna, carla)
    LiveSession.objects.filter(pk=prepared.pk).update(is_prepared=True)
    away(new_session(anna, dan), 0)
    assert rows(admin) == []
    assert "No seat is held now" in admin.get(LEDGER).content.decode()


def test_a_seat_is_released_after_a_question(
    admin: Client, session: LiveSession, django_capture_on_commit_callbacks: Any
) -> None:
    assert "goes back to the queue" in admin.get(release_of(session)).content.decode()
    assert kinds(session) == ["started"]
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(release_of(session)).headers["Location"] == LEDGER
    assert fresh(session).state == SessionState.QUEUED
    assert session.timeline.latest("number").payload["by"] == "ada"
    assert admin.post(release_of(session)).headers["Location"] == LEDGER, "twice is no error"
    assert kinds(session) == ["started", "returned"]
    assert admin.get("/admin/sessions_app/livesession/999/release/").status_code == 404


def test_a_hold_is_given_up_and_the_session_stays_where_it_is(admin: Client, session: LiveSession) -> None:
    away(session, 5)
    assert "can still come back" in admin.get(release_of(session)).content.decode()
    admin.post(release_of(session))
    after = fresh(session)
    assert (after.state, after.hold_until) == (SessionState.DISCONNECTED, STARTED)
    assert kinds(session) == ["started", "seat_released"]


def test_supervisors_release_and_whoever_only_looks_does_not(session: LiveSession) -> None:
    looks = User.objects.create_user("looks")
    looks.user_permissions.set(Permission.objects.filter(codename__in=["view_livesession", "view_workstream"]))
    browser = Client()
    browser.force_login(looks)
    page = browser.get(LEDGER)
    assert page.status_code == 200 and release_of(session) not in page.content.decode()
    assert browser.get(release_of(session)).status_code == browser.post(release_of(session)).status_code == 403
    boss = User.objects.create_user("boss")
    boss.groups.add(Group.objects.get(name="Supervisor"))
    browser.force_login(boss)
    assert release_of(session) in browser.get(LEDGER).content.decode()
    assert browser.post(release_of(session)).status_code == 302
    assert kinds(session) == ["started", "returned"]


def test_the_page_of_a_session_says_how_it_stands_with_its_seat(admin: Client, carla: Customer) -> None:
    session = waiting(carla)
    page = admin.get(f"/admin/sessions_app/livesession/{session.pk}/change/").content.decode()
    assert "Waits in the queue since" in page
    assert "it waits until an agent takes it, or the customer leaves" in page


# Settings ----------------------------------------------------------------------------------------------------------


def test_more_capacity_serves_whoever_waits_at_once(
    admin: Client, anna: Agent, carla: Customer, dan: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    available(anna)
    Agent.objects.update(capacity=1)
    new_session(anna, dan)
    session = waiting(carla)
    form = {"user": anna.user_id, "name": "Anna", "workstreams": [general().pk]}
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"/admin/sessions_app/agent/{anna.pk}/change/", form | {"capacity": "2"})
    assert fresh(session).agent == anna
    for bad in ("0", "1001", "", "x"):
        answer = admin.post(f"/admin/sessions_app/agent/{anna.pk}/change/", form | {"capacity": bad})
        assert answer.status_code == 200


def test_who_is_added_to_a_workstream_gets_who_waits_there(
    admin: Client, anna: Agent, carla: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    loans = Workstream.objects.create(name="Loans")
    available(anna)
    session = waiting(carla, loans)
    form = {"name": "Loans", "is_active": "on", "agents": [anna.pk]} | posts.WORKSTREAM
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(f"/admin/policies_app/workstream/{loans.pk}/change/", form).status_code == 302
    assert fresh(session).agent == anna


def workstream_post(**changed: object) -> dict[str, object]:
    return {"name": "General", "is_active": "on"} | posts.WORKSTREAM | changed


def test_a_workstream_keeps_its_settings(admin: Client) -> None:
    form = f"/admin/policies_app/workstream/{general().pk}/change/"
    posted = workstream_post(
        assignment="pick",
        answer_within_number="30",
        answer_within_unit="seconds",
        returning_customer="new",
        device_access="code",
        largest_file_mb="3",
        most_files="7",
        file_groups=["text", "pictures"],
    )
    assert admin.post(form, posted).status_code == 302
    found = general()
    assert (found.assignment, found.returning_customer, found.device_access) == ("pick", "new", "code")
    assert found.answer_within == MINUTE / 2
    assert (found.largest_file_mb, found.most_files) == (3, 7)
    assert found.allowed_groups == {FileGroup.PICTURES, FileGroup.TEXT}
    history = admin.get(f"/admin/policies_app/workstream/{found.pk}/history/").content.decode()
    assert "Pictures, Plain text" in history
    admin.post(form, workstream_post(answer_within_number=""))
    found = general()
    assert (found.answer_within, found.file_groups, found.largest_file_mb) == (None, [], None)


BAD = {
    "largest_file_mb": ("100000", "Give at most"),
    "most_files": ("0", "greater than or equal to 1"),
    "answer_within_number": ("2", "Give a duration from 10 seconds"),
    "file_groups": ([], "Select at least one kind of files"),
    "assignment": ("dice", "Select a valid choice"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_workstream_names_what_is_wrong(admin: Client, name: str) -> None:
    value, said = BAD[name]
    unit = {"answer_within_unit": "seconds"}
    answer = admin.post(
        f"/admin/policies_app/workstream/{general().pk}/change/", workstream_post(**unit, **{name: value})
    )
    assert said in answer.content.decode()


def test_general_settings_say_when_agents_are_away_and_how_long_links_last(admin: Client) -> None:
    posted = {"allowed_redirect_hosts": "", "away_after_number": "5", "away_after_unit": "minutes"}
    admin.post(SETTINGS, posted | {"link_lasts_number": "1", "link_lasts_unit": "hours"})
    found = SystemSettings.objects.get()
    assert (found.away_after, found.link_lasts) == (5 * MINUTE, HOUR)
    answer = admin.post(SETTINGS, posted | {"away_after_number": "", "link_lasts_number": ""})
    assert "Enter after how long agents are away" in answer.content.decode()


# Quick replies -----------------------------------------------------------------------------------------------------


def test_quick_replies_are_shared_or_of_a_workstream_and_once_each(admin: Client) -> None:
    add = f"{REPLIES}add/"
    assert admin.post(add, {"shortcut": "hello", "text": "Hello {customer}"}).status_code == 302
    assert admin.post(add, {"shortcut": "hello", "text": "Hi", "workstream": general().pk}).status_code == 302
    for workstream in ("", general().pk):
        again = admin.post(add, {"shortcut": "hello", "text": "Hey", "workstream": workstream})
        assert "with this shortcut already" in again.content.decode()
    assert QuickReply.objects.count() == 2


def test_those_of_single_agents_are_not_there(admin: Client, anna: Agent) -> None:
    own = QuickReply.objects.create(shortcut="mine", text="Mine", agent=anna)
    assert "mine" not in admin.get(REPLIES).content.decode().lower().replace("determine", "")
    assert admin.get(f"{REPLIES}{own.pk}/change/").status_code == 302
