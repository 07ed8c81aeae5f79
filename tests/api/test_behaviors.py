"""End session behavior through the API: the same rules, versions, rollout and history as in Django admin."""

from datetime import timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User

from policies_app.history import who
from policies_app.kinds import AccessSetting
from policies_app.models import EndSessionBehavior, PolicyVersion, Workstream
from policies_app.selectors import end_session_behavior
from policies_app.snapshot import EndPolicy
from sessions_app.api.scopes import Scope
from sessions_app.models import LiveSession, Rollout
from tests.api.calling import Api, api_of, problem
from tests.cast import general, set_policy

SYSTEM = "end-session-behavior/"
TIMED = {
    "access_on": True,
    "access": "full_restricted",
    "access_for_seconds": 3600,
    "chat": True,
    "then_limited": True,
    "then_limited_for_seconds": 7200,
}


@pytest.fixture
def own(db: None) -> str:
    """The address of the behavior of General."""
    return f"workstreams/{general().pk}/{SYSTEM}"


def changed(api: Api, path: str, settings: dict[str, Any]) -> Any:
    """What somebody gets who reads, and then changes that."""
    return api.sending(If_Match=api.get(path)["ETag"]).put(path, settings)


def in_force(workstream: Workstream | None = None) -> EndPolicy:
    return EndSessionBehavior.objects.get(workstream=workstream).version.policy()


def test_what_was_never_set_is_off(api: Api) -> None:
    said = api.get(SYSTEM).json()
    assert (said["access_on"], said["access"], said["end_when_inactive"], said["saved_by"]) == (False, None, False, "")
    assert (said["workstream"], said["inherited"]) == (None, False)


def test_a_change_is_in_force_and_has_a_version(api: Api) -> None:
    answer = changed(api, SYSTEM, TIMED)
    said = answer.json()
    assert answer.status_code == 200 and said["access_for_seconds"] == 3600
    policy = in_force()
    assert (policy.access, policy.access_for) == (AccessSetting.FULL_RESTRICTED, timedelta(hours=1))
    assert (policy.then_limited_for, policy.chat) == (timedelta(hours=2), True)
    assert said["version"] == policy.version and answer["ETag"] == f'"{policy.version}"'
    assert api.get(SYSTEM).json() == said


def test_what_was_read_can_be_put_back(api: Api) -> None:
    set_policy(inactive_after=timedelta(minutes=5), warn_before=timedelta(0), access=AccessSetting.LIMITED,
               access_for=timedelta(days=1), redirect_customer="https://example.com/?s={session_id}")  # fmt: skip
    before = api.get(SYSTEM).json()
    assert changed(api, SYSTEM, before).json() == before


def test_what_does_not_apply_is_stored_empty(api: Api) -> None:
    """As of the form in Django admin, however it is posted (rules.md 4)."""
    said = changed(api, SYSTEM, TIMED | {"access": "limited", "redirect_customer": "https://example.com"}).json()
    assert (said["chat"], said["then_limited"], said["then_limited_for_seconds"]) == (False, False, None)
    assert said["redirect_customer"] == ""


WRONG = {
    "access_for_seconds": TIMED | {"access_for_seconds": None},
    "access": {"access_on": True},
    "inactive_after_seconds": {"end_when_inactive": True},
    "warn_before_seconds": {"end_when_inactive": True, "inactive_after_seconds": 60, "warn_before_seconds": 60},
    "redirect_customer": {"redirect_customer_on": True, "redirect_customer": "ftp://example.com"},
    "then_limited_for_seconds": TIMED | {"then_limited_for_seconds": 59},
    "redirect_agent": {"redirect_agent": "home"},
    "wait_at_most_seconds": {"end_when_inactive": True, "inactive_after_seconds": 120, "wait_for_customer": True},
}


