"""One-time codes: how the customer proves to be the one who is meant, on a device that has not been in.

Six digits that a worker draws and sends (`invitations.send_code`). The newest one counts, until it was used or is over.
"""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils.translation import gettext as _

from sessions_app.actions import Refused
from sessions_app.delivery import address_of, ways_to
from sessions_app.devices import Answer, Browser, enter
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import AccessLink, Customer, LiveSession, OneTimeCode
from sessions_app.timeline import Row, append
from sessions_app.transitions import lock

LASTS = timedelta(minutes=10)
MOST_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
MOST_CODES = 3
"""So many codes in the time of a lock."""


class Locked(Refused):
    """There were too many wrong tries; nothing is sent or accepted for a while."""


@transaction.atomic
def order(session_id: int, *, now: datetime) -> None:
    """Have a code sent to the customer's stored address; the codes before it count no more.

    Wrong tries go on being counted. Raises Refused after too many codes, or without an address, and Locked.
    """
    session = lock(session_id, now)
    to = destination(session.customer)
    if not to:
        raise Refused(_("No code can be sent to you from here."))
    newest = _newest(session)
    _see_to_lock(newest, now)
    if session.codes.filter(created_at__gt=now - LOCKED_FOR).count() >= MOST_CODES:
        raise Refused(_("Several codes were sent to you already. Use the newest, or wait a few minutes."))
    code = OneTimeCode.objects.create(
        session=session,
        sent_to=to,
        created_at=now,
        expires_at=now + LASTS,
        wrong_tries=newest.wrong_tries if newest and _recent(newest, now) else 0,
    )
    append(session, Row(kind=EntryKind.CODE_SENT, actor=Actor.CUSTOMER, payload={"to": masked(to)}), now=now)
    transaction.on_commit(lambda: _have_sent(code))


def come_in(link: AccessLink, browser: Browser, digits: str, *, now: datetime) -> Answer | None:
    """Let a browser in by a link and a code; None if the code is wrong, over, or was used.

    Raises Locked, also when this was one wrong try too many.
    """
    newest = _newest(link.session)
    _see_to_lock(newest, now)
    fits = newest.pk if newest and check_password(digits, newest.code_hash) else None  # slow, so before the lock
    if _redeem(link.session_id, fits, now):
        return enter(link, browser, proven=True, now=now)
    _see_to_lock(_newest(link.session), now)
    return None


@transaction.atomic
def _redeem(session_id: int, fits: int | None, now: datetime) -> bool:
    """Use up the newest code if it is the one that fits. If not, this was a wrong try, which is counted."""
    newest = _newest(lock(session_id, now))
    _see_to_lock(newest, now)
    if newest is None:
        return False
    row = OneTimeCode.objects.filter(pk=newest.pk)  # a worker may be writing its hash
    if newest.pk == fits and _stands(newest, now):
        row.update(used_at=now, wrong_tries=0)
        return True
    locked = {"expires_at": now + LOCKED_FOR} if newest.wrong_tries + 1 >= MOST_TRIES else {}
    row.update(wrong_tries=newest.wrong_tries + 1, **locked)
    return False


def was_sent(session: LiveSession, now: datetime) -> str:
    """The masked address to which a code is on its way that can still be entered; empty if there is none. One query."""
    newest = _newest(session)
    return masked(newest.sent_to) if newest and _stands(newest, now) else ""


def destination(customer: Customer) -> str:
    """The stored address that codes go to; empty if nothing can be sent to it from here."""
    return next((address_of(customer, way) for way in ways_to(customer)), "")


def masked(address: str) -> str:
    """Enough of an address for its owner to know it again, and for nobody else: `c…@example.com`, `…67`."""
    name, at, host = address.partition("@")
    return f"{name[:1]}…@{host}" if at else f"…{address[-2:]}"


def _newest(session: LiveSession) -> OneTimeCode | None:
    return session.codes.order_by("-pk").first()


def _stands(code: OneTimeCode, now: datetime) -> bool:
    return code.used_at is None and code.wrong_tries < MOST_TRIES and now < code.expires_at


def _recent(code: OneTimeCode, now: datetime) -> bool:
    return code.used_at is None and code.created_at > now - LOCKED_FOR and code.wrong_tries < MOST_TRIES


def _see_to_lock(newest: OneTimeCode | None, now: datetime) -> None:
    """The code on which the last wrong try was counted says until when nothing more is accepted."""
    if newest and newest.wrong_tries >= MOST_TRIES and now < newest.expires_at:
        raise Locked(_("There were too many wrong tries. Please wait 15 minutes, then ask for a new code."))


def _have_sent(code: OneTimeCode) -> None:
    from sessions_app.tasks import order_code

    order_code(code)
