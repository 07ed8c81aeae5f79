"""What a worker makes of a completed document: once, whole, and the same on every download."""

import hashlib
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.http import Http404
from pypdf import PdfReader
from redis import Redis

from sessions_app.documents import results, storing, tasks
from sessions_app.documents.actions import complete, record_result
from sessions_app.documents.kinds import DocumentState, VersionState
from sessions_app.documents.pdf import engine
from sessions_app.documents.results import MOST_FAILURES, prepare, try_again
from sessions_app.documents.serving import serve_result
from sessions_app.documents.work import Work
from sessions_app.kinds import EntryKind
from sessions_app.models import Agent, Document, LiveSession, TemplateVersion
from tests.cast import kinds
from tests.documents.papers import COMPLETE, CONSENT, sent, typed
from tests.documents.sealed import a_pdf, stored_version, text_of, validated
from tests.moments import HOUR, MINUTE, STARTED


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    cache.clear()


@pytest.fixture
def document(session: LiveSession, anna: Agent) -> Document:
    """Completed, and not prepared yet."""
    return completed(sent(session, anna, stored_version(a_pdf("Order", pages=2))))


def completed(document: Document) -> Document:
    complete(document.pk, typed(**COMPLETE, remarks="Ring twice"), CONSENT, key=uuid4(), now=STARTED)
    return again(document)


def again(document: Document) -> Document:
    return Document.objects.select_related("session").get(pk=document.pk)


def files_of(document: Document) -> list[str]:
    try:
        return default_storage.listdir(results.folder(document))[1]
    except FileNotFoundError:
        return []


def stored(document: Document) -> bytes:
    with default_storage.open(document.result.name) as file:
        return bytes(file.read())


