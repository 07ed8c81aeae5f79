"""Announces at a steady rate for a while, in a process of its own:
`python -m bench.push.announcer NAMES RATE SECONDS SESSIONS`. Several names (`parley,reference`) take turns of a second.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable

from redis import Redis

from bench.push.reference import CHANNEL
from sessions_app.push.announce import Message, announce
from sessions_app.push.wire import FIELD, STREAM, entries_kept, pack

ONE_BY_ONE = 500
"""Up to this many a second are announced as pages do it: one call each. More are sent in pipelines."""
TURN = 1.0
ROW = "<article class='entry'><p>" + "Good morning, how can I help you today? " * 6 + "</p></article>"


def message(session: int) -> Message:
    """One row of a timeline, with the moment of its announcement."""
    return Message(f"session:{session}", "entry", f'{{"at":{time.monotonic_ns()},"html":{json.dumps(ROW)}}}')


def for_reference(told: Message) -> str:
    """The same message as the reference gets it."""
    return json.dumps({"topic": told.topic, "event": told.event, "data": told.data})


def one(redis: Redis, name: str, told: Message) -> None:
    """Announce as a page would."""
    if name == "parley":
        announce([told])
    else:
        redis.publish(CHANNEL, for_reference(told))


def many(redis: Redis, name: str, batch: list[Message]) -> None:
    """Announce each message by itself, but all in one round trip."""
    with redis.pipeline(transaction=False) as pipeline:
        for told in batch:
            if name == "parley":
                pipeline.xadd(STREAM, {FIELD: pack([told])}, maxlen=entries_kept(1), approximate=True)
            else:
                pipeline.publish(CHANNEL, for_reference(told))
        pipeline.execute()


def steadily(rate: float, seconds: float, send: Callable[[int], None]) -> None:
    """Call `send` with how many are due, so that on average `rate` a second are sent."""
    began, sent = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        due = int(passed * rate) - sent
        if due:
            send(due)
            sent += due
        time.sleep(0.002)


def main(names: list[str], rate: float, seconds: float, sessions: int) -> None:
    """Announce to sessions taken at random."""
    redis = Redis.from_url(os.environ["PARLEY_REDIS_URL"])
    for name in names:
        one(redis, name, Message("nobody", "warm", "{}"))  # connect and load the settings before the clock starts
    some = random.Random(7).randrange

    def send(due: int) -> None:
        name = names[int(time.monotonic() / TURN) % len(names)]
        if rate <= ONE_BY_ONE:
            for _ in range(due):
                one(redis, name, message(some(sessions)))
        else:
            many(redis, name, [message(some(sessions)) for _ in range(due)])

    steadily(rate, seconds, send)


if __name__ == "__main__":
    main(sys.argv[1].split(","), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
