"""The same POST again: nothing is done twice, and the answer is the same."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.urls import include
from django.urls import path as at
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app.api import idempotency
from sessions_app.api.fields import Body
from sessions_app.api.models import KeptAnswer
from sessions_app.api.scopes import Scope
from sessions_app.api.views import ApiView
from sessions_app.models import AccessLink, Agent, LiveSession, TimelineEntry
from sessions_app.webhooks import actions as webhooks
from sessions_app.webhooks.models import WebhookEndpoint, WebhookSecret
from tests.api.calling import Api, api_of, problem

pytestmark = pytest.mark.django_db

done: list[str] = []


class Word(Body):
    word = serializers.CharField(max_length=20)


class Sayings(ApiView):
    """Says what it is told, and counts."""

    scopes = {"POST": Scope.SESSIONS_WRITE}
    serializer_class = Word

    def post(self, request: Request) -> Response:
        word = self.given_as(Word)["word"]
        done.append(word)
        if word == "fail":
            raise APIException("not this time")
        said = {"word": word, "count": len(done)}
        return Response(said, status=201, headers={"Location": f"/sayings/{len(done)}/"})


urlpatterns = [at("api/v1/sayings/", Sayings.as_view()), at("", include("config.urls"))]


@pytest.fixture(autouse=True)
def _sayings() -> Iterator[None]:
    done.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield


def say(api: Api, word: str = "hello") -> Any:
    return api.post("sayings/", {"word": word})


def test_the_same_key_again_gets_the_same_answer_and_does_nothing(api: Api) -> None:
    first, again = say(api.once("k1")), say(api.once("k1"))
    assert done == ["hello"]
    assert (again.status_code, again.json(), again["Location"]) == (201, first.json(), first["Location"])
    assert again[idempotency.REPLAYED] == "true" and idempotency.REPLAYED not in first


def test_without_a_key_or_with_another_it_is_done_again(api: Api) -> None:
    for caller in (api, api, api.once("k1"), api.once("k2")):
        assert say(caller).status_code == 201
    assert len(done) == 4


def test_the_key_of_another_integration_is_another_key(api: Api) -> None:
    say(api.once("k1"))
    say(api_of("Another").once("k1"))
    assert len(done) == 2


def test_a_key_that_was_used_for_something_else_is_refused(api: Api) -> None:
    say(api.once("k1"))
    told = problem(say(api.once("k1"), "goodbye"), 422)
    assert "Idempotency-Key" in told["detail"]
    assert done == ["hello"]


def test_what_was_wrong_in_the_request_is_answered_alike(api: Api) -> None:
    first, again = say(api.once("k1"), ""), say(api.once("k1"), "")
    assert problem(first, 400) == problem(again, 400)
    assert again[idempotency.REPLAYED] == "true"


def test_a_failure_of_ours_may_be_tried_again(api: Api) -> None:
    problem(say(api.once("k1"), "fail"), 500)
    problem(say(api.once("k1"), "fail"), 500)
    assert done == ["fail", "fail"]


def test_while_the_first_is_at_it_the_second_is_told_so(api: Api) -> None:
    say(api.once("k1"))
    KeptAnswer.objects.update(status=None)
    problem(say(api.once("k1")), 409)


def test_who_died_at_it_is_followed_by_the_next(api: Api) -> None:
    say(api.once("k1"))
    kept = KeptAnswer.objects.get()
    KeptAnswer.objects.update(status=None, created_at=kept.created_at - idempotency.GIVEN_UP_AFTER)
    assert say(api.once("k1")).json()["count"] == 2
    assert say(api.once("k1"))[idempotency.REPLAYED] == "true"


def test_after_a_day_a_key_is_new(api: Api) -> None:
    say(api.once("k1"))
    kept = KeptAnswer.objects.get()
    KeptAnswer.objects.update(created_at=kept.created_at - idempotency.KEPT_FOR - timedelta(minutes=1))
    say(api.once("k1"))
    assert len(done) == 2
    idempotency.forget_old(kept.created_at + timedelta(days=2))
    assert not KeptAnswer.objects.exists()


def test_nothing_that_was_answered_is_kept_in_clear(api: Api) -> None:
    say(api.once("k1"))
    assert "hello" not in KeptAnswer.objects.get().body


@pytest.mark.parametrize("key", ["k" * 256, "k\x07"])
def test_a_key_that_is_none_is_refused(api: Api, key: str) -> None:
    told = problem(say(api.once(key)), 400)
    assert told["errors"][0]["field"] == "Idempotency-Key"
    assert done == []


def test_the_same_key_in_the_name_of_another_agent_is_refused(api: Api, anna: Agent, ben: Agent) -> None:
    say(api.named(anna).once("k1"))
    problem(say(api.named(ben).once("k1")), 422)
    assert done == ["hello"]


def test_a_key_that_is_used_again_after_a_day_writes_again(api: Api, anna: Agent, session: LiveSession) -> None:
    path, caller = f"sessions/{session.public_id}/messages/", api.named(anna).once("k1")
    caller.post(path, {"text": "Hello"})
    KeptAnswer.objects.all().delete()
    assert caller.post(path, {"text": "Hello"}).json()["number"] == 2, "the answer was lost with its process"
    KeptAnswer.objects.all().delete()
    said = caller.post(path, {"text": "Goodbye"}).json()
    assert (said["number"], said["payload"]) == (3, {"text": "Goodbye"})


class Death(BaseException):
    """What nobody catches: the process is gone."""


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("sessions/{session}/links/", {}),
        ("sessions/{session}/invite/", {}),
        ("webhooks/", {"name": "Till", "url": "https://93.184.215.14/till"}),
        ("webhooks/{webhook}/rotate-secret/", {}),
    ],
)
def test_what_was_made_is_not_there_if_its_answer_was_not_kept(
    path: str, sent: dict[str, Any], api: Api, anna: Agent, session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = webhooks.Settings(name="CRM", url="https://93.184.215.14/hook", workstreams=(), kinds=())
    webhook, _secret = webhooks.create(asked, now=timezone.now())
    address = path.format(session=session.public_id, webhook=webhook.pk)

    def dies(*_given: object) -> None:
        raise Death

    def stored() -> list[int]:
        return [model.objects.count() for model in (AccessLink, TimelineEntry, WebhookEndpoint, WebhookSecret)]

    before = stored()
    with monkeypatch.context() as patched:
        patched.setattr(idempotency, "finish", dies)
        with pytest.raises(Death):
            api.named(anna).once("k1").post(address, sent)
    assert stored() == before
    KeptAnswer.objects.update(created_at=timezone.now() - idempotency.GIVEN_UP_AFTER)
    first, again = (api.named(anna).once("k1").post(address, sent) for _ in range(2))
    assert first.status_code < 300, first.content
    assert (again.status_code, again.json(), again[idempotency.REPLAYED]) == (first.status_code, first.json(), "true")
