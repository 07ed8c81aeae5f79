"""A customer whose link or place is gone asks for a new link."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from policies_app.kinds import AccessLevel
from sessions_app import access
from sessions_app.delivery import ways_to
from sessions_app.kinds import Actor, EntryKind
from sessions_app.links import lead_in
from sessions_app.models import LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import lock

APART = timedelta(minutes=1)
DAY = timedelta(days=1)
MOST_A_DAY = 5


@transaction.atomic
def ask_for_link(session_id: int, *, now: datetime) -> None:
    """Have a new link sent to the customer's stored address: one a minute, five a day, while they have any access.

    Anybody may ask who knows of the session, and nobody is told what came of it: only the stored address hears.
    """
    session = lock(session_id, now)
    if session.is_prepared or access.level(session, now) is AccessLevel.NONE or not ways_to(session.customer):
        return
    if not lead_in(session):
        return
    if _asked_enough(session, now):
        return
    append(session, Row(kind=EntryKind.LINK_ASKED, actor=Actor.CUSTOMER), now=now)
    transaction.on_commit(partial(_have_sent, session.pk))


def _asked_enough(session: LiveSession, now: datetime) -> bool:
    rows = session.timeline.filter(kind=EntryKind.LINK_ASKED, recorded_at__gt=now - DAY)
    asked = list(rows.order_by("-number").values_list("recorded_at", flat=True)[:MOST_A_DAY])
    return len(asked) >= MOST_A_DAY or any(moment > now - APART for moment in asked)


def _have_sent(session_id: int) -> None:
    from sessions_app import invitations
    from sessions_app.tasks import order_letter

    order_letter(session_id, invitations.NEW_LINK)
