"""What an agent's page is made of beside its rooms: the lists at its side, and the one line on which it hears."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2s
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from sessions_app import selectors
from sessions_app.kinds import Audience
from sessions_app.live import agent_topic, queue_topic, room_topic
from sessions_app.models import Agent, LiveSession
from sessions_app.push.tickets import Ticket, issue
from sessions_app.rooms.lists import lists
from sessions_app.who_may import readable_by

LINE_LASTS = timedelta(minutes=3)
"""Short, since a ticket cannot be taken back when a session goes to somebody else."""
MOST_ROOMS = 50
"""Of so many sessions a page hears by itself at most; of others it hears that something happened, and asks."""


@dataclass(frozen=True, slots=True)
class OpenRooms:
    """The rooms that are open in a page: the agent's own, and those of others that they read along in."""

    own: tuple[UUID, ...] = ()
    watched: tuple[UUID, ...] = ()


NO_ROOMS = OpenRooms()


def page(agent: Agent, now: datetime, rooms: OpenRooms = NO_ROOMS) -> dict[str, Any]:
    """The lists, and `line` for a page in which these rooms are open."""
    found = lists(agent, now)
    mine = [one.session for one in (*found["offered"], *found["sessions"], *found["away"])]
    return found | {"line": line(agent, mine, rooms, now)}


def line(agent: Agent, sessions: Iterable[LiveSession], open_rooms: OpenRooms, now: datetime) -> dict[str, Any]:
    """Where an agent's page listens, until when (milliseconds since 1970), and `topics`, which changes with what it
    hears there. The customers of the agent's own rooms, and nobody else, see that the agent is here."""
    rooms = open_rooms.own[:MOST_ROOMS]
    heard = list(dict.fromkeys([*rooms, *open_rooms.watched, *(one.public_id for one in sessions)]))[: 2 * MOST_ROOMS]
    queues = (queue_topic(pk) for pk in agent.workstreams.values_list("pk", flat=True))
    topics = (agent_topic(agent.pk), *queues, *(room_topic(one, Audience.AGENT) for one in heard))
    presence = {room_topic(one, Audience.AGENT): (room_topic(one, Audience.CUSTOMER),) for one in rooms}
    return listening(topics, presence, now)


def listening(topics: tuple[str, ...], presence: Mapping[str, tuple[str, ...]], now: datetime) -> dict[str, Any]:
    """An address to hear these topics at, as `line` gives it."""
    ticket = Ticket(topics=topics, presence=presence, expires_at=now + LINE_LASTS)
    return {
        "stream": stream(ticket),
        "until": int(ticket.expires_at.timestamp() * 1000),
        "topics": blake2s(repr([sorted(topics), sorted(presence)]).encode(), digest_size=8).hexdigest(),
    }


def stream(ticket: Ticket) -> str:
    """The address that a browser listens at with this ticket."""
    return f"{settings.PUSH_URL}/push/stream?ticket={issue(ticket)}"


def here(ticket: Ticket) -> str:
    """The address at which a browser says, with this ticket, that it is there."""
    return f"{settings.PUSH_URL}/push/here?ticket={issue(ticket)}"


def rooms_open_in(request: HttpRequest, agent: Agent) -> OpenRooms:
    """Which rooms a page says it has open (`?open=`, once for each), if the agent may read them. One query if it names
    any, and one for the agent's rights if some are not theirs."""
    named = [one for one in map(_uuid, request.GET.getlist("open")[:MOST_ROOMS]) if one]
    own = tuple(selectors.sessions_of(agent, named)) if named else ()
    others = set(named) - set(own)
    readable = LiveSession.objects.filter(readable_by(agent), public_id__in=others) if others else None
    return OpenRooms(own, tuple(readable.values_list("public_id", flat=True)) if readable is not None else ())


def part_of(request: HttpRequest) -> str:
    """Which part alone a page that is open already asks for: `room`, `welcome`, or "" for the whole page."""
    return request.GET.get("part", "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
