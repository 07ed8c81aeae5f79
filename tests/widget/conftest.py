import pytest

from policies_app.models import ChatWidget, Workstream
from sessions_app.models import Agent, LiveSession
from tests.cast import available, general
from tests.people import *  # noqa: F403 - fixtures, which pytest finds by being imported
from tests.widget.portal import new_widget, started


@pytest.fixture
def widget(anna: Agent) -> ChatWidget:
    """Anna has one seat."""
    Workstream.objects.filter(pk=general().pk).update(answer_within=None)
    Agent.objects.filter(pk=anna.pk).update(capacity=1)
    available(anna)
    return new_widget()


@pytest.fixture
def chat(widget: ChatWidget) -> LiveSession:
    """An anonymous customer chats with Anna, in the browser at home."""
    return started(widget)
