"""The three roles: what they are given, what they can really do in Django admin; and that looking changes nothing."""

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from auditlog.models import LogEntry
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from unfold.admin import ModelAdmin

from policies_app.models import ChatWidget, EndSessionBehavior, Notices, PolicyVersion, SystemSettings, Workstream
from policies_app.selectors import end_session_behavior
from sessions_app import links
from sessions_app.kinds import LinkOutcome
from sessions_app.models import (
    AccessLink,
    Agent,
    Customer,
    DocumentTemplate,
    Integration,
    LinkEvent,
    LiveSession,
    QuickReply,
    Rollout,
    SignInEvent,
    WebhookEndpoint,
)
from sessions_app.roles import ADMINISTRATOR, AGENT, SUPERVISOR
from tests import cast
from tests.documents.papers import new_version
from tests.moments import MINUTE, STARTED
from tests.policies import posts
from tests.webhooks.receiving import new_endpoint

ROLES: dict[str, dict[str, list[str]]] = import_module("sessions_app.migrations.0002_roles").ROLES

PAGES = ("list", "view", "change", "add", "delete")
"""What can be done with a model in Django admin. Who may view and not change gets a form that cannot be edited."""

# What each role can do with each model. A model that is registered later needs a row here, and an object below.
MATRIX: dict[type[Model], dict[str, str]] = {
    EndSessionBehavior: {ADMINISTRATOR: "list view change add delete", SUPERVISOR: "list view"},
    ChatWidget: {ADMINISTRATOR: "list view change add delete", SUPERVISOR: "list view"},
    Workstream: {ADMINISTRATOR: "list view change add delete", SUPERVISOR: "list view"},
    Notices: {ADMINISTRATOR: "list view change add delete", SUPERVISOR: "list view"},
    SystemSettings: {ADMINISTRATOR: "list view change", SUPERVISOR: ""},
    PolicyVersion: {ADMINISTRATOR: "list view", SUPERVISOR: "list view"},
    LiveSession: {ADMINISTRATOR: "list view", SUPERVISOR: "list view"},
    AccessLink: {ADMINISTRATOR: "list view", SUPERVISOR: "list view"},
    LinkEvent: {ADMINISTRATOR: "list view", SUPERVISOR: "list view"},
    Rollout: {ADMINISTRATOR: "list view", SUPERVISOR: "list view"},
    Agent: {ADMINISTRATOR: "list view change add", SUPERVISOR: "list view"},
    User: {ADMINISTRATOR: "list view change add", SUPERVISOR: ""},
    Group: {ADMINISTRATOR: "list view", SUPERVISOR: ""},
    LogEntry: {ADMINISTRATOR: "list", SUPERVISOR: ""},
    QuickReply: {ADMINISTRATOR: "list view change add delete", SUPERVISOR: "list view change add delete"},
    DocumentTemplate: {ADMINISTRATOR: "list view change add delete", SUPERVISOR: "list view"},
    Customer: {ADMINISTRATOR: "list view", SUPERVISOR: ""},
    Integration: {ADMINISTRATOR: "list view change add delete", SUPERVISOR: ""},
    WebhookEndpoint: {ADMINISTRATOR: "list view change add delete", SUPERVISOR: "list view"},
    SignInEvent: {ADMINISTRATOR: "list view", SUPERVISOR: ""},
    AccessAttempt: {ADMINISTRATOR: "list view", SUPERVISOR: ""},
}


def _rollout() -> Rollout:
    """What carries an edit to the sessions that follow it."""
    cast.new_session(cast.new_agent("Anna"), cast.new_customer("Carla"))
    cast.set_policy(chat=False, inactive_after=10 * MINUTE)
    return Rollout.objects.latest("pk")


def _link() -> AccessLink:
    session = cast.new_session(cast.new_agent("Anna"), cast.new_customer("Carla"))
    links.mint(session, by=None, now=STARTED)
    return session.links.get()


def _override() -> EndSessionBehavior:
    cast.set_policy(workstream=Workstream.objects.create(name="Loans"))
    return EndSessionBehavior.objects.get(workstream__name="Loans")


