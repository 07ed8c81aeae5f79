"""A widget's customer in a chat with Anna, and what she sees of it in her browser."""

from typing import Any

import pytest
from django.test import Client

from policies_app.models import ChatWidget, Workstream
from sessions_app import assigning
from sessions_app.models import Agent, Customer, LiveSession
from tests.cast import available, browser_of, fresh, general
from tests.moments import MINUTE, STARTED
from tests.widget.agents.pages import drops
from tests.widget.portal import GONE, GRACE


@pytest.fixture
def widget(db: None) -> ChatWidget:
    """Ten minutes to come back, five of them to the same agent."""
    Workstream.objects.filter(pk=general().pk).update(answer_within=None)
    return ChatWidget.objects.create(
        workstream=general(),
        name="Shop",
        reconnect_on=True,
        same_agent_for=5 * MINUTE,
        grace=GRACE,
        portal_url="https://shop.example/help?topic=a%20b#chat",
    )


@pytest.fixture
def chat(widget: ChatWidget, anna: Agent, carla: Customer, time_machine: Any) -> LiveSession:
    """Carla chats with Anna; it is the moment after the grace."""
    time_machine.move_to(GONE, tick=False)
    available(anna)
    return fresh(assigning.enter_queue(carla, widget.workstream_id, widget=widget, now=STARTED))


@pytest.fixture
def gone(chat: LiveSession) -> LiveSession:
    """Carla dropped out, and the grace is over."""
    return drops(chat)


@pytest.fixture
def annas(anna: Agent) -> Client:
    return browser_of(anna)
