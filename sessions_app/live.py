"""What open pages are told, and under which topic. Only hints: the numbers of the timeline decide (architecture.md)."""

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from policies_app.kinds import AccessLevel
from sessions_app import access
from sessions_app.kinds import CHANGES_THE_ROOM, Audience
from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.push.announce import Message, announce
from sessions_app.rows import row_html

_BOTH = tuple(Audience)


def room_topic(session: UUID | str, audience: Audience) -> str:
    """The topic of one session's room, as one side sees it. Also the name under which that side's presence is kept."""
    return f"session:{session}:{audience}"


def agent_topic(agent_id: int) -> str:
    """The topic of what concerns all of an agent's sessions: their welcome page listens."""
    return f"agent:{agent_id}"


def announce_entry(session: LiveSession, entry: TimelineEntry, now: datetime) -> None:
    """Tell the open rooms of both sides about a committed row, rendered for those who may see it now."""
    messages = [_row_message(session, entry, Audience.AGENT, seen=True)]
    seen = access.level(session, now) is not AccessLevel.NONE
    messages.append(_row_message(session, entry, Audience.CUSTOMER, seen=seen))
    if session.agent_id:
        messages.append(Message(agent_topic(session.agent_id), "sessions", "{}"))
    announce(messages)


def announce_moved(moved: Iterable[tuple[str, int, int | None]]) -> None:
    """Tell the rooms of many sessions (public id, newest number, agent) that they moved; each asks for its rows."""
    messages, agents = [], set()
    for session, number, agent_id in moved:
        data = f'{{"n":{number},"sync":true}}'
        messages += [Message(room_topic(session, audience), "row", data) for audience in _BOTH]
        agents.add(agent_id)
    messages += [Message(agent_topic(agent_id), "sessions", "{}") for agent_id in agents if agent_id]
    announce(messages)


def _row_message(session: LiveSession, entry: TimelineEntry, audience: Audience, *, seen: bool) -> Message:
    data = {
        "n": entry.number,
        "html": row_html(session, entry, audience) if seen else "",
        "sync": entry.kind in CHANGES_THE_ROOM,
    }
    return Message(room_topic(session.public_id, audience), "row", json.dumps(data))
