"""How far each side has looked at a session."""

from functools import partial

from django.db import transaction

from sessions_app.kinds import Audience
from sessions_app.live import announce_seen
from sessions_app.models import LiveSession

COLUMN = {Audience.AGENT: "seen_by_agent", Audience.CUSTOMER: "seen_by_customer"}


@transaction.atomic
def note_seen(session: LiveSession, by: Audience, number: int) -> None:
    """This side has looked at the row with this number. It only grows, and never beyond the newest row. One query."""
    number = min(number, session.last_number)
    column = COLUMN[by]
    behind = LiveSession.objects.filter(pk=session.pk, **{f"{column}__lt": number})
    if behind.update(**{column: number}):
        transaction.on_commit(partial(announce_seen, session, by, number))


def seen_by(session: LiveSession, side: Audience) -> int:
    """The newest row that this side has looked at; 0 if none."""
    return int(getattr(session, COLUMN[side]))
