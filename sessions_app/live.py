"""What open pages are told, and under which topic. Only hints: the numbers of the timeline decide (architecture.md).

A page hears of several rooms on one line, so every event of a room names its session: `s`, the public id. Presence
names its topic instead (`who`), which contains the session.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation

from policies_app.kinds import AccessLevel
from sessions_app import access
from sessions_app.addresses import for_everybody
from sessions_app.kinds import CHANGES_THE_ROOM, Audience
from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.push.announce import Message, announce
from sessions_app.rows import WRITTEN, is_hidden, row_html

_BOTH = tuple(Audience)


def room_topic(session: UUID | str, audience: Audience) -> str:
    """The topic of one session's room, as one side sees it. Also the name under which that side's presence is kept."""
    return f"session:{session}:{audience}"


def session_of(topic: str) -> UUID | None:
    """The public id of the session whose room's topic this is; None if it is not one."""
    kind, _, rest = topic.partition(":")
    try:
        return UUID(rest.partition(":")[0]) if kind == "session" else None
    except ValueError:
        return None


def agent_topic(agent_id: int) -> str:
    """The topic of what concerns all of an agent's sessions: their welcome page listens."""
    return f"agent:{agent_id}"


def queue_topic(workstream_id: int) -> str:
    """The topic of who waits in a workstream: its agents' pages listen, and the rooms of the customers who wait."""
    return f"queue:{workstream_id}"


def announce_queue(workstream_id: int) -> None:
    """Tell whoever waits, and the agents who could take them, that the queue moved."""
    announce([Message(queue_topic(workstream_id), "sessions", "{}")])


def announce_agents(agent_ids: Iterable[int]) -> None:
    """Tell the pages of these agents that something about them or their sessions changed."""
    announce([Message(agent_topic(agent_id), "sessions", "{}") for agent_id in agent_ids])


def announce_entry(
    session: LiveSession, entry: TimelineEntry, now: datetime, *, agents: Iterable[int | None] = ()
) -> None:
    """Tell the open rooms of both sides about a committed row, rendered for those who may see it now.

    `agents` had the session before; their pages hear of it, too.
    """
    messages = [_row_message(session, entry, Audience.AGENT, seen=True)]
    seen = access.level(session, now) is not AccessLevel.NONE
    messages.append(_row_message(session, entry, Audience.CUSTOMER, seen=seen))
    concerned = {session.agent_id, *agents} - {None}
    messages += [Message(agent_topic(one), "sessions", "{}") for one in concerned if one]
    announce(messages)


def announce_moved(moved: Iterable[tuple[str, int, int | None]]) -> None:
    """Tell the rooms of many sessions (public id, newest number, agent) that they moved; each asks for its rows."""
    messages, agents = [], set()
    for session, number, agent_id in moved:
        data = f'{{"s":"{session}","n":{number},"sync":true}}'
        messages += [Message(room_topic(session, audience), "row", data) for audience in _BOTH]
        agents.add(agent_id)
    messages += [Message(agent_topic(agent_id), "sessions", "{}") for agent_id in agents if agent_id]
    announce(messages)


def announce_connection(session: LiveSession) -> None:
    """Tell the agents' side of a room, and the lists of its agent, that its customer's connection was lost or is back.
    No row says so: within the grace nothing has happened."""
    data = f'{{"s":"{session.public_id}","n":{session.last_number},"sync":true}}'
    messages = [Message(room_topic(session.public_id, Audience.AGENT), "row", data)]
    if session.agent_id:
        messages.append(Message(agent_topic(session.agent_id), "sessions", "{}"))
    announce(messages)


def announce_seen(session: LiveSession, by: Audience, number: int) -> None:
    """Tell the other side up to which row this side has looked, and the agent's lists what is unread no more."""
    other = Audience.CUSTOMER if by is Audience.AGENT else Audience.AGENT
    data = json.dumps({"s": str(session.public_id), "n": number})
    messages = [Message(room_topic(session.public_id, other), "seen", data)]
    if by is Audience.AGENT and session.agent_id:
        messages.append(Message(agent_topic(session.agent_id), "sessions", "{}"))
    announce(messages)


def _row_message(session: LiveSession, entry: TimelineEntry, audience: Audience, *, seen: bool) -> Message:
    """With the row itself if somebody wrote it. What happened is said in the language of each viewer: pages ask."""
    data = {"s": str(session.public_id), "n": entry.number, "sync": entry.kind in CHANGES_THE_ROOM}
    if not seen or is_hidden(entry, audience):
        data["html"] = ""
    elif entry.kind in WRITTEN:
        with translation.override(_language(session, audience)), for_everybody():
            data["html"] = row_html(session, entry, audience)
    return Message(room_topic(session.public_id, audience), "row", json.dumps(data))


def _language(session: LiveSession, audience: Audience) -> str:
    """Not that of the request which happens to announce the row."""
    chosen = session.customer.language if audience is Audience.CUSTOMER else ""
    return chosen or settings.LANGUAGE_CODE