OBJECTS: dict[type[Model], Callable[[], Model]] = {
    EndSessionBehavior: _override,
    Workstream: lambda: Workstream.objects.create(name="Loans"),
    ChatWidget: lambda: ChatWidget.objects.create(workstream=cast.general(), name="Website"),
    Notices: lambda: Notices.objects.create(language="en"),
    SystemSettings: lambda: SystemSettings.objects.create(pk=1),
    PolicyVersion: lambda: end_session_behavior().version,
    LiveSession: lambda: cast.new_session(cast.new_agent("Anna"), cast.new_customer("Carla")),
    AccessLink: _link,
    LinkEvent: lambda: LinkEvent.objects.create(link=_link(), at=STARTED, outcome=LinkOutcome.USED),
    Rollout: _rollout,
    Agent: lambda: cast.new_agent("Anna"),
    User: lambda: User.objects.create_user("somebody"),
    Group: lambda: Group.objects.get(name=AGENT),
    QuickReply: lambda: QuickReply.objects.create(shortcut="hello", text="Hello"),
    DocumentTemplate: lambda: new_version().template,
    Customer: lambda: cast.new_customer("Carla"),
    Integration: lambda: Integration.objects.create(name="CRM", created_at=STARTED),
    WebhookEndpoint: new_endpoint,
    SignInEvent: lambda: SignInEvent.objects.create(at=STARTED, happening="signed_in", way="password"),
    AccessAttempt: lambda: AccessAttempt.objects.create(username="anna", failures_since_start=1),
    LogEntry: lambda: LogEntry.objects.log_create(cast.general(), action=1, changes={"name": ["A", "B"]}),
}


def in_role(role: str, name: str = "") -> Client:
    """A browser in which somebody is signed in who has this role, and is nothing else: neither staff nor superuser."""
    user = User.objects.create_user(name or role.lower())
    user.groups.add(Group.objects.get(name=role))
    browser = Client()
    browser.force_login(user)
    return browser


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


# The table -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_has_the_permissions_of_the_table_and_no_others(db: None, role: str) -> None:
    given = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    assert sorted(given) == sorted((app, name) for app, names in ROLES[role].items() for name in names)


def test_administrators_hold_what_they_can_give(db: None) -> None:
    held = {role: set(Group.objects.get(name=role).permissions.all()) for role in ROLES}
    assert held[SUPERVISOR] | held[AGENT] <= held[ADMINISTRATOR]


# The matrix ------------------------------------------------------------------------------------------------------


def test_every_registered_model_has_a_row() -> None:
    assert {model.__name__ for model in admin.site._registry} == {model.__name__ for model in MATRIX}
    assert MATRIX.keys() == OBJECTS.keys()


@pytest.mark.parametrize("model", MATRIX, ids=lambda model: model.__name__)
@pytest.mark.parametrize("role", [ADMINISTRATOR, SUPERVISOR])
def test_a_role_can_do_in_the_admin_what_the_matrix_says(db: None, role: str, model: type[Model]) -> None:
    end_session_behavior()
    pk = OBJECTS[model]().pk
    browser = in_role(role)
    can = [page for page in PAGES if _can(browser, model, page, pk)]
    assert " ".join(can) == MATRIX[model][role]


def _can(browser: Client, model: type[Model], page: str, pk: object) -> bool:
    if page == "list":
        return browser.get(address(model, "changelist"), follow=True).status_code == 200
    if page == "add":
        return browser.get(address(model, "add") + "?workstream=" + str(cast.general().pk)).status_code == 200
    if page == "delete":
        return browser.get(address(model, "delete", pk)).status_code == 200
    answer = browser.get(address(model, "change", pk))
    if page == "view" or answer.status_code != 200:
        return answer.status_code == 200
    return bool(answer.context.get("has_change_permission"))


@pytest.mark.parametrize("model", MATRIX, ids=lambda model: model.__name__)
def test_agents_get_nothing_of_the_admin(db: None, model: type[Model]) -> None:
    pk, browser = OBJECTS[model]().pk, in_role(AGENT)
    pages = [("changelist",), ("add",), ("change", pk), ("delete", pk), ("history", pk)]
    for page, *args in pages:
        assert browser.get(address(model, page, *args), follow=True).status_code == 403


