"""Agents ask: forms to complete and files to add."""

from uuid import uuid4

import pytest

from policies_app.kinds import EndReason
from policies_app.models import Workstream
from sessions_app.actions import Refused, send_message
from sessions_app.documents.actions import MOST_OPEN, Incomplete, ask_for_files, recall, send_form
from sessions_app.documents.kinds import DocumentState, FieldKind, FilledBy, VersionState
from sessions_app.documents.selectors import documents_of, newest_number, offered, waiting_for_customer
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Document, DocumentTemplate, LiveSession
from sessions_app.transitions import end
from tests.cast import CUSTOMER, author, fresh, full_then_limited, general, kinds
from tests.documents.papers import EVERY_KIND, a_field, new_version, sent
from tests.moments import DAY, ENDED, MINUTE, STARTED

LATER = STARTED + MINUTE


def test_a_form_is_recorded_and_counted_as_activity_of_the_agent(session: LiveSession, anna: Agent) -> None:
    version = new_version()
    document = send_form(session.pk, anna, version, {"number": "A-7"}, note="Today, please", key=uuid4(), now=LATER)
    row = session.timeline.get(kind="document_sent")
    assert row.payload == {
        "document": str(document.public_id),
        "name": "Order",
        "kind": "form",
        "version": str(version.public_id),
        "template_sha256": "0" * 64,
        "note": "Today, please",
    }
    assert (row.actor, row.agent) == ("agent", anna)
    assert (document.sent_at, document.sent_by, document.state) == (LATER, anna, "open")
    assert (document.asked, document.filled) == (8, 1)
    assert dict(document.values.values_list("name", "value")) == {"name": "Carla", "number": "A-7"}
    assert fresh(session).last_agent_activity_at == LATER


def test_a_version_that_was_sent_stays_when_a_newer_one_is_there(session: LiveSession, anna: Agent) -> None:
    first = new_version()
    looked_at = new_version(fields=[a_field("other")])
    assert list(offered(general())) == [looked_at]
    document = sent(session, anna, first)
    assert document.version == first
    assert newest_number(first.template) == 2


def test_the_same_key_sends_once(session: LiveSession, anna: Agent) -> None:
    version, key = new_version(), uuid4()
    first, again = (send_form(session.pk, anna, version, {}, key=key, now=LATER) for _ in range(2))
    assert first == again
    assert kinds(session) == ["started", "document_sent"]


def test_a_retry_is_answered_even_after_the_template_was_withdrawn(session: LiveSession, anna: Agent) -> None:
    version, key = new_version(), uuid4()
    first = send_form(session.pk, anna, version, {}, key=key, now=LATER)
    DocumentTemplate.objects.update(is_offered=False)
    assert send_form(session.pk, anna, version, {}, key=key, now=LATER) == first
    with pytest.raises(Refused, match="cannot be sent here"):
        send_form(session.pk, anna, version, {}, key=uuid4(), now=LATER)


def test_a_key_that_did_something_else_sends_nothing(session: LiveSession, anna: Agent) -> None:
    key = uuid4()
    send_message(session.pk, author(anna), "Hello", key=key, now=LATER)
    with pytest.raises(Refused, match="for something else"):
        send_form(session.pk, anna, new_version(), {}, key=key, now=LATER)
    assert not Document.objects.exists()


@pytest.mark.parametrize("state", [VersionState.READING, VersionState.REFUSED])
def test_a_version_that_is_not_ready_is_not_sent(session: LiveSession, anna: Agent, state: VersionState) -> None:
    with pytest.raises(Refused, match="cannot be sent here"):
        sent(session, anna, new_version(state=state))


def test_a_template_of_other_workstreams_is_not_sent(session: LiveSession, anna: Agent) -> None:
    version, other = new_version(), Workstream.objects.create(name="Claims")
    version.template.workstreams.add(other)
    assert list(offered(other)) == [version] and not offered(general())
    with pytest.raises(Refused, match="cannot be sent here"):
        sent(session, anna, version)
    version.template.workstreams.add(general())
    assert sent(session, anna, version).version == version


