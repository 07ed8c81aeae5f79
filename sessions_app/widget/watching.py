"""Carries what `beats` knows of the customers of widgets into their sessions (rules.md 2).

Nothing is decided here: `reconnecting` begins and ends the grace, and the rules say what follows. Everything may be
done twice, and by several workers at once.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from policies_app.kinds import SessionState
from sessions_app import beats
from sessions_app.kinds import Audience
from sessions_app.live import room_topic, session_of
from sessions_app.models import LiveSession
from sessions_app.reconnecting import WAITS_OR_ACTIVE, connection_back, connection_lost

log = logging.getLogger(__name__)

T = TypeVar("T")

BATCH = 500
RETRY_AFTER = timedelta(minutes=1)
YOUNG = timedelta(seconds=30)
"""Of a session that began less than this ago nothing need be known; nor while push processes have listened for less."""


def watch(now: datetime) -> None:
    """Write down who is gone and who is there again. Costs one look at Redis and one at an index, and what they find.

    1. Who is gone: their grace begins at the moment of the loss; or it is over, and is given its due without a sweep.
    2. Sessions that cannot be lost, because they are disconnected or over, need no more be looked for.
    3. Who is there again within the grace: nothing has happened.

    A session that fails is reported and left alone for a minute; the others go on.
    """
    for some in _batches(list(beats.lost(now).items())):
        _carry_losses(dict(some), now)
    _carry_returns(now)


def look_for_unheard(now: datetime) -> None:
    """Find open sessions of whose customers nothing is known at all, as when Redis has forgotten: they count as gone
    from `now`, until they are heard."""
    last = 0
    while found := _open_sessions(now, after=last):
        last = found[-1][0]
        names = [_name(public_id) for _, public_id in found]
        known = beats.heard(names)
        if known.since is None or now.timestamp() < known.since + YOUNG.total_seconds():
            return
        beats.count_as_gone((name for name in names if name not in known.until), now)


def note_presence(session: LiveSession, now: datetime) -> None:
    """Write down what is known of one customer, for a request that must not wait for the watcher. Never asks for long:
    while Redis is away nothing is known. May raise what `reconnecting` raises."""
    name = _name(session.public_id)
    known = beats.heard([name])
    lost_at = known.lost_at(name, now)
    if lost_at:
        connection_lost(session.pk, lost_at, now=now)
    elif session.grace_until and known.is_there(name, now):
        connection_back(session.pk, now=now)


# Who is gone -------------------------------------------------------------------------------------------------------


def _carry_losses(lost: Mapping[str, datetime], now: datetime) -> None:
    names = {public_id: name for name in lost if (public_id := session_of(name))}
    watched = set[str]()
    for session in _sessions(names):
        if session.widget_id is None or session.state not in WAITS_OR_ACTIVE:
            continue
        name = names[session.public_id]
        watched.add(name)
        if _has_news(session, now):
            _try(session, now, partial(connection_lost, at=lost[name], now=now))
    beats.forget({name: at for name, at in lost.items() if name not in watched})


def _sessions(public_ids: Iterable[UUID]) -> Iterable[LiveSession]:
    fields = ("public_id", "widget_id", "state", "grace_until", "retry_at")
    return LiveSession.objects.filter(public_id__in=public_ids).only(*fields)


def _has_news(session: LiveSession, now: datetime) -> bool:
    if _is_put_off(session, now):
        return False
    return session.grace_until is None or session.grace_until <= now


def _is_put_off(session: LiveSession, now: datetime) -> bool:
    return session.retry_at is not None and now < session.retry_at


# Who is there again ------------------------------------------------------------------------------------------------


def _carry_returns(now: datetime) -> None:
    within_grace = LiveSession.objects.filter(grace_until__isnull=False)
    for some in _batches(list(within_grace.only("public_id", "retry_at"))):
        known = beats.heard([_name(session.public_id) for session in some])
        for session in some:
            if not _is_put_off(session, now) and known.is_there(_name(session.public_id), now):
                _try(session, now, partial(connection_back, now=now))


# ---------------------------------------------------------------------------------------------------------------------


def _open_sessions(now: datetime, *, after: int) -> Sequence[tuple[int, UUID]]:
    rows = LiveSession.objects.filter(widget__isnull=False, state__in=[SessionState.QUEUED, SessionState.ACTIVE])
    rows = rows.filter(pk__gt=after, started_at__lt=now - YOUNG, grace_until=None)
    return list(rows.order_by("pk").values_list("pk", "public_id")[:BATCH])


def _batches(whole: Sequence[T]) -> Iterator[Sequence[T]]:
    return (whole[first : first + BATCH] for first in range(0, len(whole), BATCH))


def _name(public_id: UUID) -> str:
    return room_topic(public_id, Audience.CUSTOMER)


def _try(session: LiveSession, now: datetime, write: Callable[[int], None]) -> None:
    try:
        write(session.pk)
    except Exception:
        log.exception("What became of the customer of session %d could not be written down.", session.pk)
        LiveSession.objects.filter(pk=session.pk).update(retry_at=now + RETRY_AFTER)
