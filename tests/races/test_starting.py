"""Starting sessions at the same moment: seats are never exceeded, and one customer gets one session."""

from collections import Counter
from functools import partial
from uuid import uuid4

import pytest

from policies_app.kinds import ReturningCustomer, SessionState
from policies_app.models import Workstream
from sessions_app.models import Agent, Customer, LiveSession
from tests.cast import browser_of, general, new_agent
from tests.races.together import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

CARLA = {"name": "Carla", "email": "carla@example.com", "invite": "none"}


def start(agent: Agent, posted: dict[str, str]) -> int:
    return browser_of(agent).post("/sessions/start/", posted).status_code


def test_several_clicks_on_one_form_start_one_session() -> None:
    anna, posted = new_agent("Anna"), CARLA | {"key": str(uuid4())}
    assert at_once([partial(start, anna, posted)] * 6) == [302] * 6
    assert (LiveSession.objects.count(), Customer.objects.count()) == (1, 1)


def test_seats_are_never_exceeded() -> None:
    anna = new_agent("Anna", capacity=3)
    calls = [partial(start, anna, CARLA | {"email": f"c{one}@example.com"}) for one in range(10)]
    assert Counter(at_once(calls)) == {302: 3, 422: 7}
    assert LiveSession.objects.filter(state=SessionState.ACTIVE).count() == 3


@pytest.mark.parametrize("setting", [ReturningCustomer.ASK, ReturningCustomer.CONTINUE])
def test_two_agents_who_start_one_for_the_same_customer_hear_of_each_other(setting: ReturningCustomer) -> None:
    Workstream.objects.filter(pk=general().pk).update(returning_customer=setting)
    agents = [new_agent(name) for name in ("Anna", "Ben", "Cleo", "Dora")]
    answers = at_once([partial(start, agent, CARLA) for agent in agents])
    assert Counter(answers) == {302: 1, 422: 3}
    assert LiveSession.objects.count() == 1
