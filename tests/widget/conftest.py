import pytest

from policies_app.models import ChatWidget, Workstream
from sessions_app.models import Agent, LiveSession
from tests.cast import available, general
from tests.people import *  # noqa: F403 - fixtures, which pytest finds by being imported
from tests.widget.portal import new_widget, started


@pytest.fixture
def widget(anna: Agent) -> ChatWidget:
    """Anna is there for its customers."""
    Workstream.objects.filter(pk=general().pk).update(answer_within=None)
    available(anna)
    return new_widget()


@pytest.fixture
def one_seat(anna: Agent) -> None:
    """Anna has room for one session."""
    Agent.objects.filter(pk=anna.pk).update(capacity=1)


@pytest.fixture
def chat(widget: ChatWidget) -> LiveSession:
    """An anonymous customer chats with Anna, in the browser at home."""
    return started(widget)
