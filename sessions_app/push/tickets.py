"""Signed tickets: what a browser may listen to, and until when. The push process trusts them and asks nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer

SALT = "parley.push.ticket"


class InvalidTicket(Exception):
    """The ticket was not issued here, was changed, or is over."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to hear `topics` while `now < expires_at` (an aware datetime).

    While a connection with it is open, every name in `presence` counts as present, and the topics that stand with the
    name hear so. With `beats` the names are of those whose pages say that they are there (`sessions_app.beats`). The
    browser can read all of it, so it names nothing secret.
    """

    topics: tuple[str, ...]
    presence: Mapping[str, tuple[str, ...]]
    expires_at: datetime
    beats: bool = False


def issue(ticket: Ticket) -> str:
    """The ticket as text that fits a URL. Raises ValueError if `expires_at` has no zone."""
    if ticket.expires_at.tzinfo is None:
        raise ValueError("A ticket expires at a moment with a zone.")
    fields = [ticket.topics, ticket.presence, ticket.expires_at.timestamp(), ticket.beats]
    return Signer(salt=SALT).sign_object(fields, compress=True)


def read(text: str, now: datetime) -> Ticket:
    """The ticket that `issue` made this text from. Raises InvalidTicket, also when `now >= expires_at`."""
    try:
        topics, told, expires, beats = Signer(salt=SALT).unsign_object(text)
        presence = {name: tuple(hear) for name, hear in told.items()}
        ticket = Ticket(tuple(topics), presence, datetime.fromtimestamp(expires, UTC), bool(beats))
    except (BadSignature, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise InvalidTicket("This ticket was not issued here.") from error
    if now >= ticket.expires_at:
        raise InvalidTicket("This ticket is over.")
    return ticket
