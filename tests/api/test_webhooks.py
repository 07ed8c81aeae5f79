"""Webhooks through the API: the same actions as in Django admin, within reach; secrets are shown once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from policies_app.models import Workstream
from sessions_app.api.scopes import Scope
from sessions_app.models import LiveSession, WebhookAttempt, WebhookCursor, WebhookEndpoint
from sessions_app.webhooks import actions
from tests.api.calling import Api, api_of, problem
from tests.cast import general
from tests.moments import STARTED
from tests.webhooks.receiving import new_endpoint, secrets_of

HOOK = {"name": "CRM", "url": "https://93.184.215.14/hook"}
"""An address on the public internet that is no name: nobody need be asked for it."""


@pytest.fixture
def crm(db: None) -> WebhookEndpoint:
    return new_endpoint()


@pytest.fixture
def narrow(db: None) -> Api:
    """An integration that reaches Loans only."""
    return api_of("Narrow", within=Workstream.objects.create(name="Loans"))


def path(endpoint: WebhookEndpoint, *rest: str) -> str:
    return "/".join(["webhooks", str(endpoint.pk), *rest, ""])


def test_a_webhook_is_made_and_its_secret_is_shown_once(api: Api) -> None:
    answer = api.post("webhooks/", HOOK | {"workstreams": [general().pk], "kinds": ["message"]})
    said = answer.json()
    assert answer.status_code == 201 and said["secret"].startswith("whsec_")
    assert (said["workstreams"], said["kinds"]) == ([{"id": general().pk, "name": "General"}], ["message"])
    assert said["health"] == {"standing": "sending", "waiting": 0, "parked": 0}
    endpoint = WebhookEndpoint.objects.get()
    assert secrets_of(endpoint) == [said["secret"]]
    for again in (api.get(path(endpoint)), api.get("webhooks/")):
        assert again.status_code == 200 and said["secret"] not in again.content.decode()


def test_a_retry_makes_no_second_one_and_gets_the_same_secret(api: Api) -> None:
    first, again = (api.once("a key").post("webhooks/", HOOK) for _try in range(2))
    assert first.json() == again.json() and WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"url": "http://127.0.0.1/hook"}, "url"),
        ({"url": "no address"}, "url"),
        ({"kinds": ["gossip"]}, "kinds"),
        ({"workstreams": [10**9]}, "workstreams"),
        ({"name": ""}, "name"),
    ],
)
def test_a_problem_names_its_field(api: Api, sent: dict[str, Any], field: str) -> None:
    said = problem(api.post("webhooks/", HOOK | sent), 400)
    assert {one["field"].partition(".")[0] for one in said["errors"]} == {field}
    assert not WebhookEndpoint.objects.exists()


def test_a_name_that_is_taken(api: Api, crm: WebhookEndpoint) -> None:
    assert [one["field"] for one in problem(api.post("webhooks/", HOOK), 400)["errors"]] == ["name"]


def test_some_settings_are_changed_and_the_others_stay(api: Api, crm: WebhookEndpoint) -> None:
    before = api.get(path(crm))
    said = api.sending(If_Match=before["ETag"]).patch(path(crm), {"with_notes": True, "kinds": ["ended"]}).json()
    assert said == before.json() | {"with_notes": True, "kinds": ["ended"]}


def test_nobody_s_change_is_lost(api: Api, crm: WebhookEndpoint) -> None:
    problem(api.patch(path(crm), {"name": "Mine"}), 428)
    problem(api.sending(If_Match='"old"').patch(path(crm), {"name": "Mine"}), 412)


def test_it_is_paused_and_resumed(api: Api, crm: WebhookEndpoint) -> None:
    said = api.post(path(crm, "pause")).json()
    assert (said["is_paused"], said["pause_reason"], said["health"]["standing"]) == (True, "asked", "paused")
    said = api.post(path(crm, "resume"), {"leave_out": True}).json()
    assert (said["is_paused"], said["pause_reason"]) == (False, None)


def test_a_session_is_sent_again(api: Api, crm: WebhookEndpoint, session: LiveSession) -> None:
    assert api.post(path(crm, "replay"), {"session": str(session.public_id)}).status_code == 200
    assert WebhookCursor.objects.filter(endpoint=crm, session=session, sent_number=0).exists()


def test_everything_since_a_moment_is_sent_again(api: Api, crm: WebhookEndpoint) -> None:
    assert api.get(path(crm)).json()["replays_since"] is None
    said = api.post(path(crm, "replay"), {"since": "2026-01-01T00:00:00Z"}).json()
    assert said["replays_since"] == api.get(path(crm)).json()["replays_since"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "sent", [{}, {"session": "01890a5d-ac96-774b-bcce-b302099a8057", "since": "2026-01-01T00:00Z"}]
)
def test_what_is_sent_again_must_be_one_thing(api: Api, crm: WebhookEndpoint, sent: dict[str, str]) -> None:
    said = problem(api.post(path(crm, "replay"), sent), 400)
    assert [one["field"] for one in said["errors"]] == ["session"]


def test_a_test_tells_what_became_of_it(api: Api, crm: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent to anybody here: the address is refused, as that of this computer."""
    WebhookEndpoint.objects.update(url="https://127.0.0.1/hook")
    said = api.post(path(crm, "test")).json()
    assert (said["was_taken"], said["status"], said["session"]) == (False, None, None) and said["problem"]
    assert api.get(path(crm, "deliveries")).json()["results"] == [said]


