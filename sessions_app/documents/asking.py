"""What agents ask of customers: forms to complete and files to add, and taking that back."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from policies_app.kinds import Permission
from sessions_app.actions import Author, Refused, follow_up, require, waits
from sessions_app.activity import note_activity
from sessions_app.documents import values
from sessions_app.documents.fields import asked, filled
from sessions_app.documents.kinds import DocumentKind, DocumentState, FieldKind
from sessions_app.documents.prefilling import prefilled
from sessions_app.documents.selectors import may_be_sent
from sessions_app.documents.shared import Incomplete, change, done_by, locked, named, session_of, what_was_sent
from sessions_app.kinds import Actor, Audience, EntryKind
from sessions_app.models import Agent, Document, DocumentValue, LiveSession, TemplateVersion
from sessions_app.timeline import Row, append
from sessions_app.transitions import lock

MOST_OPEN = 50
"""Documents that wait for the customer of one session at once."""


def send_form(
    session_id: int,
    agent: Agent,
    version: TemplateVersion,
    entered: Mapping[str, str],
    *,
    note: str = "",
    key: UUID,
    now: datetime,
) -> Document:
    """Ask the customer to complete a form. `entered` is what the agent filled in; the rest begins as it is prefilled.

    The same key again answers with the same document. Raises Refused where the customer could not complete it, and
    Incomplete if what the agent fills in is missing or wrong.
    """
    document = Document(kind=DocumentKind.FORM, name=version.template.name, version=version, note=note)
    return _send(session_id, agent, document, entered, key, now)


def ask_for_files(
    session_id: int, agent: Agent, name: str, *, note: str = "", most: int = 1, key: UUID, now: datetime
) -> Document:
    """Ask the customer for files, such as a photo of a card, at most so many. Raises Refused as `send_form` does."""
    document = Document(kind=DocumentKind.FILES, name=name, note=note, most_files=most)
    return _send(session_id, agent, document, {}, key, now)


def recall(document_id: int, agent: Agent, *, now: datetime) -> None:
    """Take back what was asked for. Nothing happens if that was done; Raises Refused once it is completed."""
    session_id = session_of(document_id)
    note_activity(agent, session_id, now=now)
    with transaction.atomic():
        session, document = locked(document_id, now)
        _require_holder(session, agent)
        if document.state == DocumentState.RECALLED:
            return
        if not document.is_open:
            raise Refused(_("This document is completed: it can no longer be recalled."))
        row = Row(kind=EntryKind.DOCUMENT_RECALLED, actor=Actor.AGENT, agent=agent, payload=named(document))
        append(session, row, now=now)
        change(document, state=DocumentState.RECALLED, recalled_at=now)


def _send(
    session_id: int, agent: Agent, document: Document, entered: Mapping[str, str], key: UUID, now: datetime
) -> Document:
    note_activity(agent, session_id, now=now)
    by = Author(Audience.AGENT, agent)
    with transaction.atomic():
        session = lock(session_id, now)
        if done := done_by(session, key, EntryKind.DOCUMENT_SENT):
            return session.documents.get(public_id=done.payload["document"])
        require(session, by, Permission.COMPLETE, now)
        if document.version and not may_be_sent(document.version, session.workstream_id):
            raise Refused(_("This document cannot be sent here."))
        if session.documents.filter(state=DocumentState.OPEN).count() >= MOST_OPEN:
            raise Refused(_("The customer has enough to complete: there are %d documents waiting.") % MOST_OPEN)
        document.session, document.sent_by, document.sent_at = session, agent, now
        begins = _beginning(document, session, entered, now)
        document.save(force_insert=True)
        DocumentValue.objects.bulk_create(
            DocumentValue(document=document, name=name, value=value, version=_version_of(now), saved_at=now)
            for name, value in begins.items()
        )
        told = named(document) | what_was_sent(document) | ({"note": document.note} if document.note else {})
        row = Row(kind=EntryKind.DOCUMENT_SENT, actor=Actor.AGENT, agent=agent, payload=told, key=key)
        append(session, row, now=now, **follow_up(session, by, now), **waits(session, by, now))
    return document


def _beginning(document: Document, session: LiveSession, entered: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What stands in the form at first, by field. Raises Incomplete for what the agent has to fill in.

    An agent may enter something for the customer, who sees and can change it; but nobody signs for them.
    """
    if document.version is None:
        return {}
    theirs = asked(document.version.all_fields)
    nobody_elses = {one.name for one in theirs if one.kind is FieldKind.SIGNATURE}
    every = [one for one in document.version.all_fields if one.name not in nobody_elses]
    begins = prefilled(every, session, now) | {one.name: entered[one.name] for one in every if one.name in entered}
    # What the customer fills in may be missing still, but nobody hands them something that is wrong.
    if wrong := values.problems([one if one not in theirs else one.changed(required=False) for one in every], begins):
        raise Incomplete(wrong)
    begins = {one.name: values.cleaned(one, begins[one.name]) for one in every}
    document.asked, document.filled = len(theirs), filled(theirs, begins)
    return {name: value for name, value in begins.items() if value}


def _require_holder(session: LiveSession, agent: Agent) -> None:
    if session.agent_id != agent.pk:
        raise Refused(_("This session is no longer yours."))


def _version_of(moment: datetime) -> int:
    """In milliseconds since 1970, as pages count (`half_typed`)."""
    return int(moment.timestamp() * 1000)
