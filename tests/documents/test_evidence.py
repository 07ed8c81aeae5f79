"""Files against rows: whatever is changed, on whichever side, is found, and the first row that differs is named."""

import json
from dataclasses import replace
from datetime import UTC
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from sessions_app import chain
from sessions_app.actions import add_note, send_message
from sessions_app.documents.actions import complete
from sessions_app.documents.evidence import (
    Break,
    DocumentFacts,
    Listed,
    NoEvidence,
    RowList,
    chain_break,
    differing,
    first_difference,
)
from sessions_app.documents.findings import Outcome, Verdict
from sessions_app.documents.results import prepare
from sessions_app.documents.sealed_transcript import rows_of, sealed_transcript
from sessions_app.documents.stored_rows import listed, stored_break
from sessions_app.documents.verifying import verify
from sessions_app.kinds import Audience, EntryKind
from sessions_app.models import Agent, Document, LiveSession
from sessions_app.transcript import Transcript
from tests.cast import CUSTOMER, author, fresh
from tests.documents.papers import COMPLETE, CONSENT, sent, typed
from tests.documents.sealed import a_pdf, in_sql, stored_version, text_of, validated
from tests.moments import MINUTE, STARTED


@pytest.fixture
def talked(session: LiveSession, anna: Agent) -> LiveSession:
    """Five rows: it began, a message of each, a note that Carla does not see, a message."""
    send_message(session.pk, CUSTOMER, "Hello", key=uuid4(), now=STARTED)
    send_message(session.pk, author(anna), "Good morning", key=uuid4(), now=STARTED + MINUTE)
    add_note(session.pk, anna, "Careful", key=uuid4(), now=STARTED + MINUTE)
    send_message(session.pk, CUSTOMER, "Thanks", key=uuid4(), now=STARTED + 2 * MINUTE)
    return fresh(session)


def transcript(session: LiveSession, audience: Audience = Audience.AGENT) -> Transcript:
    return Transcript(session, audience, UTC, "UTC")


def saved(session: LiveSession, audience: Audience = Audience.AGENT) -> bytes:
    return sealed_transcript(transcript(fresh(session), audience), now=STARTED)


def differences(verdict: Verdict) -> list[str]:
    return [finding.text for finding in verdict.findings if finding.outcome is Outcome.DIFFERS]


# Rows against rows, pure -------------------------------------------------------------------------------------------


@pytest.fixture
def rows(talked: LiveSession) -> list[Listed]:
    return list(listed(talked))


def test_rows_that_hang_together(talked: LiveSession, rows: list[Listed]) -> None:
    assert chain_break(str(talked.public_id), rows) is None
    assert first_difference(rows, rows) is None
    assert stored_break(talked) is None


FACTS = {
    "kind": "note",
    "actor": "admin",
    "agent": 0,
    "due_at": STARTED,
    "recorded_at": STARTED,
    "policy_version": 0,
    "payload_sha256": "0" * 64,
}


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_counts(talked: LiveSession, rows: list[Listed], name: str) -> None:
    changed = [*rows]
    facts = rows[2].facts
    assert facts
    changed[2] = replace(rows[2], facts=replace(facts, **{name: FACTS[name]}))
    assert chain_break(str(talked.public_id), changed) == Break(3, ("chain",))
    assert first_difference(changed, rows) == Break(3, (name,)) == first_difference(rows, changed)


def test_a_row_that_is_missing_is_named(talked: LiveSession, rows: list[Listed]) -> None:
    without = rows[:2] + rows[3:]
    assert chain_break(str(talked.public_id), without) == Break(3, ("missing",))
    assert first_difference(rows, without) == Break(3, ("missing",))
    assert first_difference(rows, rows[:-1]) == Break(5, ("missing",))
    assert first_difference(rows[:-1], rows) is None, "what came later does not count"


def test_rows_of_another_session_do_not_fit(rows: list[Listed]) -> None:
    assert chain_break(str(uuid4()), rows) == Break(1, ("chain",))


def test_a_row_without_facts_keeps_its_place_and_no_more(talked: LiveSession, rows: list[Listed]) -> None:
    hidden = [*rows[:2], replace(rows[2], facts=None), *rows[3:]]
    assert chain_break(str(talked.public_id), hidden) is None
    assert differing(hidden[2], rows[2]) == ()
    hidden[2] = replace(hidden[2], hash="f" * 64)
    assert chain_break(str(talked.public_id), hidden) == Break(4, ("chain",)), "what follows does not hang on it"
    assert first_difference(hidden, rows) == Break(3, ("hash",))


