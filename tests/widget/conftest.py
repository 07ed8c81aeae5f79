import pytest

from sessions_app.push.broker import broker
from tests.people import *  # noqa: F403 - fixtures, which pytest finds by being imported


@pytest.fixture(autouse=True)
def _no_floods() -> None:
    """What other tests tried a moment ago counts in none."""
    broker().ask(lambda redis: [redis.delete(key) for key in redis.scan_iter("LIMITS*")], None)