@pytest.mark.parametrize("field", WRONG)
def test_a_problem_names_its_field_and_nothing_is_saved(api: Api, field: str) -> None:
    before = end_session_behavior().version_id
    said = problem(changed(api, SYSTEM, WRONG[field]), 400)
    assert [one["field"] for one in said["errors"]] == [field]
    assert end_session_behavior().version_id == before


@pytest.mark.parametrize("sent", [[], "x", {"access_on": "perhaps"}, {"access_for_seconds": 10**30}, {"access": {}}])
def test_what_cannot_be_read_is_no_error_of_ours(api: Api, sent: object) -> None:
    problem(api.sending(If_Match="*").put(SYSTEM, sent), 400)


# Nobody's change is lost -----------------------------------------------------------------------------------------


def test_a_change_says_what_it_was_made_from(api: Api) -> None:
    said = problem(api.put(SYSTEM, TIMED), 428)
    assert said["detail"].startswith("If-Match")


def test_a_change_of_what_somebody_else_changed_is_refused(api: Api) -> None:
    read = api.get(SYSTEM)["ETag"]
    set_policy(access=AccessSetting.FULL_UNLIMITED)
    problem(api.sending(If_Match=read).put(SYSTEM, TIMED), 412)
    assert in_force().access == AccessSetting.FULL_UNLIMITED


def test_an_override_that_was_made_meanwhile_is_not_lost(api: Api, own: str) -> None:
    read = api.get(own)["ETag"]
    set_policy(access=AccessSetting.FULL_UNLIMITED, workstream=general())
    problem(api.sending(If_Match=read).put(own, TIMED), 412)


# Overrides -------------------------------------------------------------------------------------------------------


def test_a_workstream_inherits_until_it_gets_its_own(api: Api, own: str) -> None:
    assert api.get(own).json()["inherited"]
    said = changed(api, own, TIMED).json()
    assert (said["inherited"], said["workstream"]["name"]) == (False, "General")
    assert in_force(general()).access == AccessSetting.FULL_RESTRICTED and in_force().access is None


def test_an_override_is_removed(api: Api, own: str) -> None:
    read = api.sending(If_Match=changed(api, own, TIMED)["ETag"])
    assert read.delete(own).status_code == 204
    assert api.get(own).json()["inherited"]
    problem(read.delete(own), 404)
    removed = PolicyVersion.objects.order_by("-pk").first()
    assert removed is not None and removed.removes and removed.saver == "Everything"


def test_removing_says_what_it_was_made_from(api: Api, own: str) -> None:
    changed(api, own, TIMED)
    problem(api.delete(own), 428)
    problem(api.sending(If_Match='"0"').delete(own), 412)


# What comes of it ------------------------------------------------------------------------------------------------


def test_open_sessions_follow(api: Api, session: LiveSession) -> None:
    said = changed(api, SYSTEM, {"end_when_inactive": True, "inactive_after_seconds": 86400}).json()
    assert Rollout.objects.filter(version=said["version"]).exists()


def test_the_history_names_the_integration(api: Api) -> None:
    changed(api, SYSTEM, TIMED)
    entry = LogEntry.objects.filter(content_type__model="endsessionbehavior").order_by("-pk").first()
    assert entry is not None
    assert (who(entry), entry.actor, entry.remote_addr) == ("Everything (integration)", None, "127.0.0.1")


def test_the_history_names_nobody_who_is_signed_in_in_the_same_browser(api: Api, client: Any) -> None:
    client.force_login(User.objects.create_superuser("ada"))
    headers = {"Authorization": f"Bearer {api.token}", "If-Match": "*"}
    assert client.put(f"/api/v1/{SYSTEM}", TIMED, content_type="application/json", headers=headers).status_code == 200
    entry = LogEntry.objects.filter(content_type__model="endsessionbehavior").order_by("-pk").first()
    assert entry is not None and who(entry) == "Everything (integration)"


