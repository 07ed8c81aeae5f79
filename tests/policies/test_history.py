"""The history of settings: what is recorded of each change, how it reads, and restoring a version."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from policies_app.actions import remove_override
from policies_app.history import NOTHING, changes_of, who
from policies_app.kinds import AccessSetting
from policies_app.models import EndSessionBehavior, Notices, PolicyVersion, SystemSettings, Workstream
from sessions_app.client_addresses import client_address
from sessions_app.models import Agent
from tests.cast import browser_of, general, set_policy
from tests.moments import DAY, HOUR, MINUTE, STARTED
from tests.policies import posts

LIST = "/admin/auditlog/logentry/"


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def loans(db: None) -> Workstream:
    return Workstream.objects.create(name="Loans")


def recorded(obj: Model) -> list[LogEntry]:
    """Newest first."""
    return list(LogEntry.objects.get_for_object(obj).order_by("-pk"))


def told(entry: LogEntry) -> dict[str, str]:
    """The difference in plain words: label and what became of it."""
    return {
        change.label: " ".join(piece.text for piece in change.pieces).replace(NOTHING, "nothing")
        for change in changes_of(entry)
    }


def page(obj: Model, name: str) -> str:
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_{name}", args=[obj.pk])


# What is recorded ------------------------------------------------------------------------------------------------


def test_a_change_is_recorded_with_who_and_from_where(admin: Client, admin_user: User, loans: Workstream) -> None:
    renamed = {"name": "Credit", "is_active": "on"} | posts.WORKSTREAM
    admin.post(page(loans, "change"), renamed, REMOTE_ADDR="203.0.113.7")
    entry = recorded(loans)[0]
    assert (entry.actor, entry.remote_addr) == (admin_user, "203.0.113.7")
    assert told(entry) == {"Name": "Loans → Credit"}


def test_a_change_by_a_command_is_nobodys(loans: Workstream) -> None:
    assert who(recorded(loans)[0]) == "Nobody signed in"


@pytest.mark.parametrize("draft", [True, False], ids=["from a draft", "of the row in force"])
def test_the_only_writer_of_policies_is_recorded(admin_user: User, draft: bool) -> None:
    set_policy()
    row = EndSessionBehavior.objects.get()
    if draft:
        set_policy(access=AccessSetting.LIMITED, access_for=2 * HOUR)
    else:
        row.access_on, row.access, row.access_for = True, AccessSetting.LIMITED, 2 * HOUR
        row.save()
    assert told(recorded(row)[0]) == {
        "End session access": "Off → On",
        "Access level": "nothing → Limited access",
        "Duration of access": "nothing → 2 hours",
    }


def test_saving_what_is_stored_already_records_nothing(loans: Workstream) -> None:
    before = len(recorded(loans))
    loans.save()
    assert len(recorded(loans)) == before


def test_the_removal_of_an_override_is_recorded_with_what_it_was(admin_user: User, loans: Workstream) -> None:
    set_policy(workstream=loans, inactive_after=10 * MINUTE)
    row = EndSessionBehavior.objects.get(workstream=loans)
    pk = row.pk
    remove_override(loans, by=admin_user, now=STARTED)
    entry = LogEntry.objects.filter(object_pk=str(pk)).latest("pk")
    assert entry.action == LogEntry.Action.DELETE
    assert told(entry)["Workstream"] == "Loans"
    assert told(entry)["Duration of inactivity"] == "10 minutes"


def test_members_are_recorded_on_both_sides_and_listed_once(admin: Client, anna: Agent, loans: Workstream) -> None:
    anna.workstreams.add(loans)
    assert told(recorded(anna)[0]) == {"Workstreams": "added Loans"}
    assert told(recorded(loans)[0]) == {"Agents": "added Anna"}
    assert admin.get(LIST).content.decode().count("added") == 2  # General when she was made, and Loans
    loans.agents.remove(anna)
    assert told(recorded(anna)[0]) == {"Workstreams": "removed Loans"}
    assert told(recorded(loans)[0]) == {"Agents": "removed Anna"}


def test_clearing_records_only_what_was_there(anna: Agent, loans: Workstream) -> None:
    anna.workstreams.clear()
    assert told(recorded(anna)[0]) == {"Workstreams": "removed General"}
    assert recorded(anna)[0].serialized_data["fields"]["workstreams"] == []


def test_roles_and_permissions_are_recorded(stranger: User) -> None:
    role = Group.objects.get(name="Agent")
    stranger.groups.add(role)
    assert told(recorded(stranger)[0]) == {"Roles": "added Agent"}
    assert told(recorded(role)[0]) == {"Users": "added stranger"}
    role.permissions.add(Permission.objects.get(codename="view_agent"))
    assert told(recorded(role)[0]) == {"Permissions": "added Sessions | agent | Can view agent"}


def test_no_part_of_a_password_is_kept(stranger: User) -> None:
    stranger.set_password("correct horse")
    stranger.save()
    entry = recorded(stranger)[0]
    assert told(entry) == {"Password": "changed"}
    assert entry.changes["password"] == ["***", "***"]
    assert entry.serialized_data is None


def test_signing_in_is_no_change(anna: Agent) -> None:
    before = LogEntry.objects.count()
    browser_of(anna).get("/")
    assert LogEntry.objects.count() == before


# From where ------------------------------------------------------------------------------------------------------

ADDRESSES: dict[str, tuple[bool, str, str | None, str | None]] = {
    "no proxy": (False, "203.0.113.7", None, "203.0.113.7"),
    "no proxy, and a client's tale": (False, "203.0.113.7", "10.0.0.1", "203.0.113.7"),
    "a proxy": (True, "127.0.0.1", "203.0.113.7", "203.0.113.7"),
    "a proxy behind a client's tale": (True, "127.0.0.1", "10.0.0.1, 203.0.113.7", "203.0.113.7"),
    "a proxy that says nothing": (True, "127.0.0.1", None, "127.0.0.1"),
    "a port behind it": (True, "", "203.0.113.7:4711", "203.0.113.7"),
    "the other protocol": (True, "", "2001:db8::1", "2001:db8::1"),
    "the other protocol with a port": (True, "", "[2001:db8::1]:4711", "2001:db8::1"),
    "one protocol as the other": (True, "", "::ffff:203.0.113.7", "203.0.113.7"),
    "one as the other with a port": (True, "", "[::ffff:203.0.113.7]:4711", "203.0.113.7"),
    "no proxy, on both protocols": (False, "::ffff:203.0.113.7", None, "203.0.113.7"),
    "an address of one cable": (False, "fe80::1%eth0", None, "fe80::1"),
    "no address at all": (True, "127.0.0.1", "unknown", None),
    "what would break the database": (True, "127.0.0.1", "1'; --", None),
    "a socket": (False, "", None, None),
}


@pytest.mark.parametrize(("behind_proxy", "peer", "told", "address"), ADDRESSES.values(), ids=ADDRESSES)
def test_the_address_is_the_proxys_word_not_the_clients(
    settings: Any, behind_proxy: bool, peer: str, told: str | None, address: str | None
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None
    meta = {"REMOTE_ADDR": peer} | ({"HTTP_X_FORWARDED_FOR": told} if told else {})
    assert client_address(RequestFactory().get("/", **meta)) == address


def test_nothing_that_a_client_says_of_itself_is_kept(admin: Client, loans: Workstream) -> None:
    headers = {"HTTP_X_FORWARDED_PORT": "9" * 12, "HTTP_X_CORRELATION_ID": "x" * 500}
    assert admin.post(page(loans, "change"), {"name": "Credit"} | posts.WORKSTREAM, **headers).status_code == 302
    entry = recorded(loans)[0]
    assert (entry.remote_port, entry.cid) == (None, None)


# How it reads ----------------------------------------------------------------------------------------------------

PORTAL = "https://portal.example.com/"
WORDS: dict[str, tuple[type[Model], dict[str, Any], dict[str, str]]] = {
    "a toggle": (EndSessionBehavior, {"chat": [False, True]}, {"Chat": "Off → On"}),
    "a choice": (
        EndSessionBehavior,
        {"redirect_agent": ["welcome", "stay"]},
        {"Redirect agent": "Back to Welcome page → Stay in room"},
    ),
    "a duration": (
        EndSessionBehavior,
        {"wait_at_most": ["0:10:00", "1 day, 0:00:00"]},
        {"Wait at most": "10 minutes → 1 day"},
    ),
    "a label that says too little": (
        EndSessionBehavior,
        {"redirect_customer": ["", PORTAL]},
        {"Redirect customer: URL": f"nothing → {PORTAL}"},
    ),
    "whose text": (
        Notices,
        {"end_agent": ["", "Bye"], "end_customer": ["", "So long"]},
        {"Agent: After the end": "nothing → Bye", "Customer: After the end": "nothing → So long"},
    ),
    "a long text, word by word": (
        Notices,
        {"end_customer": ["Thank you all", "Thank you both"]},
        {"Customer: After the end": "Thank you all both"},
    ),
    "a language": (Notices, {"language": ["", "en"]}, {"Language": "nothing → English"}),
    "a moment": (
        User,
        {"date_joined": [None, "2026-03-02 09:00:00"]},
        {"Date joined": "nothing → March 2, 2026, 9 a.m."},
    ),
    "a field that is gone": (Workstream, {"old_thing": ["a", "b"]}, {"Old thing": "a → b"}),
}


@pytest.mark.parametrize(("model", "stored", "words"), WORDS.values(), ids=WORDS)
def test_a_difference_is_in_plain_words(model: type[Model], stored: dict[str, Any], words: dict[str, str]) -> None:
    kind = SimpleNamespace(model_class=lambda: model)
    assert told(SimpleNamespace(content_type=kind, changes=stored, action=LogEntry.Action.UPDATE)) == words


def test_the_list_has_every_change_newest_first_and_is_searched_and_filtered(
    admin: Client, admin_user: User, loans: Workstream
) -> None:
    admin.post(page(loans, "change"), {"name": "Credit", "is_active": "on"} | posts.WORKSTREAM)
    SystemSettings.objects.create(pk=1, allowed_redirect_hosts="portal.example.com")
    shown = admin.get(LIST)
    assert [entry.pk for entry in shown.context["cl"].result_list] == sorted(
        LogEntry.objects.values_list("pk", flat=True), reverse=True
    )
    assert "Loans</del> <span>→</span> <ins>Credit" in shown.content.decode()
    for query, found in {
        "?q=Credit": {"Credit"},
        "?q=portal.example.com": {"General settings"},
        f"?who={admin_user.pk}": {"Credit"},
    }.items():
        listed = admin.get(LIST + query).context["cl"].result_list
        assert {entry.object_repr for entry in listed} == found, query


def test_nobody_changes_history(admin: Client, loans: Workstream) -> None:
    entry = recorded(loans)[0]
    assert admin.post(page(entry, "change"), {"object_repr": "Forged"}).url == page(loans, "history")
    assert admin.post(page(entry, "delete"), {"post": "yes"}).status_code == 403
    assert admin.post(f"{LIST}add/").status_code == 403
    admin.post(LIST, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert LogEntry.objects.get(pk=entry.pk).object_repr == "Loans"


# Restoring -------------------------------------------------------------------------------------------------------


def test_restoring_fills_the_form_and_stores_nothing_until_it_is_saved(admin: Client, loans: Workstream) -> None:
    first = recorded(loans)[0]
    admin.post(page(loans, "change"), {"name": "Credit"} | posts.WORKSTREAM)
    history = admin.get(page(loans, "history")).content.decode()
    assert history.count("Restore this version") == 1  # the newest is as it is now
    assert f"?restore={first.pk}" in history

    form = admin.get(f"{page(loans, 'change')}?restore={first.pk}")
    assert form.context["adminform"].form["name"].value() == "Loans"
    assert form.context["adminform"].form["is_active"].value() is True
    assert "You are restoring the version of" in form.content.decode()
    loans.refresh_from_db()
    assert (loans.name, loans.is_active) == ("Credit", False)

    admin.post(f"{page(loans, 'change')}?restore={first.pk}", {"name": "Loans", "is_active": "on"} | posts.WORKSTREAM)
    loans.refresh_from_db()
    assert (loans.name, loans.is_active) == ("Loans", True)


def test_a_version_of_an_agent_has_their_workstreams(admin: Client, anna: Agent, loans: Workstream) -> None:
    with_general = recorded(anna)[0]
    anna.workstreams.set([loans])
    form = admin.get(f"{page(anna, 'change')}?restore={with_general.pk}").context["adminform"].form
    assert form["workstreams"].value() == [general().pk]


def test_a_version_of_the_end_session_behavior_is_whole(admin: Client) -> None:
    set_policy(inactive_after=10 * MINUTE, access=AccessSetting.LIMITED, access_for=DAY)
    row = EndSessionBehavior.objects.get()
    before = recorded(row)[0]
    set_policy(redirect_customer="https://portal.example.com/")
    form = admin.get(f"{page(row, 'change')}?restore={before.pk}").context["adminform"].form
    values = {name: form[name].value() for name in ("inactive_after", "access", "access_for", "redirect_customer_on")}
    assert values == {
        "inactive_after": 10 * MINUTE,
        "access": "limited",
        "access_for": timedelta(days=1),
        "redirect_customer_on": False,
    }
    assert PolicyVersion.objects.count() == 3


def test_a_removed_override_is_made_again_from_its_history(admin: Client, admin_user: User, loans: Workstream) -> None:
    set_policy(workstream=loans, inactive_after=10 * MINUTE)
    override = EndSessionBehavior.objects.get(workstream=loans)
    history = page(override, "history")
    remove_override(loans, by=admin_user, now=STARTED)
    removed = LogEntry.objects.filter(action=LogEntry.Action.DELETE).get()
    shown = admin.get(history).content.decode()
    place = f"{reverse('admin:policies_app_endsessionbehavior_add')}?restore={removed.pk}&amp;workstream={loans.pk}"
    assert place in shown
    form = admin.get(place.replace("&amp;", "&")).context["adminform"].form
    assert form["inactive_after"].value() == 10 * MINUTE

    set_policy(workstream=loans, now=STARTED)
    again = EndSessionBehavior.objects.get(workstream=loans)
    assert f"{page(again, 'change')}?restore={removed.pk}" in admin.get(page(again, "history")).content.decode()
    assert f"{page(again, 'change')}?restore={removed.pk}" in admin.get(history).content.decode()


def test_deleted_notices_are_made_again_from_their_history(admin: Client) -> None:
    notices = Notices.objects.create(language="en", end_customer="So long")
    history = page(notices, "history")
    notices.delete()
    removed = LogEntry.objects.filter(action=LogEntry.Action.DELETE).get()
    place = f"{reverse('admin:policies_app_notices_add')}?restore={removed.pk}"
    assert place in admin.get(history).content.decode()
    form = admin.get(place).context["adminform"].form
    assert (form["language"].value(), form["end_customer"].value()) == ("en", "So long")


def test_a_version_of_something_else_is_not_restored(admin: Client, loans: Workstream) -> None:
    other = recorded(Workstream.objects.create(name="Cards"))[0]
    for asked in (other.pk, 10**9, "x", "-1"):
        form = admin.get(f"{page(loans, 'change')}?restore={asked}").context["adminform"].form
        assert form["name"].value() == "Loans"


def test_accounts_and_roles_have_a_history_without_restoring(admin: Client, stranger: User) -> None:
    stranger.email = "stranger@example.com"
    stranger.save()
    for obj in (stranger, Group.objects.get(name="Agent")):
        obj.save()
        shown = admin.get(page(obj, "history")).content.decode()
        assert "Restore" not in shown
    assert "stranger@example.com" in admin.get(page(stranger, "history")).content.decode()


def test_history_is_for_those_who_may_see_it(loans: Workstream) -> None:
    browser = Client()
    user = User.objects.create_user("sue")
    user.groups.add(Group.objects.get(name="Supervisor"))
    browser.force_login(user)
    assert "History" not in browser.get(page(loans, "change")).content.decode()
    assert browser.get(page(loans, "history")).status_code == 403
    assert browser.get(LIST).status_code == 403
    entry = recorded(loans)[0]
    assert "restoring" not in browser.get(f"{page(loans, 'change')}?restore={entry.pk}").content.decode()


def test_the_history_of_nothing_is_not_found(admin: Client) -> None:
    assert admin.get("/admin/policies_app/workstream/999/history/").status_code == 404