@pytest.mark.parametrize(
    "model", [one for one, can in MATRIX.items() if "change" not in can[SUPERVISOR]], ids=lambda model: model.__name__
)
def test_what_supervisors_post_changes_nothing(db: None, model: type[Model]) -> None:
    end_session_behavior()
    pk, browser = OBJECTS[model]().pk, in_role(SUPERVISOR)
    new = f"?workstream={cast.general().pk}"
    for page in (address(model, "add") + new, address(model, "change", pk), address(model, "delete", pk)):
        with CaptureQueriesContext(connection) as asked:
            answer = browser.post(page, {"post": "yes", "name": "Forged", **posts.ALL_OFF})
        assert _writes(asked) == [], page
        assert answer.status_code == 403 or "change" not in MATRIX[model][ADMINISTRATOR]


def test_the_settings_are_offered_to_those_who_may_open_them(db: None) -> None:
    link = 'href="/admin/"'
    for role, offered in {SUPERVISOR: True, ADMINISTRATOR: True, AGENT: False}.items():
        browser = in_role(role)
        Agent.objects.create(user=User.objects.get(username=role.lower()), name=role)
        assert (link in browser.get("/").content.decode()) is offered


def test_an_administrator_who_is_no_agent_comes_to_the_settings_at_once(db: None) -> None:
    assert in_role(ADMINISTRATOR).get("/").headers["Location"] == "/admin/"


def test_an_inactive_administrator_gets_nothing(db: None) -> None:
    browser = in_role(ADMINISTRATOR)
    User.objects.update(is_active=False)
    assert browser.get("/admin/").status_code == 302


# Administrators and people ---------------------------------------------------------------------------------------


@pytest.fixture
def ada(db: None) -> User:
    """An administrator by role."""
    in_role(ADMINISTRATOR, "ada")
    return User.objects.get(username="ada")


@pytest.fixture
def office(ada: User) -> Client:
    browser = Client()
    browser.force_login(ada)
    return browser


def posted(user: User, *roles: str, **more: object) -> dict[str, object]:
    """What the form of a user posts, with whatever somebody put into it beside."""
    groups = [Group.objects.get(name=role).pk for role in roles]
    return {"username": user.username, "is_active": "on", "groups": groups} | more


def test_an_administrator_gives_and_takes_the_three_roles(office: Client) -> None:
    user = User.objects.create_user("new")
    page = address(User, "change", user.pk)
    for roles in ((ADMINISTRATOR, SUPERVISOR, AGENT), (SUPERVISOR,), ()):
        assert office.post(page, posted(user, *roles)).status_code == 302
        assert {group.name for group in user.groups.all()} == set(roles)


FORGED = {
    "superuser": {"is_superuser": "on"},
    "staff": {"is_staff": "on"},
    "a single permission": {"user_permissions": "delete_user"},
}


@pytest.mark.parametrize("what", FORGED)
@pytest.mark.parametrize("whom", ["themselves", "somebody else"])
def test_an_administrator_gives_nothing_beyond_roles(office: Client, ada: User, what: str, whom: str) -> None:
    user = ada if whom == "themselves" else User.objects.create_user("new")
    forged = dict(FORGED[what])
    if name := forged.get("user_permissions"):
        forged["user_permissions"] = str(Permission.objects.get(codename=name).pk)
    office.post(address(User, "change", user.pk), posted(user, ADMINISTRATOR, **forged))
    user.refresh_from_db()
    assert [*user.groups.values_list("name", flat=True)] == [ADMINISTRATOR]
    assert (user.is_superuser, user.is_staff, user.user_permissions.count()) == (False, False, 0)


def test_an_administrator_makes_no_superuser_of_a_new_account(office: Client) -> None:
    new = {"username": "new", "usable_password": "true", "password1": "long-enough-9", "password2": "long-enough-9"}
    office.post(address(User, "add"), new | {"is_superuser": "on", "is_staff": "on"})
    user = User.objects.get(username="new")
    assert (user.is_superuser, user.is_staff) == (False, False)


def test_an_administrator_gives_no_role_that_can_more_than_they(office: Client, ada: User) -> None:
    stronger = Group.objects.create(name="Owner")
    stronger.permissions.add(Permission.objects.get(codename="delete_user"))
    office.post(address(User, "change", ada.pk), posted(ada, ADMINISTRATOR, "Owner"))
    assert not ada.groups.filter(name="Owner").exists()