def test_lists_survive_the_way_into_a_file(talked: LiveSession) -> None:
    there = rows_of(transcript(talked))
    assert RowList.from_json(there.to_json()) == there and there.last == (5, talked.last_hash)


GARBAGE = ["", "null", "[]", "{}", "[" * 100_000, '{"parley": "transcript"}', '{"parley": "transcript", "rows": [1]}']
GARBAGE += ['{"parley": "transcript", "rows": [{"number": "x", "hash": ""}]}', '{"parley": "document"}']
GARBAGE += ['{"parley": "transcript", "rows": [{"number": 1, "hash": "", "kind": "x"}]}']
GARBAGE += ['{"parley": "transcript", "rows": {"number": 1}}', '{"parley": "transcript", "rows": [{"number": 1e999}]}']
GARBAGE += [f'{{"parley": "{what}", "session": "\\ud800", "rows": []}}' for what in ("transcript", "document")]


@pytest.mark.parametrize("text", GARBAGE)
@pytest.mark.parametrize("kind", [RowList, DocumentFacts])
def test_garbage_is_no_evidence(text: str, kind: type) -> None:
    with pytest.raises(NoEvidence):
        kind.from_json(text)


# A transcript --------------------------------------------------------------------------------------------------------


def test_a_transcript_says_where_the_chain_ended_and_is_sealed(talked: LiveSession) -> None:
    pdf = saved(talked)
    assert validated(pdf).bottom_line
    text = text_of(pdf)
    assert talked.last_hash in text.replace(" ", "") and "row 5" in text and "self-made" in text


def test_customers_get_places_only_of_what_they_do_not_see(talked: LiveSession) -> None:
    theirs = rows_of(transcript(talked, Audience.CUSTOMER))
    assert [row.number for row in theirs.rows] == [1, 2, 3, 4, 5]
    assert [row.number for row in theirs.rows if row.facts is None] == [4]
    assert "note" not in theirs.to_json()


@pytest.mark.parametrize("audience", list(Audience))
def test_what_nobody_changed_agrees(talked: LiveSession, audience: Audience) -> None:
    verdict = verify(saved(talked, audience))
    assert verdict.agrees and verdict.session == talked
    texts = " ".join(finding.text for finding in verdict.findings)
    assert "The seal is intact" in texts and "self-made" in texts and "all 5 rows" in texts


def test_rows_that_came_since_are_counted(talked: LiveSession, anna: Agent) -> None:
    pdf = saved(talked)
    send_message(talked.pk, author(anna), "More", key=uuid4(), now=STARTED + 3 * MINUTE)
    verdict = verify(pdf)
    assert verdict.agrees and verdict.findings[-1].text == "1 row was recorded since."


TABLE = "sessions_app_timelineentry"
ROW_3 = "WHERE session_id = %s AND number = 3"
SAYS_SO = {
    "what a row says": f"""UPDATE {TABLE} SET payload = '{{"text": "Good night"}}' {ROW_3}""",
    "a hash": f"UPDATE {TABLE} SET hash = '{'f' * 64}' {ROW_3}",
    "who": f"UPDATE {TABLE} SET actor = 'admin' {ROW_3}",
    "when": f"UPDATE {TABLE} SET recorded_at = due_at, due_at = '2020-01-01 00:00:00+00:00' {ROW_3}",
    "a row that is gone": f"DELETE FROM {TABLE} {ROW_3}",
}
FOUND = {
    "what a row says": "what it says",
    "a hash": "its hash",
    "who": "who did it",
    "when": "when it was due",
    "a row that is gone": "it is missing",
}


@pytest.mark.parametrize("case", SAYS_SO)
@pytest.mark.parametrize("audience", list(Audience))
def test_what_is_changed_in_the_database_is_found(talked: LiveSession, case: str, audience: Audience) -> None:
    pdf = saved(talked, audience)
    in_sql(SAYS_SO[case], talked.pk)
    itself, both = differences(verify(pdf))
    assert itself.startswith("The database does not agree with itself. Row 3 is the first")
    assert both.startswith("File and database do not agree. Row 3 is the first") and FOUND[case] in both


