"""The customer submits: once, whole, and with what they agreed to."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from policies_app.kinds import EndReason
from sessions_app import chain
from sessions_app.actions import Refused, follow_up_done, send_message
from sessions_app.documents.actions import Incomplete, complete, entered, record_failure, record_result, save
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Document, LiveSession, TimelineEntry
from sessions_app.transitions import end
from tests.cast import CUSTOMER, fresh, full_then_limited, kinds
from tests.documents.pages import again
from tests.documents.papers import COMPLETE, CONSENT, SIGNED, a_field, new_version, sent, typed
from tests.moments import DAY, ENDED, HOUR, MICROSECOND, MINUTE, STARTED

LATER = STARTED + MINUTE


@pytest.fixture
def document(session: LiveSession, anna: Agent) -> Document:
    return sent(session, anna, number="A-7")


def submit(document: Document, *, now: datetime = LATER, **texts: str) -> TimelineEntry:
    return complete(document.pk, typed(**texts), CONSENT, key=uuid4(), now=now)


def test_it_is_completed_with_what_was_entered_in_its_one_form(document: Document, session: LiveSession) -> None:
    save(document.pk, typed(2**41, amount="1.234,50", terms="Yes", tariff="a", insured="no"), now=LATER)
    row = submit(document, name="Carla C.", tariff="", signature='{ "name":"Carla Customer" }')
    assert {name: value for name, value in entered(document).items() if value} == {
        "name": "Carla C.",
        "number": "A-7",
        "amount": "1234.50",
        "terms": "on",
        "insured": "no",
        "signature": SIGNED,
    }
    done = again(document)
    assert (done.state, done.completed_at, done.filled) == ("completed", LATER, 5)
    assert (row.kind, row.actor) == ("document_completed", "customer")
    assert kinds(session) == ["started", "document_sent", "document_completed"]


def test_the_row_vouches_for_the_values_the_consent_and_the_template(document: Document) -> None:
    row = submit(document, **COMPLETE)
    assert document.version
    agreed = {
        "name": "Carla",
        "email": "carla@example.com",
        "phone": "",
        "text": CONSENT.text,
        "address": "192.0.2.7",
        "device": "Phone",
        "at": LATER.isoformat(),
    }
    assert again(document).consent == agreed
    assert row.payload == {
        "document": str(document.public_id),
        "name": "Order",
        "kind": "form",
        "version": str(document.version.public_id),
        "template_sha256": "0" * 64,
        "values_sha256": chain.digest({name: value for name, value in entered(document).items() if value}),
        "consent_sha256": chain.digest(agreed),
    }


def test_what_is_missing_is_named_and_what_was_entered_stays(document: Document, session: LiveSession) -> None:
    with pytest.raises(Incomplete) as told:
        submit(document, name="", amount="much", remarks="Kept")
    assert set(told.value.problems) == {"name", "amount", "terms", "signature"}
    assert "Fill this in, please." in str(told.value)
    assert entered(document) == {"name": "", "amount": "much", "remarks": "Kept", "number": "A-7"}
    assert again(document).is_open and again(document).consent == {}
    assert not session.drafts.exists()
    complete(document.pk, typed(2**43, **COMPLETE, amount="12"), CONSENT, key=uuid4(), now=LATER)
    assert again(document).state == "completed"


def test_the_same_key_completes_once(document: Document, session: LiveSession) -> None:
    key = uuid4()
    rows = [complete(document.pk, typed(**COMPLETE), CONSENT, key=key, now=LATER + at * MINUTE) for at in range(2)]
    assert rows[0] == rows[1]
    assert kinds(session).count("document_completed") == 1
    assert again(document).completed_at == LATER
    assert not session.drafts.exists()


def test_a_retry_is_answered_even_when_all_access_is_over(document: Document, session: LiveSession) -> None:
    key = uuid4()
    row = complete(document.pk, typed(**COMPLETE), CONSENT, key=key, now=LATER)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    assert complete(document.pk, typed(**COMPLETE), CONSENT, key=key, now=ENDED + DAY) == row


def test_another_key_is_told_that_it_is_completed(document: Document, session: LiveSession) -> None:
    submit(document, **COMPLETE)
    with pytest.raises(Refused, match="completed already"):
        submit(document, **COMPLETE)
    assert not session.drafts.exists(), "nothing that was entered is lost"
    with pytest.raises(Refused, match="completed already"):
        complete(document.pk, typed(2**43, name="Somebody else"), CONSENT, key=uuid4(), now=LATER)
    assert session.drafts.get().text.splitlines()[1] == "Name: Somebody else"
    assert entered(document)["name"] == "Carla"


def test_a_key_that_did_something_else_completes_nothing(document: Document, session: LiveSession, anna: Agent) -> None:
    other, key = sent(session, anna), uuid4()
    complete(other.pk, typed(**COMPLETE), CONSENT, key=key, now=LATER)
    message_key = uuid4()
    send_message(session.pk, CUSTOMER, "Hello", key=message_key, now=LATER)
    for taken in (key, message_key):
        with pytest.raises(Refused, match="for something else"):
            complete(document.pk, typed(**COMPLETE), CONSENT, key=taken, now=LATER)
    assert again(document).is_open
    assert entered(document)["terms"] == "on", "what was entered stays"
    assert not session.drafts.exists()


def test_the_agent_is_waited_for(document: Document, session: LiveSession) -> None:
    assert fresh(session).waits_since is None
    submit(document, **COMPLETE)
    assert (fresh(session).waits_since, fresh(session).follow_up_since) == (LATER, None)


def test_a_form_that_asks_for_nothing_needs_only_the_consent(session: LiveSession, anna: Agent) -> None:
    document = sent(session, anna, new_version(fields=()))
    row = submit(document)
    assert again(document).state == "completed"
    assert row.payload["values_sha256"] == chain.digest({})


def test_an_agents_field_is_not_the_customers_to_complete_with(document: Document) -> None:
    submit(document, number="forged", **COMPLETE)
    assert entered(document)["number"] == "A-7"


def test_a_signature_of_many_points_is_whole(session: LiveSession, anna: Agent) -> None:
    points = ",".join(["[0.1234,0.5678]"] * 3000)
    drawn = f'{{"height":0.4,"lines":[[{points}]]}}'
    document = sent(session, anna)
    submit(document, **COMPLETE | {"signature": drawn})
    assert entered(document)["signature"] == drawn


# After the end ---------------------------------------------------------------------------------------------------


def ended(session: LiveSession, **policy: object) -> None:
    full_then_limited(**policy)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)


def test_with_full_access_it_is_completed_and_waits_among_the_follow_ups(
    document: Document, session: LiveSession
) -> None:
    ended(session)
    submit(document, now=ENDED + DAY - MICROSECOND, **COMPLETE)
    after = fresh(session)
    assert not after.is_open
    assert after.follow_up_since == ENDED + DAY - MICROSECOND
    assert kinds(session)[-2:] == ["ended", "document_completed"]


def test_a_submission_that_comes_too_late_is_a_draft_and_a_follow_up(document: Document, session: LiveSession) -> None:
    ended(session)
    key, late = uuid4(), ENDED + DAY
    for _ in range(3):
        with pytest.raises(Refused, match=r"no longer complete documents\. What you entered was not submitted"):
            complete(document.pk, typed(**COMPLETE), CONSENT, key=key, now=late)
    (draft,) = session.drafts.all()
    assert draft.text == "Order\nName: Carla\nTerms: yes\nSignature: signed"
    assert fresh(session).follow_up_since == late
    assert again(document).is_open and entered(document) == {"name": "Carla", "number": "A-7"}
    assert "document_completed" not in kinds(session)


def test_a_late_submission_of_what_was_saved_before_reaches_the_agent_too(
    document: Document, session: LiveSession, anna: Agent
) -> None:
    save(document.pk, typed(**COMPLETE), now=LATER)
    ended(session)
    key = uuid4()
    for moment in (ENDED + DAY, ENDED + DAY + HOUR):
        with pytest.raises(Refused):
            complete(document.pk, {}, CONSENT, key=key, now=moment)
        assert "Signature: signed" in session.drafts.get().text
        assert session.drafts.get().saved_at == ENDED + DAY, "the same key again changes nothing"
    follow_up_done(session.pk, anna, now=ENDED + DAY + HOUR)
    with pytest.raises(Refused):
        complete(document.pk, {}, CONSENT, key=uuid4(), now=ENDED + DAY + 2 * HOUR)
    assert session.drafts.count() == 1
    assert fresh(session).follow_up_since == ENDED + DAY + 2 * HOUR


def test_who_submits_an_empty_form_too_late_leaves_nothing(session: LiveSession, anna: Agent) -> None:
    document = sent(session, anna, new_version(fields=[a_field("a")]))
    ended(session)
    with pytest.raises(Refused):
        complete(document.pk, typed(a=" "), CONSENT, key=uuid4(), now=ENDED + DAY)
    assert not session.drafts.exists()


@pytest.mark.parametrize("at", [2 * DAY - MICROSECOND, 2 * DAY, 900 * DAY], ids=str)
def test_without_any_access_too(document: Document, session: LiveSession, at: timedelta) -> None:
    ended(session)
    with pytest.raises(Refused) as told:
        complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=ENDED + at)
    assert str(told.value).startswith("This session is over, and so") is (at >= 2 * DAY)
    assert session.drafts.count() == 1


# What becomes of it -------------------------------------------------------------------------------------------------


def test_a_result_is_recorded_once_and_the_first_one_stays(document: Document, session: LiveSession) -> None:
    submit(document, **COMPLETE)
    results = [
        record_result(document.pk, stored=f"{one}.pdf", size=size, sha256=one * 64, now=LATER + MINUTE)
        for one, size in (("a", 1000), ("b", 2000))
    ]
    assert results == [True, False]
    ready = again(document)
    assert (ready.state, ready.result.name, ready.result_size, ready.result_sha256) == (
        "ready",
        "a.pdf",
        1000,
        "a" * 64,
    )
    assert kinds(session)[-1:] == ["document_ready"] and kinds(session).count("document_ready") == 1
    assert session.timeline.last().payload == {
        "document": str(document.public_id),
        "name": "Order",
        "kind": "form",
        "sha256": "a" * 64,
        "size": 1000,
    }


def test_what_is_not_completed_has_no_result(document: Document, session: LiveSession) -> None:
    assert not record_result(document.pk, stored="a.pdf", size=1, sha256="a" * 64, now=LATER)
    record_failure(document.pk, final=True, now=LATER)
    assert (again(document).state, again(document).failures) == ("open", 0)
    assert kinds(session) == ["started", "document_sent"]


def test_failures_are_counted_and_the_last_one_is_told(document: Document, session: LiveSession) -> None:
    submit(document, **COMPLETE)
    for final in (False, False, True):
        record_failure(document.pk, final=final, now=LATER)
    assert again(document).failures == 3
    assert kinds(session).count("document_failed") == 1
    assert record_result(document.pk, stored="a.pdf", size=1, sha256="a" * 64, now=LATER), "a later attempt may succeed"
    record_failure(document.pk, final=True, now=LATER)
    assert (again(document).state, again(document).failures) == ("ready", 3)


def test_after_the_end_and_without_access_it_is_still_prepared(document: Document, session: LiveSession) -> None:
    submit(document, **COMPLETE)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    assert record_result(document.pk, stored="a.pdf", size=1, sha256="a" * 64, now=ENDED + DAY)
    assert again(document).state == "ready"