def test_roles_that_are_not_theirs_to_take_stay(admin_user: User, office: Client) -> None:
    """Nor can they edit whoever has such a role: a superuser can, and loses nothing by it."""
    user = User.objects.create_user("owner")
    stronger = Group.objects.create(name="Owner")
    stronger.permissions.add(Permission.objects.get(codename="delete_user"))
    user.groups.add(stronger)
    assert office.post(address(User, "change", user.pk), posted(user)).status_code == 403
    assert user.groups.get() == stronger


@pytest.mark.parametrize("kind", ["superuser", "inactive superuser", "holder of a single permission"])
def test_an_administrator_gets_at_nobody_who_may_do_more(office: Client, kind: str) -> None:
    user = User.objects.create_user("boss", password="as-it-was-1")
    user.is_superuser, user.is_active = "superuser" in kind, "inactive" not in kind
    user.save()
    if "single" in kind:
        user.user_permissions.add(Permission.objects.get(codename="delete_user"))
    passwords = {"password1": "long-enough-9", "password2": "long-enough-9", "usable_password": "true"}
    page = address(User, "change", user.pk)
    assert office.post(page, posted(user, email="mine@example.com")).status_code == 403
    assert office.post(reverse("admin:auth_user_password_change", args=[user.pk]), passwords).status_code == 403
    assert office.get(page).status_code == 200
    user.refresh_from_db()
    assert user.check_password("as-it-was-1") and user.email == ""


def test_nobody_deletes_accounts(office: Client, admin_user: User) -> None:
    user, superuser = User.objects.create_user("new"), Client()
    superuser.force_login(admin_user)
    for one in (office, superuser):
        assert one.post(address(User, "delete", user.pk), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
        one.post(address(User, "changelist"), chosen)
    assert User.objects.filter(pk=user.pk).exists()


def test_an_administrator_does_not_edit_roles(office: Client) -> None:
    role = Group.objects.get(name=ADMINISTRATOR)
    everything = [permission.pk for permission in Permission.objects.all()]
    forged = {"name": ADMINISTRATOR, "permissions": everything}
    assert office.post(address(Group, "change", role.pk), forged).status_code == 403
    assert office.post(address(Group, "add"), forged | {"name": "Mine"}).status_code == 403
    assert role.permissions.count() < len(everything)


# Nothing by GET --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MATRIX, ids=lambda model: model.__name__)
def test_no_page_of_the_admin_changes_anything_by_being_looked_at(admin_user: User, model: type[Model]) -> None:
    """Pages and actions alike: those of a list, a row, and a form have addresses of their own in django-unfold."""
    end_session_behavior()
    pk = OBJECTS[model]().pk
    browser = Client()
    browser.force_login(admin_user)
    for page in _addresses(admin.site._registry[model], pk):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get(page)
        assert _writes(asked) == [], page


@pytest.mark.parametrize("model", MATRIX, ids=lambda model: model.__name__)
def test_no_action_on_a_list_changes_anything_before_it_is_confirmed(admin_user: User, model: type[Model]) -> None:
    end_session_behavior()
    pk = OBJECTS[model]().pk
    request, browser = RequestFactory().get("/"), Client()
    request.user = admin_user
    browser.force_login(admin_user)
    for action in admin.site._registry[model].get_actions(request):
        with CaptureQueriesContext(connection) as asked:
            browser.post(address(model, "changelist"), {"action": action, "_selected_action": [pk]})
        assert _writes(asked) == [], action


def _addresses(model_admin: ModelAdmin, pk: object) -> Iterator[str]:
    for pattern in model_admin.get_urls():
        if isinstance(pattern, URLPattern) and pattern.name:
            wanted = pattern.pattern.converters
            yield reverse(f"admin:{pattern.name}", kwargs=dict.fromkeys(wanted, pk))


def _writes(asked: CaptureQueriesContext) -> list[str]:
    """What was written, but for the session of the browser."""
    statements = [query["sql"] for query in asked.captured_queries]
    written = [sql for sql in statements if sql.split(maxsplit=1)[0] in {"INSERT", "UPDATE", "DELETE"}]
    return [sql for sql in written if "browsersession" not in sql]