def test_the_result_is_what_was_filled_with_a_certificate_under_one_seal(document: Document) -> None:
    assert prepare(document.pk, now=STARTED + MINUTE)
    ready = again(document)
    assert ready.state == DocumentState.READY
    content = stored(ready)
    assert (ready.result_size, ready.result_sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert validated(content).bottom_line
    assert len(PdfReader(BytesIO(content)).pages) == 3
    for wanted in ("Order 1", "Ring twice", "Certificate of completion"):
        assert wanted in text_of(content), wanted
    assert list(PdfReader(BytesIO(content)).get_fields() or ()) == ["Seal"], "nothing is left to fill in"
    row = ready.session.timeline.get(kind=EntryKind.DOCUMENT_READY)
    assert row.payload["sha256"] == ready.result_sha256
    assert files_of(ready) == [Path(ready.result.name).name]


def test_it_is_prepared_once(document: Document) -> None:
    assert prepare(document.pk, now=STARTED)
    first = again(document).result.name
    assert not prepare(document.pk, now=STARTED)
    assert again(document).result.name == first and len(files_of(document)) == 1


def test_nothing_is_made_of_a_file_that_the_customer_never_saw(document: Document) -> None:
    Path(default_storage.path(document.version.file.name)).write_bytes(a_pdf("Another order", pages=2))
    with pytest.raises(results.OtherFile):
        prepare(document.pk, now=STARTED)
    assert again(document).state == DocumentState.COMPLETED and not files_of(document)


def test_of_two_workers_the_loser_removes_what_it_stored(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    store = storing.store

    def meanwhile(name: str, content: bytes) -> str:
        kept = str(store(name, content))
        monkeypatch.setattr(storing, "store", store)
        assert prepare(document.pk, now=STARTED)  # the other worker, while this one has stored and not recorded
        return kept

    monkeypatch.setattr(storing, "store", meanwhile)
    assert not prepare(document.pk, now=STARTED)
    ready = again(document)
    assert files_of(ready) == [Path(ready.result.name).name]
    assert kinds(ready.session).count(EntryKind.DOCUMENT_READY) == 1


def test_what_a_worker_that_was_stopped_left_is_never_served_and_removed(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: object, **more: object) -> bool:
        raise SystemExit

    monkeypatch.setattr(results, "record_result", killed)
    with pytest.raises(SystemExit):
        prepare(document.pk, now=STARTED)
    with pytest.raises(Http404):
        serve_result(again(document))
    left = files_of(document)
    monkeypatch.undo()
    assert prepare(document.pk, now=STARTED)
    assert len(left) == 1 and not set(left) & set(files_of(document)) and len(files_of(document)) == 1


def test_a_result_that_was_recorded_though_the_worker_never_heard_stays(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*args: object, **more: object) -> bool:
        record_result(*args, **more)
        raise OSError("the connection was lost at the commit")

    monkeypatch.setattr(results, "record_result", cut_off)
    with pytest.raises(OSError, match="lost"):
        prepare(document.pk, now=STARTED)
    assert validated(stored(again(document))).intact


def test_downloads_are_the_same_byte_for_byte(document: Document) -> None:
    prepare(document.pk, now=STARTED)
    ready = again(document)
    answers = [serve_result(ready) for _ in range(2)]
    first, second = (b"".join(answer.streaming_content) for answer in answers)
    assert first == second and hashlib.sha256(first).hexdigest() == ready.result_sha256
    answer = answers[0]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="Order.pdf"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


NAMES = {
    "Order": "Order.pdf",
    "Order (2), signed": "Order (2), signed.pdf",
    "A/B: ../x": "A_B_ _x.pdf",
    "Žádost": "Žádost.pdf",
    "...": "document.pdf",
    '"\r\n/': "document.pdf",
}


@pytest.mark.parametrize(("name", "saved_as"), NAMES.items())
def test_every_name_can_be_saved(name: str, saved_as: str) -> None:
    from sessions_app.documents.serving import file_name

    assert file_name(Document(name=name)) == saved_as


# When it does not work --------------------------------------------------------------------------------------------


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """What workers are told: task, row, seconds to wait."""
    told: list[tuple[str, int, int]] = []
    for task in (tasks.prepare_result, tasks.read_version):
        name = task.name.rpartition(".")[2]
        monkeypatch.setattr(
            task, "apply_async", lambda given, countdown, name=name: told.append((name, given[0], countdown))
        )
    return told


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object) -> bytes:
        raise OSError("no room on the disk")

    monkeypatch.setattr(engine, "fill", fails)


def test_it_is_tried_again_later_and_later_and_then_the_agent_is_told(
    document: Document, orders: list[tuple[str, int, int]], broken: None
) -> None:
    for _ in range(MOST_FAILURES):
        tasks.prepare_result(document.pk)
    assert orders == [("prepare_result", document.pk, pause) for pause in (5, 20, 80, 320)]
    assert again(document).failures == MOST_FAILURES
    assert kinds(document.session)[-1] == EntryKind.DOCUMENT_FAILED
    tasks.look_after()
    assert len(orders) == 4, "nobody tries again by themselves"


def test_an_agent_can_have_it_tried_again(
    document: Document,
    orders: list[tuple[str, int, int]],
    broken: None,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: object,
) -> None:
    assert not try_again(document.pk, now=STARTED), "it was not given up"
    for _ in range(MOST_FAILURES):
        tasks.prepare_result(document.pk)
    orders.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert try_again(document.pk, now=STARTED)
    assert orders == [("prepare_result", document.pk, 0)]
    monkeypatch.undo()
    tasks.prepare_result(document.pk)
    assert again(document).state == DocumentState.READY
    assert not try_again(document.pk, now=STARTED)


def test_a_worker_that_was_killed_counts_as_a_failure(document: Document, orders: list[tuple[str, int, int]]) -> None:
    work = Work("result", document.pk)
    for _ in range(MOST_FAILURES):
        assert work.begin()
        if work.had_died():
            results.failed(document.pk, now=STARTED)
        cache.delete(work._key("under_way"))  # killed; and the claim has run out
    tasks.prepare_result(document.pk)
    assert again(document).state == DocumentState.COMPLETED
    assert kinds(document.session)[-1] == EntryKind.DOCUMENT_FAILED


def test_beat_finds_what_nobody_works_on(document: Document, orders: list[tuple[str, int, int]]) -> None:
    Document.objects.filter(pk=document.pk).update(completed_at=STARTED - HOUR)
    tasks.look_after()
    assert orders == [("prepare_result", document.pk, 0)]
    tasks.look_after()
    assert len(orders) == 1, "the queue does not grow while nobody serves it"
    Work("result", document.pk).end()
    assert Work("result", document.pk).begin()
    tasks.look_after()
    assert len(orders) == 1, "somebody works on it"
    tasks.prepare_result(document.pk)
    assert again(document).state == DocumentState.COMPLETED, "and nobody does so twice"


def test_beat_leaves_alone_what_was_completed_just_now(document: Document, orders: list[tuple[str, int, int]]) -> None:
    from django.utils import timezone

    Document.objects.filter(pk=document.pk).update(completed_at=timezone.now())
    tasks.look_after()
    assert orders == []


def test_templates_that_wait_to_be_read_are_found_too_and_given_up_in_the_end(
    session: LiveSession, orders: list[tuple[str, int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    version = stored_version()
    TemplateVersion.objects.filter(pk=version.pk).update(state=VersionState.READING)
    tasks.look_after()
    assert orders == [("read_version", version.pk, 0)]
    orders.clear()
    from sessions_app.documents import reading

    def fails(version_id: int, *, now: object) -> None:
        raise OSError("the store does not answer")

    monkeypatch.setattr(reading, "read_version", fails)
    for _ in range(6):
        tasks.read_version(version.pk)
    assert [pause for _task, _id, pause in orders] == [5, 20, 80, 320, 320]
    version.refresh_from_db()
    assert version.state == VersionState.REFUSED and version.problems


def test_documents_have_a_queue_of_their_own(db: None) -> None:
    from config.celery import app

    names = {name for name in app.tasks if name.startswith("sessions_app.documents.")}
    assert "sessions_app.documents.tasks.prepare_result" in names
    app.loader.import_default_modules()
    routed = {name: app.amqp.router.route({}, name)["queue"] for name in names}
    assert {(queue.name, queue.routing_key, queue.exchange.name) for queue in routed.values()} == {
        ("documents", "documents", "celery")
    }
    assert app.amqp.router.route({}, "sessions_app.tasks.sweep")["queue"].name == "celery"
    scheduled = {one["task"] for one in app.conf.beat_schedule.values()}
    assert scheduled <= set(app.tasks)


def test_what_is_ordered_waits_in_that_queue_only(document: Document) -> None:
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.delete("celery", "documents")
        tasks.order_result(document.pk)
        assert (redis.llen("celery"), redis.llen("documents")) == (0, 1)
        redis.delete("documents")
