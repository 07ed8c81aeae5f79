import pytest

from sessions_app.models import WebhookEndpoint
from tests.people import *  # noqa: F403 - fixtures, which pytest finds by being imported
from tests.webhooks.receiving import Receiver, new_endpoint


@pytest.fixture
def receiver() -> Receiver:
    """Whoever gets the webhooks: takes everything, until told otherwise."""
    return Receiver()


@pytest.fixture
def endpoint(db: None) -> WebhookEndpoint:
    """Hears of everything, since before the session of the tests started."""
    return new_endpoint()
