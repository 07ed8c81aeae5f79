import pytest

from sessions_app.push.broker import broker
from tests.api.calling import Api, api_of
from tests.people import *  # noqa: F403 - fixtures, which pytest finds by being imported


@pytest.fixture(autouse=True)
def _no_floods() -> None:
    """What other tests asked a moment ago counts in none."""
    broker().ask(lambda redis: [redis.delete(key) for key in redis.scan_iter("LIMITS*")], None)


@pytest.fixture
def api(db: None) -> Api:
    """An integration that may do everything, everywhere."""
    return api_of("Everything")
