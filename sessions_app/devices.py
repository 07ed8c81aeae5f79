"""On which devices a customer is let in: on the first one always, on others as the workstream says.

What a browser keeps is one random token; of each session it has come into, a different hash of it is known here.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Min, Q

from policies_app.kinds import DeviceAccess
from sessions_app.actions import join
from sessions_app.kinds import Actor, EntryKind, LinkKind
from sessions_app.models import AccessLink, Customer, Device, LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import lock

LONGEST_NAME = Device._meta.get_field("user_agent").max_length or 0
REFUSALS_APART = timedelta(minutes=10)
"""A refusal that comes sooner than this after the last one is not recorded again."""

BY_SOMEBODY_INSIDE = (LinkKind.SHOWN, LinkKind.HANDOVER)
"""Links that the agent, or the customer on a device that is in, made for another device: made after the first device
came in, each lets in exactly one more, whatever the workstream says. That is how an agent allows a new device."""


class Answer(StrEnum):
    """What a browser gets that comes with a link."""

    COME_IN = "come_in"
    REFUSED = "refused"
    CODE = "code"
    """Not before it has a one-time code."""

    OVER = "over"
    """This link lets nobody in any more."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where the customer is: the token that it keeps, what it calls itself, the language that it asks for."""

    token: str
    name: str = ""
    language: str = ""


@transaction.atomic
def enter(link: AccessLink, browser: Browser, *, proven: bool = False, now: datetime) -> Answer:
    """Let a browser in by a link that was found, if it may come in; `proven`: it had a one-time code.

    1. The session is locked: of two browsers that come at once, one is the first.
    2. A browser that has been in comes in again, by any link that stands.
    3. Any other is judged (`_judged`), and becomes one of the session's devices when it is let in.
    """
    session = lock(link.session_id, now)
    standing = session.links.filter(pk=link.pk, revoked_at=None).first()
    if standing is None:
        return Answer.OVER
    link.used_at = standing.used_at
    if not _been_in(session, browser, now):
        answer = _judged(session, link, proven=proven)
        if answer is not Answer.COME_IN:
            _note_refusal(session, answer, now)
            return answer
        _add(session, browser, link, now)
    AccessLink.objects.filter(pk=link.pk).update(used_at=now)
    _note_language(session, browser)
    join(session.pk, now=now)
    return Answer.COME_IN


@transaction.atomic
def register(session: LiveSession, browser: Browser, *, now: datetime) -> None:
    """Know a browser that was let in before there were devices."""
    lock(session.pk, now)
    if not _been_in(session, browser, now):
        _create(session, browser, now)


def known(session: LiveSession, browser: Browser) -> Device | None:
    """The device that this browser is in a session; None if it was never let in there, or came by a link that was
    revoked. One query."""
    if not browser.token:
        return None
    standing = Q(link=None) | Q(link__revoked_at=None)
    return session.devices.filter(standing, token_hash=_hash(session, browser)).first()


def admit(session: LiveSession, browser: Browser, *, link: AccessLink | None = None, now: datetime) -> Device:
    """Let a browser into a locked session, whatever the workstream says of devices: the caller has seen to it.

    One that is new there, or was out, came by `link`, if it is given, and is out when that is revoked.
    """
    assert browser.token, "a browser is known by its token"
    if not _been_in(session, browser, now):
        _create(session, browser, now, link)
    _note_language(session, browser)
    device = session.devices.select_related("link").get(token_hash=_hash(session, browser))
    if device.link and device.link.revoked_at:
        device.link = link
        device.save(update_fields=["link"])
    return device


def _been_in(session: LiveSession, browser: Browser, now: datetime) -> bool:
    known = session.devices.filter(token_hash=_hash(session, browser))
    return known.update(last_seen_at=now, user_agent=browser.name[:LONGEST_NAME]) == 1


def _judged(session: LiveSession, link: AccessLink, *, proven: bool) -> Answer:
    if link.kind == LinkKind.HANDOVER and link.used_at:
        return Answer.OVER
    access = session.workstream.device_access
    first = session.devices.aggregate(at=Min("first_seen_at"))["at"]
    if access == DeviceAccess.ANY or first is None or (proven and access == DeviceAccess.CODE):
        return Answer.COME_IN
    if link.kind in BY_SOMEBODY_INSIDE and link.used_at is None and link.created_at >= first:
        return Answer.COME_IN
    return Answer.REFUSED if access == DeviceAccess.FIRST else Answer.CODE


def _add(session: LiveSession, browser: Browser, link: AccessLink, now: datetime) -> None:
    if session.devices.exists():
        payload = {"link": link.kind, "browser": browser.name[:LONGEST_NAME]}
        append(session, Row(kind=EntryKind.DEVICE_ADDED, actor=Actor.CUSTOMER, payload=payload), now=now)
    _create(session, browser, now)


def _create(session: LiveSession, browser: Browser, now: datetime, link: AccessLink | None = None) -> None:
    session.devices.create(
        link=link,
        token_hash=_hash(session, browser),
        first_seen_at=now,
        last_seen_at=now,
        user_agent=browser.name[:LONGEST_NAME],
    )


def _note_refusal(session: LiveSession, answer: Answer, now: datetime) -> None:
    if answer is not Answer.REFUSED:
        return
    since = now - REFUSALS_APART
    if not session.timeline.filter(kind=EntryKind.DEVICE_REFUSED, recorded_at__gt=since).exists():
        append(session, Row(kind=EntryKind.DEVICE_REFUSED, actor=Actor.CUSTOMER), now=now)


def _note_language(session: LiveSession, browser: Browser) -> None:
    """Letters follow the language in which the customer reads the pages."""
    if browser.language:
        customer = Customer.objects.filter(pk=session.customer_id, erased_at=None).exclude(language=browser.language)
        customer.update(language=browser.language)


def _hash(session: LiveSession, browser: Browser) -> str:
    return hashlib.sha256(f"{session.public_id}:{browser.token}".encode()).hexdigest()
