"""Thin Celery tasks about documents: each reads the clock once and calls what does the work.

They have a queue of their own (`CELERY_TASK_ROUTES`), so that letters and sweeps never wait for them. What does the
work is imported by whoever does it: pages order only.
"""

import logging
from datetime import timedelta
from uuid import UUID

from celery import Task, shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from sessions_app.documents.kinds import MOST_FAILURES, DocumentState, VersionState
from sessions_app.documents.work import Work
from sessions_app.models import Document, TemplateVersion

BACK_OFF = (5, 20, 80, 320)
"""Seconds before the second, third ... try."""

OVERDUE = timedelta(minutes=1)
MOST_AT_ONCE = 100
PATIENCE = 600
"""Seconds before something is ordered again that was ordered here: the queue may be long, or nobody may serve it."""

MOST_READINGS = 5

log = logging.getLogger(__name__)


def order_result(document_id: int) -> None:
    """Have the sealed document prepared by a worker. If no worker can be told now, beat finds it later."""
    _order(prepare_result, document_id)


def order_reading(version_id: int) -> None:
    """Have a worker read what is in an uploaded template. If no worker can be told now, beat finds it later."""
    _order(read_version, version_id)


def order_transcript(order_id: UUID) -> bool:
    """Have a transcript made that was ordered (`kept_transcripts`). False if no worker can be told now."""
    return _order(make_transcript, str(order_id))


@shared_task
def prepare_result(document_id: int) -> None:
    """Prepare the sealed document; tries again a few times, later and later."""
    from sessions_app.documents import results

    work = Work("result", document_id)
    if not work.begin():
        return
    given_up = work.had_died() and results.failed(document_id, now=timezone.now())
    again = None
    try:
        if not given_up:
            results.prepare(document_id, now=timezone.now())
    except Exception:
        log.exception("Document %d could not be prepared.", document_id)
        is_last = results.failed(document_id, now=timezone.now())
        again = None if is_last else _pause(Document.objects.values_list("failures", flat=True).get(pk=document_id))
    work.end()
    if again:
        _later(work, prepare_result, again)


@shared_task
def read_version(version_id: int) -> None:
    """Read an uploaded template; tries again a few times, later and later."""
    from sessions_app.documents import reading

    work = Work("reading", version_id)
    if not work.begin():
        return
    tries, again = work.tries(), 0
    try:
        if tries > MOST_READINGS:
            _refuse(version_id)
        else:
            reading.read_version(version_id, now=timezone.now())
    except Exception:
        log.exception("Version %d of a template could not be read.", version_id)
        again = _pause(tries)
    work.end()
    if again:
        _later(work, read_version, again)


@shared_task
def make_transcript(order_id: str) -> None:
    """Make a transcript that somebody waits for: once only, since they see whether it came, and can ask again."""
    from sessions_app.documents import kept_transcripts

    kept_transcripts.make(UUID(order_id), now=timezone.now())


@shared_task
def look_after() -> None:
    """Order again what is waiting for longer than a minute and nobody works on. Beat calls it every minute."""
    before = timezone.now() - OVERDUE
    documents = Document.objects.filter(state=DocumentState.COMPLETED, completed_at__lt=before)
    waiting = documents.filter(failures__lt=MOST_FAILURES).order_by("completed_at").values_list("pk", flat=True)
    for document_id in waiting[:MOST_AT_ONCE]:
        _order_again(Work("result", document_id), prepare_result)
    versions = TemplateVersion.objects.filter(state=VersionState.READING, saved_at__lt=before)
    for version_id in versions.order_by("saved_at").values_list("pk", flat=True)[:MOST_AT_ONCE]:
        _order_again(Work("reading", version_id), read_version)


@shared_task
def remove_old_transcripts() -> None:
    """Remove transcripts that were made a day ago. Beat calls it every few hours."""
    from sessions_app.documents import kept_transcripts

    kept_transcripts.remove_old(timezone.now())


def _refuse(version_id: int) -> None:
    problem = (
        "This file could not be read, though that was tried several times. Upload it again; if that does not help, "
        "save it anew with another program."
    )
    TemplateVersion.objects.filter(pk=version_id, state=VersionState.READING).update(
        state=VersionState.REFUSED, problems=[problem]
    )


def _pause(tries: int) -> int:
    return BACK_OFF[min(max(tries, 1), len(BACK_OFF)) - 1]


def _later(work: Work, task: Task, seconds: int) -> None:
    work.wait(seconds)
    _order(task, work.id, countdown=seconds)


def _order_again(work: Work, task: Task) -> None:
    """Without letting the queue grow while nobody serves it."""
    if not work.is_looked_after() and _order(task, work.id):
        work.wait(PATIENCE)


def _order(task: Task, *given: object, countdown: int = 0) -> bool:
    try:
        task.apply_async(given, countdown=countdown)
    except OperationalError:
        log.warning("No worker can be told of %s now.", task.name)
        return False
    return True