def test_nobody_but_the_agent_who_has_the_session_sends(session: LiveSession, ben: Agent) -> None:
    with pytest.raises(Refused, match="no longer yours"):
        sent(session, ben)
    with pytest.raises(Refused, match="no longer yours"):
        ask_for_files(session.pk, ben, "Card", key=uuid4(), now=LATER)
    assert not Document.objects.exists()


FOR_THE_AGENT = (
    a_field("number", by=FilledBy.AGENT, required=True),
    a_field("price", FieldKind.NUMBER, by=FilledBy.AGENT),
    a_field("born", FieldKind.DATE, required=True),
)


@pytest.mark.parametrize(
    ("entered", "wrong"),
    [
        ({}, {"number": "Fill this in, please."}),
        (
            {"number": " ", "price": "much"},
            {"number": "Fill this in, please.", "price": "Enter a number, such as 1234.50."},
        ),
        ({"number": "1", "born": "tomorrow"}, {"born": "Enter a date that exists, such as 2026-12-31."}),
    ],
)
def test_what_the_agent_fills_in_has_to_be_right(
    session: LiveSession, anna: Agent, entered: dict[str, str], wrong: dict[str, str]
) -> None:
    with pytest.raises(Incomplete) as told:
        sent(session, anna, new_version(fields=FOR_THE_AGENT), **entered)
    assert told.value.problems == wrong
    assert not Document.objects.exists() and kinds(session) == ["started"]


def test_what_the_agent_fills_in_is_kept_in_its_one_form(session: LiveSession, anna: Agent) -> None:
    document = sent(session, anna, new_version(fields=FOR_THE_AGENT), number="A\0-7", price="1.234,50", unknown="x")
    assert dict(document.values.values_list("name", "value")) == {"number": "A-7", "price": "1234.50"}


def test_a_customer_has_so_much_to_complete_at_once_and_no_more(session: LiveSession, anna: Agent) -> None:
    version = new_version()
    documents = [sent(session, anna, version) for _ in range(MOST_OPEN)]
    with pytest.raises(Refused, match="there are 50 documents waiting"):
        ask_for_files(session.pk, anna, "Card", key=uuid4(), now=LATER)
    recall(documents[0].pk, anna, now=LATER)
    sent(session, anna, version)
    assert len(waiting_for_customer(documents_of(session))) == MOST_OPEN


def test_files_are_asked_for_with_how_many_at_the_most(session: LiveSession, anna: Agent) -> None:
    document = ask_for_files(session.pk, anna, "Both sides of your card", most=2, key=uuid4(), now=LATER)
    assert (document.kind, document.most_files, document.version, document.asked) == ("files", 2, None, 0)
    row = session.timeline.get(kind="document_sent")
    assert row.payload == {"document": str(document.public_id), "name": "Both sides of your card", "kind": "files"}


def test_after_the_end_it_is_sent_as_long_as_it_can_be_completed(session: LiveSession, anna: Agent) -> None:
    full_then_limited()
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    send_message(session.pk, CUSTOMER, "One more form?", key=uuid4(), now=ENDED + MINUTE)
    version = new_version()
    sent(session, anna, version, now=ENDED + 2 * MINUTE)
    after = fresh(session)
    assert not after.is_open
    assert after.follow_up_since is None, "it is an answer"
    with pytest.raises(Refused, match="can no longer get"):
        sent(session, anna, version, now=ENDED + DAY)


def test_what_is_sent_is_an_answer(session: LiveSession, anna: Agent) -> None:
    send_message(session.pk, CUSTOMER, "Hello?", key=uuid4(), now=LATER)
    assert fresh(session).waits_since == LATER
    sent(session, anna, now=LATER + MINUTE)
    assert fresh(session).waits_since is None


def test_what_was_asked_for_is_listed_oldest_first(session: LiveSession, anna: Agent) -> None:
    first = sent(session, anna, new_version(fields=EVERY_KIND))
    second = ask_for_files(session.pk, anna, "Card", key=uuid4(), now=LATER)
    recall(first.pk, anna, now=LATER)
    assert documents_of(session) == [first, second]
    assert [one.state for one in documents_of(session)] == [DocumentState.RECALLED, DocumentState.OPEN]
    assert waiting_for_customer(documents_of(session)) == [second]