def test_every_version_is_told(api: Api, own: str) -> None:
    ada = User.objects.create_user("ada")
    set_policy(by=ada, access=AccessSetting.FULL_UNLIMITED)
    changed(api, SYSTEM, TIMED)
    api.sending(If_Match=changed(api, own, TIMED)["ETag"]).delete(own)
    versions = api.get(f"{SYSTEM}versions/").json()["results"]
    assert [one["saved_by"] for one in versions] == ["Everything", "ada", ""]
    assert [one["settings"]["access"] for one in versions] == ["full_restricted", "full_unlimited", None]
    assert [one["settings"] is None for one in api.get(f"{own}versions/").json()["results"]] == [True, False]


# Preview ---------------------------------------------------------------------------------------------------------


def test_a_preview_says_what_would_happen_and_saves_nothing(api: Api, session: LiveSession) -> None:
    before = PolicyVersion.objects.count()
    said = api.post(f"{SYSTEM}preview/", TIMED | {"redirect_customer_on": True, "redirect_customer": "https://e.com"})
    shown = said.json()
    assert [(one["level"], one["from_seconds"], one["seconds"]) for one in shown["windows"]] == [
        ("full", 0, 3600),
        ("limited", 3600, 7200),
        ("none", 10800, None),
    ]
    assert "1 hour" in shown["customer"] and shown["agent"] and shown["redirect"] == "https://e.com"
    assert shown["open_sessions"]["total"] == 1 and shown["effects"] and shown["differences"] == []
    assert PolicyVersion.objects.count() == before


def test_a_preview_counts_who_would_be_closed(api: Api, session: LiveSession) -> None:
    """Anna has been silent since long ago."""
    shown = api.post(f"{SYSTEM}preview/", {"end_when_inactive": True, "inactive_after_seconds": 120}).json()
    assert (shown["open_sessions"]["closed"], shown["open_sessions"]["anyway"]) == (1, 0)


def test_the_preview_of_an_override_says_what_differs(api: Api, own: str) -> None:
    shown = api.post(f"{own}preview/", TIMED).json()
    assert shown["where"] == "Holds in General only."
    assert {"access_on", "access", "access_for_seconds"} <= {one["field"] for one in shown["differences"]}


def test_a_preview_of_what_is_wrong_names_the_field(api: Api) -> None:
    said = problem(api.post(f"{SYSTEM}preview/", {"access_on": True}), 400)
    assert [one["field"] for one in said["errors"]] == ["access"]


# Reach -----------------------------------------------------------------------------------------------------------


def test_a_limited_token_reads_what_holds_and_changes_only_its_own(own: str) -> None:
    narrow = api_of("Narrow", within=general())
    assert narrow.get(SYSTEM).status_code == 200
    problem(narrow.sending(If_Match="*").put(SYSTEM, TIMED), 403)
    problem(narrow.post(f"{SYSTEM}preview/", TIMED), 403)
    assert changed(narrow, own, TIMED).status_code == 200
    other = f"workstreams/{Workstream.objects.create(name='Loans').pk}/{SYSTEM}"
    for answer in (
        narrow.get(other),
        narrow.get(f"{other}versions/"),
        narrow.post(f"{other}preview/", TIMED),
        narrow.sending(If_Match="*").put(other, TIMED),
        narrow.sending(If_Match="*").delete(other),
    ):
        problem(answer, 404)


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", SYSTEM, Scope.SETTINGS_READ),
        ("put", SYSTEM, Scope.SETTINGS_WRITE),
        ("post", f"{SYSTEM}preview/", Scope.SETTINGS_READ),
        ("get", f"{SYSTEM}versions/", Scope.SETTINGS_READ),
    ],
)
def test_each_needs_its_scope(db: None, method: str, path: str, scope: Scope) -> None:
    other = api_of("Other", *(one for one in Scope if one is not scope))
    for address in (path, f"workstreams/{general().pk}/{path}"):
        sent: tuple[Any, ...] = () if method == "get" else (TIMED,)
        assert scope in problem(getattr(other.sending(If_Match="*"), method)(address, *sent), 403)["detail"]
