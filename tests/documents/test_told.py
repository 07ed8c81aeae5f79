"""What the rest of Parley says of documents: timeline, transcript, explain, search, lists, drafts."""

from datetime import UTC
from uuid import uuid4

import pytest

from policies_app.kinds import EndReason
from sessions_app import search
from sessions_app.actions import Refused, send_message
from sessions_app.documents.actions import (
    ask_for_files,
    complete,
    note_opened,
    recall,
    record_failure,
    record_result,
    save,
    send_form,
)
from sessions_app.documents.sealed_transcript import rows_of
from sessions_app.explain.facts import edits_while_open, facts_of, open_at
from sessions_app.explain.story import story
from sessions_app.kinds import ABOUT_DOCUMENTS, HIDDEN_FROM_CUSTOMERS, Actor, Audience, EntryKind
from sessions_app.models import Agent, Document, LiveSession
from sessions_app.row_words import words
from sessions_app.search import Wanted, find
from sessions_app.search_terms import terms
from sessions_app.selectors import unread_counts, wrote_last
from sessions_app.transcript import Transcript, as_text
from sessions_app.transcript_pdf import as_pdf
from sessions_app.transitions import end
from tests.cast import CUSTOMER, address, author, browser_of, come_in, fresh, kinds, new_session, set_policy
from tests.documents.papers import COMPLETE, CONSENT, new_version, sent, typed
from tests.moments import DAY, ENDED, HOUR, MINUTE, STARTED

NAME = "Vertrag <b>№1 “Żółć”"


@pytest.fixture
def whole(session: LiveSession, anna: Agent) -> LiveSession:
    """A session in which everything happened that happens to documents."""
    form = send_form(session.pk, anna, new_version(NAME), {}, note="Bitte <heute>", key=uuid4(), now=STARTED + MINUTE)
    note_opened(form.pk, now=STARTED + 2 * MINUTE)
    complete(form.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED + 3 * MINUTE)
    record_failure(form.pk, final=True, now=STARTED + 4 * MINUTE)
    record_result(form.pk, stored="a.pdf", size=1, sha256="a" * 64, now=STARTED + 5 * MINUTE)
    asked = ask_for_files(session.pk, anna, "Card", key=uuid4(), now=STARTED + 6 * MINUTE)
    recall(asked.pk, anna, now=STARTED + 7 * MINUTE)
    return fresh(session)


def test_every_kind_about_documents_is_there_and_said_to_each_side(whole: LiveSession) -> None:
    rows = whole.timeline.filter(kind__in=ABOUT_DOCUMENTS).select_related("agent").order_by("number")
    assert {row.kind for row in rows} == {str(kind) for kind in ABOUT_DOCUMENTS}
    said = [
        [words(row, side).text.format(**words(row, side).values) for row in rows]
        for side in (Audience.AGENT, Audience.CUSTOMER)
    ]
    assert said[0] == [
        f"Anna sent “{NAME}” to complete: Bitte <heute>",
        f"The customer opened “{NAME}”",
        f"The customer completed “{NAME}”",
        f"“{NAME}” is completed, but could not be prepared",
        f"“{NAME}” is ready, sealed",
        "Anna asked for files: “Card”",
        "Anna no longer asks for “Card”",
    ]
    seen = [text for row, text in zip(rows, said[1], strict=True) if row.kind not in HIDDEN_FROM_CUSTOMERS]
    assert seen == [
        f"Anna sent “{NAME}” to complete: Bitte <heute>",
        f"You completed “{NAME}”",
        f"“{NAME}” is ready to download",
        "Anna asked for files: “Card”",
        "Anna no longer asks for “Card”",
    ]


def test_the_rooms_show_them_and_nothing_in_them_is_html(whole: LiveSession, anna: Agent) -> None:
    for side, browser in (("agent", browser_of(anna)), ("customer", come_in(whole))):
        html = browser.get(address(whole, side)).content.decode()
        assert "Vertrag &lt;b&gt;№1" in html and "Bitte &lt;heute&gt;" in html
        assert "Vertrag <b>" not in html and "<heute>" not in html
        assert ("customer opened" in html) is (side == "agent")


def test_the_transcript_has_a_line_for_each_that_its_reader_may_read(whole: LiveSession) -> None:
    text = as_text(Transcript(whole, Audience.AGENT, UTC, "UTC"))
    for line in (
        f"09:01  Anna sent “{NAME}” to complete: Bitte <heute>\n",
        f"09:02  The customer opened “{NAME}”\n",
        f"09:03  The customer completed “{NAME}”\n",
        f"09:04  “{NAME}” is completed, but could not be prepared\n",
        f"09:05  “{NAME}” is ready, sealed\n",
        "09:06  Anna asked for files: “Card”\n",
        "09:07  Anna no longer asks for “Card”\n",
    ):
        assert line in text
    theirs = as_text(Transcript(whole, Audience.CUSTOMER, UTC, "UTC"))
    assert f"09:03  You completed “{NAME}”\n" in theirs
    assert "opened" not in theirs and "could not be prepared" not in theirs
    transcript = Transcript(whole, Audience.AGENT, UTC, "UTC")
    pdf = as_pdf(transcript, rows_of(transcript), now=STARTED + HOUR, about_seal="Sealed")
    assert pdf.startswith(b"%PDF")


