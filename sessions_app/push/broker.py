"""Redis for pages and tasks, which must neither fail nor wait when it is away."""

import logging
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.0
PAUSE_SECONDS = 1.0

Answer = TypeVar("Answer")


class Broker:
    """A Redis client that gives a stand-in answer while Redis is away. Safe to share between threads.

    A failed attempt costs at most 1.5 s. After one, everybody gets the stand-in at once, and about once a second a
    single caller tries again.
    """

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 1, supported_errors=(NotConnected,)),
        )
        self._lock = threading.Lock()
        self._away = False
        self._try_again_at = 0.0

    def ask(self, question: Callable[[Redis], Answer], otherwise: Answer) -> Answer:
        """What `question` answers when it is handed the client; `otherwise` if Redis does not answer. Never raises."""
        if not self._may_try():
            return otherwise
        try:
            answer = question(self._redis)
        except (RedisError, OSError) as error:
            self._went_away(error)
            return otherwise
        self._answered()
        return answer

    def _may_try(self) -> bool:
        if not self._away:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._try_again_at:
                return False
            self._try_again_at = now + CONNECT_SECONDS + ANSWER_SECONDS
            return True

    def _went_away(self, error: Exception) -> None:
        with self._lock:
            self._try_again_at = time.monotonic() + PAUSE_SECONDS
            known, self._away = self._away, True
        if not known:
            logger.warning("Redis does not answer; pages go on without live updates and limits of rates: %s", error)

    def _answered(self) -> None:
        if self._away:
            self._away = False
            logger.info("Redis answers again.")


@cache
def _broker(url: str) -> Broker:
    return Broker(url)


def broker() -> Broker:
    """The process's broker for the Redis of the settings."""
    return _broker(settings.REDIS_URL)
