"""Texts that agents send often: which ones an agent is offered in a session, with their placeholders filled in."""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from sessions_app.models import Agent, LiveSession, QuickReply

PLACEHOLDERS = ("customer", "agent", "workstream")
RECONNECT_URL = "ReconnectURL"
"""Stands for a link that is made, and recorded, only when an agent inserts it."""

KNOWN = (*PLACEHOLDERS, RECONNECT_URL)
_PLACE = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
_MEANT = re.compile(r"\{(\s*\w[\w.-]*\s*)\}")


def offered(agent: Agent, session: LiveSession) -> list[QuickReply]:
    """The agent's own replies, those of the session's workstream and those of everybody, by shortcut. One query.

    Of several with the same shortcut the nearest is offered: the agent's own, then the workstream's.
    """
    everybodys = Q(agent=None, workstream=None)
    found = QuickReply.objects.filter(Q(agent=agent) | Q(workstream=session.workstream_id) | everybodys)
    nearest: dict[str, QuickReply] = {}
    for reply in sorted(found, key=_distance, reverse=True):
        nearest[reply.shortcut.lower()] = reply
    return [nearest[shortcut] for shortcut in sorted(nearest)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known put in place of {customer}, {agent} and {workstream}. Other braces stay."""
    return _PLACE.sub(lambda place: values[place[1]], text)


def around_link(text: str, values: Mapping[str, str]) -> list[str]:
    """The text, filled, in pieces: between each two of them belongs the reconnect link. One piece if it has none."""
    return [filled(piece, values) for piece in text.split(f"{{{RECONNECT_URL}}}")]


def check_placeholders(text: str) -> str:
    """The text as it is. Raises ValidationError for one with something in braces that stands for nothing."""
    unknown = [name for name in _MEANT.findall(text) if name not in KNOWN]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in KNOWN)
        said = _("%(name)s stands for nothing. What can be filled in is %(known)s.")
        raise ValidationError(said, params={"name": f"{{{unknown[0]}}}", "known": known})
    return text


def values_of(session: LiveSession, agent: Agent) -> dict[str, str]:
    """What placeholders stand for in this session. {agent} is whoever writes."""
    return {"customer": session.customer.name, "agent": agent.name, "workstream": session.workstream.name}


def _distance(reply: QuickReply) -> int:
    return 0 if reply.agent_id else 1 if reply.workstream_id else 2
