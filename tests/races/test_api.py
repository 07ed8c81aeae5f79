"""Calls of the API at the same moment: a retry that overtakes the first one, and two who end the same session."""

from collections import Counter
from functools import partial

import pytest

from sessions_app.models import Agent, LiveSession
from tests.api.calling import Api, api_of
from tests.cast import kinds, new_agent, new_customer, new_session
from tests.races.together import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

CARLA = {"customer": {"name": "Carla", "email": "carla@example.com"}, "invite_by": "none"}


def posted(api: Api, path: str, body: object = None) -> int:
    return int(api.post(path, body).status_code)


def named(agent: Agent) -> Api:
    return api_of("Desk").named(agent)


def test_retries_that_come_at_once_start_one_session() -> None:
    api = named(new_agent("Anna")).once("order-7")
    answers = Counter(at_once([partial(posted, api, "sessions/", CARLA)] * 5))
    assert set(answers) <= {201, 409} and answers[201]
    assert LiveSession.objects.count() == 1


def test_retries_that_come_at_once_write_one_message() -> None:
    anna = new_agent("Anna")
    session = new_session(anna, new_customer("Carla"))
    path, api = f"sessions/{session.public_id}/messages/", named(anna).once("m1")
    answers = Counter(at_once([partial(posted, api, path, {"text": "Hello"})] * 5))
    assert set(answers) <= {201, 409} and answers[201]
    assert kinds(session) == ["started", "message"]


def test_an_agent_and_an_integration_who_end_at_once_both_hear_how_it_ended() -> None:
    anna = new_agent("Anna")
    session, desk = new_session(anna, new_customer("Carla")), api_of("Desk")
    path = f"sessions/{session.public_id}/end/"
    answers = at_once([partial(posted, one, path) for one in (desk, desk.named(anna)) * 3])
    assert set(answers) == {200} and kinds(session) == ["started", "ended"]
