"""What somebody has typed and not sent yet, kept so that a reload, a crash or another device finds it again (B8).

Every change has a version, in milliseconds since 1970, that only grows: the page counts on from the newest it knows of.
So the later of two devices wins, and a save that was overtaken on its way by the message itself changes nothing.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from sessions_app.erased_rows import is_of_erased
from sessions_app.kinds import Audience
from sessions_app.live import room_topic
from sessions_app.models import Agent, HalfTyped, LiveSession
from sessions_app.push.announce import Message, announce

LARGEST_VERSION = 2**53 - 1
"""The largest whole number that a browser counts to."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A text and its version."""

    text: str = ""
    version: int = 0


def typed_by(session_id: int, agent: Agent | None) -> Typed:
    """What the customer (None) or this agent has typed and not sent. One query."""
    found = _of(session_id, agent).values_list("text", "version").first()
    return Typed(*found) if found else Typed()


def keep(session_id: int, agent: Agent | None, typed: Typed, *, now: datetime) -> bool:
    """Keep what was typed, unless something newer is known or the customer was erased. Returns whether it was kept."""
    if _replace(session_id, agent, typed, now):
        return True
    if _of(session_id, agent).exists() or is_of_erased(session_id):
        return False
    try:
        with transaction.atomic():
            HalfTyped.objects.create(
                session_id=session_id, agent=agent, text=typed.text, version=typed.version, saved_at=now
            )
    except IntegrityError:  # another device was quicker to be the first
        return _replace(session_id, agent, typed, now)
    if is_of_erased(session_id):  # while this waited for that to be over
        _of(session_id, agent).delete()
        return False
    return True


def sent(session_id: int, agent: Agent | None, version: int | None, *, now: datetime) -> None:
    """The text was sent, in the transaction under way: forget it, and whatever older is still on its way here.

    Without a version (a plain form, an integration) whatever is kept was sent.
    """
    if version is None:
        _of(session_id, agent).update(text="", version=F("version") + 1, saved_at=now)
    else:
        keep(session_id, agent, Typed("", version), now=now)


def announce_typing(session: LiveSession, agent: Agent | None, typed: Typed, *, to_others: bool) -> None:
    """Tell the other pages of the customer (None) or this agent that there is something newer, and (if `to_others`) the
    other side that somebody types, or has stopped. Never the text."""
    side, other = _SIDES if agent else _SIDES[::-1]
    said: dict[str, Any] = {"s": str(session.public_id)}
    newer = said | {"v": typed.version, "by": agent.pk if agent else None}
    messages = [Message(room_topic(session.public_id, side), "half-typed", json.dumps(newer))]
    if to_others:
        typing = said | {"on": bool(typed.text.strip())}
        messages.append(Message(room_topic(session.public_id, other), "typing", json.dumps(typing)))
    announce(messages)


_SIDES = (Audience.AGENT, Audience.CUSTOMER)


def _of(session_id: int, agent: Agent | None) -> QuerySet[HalfTyped]:
    return HalfTyped.objects.filter(session=session_id, agent=agent)


def _replace(session_id: int, agent: Agent | None, typed: Typed, now: datetime) -> bool:
    older = _of(session_id, agent).filter(version__lt=typed.version)
    return older.update(text=typed.text, version=typed.version, saved_at=now) == 1
