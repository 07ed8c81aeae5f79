"""Tells the browsers what happened. For pages and tasks; call it on commit only."""

import threading
from collections.abc import Sequence

from sessions_app.push.broker import broker
from sessions_app.push.wire import FIELD, RESYNC, STREAM, Message, entries_kept, pack

__all__ = ["Message", "announce"]

_something_was_lost = threading.Event()


def announce(messages: Sequence[Message]) -> None:
    """Hand the messages, in order and as one batch, to every push process.

    Never raises. While Redis is away it returns at once or, once a second for one caller, within 1.5 s; the messages
    are lost, and browsers ask the pages. The first batch after a loss tells every browser to catch up.
    """
    if not messages:
        return
    told = [RESYNC, *messages] if _something_was_lost.is_set() else messages
    batch, kept = pack(told), entries_kept(len(told))
    if broker().ask(lambda redis: redis.xadd(STREAM, {FIELD: batch}, maxlen=kept, approximate=True), None):
        _something_was_lost.clear()
    else:
        _something_was_lost.set()
