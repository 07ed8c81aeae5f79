"""What was entered into a document when it could no longer be completed: kept as one draft that the agent sees."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from sessions_app.actions import follow_up
from sessions_app.documents.fields import Field, asked
from sessions_app.documents.models import DONE
from sessions_app.documents.shared import CUSTOMER, fields_of, locked, newest, stored_in
from sessions_app.documents.values import BadValue, cleaned, in_words
from sessions_app.erased_rows import is_of_erased
from sessions_app.half_typed import Typed
from sessions_app.models import Draft, LiveSession
from sessions_app.transitions import change


@transaction.atomic
def keep_refused(document_id: int, typed: Mapping[str, Typed], *, now: datetime, submitted: UUID | None = None) -> None:
    """Keep what was refused in words, and let the agent know as of a refused message (rules.md 4).

    1. There is one draft for a document, however often a page saves: it takes the newest of each field.
    2. What stands in the document already, or was overtaken by something newer, is not lost and makes no draft; unless
       it was submitted, with this key.
    3. The same again, or the same key, changes nothing. Nothing is kept of a customer who was erased.
    """
    session, document = locked(document_id, now)
    if is_of_erased(session.pk):
        return
    theirs, stored = asked(fields_of(document)), stored_in(document)
    draft = Draft.objects.filter(document=document).first() or Draft(document=document)
    refused = {name: Typed(*it) for name, it in draft.entered.items()}
    known = stored | {name: it for name, it in refused.items() if it.version > stored.get(name, Typed()).version}
    newer = newest(theirs, known, typed)
    lost = {one.name: newer[one.name] for one in theirs if _is_lost(one, known, newer)}
    key = uuid5(document.public_id, str(submitted or "saved"))
    is_news = submitted is not None and key != draft.key and document.state not in DONE
    said = in_words(theirs, {name: it.text for name, it in (known | lost).items()})
    if said and (lost or is_news):
        draft.entered |= {name: [it.text, it.version] for name, it in lost.items()}
        draft.key = key if is_news or draft.pk is None else draft.key
        draft.text = f"{document.name}\n{said}"
        _keep(draft, session, now)


def _keep(draft: Draft, session: LiveSession, now: datetime) -> None:
    """The agent finds it among the follow-ups, as a message that came after the end."""
    draft.session, draft.author, draft.saved_at = session, CUSTOMER.audience, now
    draft.save()
    if waits := follow_up(session, CUSTOMER, now):
        change(session, **waits)


def _is_lost(field: Field, known: Mapping[str, Typed], newer: Mapping[str, Typed]) -> bool:
    """Whether what was typed into a field stands nowhere yet, however it is spelled."""
    if field.name not in newer:
        return False
    there, text = known.get(field.name, Typed()).text, newer[field.name].text
    return text != there and _plain(field, text) != there


def _plain(field: Field, text: str) -> str:
    try:
        return cleaned(field, text)
    except BadValue:
        return text
