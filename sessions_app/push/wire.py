"""What travels on Redis: announcements, packed one to a line, and the event stream that the browser sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

STREAM = "parley:push"
FIELD = "m"
EVERYONE = "*"
"""The topic that every open connection hears, whatever its ticket says."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event for everybody who listens to `topic`. `data` is one line of JSON; raises ValueError if `topic` or
    `event` is not a single word. Line breaks in `data` become spaces."""

    topic: str
    event: str
    data: str

    def __post_init__(self) -> None:
        for name, word in (("topic", self.topic), ("event", self.event)):
            if word.split() != [word]:
                raise ValueError(f"The {name} of a push message is {word!r}: it must be one word without spaces.")


RESYNC = Message(EVERYONE, "resync", "{}")


def pack(messages: Sequence[Message]) -> bytes:
    """The batch as bytes for one entry of the stream."""
    lines = (f"{message.topic} {message.event} {_one_line(message.data)}" for message in messages)
    return "\n".join(lines).encode("utf-8", "replace")


def unpack(batch: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """Topic, event and data of every message in the batch, in order. What is not a message is passed over."""
    for line in batch.split(b"\n"):
        topic, _, rest = line.partition(b" ")
        event, separator, data = rest.partition(b" ")
        if separator:
            yield topic.decode("utf-8", "replace"), event, data


def frame(event: bytes, data: bytes) -> bytes:
    """One Server-Sent Event."""
    return b"event: %b\ndata: %b\n\n" % (event, data)


def entries_kept(messages: int) -> int:
    """How many entries the stream keeps after a batch of so many messages: large batches leave room for fewer, so that
    ending a million sessions does not fill Redis."""
    return max(200, 10_000 // max(1, messages))


def _one_line(data: str) -> str:
    return data.replace("\r", " ").replace("\n", " ")