def test_somebody_who_rewrites_the_whole_chain_is_found_by_the_file(talked: LiveSession) -> None:
    pdf = saved(talked)
    in_sql(SAYS_SO["what a row says"], talked.pk)
    rewrite_chain(talked)
    assert stored_break(fresh(talked)) is None
    (found,) = differences(verify(pdf))
    assert "Row 3 is the first that does not agree. What differs: its hash, what it says." in found


def rewrite_chain(session: LiveSession) -> None:
    """All hashes anew, from the first row on."""
    previous = "0" * 64
    for entry in session.timeline.order_by("number"):
        previous = chain.link(
            previous,
            session=str(session.public_id),
            number=entry.number,
            kind=entry.kind,
            actor=entry.actor,
            agent=entry.agent_id,
            due_at=entry.due_at,
            recorded_at=entry.recorded_at,
            policy_version=entry.policy_version_id,
            payload_digest=chain.digest(entry.payload),
        )
        session.timeline.filter(pk=entry.pk).update(hash=previous)
    LiveSession.objects.filter(pk=session.pk).update(last_hash=previous)


def test_a_hidden_row_that_is_changed_is_found_in_a_customers_file(talked: LiveSession) -> None:
    pdf = saved(talked, Audience.CUSTOMER)
    in_sql(f"""UPDATE {TABLE} SET payload = '{{"text": "x"}}' WHERE session_id = %s AND number = 4""", talked.pk)
    (found,) = differences(verify(pdf))
    assert "The database does not agree with itself. Row 4 is the first" in found
    rewrite_chain(talked)
    (found,) = differences(verify(pdf))
    assert "Row 4 is the first that does not agree. What differs: its hash." in found


def test_rows_cut_off_at_the_end_are_found(talked: LiveSession) -> None:
    pdf = saved(talked)
    in_sql(f"DELETE FROM {TABLE} WHERE session_id = %s AND number = 5", talked.pk)
    assert stored_break(fresh(talked)) == Break(5, ("missing",))
    before = talked.timeline.get(number=4).hash
    LiveSession.objects.filter(pk=talked.pk).update(last_number=4, last_hash=before)
    assert stored_break(fresh(talked)) is None
    assert any("Row 5 is the first that does not agree: it is missing" in text for text in differences(verify(pdf)))


def test_a_row_that_the_session_does_not_know_of_is_found(talked: LiveSession) -> None:
    extra = talked.timeline.get(number=5)
    extra.pk, extra.number, extra.key = None, 6, None
    extra.save(force_insert=True)
    assert stored_break(fresh(talked)) == Break(6, ("unexpected",))


def test_a_byte_that_is_changed_in_the_file_is_found(talked: LiveSession) -> None:
    pdf = bytearray(saved(talked))
    pdf[pdf.index(b"/Producer") + 12] ^= 1
    assert "The seal is broken: the file was changed after it was sealed." in differences(verify(bytes(pdf)))


def test_something_added_behind_the_seal_is_found(talked: LiveSession) -> None:
    assert differences(verify(saved(talked) + b"\n% more\n")) == [
        "Something was added to the file after it was sealed."
    ]


def test_something_hidden_in_the_room_for_the_seal_is_found(talked: LiveSession) -> None:
    pdf = saved(talked)
    end = pdf.rindex(b"00>")
    assert differences(verify(pdf[:end] + b"4A" + pdf[end + 2 :])) == [
        "Something was added to the file after it was sealed."
    ]


def test_a_file_that_nobody_sealed_vouches_for_nothing(talked: LiveSession) -> None:
    from sessions_app.transcript_pdf import as_pdf

    bare = as_pdf(transcript(talked), rows_of(transcript(talked)), now=STARTED, about_seal="")
    (found,) = differences(verify(bare))
    assert found.startswith("The file has no seal")


def test_another_key_is_not_ours(talked: LiveSession, settings: object, tmp_path: object) -> None:
    """Anybody can make a key with the same name, change what they like and seal it anew."""
    pdf = saved(talked)
    ours = settings.SEAL
    settings.SEAL = replace(ours, key=tmp_path / "forged.p12")
    forged = saved(talked)
    for name in default_storage.listdir("seals")[1]:  # their computer remembers it, ours does not
        if name[:-4] != fingerprint_in(pdf):
            default_storage.delete(f"seals/{name}")
    settings.SEAL = ours
    (found,) = differences(verify(forged))
    assert "a key that this installation does not know" in found
    assert verify(pdf).agrees


