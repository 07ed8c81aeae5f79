"""Documents under concurrency: one outcome, whoever is first, and nothing lost (rules.md 2, 4)."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from policies_app.kinds import EndReason
from sessions_app import chain
from sessions_app.actions import Refused, send_message
from sessions_app.activity import note_activity
from sessions_app.assigning import transfer_to_agent
from sessions_app.documents.actions import (
    Incomplete,
    add_file,
    ask_for_files,
    complete,
    entered,
    files_done,
    note_opened,
    recall,
    record_result,
    save,
    send_form,
)
from sessions_app.documents.shared import found
from sessions_app.half_typed import Typed
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, Document, LiveSession
from sessions_app.sweeps import sweep
from sessions_app.transitions import end
from tests.cast import CUSTOMER, available, fresh, full_then_limited, inactive_after, kinds, new_session
from tests.documents.papers import COMPLETE, CONSENT, a_field, new_version, sent, typed
from tests.moments import DAY, ENDED, MICROSECOND, MINUTE, STARTED
from tests.races.together import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

LATER = STARTED + MINUTE
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(30)
ROUNDS = range(4)


@pytest.fixture(autouse=True)
def _files_of_their_own(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def document(session: LiveSession, anna: Agent) -> Document:
    return sent(session, anna)


@pytest.fixture
def asked_for(session: LiveSession, anna: Agent) -> Document:
    return ask_for_files(session.pk, anna, "Card", most=3, key=uuid4(), now=STARTED)


def went(call: Callable[[], object]) -> Callable[[], bool]:
    """The call, answering whether it was done; anything but a plain refusal is a defect."""

    def answer() -> bool:
        try:
            call()
        except (Refused, Incomplete):
            return False
        return True

    return answer


def completing(document: Document, key: UUID | None = None, now: datetime = LATER, **texts: str) -> Callable[[], bool]:
    values = typed(**COMPLETE | texts)
    return went(partial(complete, document.pk, values, CONSENT, key=key or uuid4(), now=now))


def vouched(document: Document) -> bool:
    """Whether the row of the completed document agrees with the values that are stored now, and with the consent."""
    row = document.session.timeline.get(kind="document_completed")
    stored, agreed = found(document.pk), found(document.pk).consent
    values = {name: value for name, value in entered(stored).items() if value}
    return (row.payload["values_sha256"], row.payload["consent_sha256"]) == (
        chain.digest(values),
        chain.digest(agreed),
    )


@pytest.mark.parametrize("round_", ROUNDS)
def test_completing_races_recalling_and_one_of_them_is_done(document: Document, anna: Agent, round_: int) -> None:
    both = [completing(document), went(partial(recall, document.pk, anna, now=LATER))]
    done = at_once(both[:: 1 if round_ % 2 else -1])
    assert sorted(done) == [False, True]
    state, recorded = found(document.pk).state, kinds(document.session)
    assert (state, recorded[-1]) in [("completed", "document_completed"), ("recalled", "document_recalled")]
    assert len(recorded) == 3
    if state == "completed":
        assert vouched(document)


def test_many_complete_it_with_keys_of_their_own_and_one_does(document: Document) -> None:
    done = at_once([completing(document, name=f"Carla {number}") for number in range(8)])
    assert done.count(True) == 1
    assert kinds(document.session).count("document_completed") == 1
    assert vouched(document)


def test_one_request_and_its_retries_complete_it_once_and_all_are_told_so(document: Document) -> None:
    key = uuid4()
    rows = at_once([partial(complete, document.pk, typed(**COMPLETE), CONSENT, key=key, now=LATER)] * 8)
    assert len({row.pk for row in rows}) == 1
    assert kinds(document.session).count("document_completed") == 1
    assert not document.session.drafts.exists()


@pytest.mark.parametrize("round_", ROUNDS)
def test_completing_races_the_end_and_comes_before_it_or_is_kept(document: Document, round_: int) -> None:
    over = partial(end, document.session_id, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=LATER)
    both = [completing(document), lambda: over() is not None]
    order = 1 if round_ % 2 else -1
    completed = at_once(both[::order])[::order][0]
    session = document.session
    if completed:
        assert kinds(session) == ["started", "document_sent", "document_completed", "ended"]
        assert vouched(document)
    else:
        assert kinds(session) == ["started", "document_sent", "ended"]
        assert found(document.pk).is_open
        assert "Signature: signed" in session.drafts.get().text
        assert fresh(session).follow_up_since == LATER


@pytest.mark.parametrize("round_", ROUNDS)
def test_no_value_changes_once_it_is_completed(document: Document, round_: int) -> None:
    """Several devices save all the time while one submits: what the row vouches for is what is stored."""
    del round_
    saves = [went(partial(save, document.pk, {"remarks": Typed(f"late {n}", 2**43 + n)}, now=LATER)) for n in range(8)]
    at_once([*saves[:4], completing(document), *saves[4:]])
    assert found(document.pk).state == "completed"
    assert vouched(document)
    kept = entered(document).get("remarks", "")
    assert kept == "" or kept.startswith("late")


def test_of_many_saves_of_one_field_the_newest_stays_and_progress_agrees(document: Document) -> None:
    fields = ["name", "remarks", "amount", "born"]
    saves = [
        partial(save, document.pk, {fields[n % 4]: Typed(f"{n}", 2**42 + n)}, now=LATER) for n in (7, 3, 5, 1, 6, 2, 4)
    ]
    at_once(saves)
    assert entered(document) == {"name": "4", "remarks": "5", "amount": "6", "born": "7"}
    assert found(document.pk).filled == 4


@pytest.mark.parametrize("round_", ROUNDS)
def test_full_access_runs_out_at_the_moment_of_submitting(document: Document, round_: int) -> None:
    """Requests of both sides of the moment, and the sweep that says so: decided by each one's own time."""
    full_then_limited()
    end(document.session_id, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    over = ENDED + DAY
    early, late = completing(document, now=over - MICROSECOND), completing(document, now=over)
    calls = [late, early, lambda: sweep(over) < 0, late]
    answers = at_once(calls[round_ % 2 :] + calls[: round_ % 2])
    assert answers.count(True) == 1, "the one that was early enough, whatever was recorded before it"
    session = fresh(document.session)
    assert session.timeline.get(kind="document_completed").recorded_at == over - MICROSECOND
    assert vouched(document)
    assert kinds(session).count("access_limited") == 1
    assert session.follow_up_since is not None


def test_no_more_files_than_were_asked_for(asked_for: Document, tmp_path: Any) -> None:
    adding = [
        went(partial(add_file, asked_for.pk, SimpleUploadedFile(f"{n}.png", PNG), key=uuid4(), now=LATER))
        for n in range(8)
    ]
    assert at_once(adding).count(True) == 3
    assert asked_for.files.count() == 3
    assert kinds(asked_for.session).count("attached") == 3
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 3


@pytest.mark.parametrize("round_", ROUNDS)
def test_nothing_is_added_once_it_is_done(asked_for: Document, round_: int) -> None:
    del round_
    add_file(asked_for.pk, SimpleUploadedFile("first.png", PNG), key=uuid4(), now=LATER)
    adding = went(partial(add_file, asked_for.pk, SimpleUploadedFile("more.png", PNG), key=uuid4(), now=LATER))
    finishing = went(partial(files_done, asked_for.pk, key=uuid4(), now=LATER))
    added, *finished = at_once([adding, finishing, finishing])
    assert finished.count(True) == 1 or finished == [True, True]
    recorded = kinds(asked_for.session)
    assert recorded == ["started", "document_sent", "attached", *["attached"] * added, "document_completed"]
    assert asked_for.files.count() == 1 + added


def test_a_result_is_recorded_once(document: Document) -> None:
    completing(document)()
    recording = [
        partial(record_result, document.pk, stored=f"{n}.pdf", size=n + 1, sha256=str(n) * 64, now=LATER)
        for n in range(6)
    ]
    answers = at_once(recording)
    assert answers.count(True) == 1
    first = answers.index(True)
    ready = found(document.pk)
    assert (ready.result.name, ready.result_size, ready.result_sha256) == (f"{first}.pdf", first + 1, str(first) * 64)
    assert kinds(document.session).count("document_ready") == 1


def test_the_first_look_is_recorded_once(document: Document) -> None:
    at_once([partial(note_opened, document.pk, now=LATER)] * 6)
    assert kinds(document.session) == ["started", "document_sent", "document_opened"]


def test_one_request_to_send_and_its_retries_send_once(session: LiveSession, anna: Agent) -> None:
    version, key = new_version(), uuid4()
    documents = at_once([partial(send_form, session.pk, anna, version, {}, key=key, now=LATER)] * 6)
    assert len(set(documents)) == 1
    assert kinds(session) == ["started", "document_sent"]


def test_what_many_tabs_could_not_save_is_one_draft(document: Document) -> None:
    end(document.session_id, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=LATER)
    fields = ["remarks", "amount", "born"]
    saves = [
        went(partial(save, document.pk, {fields[n % 3]: Typed(f"text {n}", 2**42 + n)}, now=LATER)) for n in range(9)
    ]
    assert at_once(saves) == [False] * 9
    text = document.session.drafts.get().text
    assert text == "Order\nName: Carla\nRemarks: text 6\nAmount: text 7\nBorn: text 8"


@pytest.mark.parametrize("round_", range(3))
def test_nobody_waits_for_ever_for_anybody(
    anna: Agent, ben: Agent, carla: Customer, dan: Customer, round_: int
) -> None:
    """Everything that locks agents, sessions and documents, at once: PostgreSQL would end a deadlock with an error."""
    inactive_after(10, wait_at_most=5 * MINUTE)
    available(anna), available(ben)
    sessions = [new_session(anna, carla), new_session(anna, dan)]
    version = new_version(fields=[a_field("a"), a_field("b")])
    documents = [sent(one, anna, version) for one in sessions]
    now = LATER + round_ * MINUTE
    calls: list[Callable[[], object]] = []
    for one, document in zip(sessions, documents, strict=True):
        calls += [
            went(partial(save, document.pk, typed(2**42 + round_, a="x"), now=now)),
            went(partial(note_opened, document.pk, now=now)),
            went(partial(complete, document.pk, typed(2**43, b="y"), CONSENT, key=uuid4(), now=now)),
            went(partial(send_form, one.pk, anna, version, {}, key=uuid4(), now=now)),
            went(partial(recall, document.pk, anna, now=now)),
            went(partial(send_message, one.pk, CUSTOMER, "Hello", key=uuid4(), now=now)),
        ]
    calls += [
        partial(note_activity, anna, None, now=now),
        partial(sweep, STARTED + 11 * MINUTE),
        went(partial(transfer_to_agent, sessions[0].pk, anna, ben, "", now=now)),
    ]
    at_once(calls)
    for one in sessions:
        numbers = list(one.timeline.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        rows = Counter(kinds(one))
        assert rows["document_completed"] + rows["document_recalled"] <= 1
