"""The agent takes back what they asked for."""

from uuid import uuid4

import pytest

from policies_app.kinds import EndReason
from sessions_app.actions import Refused
from sessions_app.documents.actions import complete, entered, note_opened, recall, save
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Document, LiveSession
from sessions_app.transitions import end
from tests.cast import fresh, kinds
from tests.documents.pages import again
from tests.documents.papers import COMPLETE, CONSENT, sent, typed
from tests.moments import ENDED, MINUTE, STARTED

LATER = STARTED + MINUTE


@pytest.fixture
def document(session: LiveSession, anna: Agent) -> Document:
    document = sent(session, anna)
    save(document.pk, typed(2**41, remarks="saved"), now=LATER)
    return document


def test_it_is_recorded_once_with_who_did_it(document: Document, session: LiveSession, anna: Agent) -> None:
    for step in range(2):
        recall(document.pk, anna, now=LATER + step * MINUTE)
    assert kinds(session) == ["started", "document_sent", "document_recalled"]
    row = session.timeline.last()
    assert row and (row.actor, row.agent, row.payload["name"]) == ("agent", anna, "Order")
    assert (again(document).state, again(document).recalled_at) == ("recalled", LATER)
    assert fresh(session).last_agent_activity_at == LATER + MINUTE


def test_what_was_entered_stays_and_nothing_more_is_done(document: Document, session: LiveSession, anna: Agent) -> None:
    recall(document.pk, anna, now=LATER)
    with pytest.raises(Refused, match=r"recalled.*What you entered is kept"):
        save(document.pk, typed(remarks="more"), now=LATER)
    with pytest.raises(Refused, match="recalled"):
        complete(document.pk, typed(2**43, **COMPLETE), CONSENT, key=uuid4(), now=LATER)
    note_opened(document.pk, now=LATER)
    assert entered(document) == {"name": "Carla", "remarks": "saved"}
    assert session.drafts.get().text == "Order\nName: Carla\nRemarks: more\nTerms: yes\nSignature: signed"
    assert kinds(session) == ["started", "document_sent", "document_recalled"]
    assert fresh(session).follow_up_since is None, "the session is open"


def test_what_is_completed_is_not_recalled(document: Document, session: LiveSession, anna: Agent) -> None:
    complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=LATER)
    with pytest.raises(Refused, match="can no longer be recalled"):
        recall(document.pk, anna, now=LATER)
    assert again(document).state == "completed"


def test_nobody_else_recalls_it(document: Document, session: LiveSession, ben: Agent) -> None:
    with pytest.raises(Refused, match="no longer yours"):
        recall(document.pk, ben, now=LATER)
    assert again(document).is_open


def test_after_the_end_too(document: Document, session: LiveSession, anna: Agent) -> None:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    recall(document.pk, anna, now=ENDED)
    assert again(document).state == "recalled"