def fingerprint_in(pdf: bytes) -> str:
    from sessions_app.documents.inspecting import inspect

    return inspect(pdf).seal.fingerprint


def test_a_file_about_a_session_that_is_not_here(talked: LiveSession) -> None:
    pdf = saved(talked)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sessions_app_livesession SET public_id = %s", [uuid4().hex])
    assert any(text.startswith("There is no session") for text in differences(verify(pdf)))


@pytest.mark.parametrize("content", [b"", b"garbage", b"%PDF-1.7\n" + b"x" * 1000, b"PK\x03\x04" * 100])
def test_what_is_no_pdf_is_said_to_be_none(db: None, content: bytes) -> None:
    (found,) = differences(verify(content))
    assert found == "This file cannot be read as a PDF. Nothing can be said of it."


def test_somebody_elses_pdf_vouches_for_nothing(db: None) -> None:
    assert len(differences(verify(a_pdf()))) == 2


# A completed document ------------------------------------------------------------------------------------------------


@pytest.fixture
def document(session: LiveSession, anna: Agent) -> Document:
    document = sent(session, anna, stored_version())
    complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    assert prepare(document.pk, now=STARTED)
    return Document.objects.select_related("session").get(pk=document.pk)


def result_of(document: Document) -> bytes:
    with default_storage.open(document.result.name) as file:
        return bytes(file.read())


def test_a_completed_document_agrees(document: Document) -> None:
    verdict = verify(result_of(document))
    assert verdict.agrees, differences(verdict)
    assert any("byte for byte" in finding.text for finding in verdict.findings)


def test_values_that_are_changed_later_are_found(document: Document) -> None:
    document.values.create(name="amount", value="1000000", version=1, saved_at=STARTED)
    assert differences(verify(result_of(document))) == ["The database now has something else: what was entered."]


def test_a_consent_that_is_changed_later_is_found(document: Document) -> None:
    Document.objects.filter(pk=document.pk).update(consent={"text": "I agree to everything."})
    assert differences(verify(result_of(document))) == ["The database now has something else: what was agreed to."]


def test_a_result_that_is_exchanged_is_found(document: Document) -> None:
    given = result_of(document)
    default_storage.delete(document.result.name)
    default_storage.save(document.result.name, ContentFile(a_pdf("Another")))
    assert differences(verify(given)) == ["What is stored as the result is not what was recorded."]
    Document.objects.filter(pk=document.pk).update(result_sha256="0" * 64)
    assert "The file is not the one that was recorded as the result." in differences(verify(given))


def test_a_row_that_says_something_else_is_found(document: Document) -> None:
    given = result_of(document)
    row = document.session.timeline.get(kind=EntryKind.DOCUMENT_COMPLETED)
    document.session.timeline.filter(pk=row.pk).update(payload=row.payload | {"values_sha256": "0" * 64})
    found = differences(verify(given))
    assert f"Row {row.number} is the first that does not agree" in found[0]
    assert f"Row {row.number}, which says that the document was completed, does not say what the file says." in found


def test_a_document_that_is_not_there_any_more(document: Document) -> None:
    given = result_of(document)
    document.delete()
    assert differences(verify(given)) == ["There is no such document in the session."]


# Asking for it -------------------------------------------------------------------------------------------------------


def test_the_command_says_what_it_found(talked: LiveSession, tmp_path: object, capsys: object) -> None:
    file = tmp_path / "transcript.pdf"
    file.write_bytes(saved(talked))
    call_command("verify_transcript", str(file))
    assert "ok  The seal is intact" in (said := capsys.readouterr().out) and said.endswith("File and database agree.\n")
    in_sql(SAYS_SO["what a row says"], talked.pk)
    with pytest.raises(CommandError):
        call_command("verify_transcript", str(file))
    assert "NO  File and database do not agree. Row 3" in capsys.readouterr().out
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("verify_transcript", str(tmp_path / "nothing.pdf"))


def test_lists_carry_no_more_than_they_must(talked: LiveSession) -> None:
    said = json.loads(rows_of(transcript(talked, Audience.CUSTOMER)).to_json())
    assert set(said["rows"][3]) == {"number", "hash"}
