"""Key sets that portals publish: asked for seldom, and never trusted to be quick, small or there."""

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests
from django.utils.translation import gettext as _
from urllib3.exceptions import HTTPError

from sessions_app.widget.keys import LONGEST

PATIENCE = 3.0
"""Seconds that a portal may take to answer, in all."""

FRESH = timedelta(minutes=10)
"""For so long a set is not asked for again: a key that the portal took out of it holds that much longer."""

KEPT = timedelta(hours=1)
"""For so long the last set serves when the portal gives no other."""

AGAIN = timedelta(seconds=30)
"""A portal is asked no more often than this, whatever tokens name and however it answered."""


class Unreachable(Exception):
    """The portal gave no key set. The text says why; nothing of what it answered is in it."""


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

    def ask(self, address: str, now: datetime) -> None:
        self.asked_at = now
        try:
            self.document, self.got_at = fetched(address), now
        except Unreachable as problem:
            self.problem = str(problem)


_known: dict[str, _Known] = {}


def key_set(address: str, *, kid: str = "", now: datetime) -> Any:
    """The JSON at an address, which may be anything. Asks for it if the one that is known has no such `kid`.

    Raises Unreachable if there is none that is younger than `KEPT`.
    """
    known = _known.setdefault(address, _Known())
    if not known.will_do(kid, now) and known.lock.acquire(timeout=PATIENCE):
        try:
            if not known.will_do(kid, now):
                known.ask(address, now)
        finally:
            known.lock.release()
    if known.got_at is None or now >= known.got_at + KEPT:
        raise Unreachable(known.problem)
    return known.document


def fetched(address: str) -> Any:
    """The JSON at an address, asked for now: without following redirects, bounded in time and size.

    Raises Unreachable.
    """
    try:
        with requests.get(
            address,
            headers={"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"},
            timeout=PATIENCE,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise Unreachable(_("it answers with status %d, not 200") % answer.status_code)
            return json.loads(whole(answer))
    except (OSError, HTTPError) as error:
        raise Unreachable(_("it does not answer (%s)") % type(error).__name__) from error
    except (ValueError, RecursionError) as error:
        raise Unreachable(_("its answer is not JSON")) from error


def whole(answer: requests.Response) -> bytes:
    """All of an answer that streams, as it came. Who sends a byte now and then is given up, too. Raises Unreachable."""
    deadline, body = time.monotonic() + PATIENCE, b""
    while chunk := answer.raw.read1(8192, decode_content=False):
        body += chunk
        if len(body) > LONGEST:
            raise Unreachable(_("its answer is longer than %d bytes") % LONGEST)
        if time.monotonic() > deadline:
            raise Unreachable(_("it takes longer than %d seconds") % PATIENCE)
    return body


def _names(document: Any) -> set[str]:
    keys = document.get("keys") if isinstance(document, dict) else None
    named = [jwk.get("kid") for jwk in keys if isinstance(jwk, dict)] if isinstance(keys, list) else []
    return {kid for kid in named if isinstance(kid, str)}
