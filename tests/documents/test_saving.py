"""What a customer enters is kept while they enter it, on whichever device (B8)."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from policies_app.kinds import EndReason
from sessions_app.actions import MOST_DRAFTS, Refused, follow_up_done, keep_draft
from sessions_app.documents.actions import complete, entered, note_opened, save
from sessions_app.half_typed import LARGEST_VERSION, Typed
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Document, LiveSession
from sessions_app.transitions import end
from tests.cast import CUSTOMER, fresh, full_then_limited, kinds, set_policy
from tests.documents.pages import again
from tests.documents.papers import COMPLETE, CONSENT, EVERY_KIND, a_field, new_version, sent, typed
from tests.moments import DAY, ENDED, HOUR, MICROSECOND, MINUTE, STARTED

LATER = STARTED + MINUTE


@pytest.fixture
def document(session: LiveSession, anna: Agent) -> Document:
    return sent(session, anna, number="A-7")


def test_what_is_entered_is_kept_finished_or_not(document: Document) -> None:
    answer = save(document.pk, typed(born="2026-0", amount="1,", remarks="one\r\ntwo\0"), now=LATER)
    assert entered(document) == {
        "name": "Carla",
        "number": "A-7",
        "born": "2026-0",
        "amount": "1,",
        "remarks": "one\ntwo",
    }
    assert (answer.filled, answer.saved_at) == (4, LATER)
    assert again(document).filled == 4


def test_of_each_field_the_newest_version_stays_whatever_comes_first(session: LiveSession, anna: Agent) -> None:
    versions = {7: "newest", 6: "middle", 5: "oldest"}
    for order in permutations(versions):
        document = sent(session, anna, new_version(fields=[a_field("a"), a_field("b")]))
        for version in order:
            save(document.pk, typed(version, a=versions[version]), now=LATER)
        save(document.pk, typed(6, a="late", b="of another field"), now=LATER)
        assert entered(document) == {"a": "newest", "b": "of another field"}
        assert set(document.values.values_list("name", "version")) == {("a", 7), ("b", 6)}


def test_of_equal_versions_the_first_stays(document: Document) -> None:
    save(document.pk, typed(2**42, remarks="first"), now=LATER)
    save(document.pk, typed(2**42, remarks="second"), now=LATER + MINUTE)
    assert entered(document)["remarks"] == "first"
    assert again(document).saved_at == LATER, "nothing changed"


def test_what_the_form_began_with_is_older_than_what_is_entered(document: Document) -> None:
    began = int(STARTED.timestamp() * 1000)
    save(document.pk, typed(began, name="No"), now=LATER)
    assert entered(document)["name"] == "Carla"
    save(document.pk, typed(began + 1, name="Yes"), now=LATER)
    assert entered(document)["name"] == "Yes"


@pytest.mark.parametrize("version", [LARGEST_VERSION + 1, 2**63, 10**30])
def test_a_version_that_nobody_counts_to_is_the_largest(document: Document, version: int) -> None:
    save(document.pk, typed(version, remarks="a"), now=LATER)
    assert document.values.get(name="remarks").version == LARGEST_VERSION


@pytest.mark.parametrize("version", [0, -1, -(2**70)])
def test_a_version_that_is_none_changes_nothing(document: Document, version: int) -> None:
    save(document.pk, typed(version, remarks="a"), now=LATER)
    assert "remarks" not in entered(document)


def test_unknown_fields_and_those_of_the_agent_are_ignored(document: Document) -> None:
    save(document.pk, typed(number="B-8", unknown="x", **{"": "y", "na\0me": "z"}), now=LATER)
    assert entered(document) == {"name": "Carla", "number": "A-7"}


def test_a_field_is_emptied_and_counts_no_more(document: Document) -> None:
    assert save(document.pk, typed(name="", remarks=" "), now=LATER).filled == 0
    assert entered(document)["name"] == ""


def test_progress_counts_the_customers_fields_only(document: Document) -> None:
    counted = []
    for number, (name, text) in enumerate({"remarks": "a", "amount": "?", **COMPLETE}.items()):
        counted.append(save(document.pk, typed(2**42 + number, **{name: text}), now=LATER).filled)
    assert counted == [2, 3, 3, 4, 5]
    assert document.asked == 8


def test_hostile_texts_are_kept_as_far_as_they_can_be_stored(document: Document) -> None:
    texts = {"name": "\ud800\0\u202e", "remarks": "x" * 10**6, "signature": "[" * 10**6, "terms": "'; DROP TABLE"}
    save(document.pk, typed(**texts), now=LATER)
    kept = entered(document)
    assert (kept["name"], len(kept["remarks"]), len(kept["signature"])) == ("", 20_000, 250_000)


def test_nothing_is_recorded_on_the_timeline(document: Document, session: LiveSession) -> None:
    save(document.pk, typed(remarks="a"), now=LATER)
    assert kinds(session) == ["started", "document_sent"]


def test_a_second_document_of_the_same_template_is_another_one(
    document: Document, session: LiveSession, anna: Agent
) -> None:
    other = sent(session, anna, document.version, number="C-9")
    save(document.pk, typed(remarks="here"), now=LATER)
    assert "remarks" not in entered(other)


def test_values_of_a_completed_document_never_change(document: Document) -> None:
    complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=LATER)
    before = entered(document), again(document).filled
    with pytest.raises(Refused, match="completed already"):
        save(document.pk, typed(LARGEST_VERSION, name="Mallory"), now=LATER)
    assert (entered(document), again(document).filled) == before


# Opened ----------------------------------------------------------------------------------------------------------


def test_the_first_look_is_recorded_once(document: Document, session: LiveSession) -> None:
    for step in range(3):
        note_opened(document.pk, now=LATER + step * MINUTE)
    assert kinds(session) == ["started", "document_sent", "document_opened"]
    assert again(document).viewed_at == LATER
    assert session.timeline.last().payload["document"] == str(document.public_id)


def test_a_look_at_what_is_completed_is_no_first_look(document: Document, session: LiveSession) -> None:
    complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=LATER)
    note_opened(document.pk, now=LATER)
    assert "document_opened" not in kinds(session)


@pytest.mark.parametrize(("at", "sees"), [(DAY, True), (2 * DAY - MICROSECOND, True), (2 * DAY, False)])
def test_who_has_no_access_does_not_look(document: Document, session: LiveSession, at: timedelta, sees: bool) -> None:
    full_then_limited()
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    note_opened(document.pk, now=ENDED + at)
    assert ("document_opened" in kinds(session)) is sees


# Where it can no longer be completed: one draft for the agent (rules.md 4) -------------------------------------


@pytest.fixture
def limited(document: Document, session: LiveSession) -> Document:
    """The session has ended, and the customer may only look."""
    save(document.pk, typed(1_800_000_000_000, remarks="saved"), now=LATER)
    set_policy(access="limited", access_for=DAY)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    return document


def refused(document: Document, version: int, **texts: str) -> None:
    with pytest.raises(Refused, match="kept, and the agent can see it"):
        save(document.pk, typed(version, **texts), now=ENDED + HOUR)


def test_what_is_refused_is_kept_in_one_draft_however_often_a_page_saves(
    limited: Document, session: LiveSession
) -> None:
    for at in range(60):
        refused(limited, 2**42 + at, remarks="x" * (at + 1))
    refused(limited, 2**42, amount="7")
    refused(limited, 2**42, born="2000-01-01", remarks="older")
    (draft,) = session.drafts.all()
    remarks = "x" * 60
    assert draft.text == f"Order\nName: Carla\nRemarks: {remarks}\nAmount: 7\nBorn: 2000-01-01"
    assert (draft.author, draft.document, draft.saved_at) == ("customer", limited, ENDED + HOUR)
    assert fresh(session).follow_up_since == ENDED + HOUR
    assert entered(limited)["remarks"] == "saved"


def test_what_stands_there_already_is_not_lost_and_makes_no_draft(limited: Document, session: LiveSession) -> None:
    refused(limited, 2**42, remarks="saved")
    refused(limited, 2**42 + 1, unknown="x", number="of the agent")
    assert not session.drafts.exists()
    assert fresh(session).follow_up_since is None


def test_what_was_overtaken_by_another_device_is_not_lost_either(limited: Document, session: LiveSession) -> None:
    refused(limited, 1_800_000_000_000 - 1, remarks="older than what is saved")
    assert not session.drafts.exists()


def test_the_same_again_does_not_come_back_to_the_agent(limited: Document, session: LiveSession, anna: Agent) -> None:
    refused(limited, 2**42, remarks="new")
    follow_up_done(session.pk, anna, now=ENDED + HOUR)
    refused(limited, 2**42 + 1, remarks="new")
    assert fresh(session).follow_up_since is None
    refused(limited, 2**42 + 2, remarks="newer")
    assert fresh(session).follow_up_since == ENDED + HOUR


def test_drafts_of_messages_and_of_documents_do_not_crowd_each_other_out(
    limited: Document, session: LiveSession
) -> None:
    refused(limited, 2**42, remarks="new")
    for at in range(MOST_DRAFTS + 5):
        keep_draft(session.pk, CUSTOMER, f"message {at}", key=uuid4(), now=ENDED + HOUR)
    refused(limited, 2**42 + 1, remarks="newer")
    assert session.drafts.count() == MOST_DRAFTS + 1
    assert "Remarks: newer" in session.drafts.get(document=limited).text


def test_a_late_save_of_another_tab_after_completion_is_a_draft_only_if_it_says_something_else(
    document: Document, session: LiveSession
) -> None:
    complete(document.pk, typed(**COMPLETE, amount="1,5"), CONSENT, key=uuid4(), now=LATER)
    for texts, is_kept in (({"amount": "1,5"}, False), ({"amount": "1.5"}, False), ({"amount": "2"}, True)):
        with pytest.raises(Refused, match="completed already"):
            save(document.pk, typed(2**43, **texts), now=LATER)
        assert session.drafts.exists() is is_kept


def test_versions_of_refused_values_are_bounded_and_hostile_ones_harmless(limited: Document) -> None:
    with pytest.raises(Refused, match="kept"):
        save(limited.pk, {"remarks": Typed("a\0\ud800", 10**30), "name": Typed("b", -1)}, now=ENDED)
    assert limited.refused.entered == {"remarks": ["a", LARGEST_VERSION]}


def test_every_kind_of_field_is_named_in_the_draft(limited: Document) -> None:
    texts = {**COMPLETE, "remarks": "r", "amount": "1", "born": "x", "insured": "no", "tariff": "b"}
    refused(limited, 2**42, **texts)
    lines = limited.refused.text.splitlines()
    assert lines[0] == "Order"
    assert [line.split(":")[0] for line in lines[1:]] == [one.label for one in EVERY_KIND if one.name != "number"]