def test_what_was_entered_stands_on_no_timeline(session: LiveSession, anna: Agent) -> None:
    document = sent(session, anna, number="IBAN-77")
    save(document.pk, typed(2**41, remarks="a secret"), now=STARTED)
    complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    told = str(list(session.timeline.values_list("payload", flat=True)))
    assert "Order" in told
    assert not any(value in told for value in ("IBAN", "secret", "Carla", "192.0.2.7"))


def test_explain_tells_of_each_with_its_name_and_who_did_it(whole: LiveSession) -> None:
    now = STARTED + HOUR
    then = open_at(whole, now, now)
    told = story(facts_of(whole), then, edits_while_open(whole, now), now=now, asked=now)
    marks = [(mark.label, mark.detail) for mark in told.marks if mark.name in set(ABOUT_DOCUMENTS)]
    assert marks == [
        ("Document sent", f"“{NAME}” by Anna"),
        ("Document opened by the customer", f"“{NAME}”"),
        ("Document completed", f"“{NAME}”"),
        ("Completed document could not be prepared", f"“{NAME}”"),
        ("Completed document ready", f"“{NAME}”"),
        ("Document sent", "“Card” by Anna"),
        ("Document recalled", "“Card” by Anna"),
    ]
    assert then.last_activity_at == STARTED + 7 * MINUTE
    assert then.customer_busy_at == STARTED + 3 * MINUTE


# Search ----------------------------------------------------------------------------------------------------------


def found(by: Agent, typed: str) -> list[LiveSession]:
    return find(by, Wanted(terms=terms(typed))).sessions


@pytest.mark.parametrize("how", ["near", "far"])
@pytest.mark.parametrize("typed", ["Vertrag", "Żółć vertrag", "vertr", '"vertrag"', "card"])
def test_sessions_are_found_by_the_names_of_their_documents(
    whole: LiveSession, anna: Agent, monkeypatch: pytest.MonkeyPatch, how: str, typed: str
) -> None:
    if how == "far":
        monkeypatch.setattr(search, "NEAR", 1)
    other = new_session(anna, whole.customer)
    sent(other, anna, new_version("Invoice"))
    assert found(anna, typed) == [whole]
    assert set(found(anna, "carla")) == {whole, other}
    page = browser_of(anna).get("/search/", {"q": "vertrag"}).content.decode()
    assert "<mark>Vertrag</mark> &lt;b&gt;" in page


def test_what_was_entered_is_not_found(whole: LiveSession, anna: Agent) -> None:
    assert found(anna, "signature") == found(anna, "192.0.2.7") == found(anna, "heute") == []


# Lists ------------------------------------------------------------------------------------------------------------


def test_whose_turn_it_is(session: LiveSession, anna: Agent) -> None:
    send_message(session.pk, CUSTOMER, "Hello", key=uuid4(), now=STARTED)
    assert wrote_last(fresh(session)) == Actor.CUSTOMER
    document = sent(session, anna)
    assert wrote_last(fresh(session)) == Actor.AGENT
    note_opened(document.pk, now=STARTED)
    assert wrote_last(fresh(session)) == Actor.AGENT, "looking is no answer"
    complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    record_result(document.pk, stored="a.pdf", size=1, sha256="a" * 64, now=STARTED)
    assert wrote_last(fresh(session)) == Actor.CUSTOMER
    send_message(session.pk, author(anna), "Thank you", key=uuid4(), now=STARTED)
    assert wrote_last(fresh(session)) == Actor.AGENT


def test_a_completed_document_is_unread_until_the_agent_looks(session: LiveSession, anna: Agent) -> None:
    document = sent(session, anna)
    note_opened(document.pk, now=STARTED)
    assert unread_counts([fresh(session)]) == {}
    complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    assert unread_counts([fresh(session)]) == {session.pk: 1}
    LiveSession.objects.filter(pk=session.pk).update(seen_by_agent=fresh(session).last_number)
    assert unread_counts([fresh(session)]) == {}


def test_what_was_refused_is_shown_to_both_sides(session: LiveSession, anna: Agent) -> None:
    document = sent(session, anna)
    set_policy(access="limited", access_for=DAY)
    browser = come_in(session)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    with pytest.raises(Refused):
        save(document.pk, typed(2**43, remarks="<late>"), now=ENDED + HOUR)
    LiveSession.objects.filter(pk=session.pk).update(
        limited_until="2100-01-01T00:00:00Z", next_due_at=None, next_due_kind=""
    )
    for side, one in (("agent", browser_of(anna)), ("customer", browser)):
        assert "Remarks: &lt;late&gt;" in one.get(address(session, side)).content.decode()
    assert fresh(session).follow_up_since == ENDED + HOUR


def test_kinds_about_documents_are_just_those(session: LiveSession) -> None:
    assert {kind for kind in EntryKind if kind.startswith("document_")} == ABOUT_DOCUMENTS
    assert kinds(session) == ["started"]
    assert not Document.objects.exists()
