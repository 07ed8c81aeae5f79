"""Tells the browsers what happened. For pages and tasks; call it on commit only."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from sessions_app.push.broker import PAUSE_SECONDS, broker
from sessions_app.push.wire import FIELD, RESYNC, STREAM, Message, entries_kept, pack

__all__ = ["Message", "announce", "forget_old"]

KEPT_FOR = timedelta(hours=1)
"""Every push process has read it long before. What was said stays no longer where nobody could erase it."""

_something_was_lost = threading.Event()


def announce(messages: Sequence[Message]) -> None:
    """Hand the messages, in order and as one batch, to every push process.

    Never raises. While Redis is away it returns at once or, once a second for one caller, within 1.5 s; the messages
    are lost, and browsers ask the pages. As soon as Redis is back every browser is told to catch up.
    """
    if messages and not _tell(messages) and not _something_was_lost.is_set():
        _something_was_lost.set()
        _tell_of_loss_soon()


def forget_old(now: datetime) -> None:
    """Remove what was announced longer ago than that, however few the newer announcements are."""
    oldest = int((now - KEPT_FOR).timestamp() * 1000)
    broker().ask(lambda redis: redis.xtrim(STREAM, minid=f"{oldest}-0", approximate=False), None)


def _tell(messages: Sequence[Message]) -> bool:
    batch, kept = pack(messages), entries_kept(len(messages))
    return bool(broker().ask(lambda redis: redis.xadd(STREAM, {FIELD: batch}, maxlen=kept, approximate=True), None))


def _tell_of_loss_soon() -> None:
    """Try again and again, in a thread of its own, since nobody else may announce anything for a long time."""
    timer = threading.Timer(PAUSE_SECONDS, _tell_of_loss)
    timer.daemon = True
    timer.start()


def _tell_of_loss() -> None:
    _something_was_lost.clear()
    if not _tell([RESYNC]):
        _something_was_lost.set()
        _tell_of_loss_soon()
