"""Transcripts as PDF that somebody ordered: made by a worker, kept for a day, and then removed.

What was ordered is kept in the cache, by who ordered it: one at a time for each side, agent or integration of a
session. The files are stored by the day on which they were made, and named after their session first.
"""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import translation
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from policies_app.kinds import Kind
from sessions_app.erased_rows import is_of_erased
from sessions_app.kinds import Audience
from sessions_app.models import LiveSession
from sessions_app.selectors import rooms
from sessions_app.transcript import Transcript

FOLDER = "transcripts"
KEPT_FOR = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(minutes=5)
"""When nobody has made it by then, it may be ordered again."""

log = logging.getLogger(__name__)


class NotNow(Exception):
    """Nobody can be told to make it, or asked whether it is there. The text is for whoever wants it."""


class OrderState(Kind):
    """How far it is."""

    WAITS = "waits", "Is being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered: a session up to its row `number`, for one side, in a zone and a language."""

    id: str
    session: int
    audience: str
    who: int | str | None
    number: int
    zone: str
    language: str
    at: str
    state: str = OrderState.WAITS
    stored: str = ""

    @property
    def is_ready(self) -> bool:
        return self.state == OrderState.READY

    @property
    def moment(self) -> datetime:
        """When it was ordered (UTC)."""
        return datetime.fromisoformat(self.at)

    def is_same(self, other: Self) -> bool:
        """Whether both come to the same file."""
        return all(getattr(self, name) == getattr(other, name) for name in ("number", "zone", "language"))

    def is_given_up(self, now: datetime) -> bool:
        """Whether nothing comes of it any more."""
        waits_long = now - self.moment > GIVEN_UP_AFTER
        return self.state == OrderState.FAILED or (self.state == OrderState.WAITS and waits_long)


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise NotNow(
            _("The PDF cannot be made right now. Please try again later; the text is there at once.")
        ) from error


@_reachable()
def ordered(session: LiveSession, audience: Audience, who: int | str | None) -> Order | None:
    """What this side, this agent (by key), or who else is named, has ordered of a session in the last day.

    Raises NotNow.
    """
    order_id = cache.get(_latest(session.pk, audience, who))
    return _order(order_id) if order_id else None


@_reachable()
def order(
    session: LiveSession, audience: Audience, who: int | str | None, *, zone: str, language: str, now: datetime
) -> Order:
    """Have the session as it is now made into a sealed PDF. Who asks again gets what is being made, or is the
    same. Raises NotNow."""
    from sessions_app.documents.tasks import order_transcript

    wanted = Order(str(uuid4()), session.pk, str(audience), who, session.last_number, zone, language, now.isoformat())
    there = ordered(session, audience, who)
    if there and not there.is_given_up(now) and (there.state == OrderState.WAITS or there.is_same(wanted)):
        return there
    _keep(wanted)
    cache.set(_latest(session.pk, audience, who), wanted.id, KEPT_FOR.total_seconds())
    if order_transcript(UUID(wanted.id)):
        return wanted
    return _keep(replace(wanted, state=OrderState.FAILED))


def make(order_id: UUID, *, now: datetime) -> None:
    """Make what was ordered; whoever waits for it sees what came of it."""
    from sessions_app.documents.sealed_transcript import sealed_transcript

    wanted = _order(str(order_id))
    if wanted is None or wanted.state != OrderState.WAITS:
        return
    try:
        with translation.override(wanted.language):
            content = sealed_transcript(_transcript(wanted), now=now)
        name = f"{FOLDER}/{now:%Y-%m-%d}/{wanted.session}-{wanted.id}.pdf"
        stored = default_storage.save(name, ContentFile(content))
        if is_of_erased(wanted.session):  # while it was made
            default_storage.delete(stored)
            raise LookupError("The customer was erased.")
        _keep(replace(wanted, state=OrderState.READY, stored=stored))
    except Exception:
        log.exception("The transcript of session %d could not be made.", wanted.session)
        _keep(replace(wanted, state=OrderState.FAILED))


def remove_old(now: datetime) -> int:
    """Remove what was made before yesterday. Returns how many files."""
    oldest = f"{now - KEPT_FOR:%Y-%m-%d}"
    return sum(_remove_day(day) for day in _days() if day < oldest)


def remove_of(session_ids: Collection[int]) -> None:
    """Remove whatever is kept of these sessions. Raises what the store raises."""
    begins = tuple(f"{session}-" for session in session_ids)
    for day in _days() if begins else ():
        for name in default_storage.listdir(f"{FOLDER}/{day}")[1]:
            if name.startswith(begins):
                default_storage.delete(f"{FOLDER}/{day}/{name}")


def _days() -> list[str]:
    try:
        return [day for day in default_storage.listdir(FOLDER)[0] if _is_day(day)]
    except FileNotFoundError:
        return []


def _remove_day(day: str) -> int:
    files = default_storage.listdir(f"{FOLDER}/{day}")[1]
    for name in files:
        default_storage.delete(f"{FOLDER}/{day}/{name}")
    default_storage.delete(f"{FOLDER}/{day}")  # the folder, where there are folders
    return len(files)


def _is_day(name: str) -> bool:
    try:
        return bool(date.fromisoformat(name))
    except ValueError:
        return False


def _transcript(wanted: Order) -> Transcript:
    session = rooms().get(pk=wanted.session)
    session.last_number = min(session.last_number, wanted.number)  # as it was when it was ordered
    return Transcript(session, Audience(wanted.audience), ZoneInfo(wanted.zone), wanted.zone)


def _latest(session_id: int, audience: str, who: int | str | None) -> str:
    return f"parley.transcript.of.{session_id}.{audience}.{who or 0}"


def _key(order_id: str) -> str:
    return f"parley.transcript.{order_id}"


def _order(order_id: str) -> Order | None:
    kept: dict[str, Any] | None = cache.get(_key(order_id))
    return Order(**kept) if kept else None


def _keep(wanted: Order) -> Order:
    cache.set(_key(wanted.id), asdict(wanted), KEPT_FOR.total_seconds())
    return wanted