def test_a_secret_is_rotated_with_overlap(api: Api, crm: WebhookEndpoint) -> None:
    secret = api.post(path(crm, "rotate-secret"), {"overlap_seconds": 3600}).json()["secret"]
    old = crm.secrets.order_by("pk").first()
    assert old is not None and old.expires_at is not None
    assert old.expires_at - timezone.now() < timedelta(hours=1) and secret in secrets_of(crm)
    said = problem(api.post(path(crm, "rotate-secret"), {"overlap_seconds": 10**9}), 400)
    assert [one["field"] for one in said["errors"]] == ["overlap_seconds"]


def test_an_old_secret_holds_for_a_day_unless_told_otherwise(api: Api, crm: WebhookEndpoint) -> None:
    assert api.post(path(crm, "rotate-secret")).json()["secret"] in secrets_of(crm)
    old = crm.secrets.order_by("pk").first()
    assert old is not None and old.expires_at is not None
    assert timedelta(hours=23) < old.expires_at - timezone.now() <= timedelta(days=1)


def test_the_log_is_told(api: Api, crm: WebhookEndpoint, session: LiveSession) -> None:
    for number, status in ((1, 200), (2, 500)):
        WebhookAttempt.objects.create(
            endpoint=crm, session=session, number=number, event=f"e{number}", at=STARTED, milliseconds=5, status=status
        )
    log = path(crm, "deliveries")
    assert [one["status"] for one in api.get(log).json()["results"]] == [500, 200]
    (failed,) = api.get(log, {"failed": "true", "session": str(session.public_id)}).json()["results"]
    assert (failed["number"], failed["was_taken"], failed["session"]) == (2, False, str(session.public_id))


def test_it_is_deleted(api: Api, crm: WebhookEndpoint) -> None:
    assert api.delete(path(crm)).status_code == 204
    problem(api.get(path(crm)), 404)


def test_a_limited_token_has_its_own_and_no_others(narrow: Api, crm: WebhookEndpoint) -> None:
    """One that hears of all workstreams, or of one beyond, is out of reach."""
    loans = Workstream.objects.get(name="Loans")
    both = new_endpoint("Both", workstreams=(loans, general()))
    said = problem(narrow.post("webhooks/", HOOK | {"name": "Mine"}), 400)
    assert [one["field"] for one in said["errors"]] == ["workstreams"]
    problem(narrow.post("webhooks/", HOOK | {"name": "Mine", "workstreams": [general().pk]}), 400)
    mine = narrow.post("webhooks/", HOOK | {"name": "Mine", "workstreams": [loans.pk]}).json()
    assert [one["id"] for one in narrow.get("webhooks/").json()["results"]] == [mine["id"]]
    for theirs in (crm, both):
        problem(narrow.get(path(theirs)), 404)
        problem(narrow.delete(path(theirs)), 404)
        for act in ("pause", "resume", "replay", "test", "rotate-secret"):
            problem(narrow.post(path(theirs, act)), 404)
        problem(narrow.get(path(theirs, "deliveries")), 404)


def test_a_limited_token_does_not_widen_its_own(narrow: Api) -> None:
    loans = Workstream.objects.get(name="Loans")
    mine = new_endpoint("Mine", workstreams=(loans,))
    read = narrow.sending(If_Match=narrow.get(path(mine))["ETag"])
    for wider in ([], [loans.pk, general().pk]):
        problem(read.patch(path(mine), {"workstreams": wider}), 400)


@pytest.mark.parametrize(
    ("method", "rest", "scope"),
    [
        ("get", (), Scope.WEBHOOKS_READ),
        ("get", ("deliveries",), Scope.WEBHOOKS_READ),
        ("patch", (), Scope.WEBHOOKS_WRITE),
        ("delete", (), Scope.WEBHOOKS_WRITE),
        *(("post", (act,), Scope.WEBHOOKS_WRITE) for act in ("pause", "resume", "replay", "test", "rotate-secret")),
    ],
)
def test_each_needs_its_scope(crm: WebhookEndpoint, method: str, rest: tuple[str, ...], scope: Scope) -> None:
    other = api_of("Other", *(one for one in Scope if one is not scope))
    sent: tuple[Any, ...] = ({},) if method == "patch" else ()
    assert scope in problem(getattr(other, method)(path(crm, *rest), *sent), 403)["detail"]
    assert actions.listed().exists()


def test_a_name_that_somebody_else_gives_at_the_same_moment(
    api: Api, crm: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = actions.save_settings

    def overtaken(endpoint: WebhookEndpoint) -> None:
        new_endpoint("Ours")
        save(endpoint)

    monkeypatch.setattr(actions, "save_settings", overtaken)
    told = problem(api.sending(If_Match="*").patch(path(crm), {"name": "Ours"}), 409)
    assert "this name" in told["detail"]


def test_one_that_is_deleted_meanwhile_is_not_there(
    api: Api, crm: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay_since = actions.replay_since

    def meanwhile_deleted(endpoint: WebhookEndpoint, since: datetime) -> None:
        actions.delete(WebhookEndpoint.objects.get())
        replay_since(endpoint, since)

    monkeypatch.setattr(actions, "replay_since", meanwhile_deleted)
    problem(api.post(path(crm, "replay"), {"since": "2026-01-01T00:00:00Z"}), 404)
