"""Key sets that portals publish: asked for seldom, and never trusted to be quick, small or there.

An administrator names the address, so what is asked is on the public internet, or in a network that the operator
allowed (`outgoing`): else whoever may set up a widget could look around in the network behind Parley.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from sessions_app import outgoing
from sessions_app.outgoing import Network, NotSent
from sessions_app.widget.keys import LONGEST

PATIENCE = 3.0
"""Seconds that a portal may take to answer, in all, once its name was looked up."""

FRESH = timedelta(minutes=10)
"""For so long a set is not asked for again: a key that the portal took out of it holds that much longer."""

KEPT = timedelta(hours=1)
"""For so long the last set serves when the portal gives no other."""

AGAIN = timedelta(seconds=30)
"""A portal is asked no more often than this, whatever tokens name and however it answered."""


_HEADERS = {
    "Accept": "application/jwk-set+json, application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "Parley",
}


class Unreachable(Exception):
    """The portal gave no key set. The text says why, without a stop at its end, and nothing of what it answered."""


@dataclass(slots=True)
class _Known:
    """What this process knows of one address. Threads that need it at the same moment ask once, and do not wait for
    one that a portal keeps for longer than it may."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    document: Any = None
    got_at: datetime | None = None
    asked_at: datetime | None = None
    problem: str = ""

    def will_do(self, kid: str, now: datetime) -> bool:
        """Whether there is nothing to be gained, or it is too early, to ask (again)."""
        if self.asked_at and now < self.asked_at + AGAIN:
            return True
        return bool(self.got_at and now < self.got_at + FRESH) and (not kid or kid in _names(self.document))

    def ask(self, address: str, allowed: Sequence[Network] | None, now: datetime) -> None:
        self.asked_at = now
        try:
            self.document, self.got_at = fetched(address, allowed=allowed), now
        except Unreachable as problem:
            self.problem = str(problem)


_known: dict[tuple[str, bool], _Known] = {}
"""By address, and whether it was asked for in networks of its own: what may be asked there says nothing elsewhere."""


def key_set(address: str, *, kid: str = "", allowed: Sequence[Network] | None = None, now: datetime) -> Any:
    """The JSON at an address, which may be anything. Asks for it if the one that is known has no such `kid`. `allowed`
    is as in `fetched`.

    Raises Unreachable if there is none that is younger than `KEPT`.
    """
    known = _known.setdefault((address, allowed is None), _Known())
    if not known.will_do(kid, now) and known.lock.acquire(timeout=PATIENCE):
        try:
            if not known.will_do(kid, now):
                known.ask(address, allowed, now)
        finally:
            known.lock.release()
    if known.got_at is None or now >= known.got_at + KEPT:
        raise Unreachable(known.problem)
    return known.document


def fetched(address: str, *, allowed: Sequence[Network] | None = None) -> Any:
    """The JSON at an address, asked for now: without following redirects, bounded in time and size, and only on the
    public internet or in the `allowed` networks; without these, in those of `PARLEY_WEBHOOK_ALLOWED_NETWORKS`.

    Raises Unreachable.
    """
    networks = settings.WEBHOOK_ALLOWED_NETWORKS if allowed is None else allowed
    try:
        target = outgoing.target_of(address, allowed=networks)
        answer = outgoing.get(target, _HEADERS, patience=PATIENCE, most=LONGEST)
    except NotSent as problem:
        raise Unreachable(str(problem).rstrip(".")) from problem
    if answer.status != HTTPStatus.OK:
        raise Unreachable(_("it answers with status %d, not 200") % answer.status)
    if not answer.is_whole:
        words = _("its answer is longer than %(bytes)d bytes, breaks off, or takes longer than %(seconds)d seconds")
        raise Unreachable(words % {"bytes": LONGEST, "seconds": PATIENCE})
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise Unreachable(_("its answer is not JSON")) from error


def _names(document: Any) -> set[str]:
    keys = document.get("keys") if isinstance(document, dict) else None
    named = [jwk.get("kid") for jwk in keys if isinstance(jwk, dict)] if isinstance(keys, list) else []
    return {kid for kid in named if isinstance(kid, str)}
