"""Thin Celery tasks: each reads the clock once and calls what does the work."""

import logging
from collections.abc import Iterable
from typing import NoReturn

from celery import Task, shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError

from sessions_app import assigning, invitations, rollouts, stored_files, sweeps
from sessions_app.api import idempotency
from sessions_app.delivery import address_of, ways_to
from sessions_app.kinds import Way
from sessions_app.link_attempts import forget_old
from sessions_app.models import LiveSession, OneTimeCode
from sessions_app.push import announce
from sessions_app.widget import watching

ROLLOUT_BATCHES = 100

log = logging.getLogger(__name__)
LETTER_TRIES = 5


@shared_task
def sweep() -> None:
    """Write down what time has done since the last sweep. Beat calls it every two seconds."""
    now = timezone.now()
    sweeps.sweep(now)
    cache.set(settings.LAST_SWEEP_KEY, now.isoformat(), timeout=None)


@shared_task
def advance_rollouts() -> None:
    """Carry changes of policy on through the sessions that they concern. Beat calls it every few seconds."""
    for rollout in rollouts.under_way():
        try:
            for _ in range(ROLLOUT_BATCHES):
                if not rollouts.advance(rollout, now=timezone.now(), batches=1):
                    break
        except Exception:
            log.exception("Rollout %d could not go on; the next ones do.", rollout)


@shared_task
def remove_left_over_files() -> None:
    """Remove files that no timeline names. Beat calls it a few times a day."""
    stored_files.remove_left_over(timezone.now())


@shared_task
def forget_old_answers() -> None:
    """Remove kept answers of the REST API that are older than their time. Beat calls it every hour."""
    idempotency.forget_old(timezone.now())


@shared_task
def forget_old_announcements() -> None:
    """Remove what the browsers were told from where they heard it. Beat calls it every hour."""
    announce.forget_old(timezone.now())


@shared_task
def assign_waiting() -> None:
    """Give whoever waits to agents with free seats. Whatever frees a seat does so at once; this is the second look."""
    assigning.assign_everywhere(timezone.now())


@shared_task
def watch_customers() -> None:
    """Write down which customers of widgets lost their connection, and who has it again. Beat calls it every second."""
    watching.watch(timezone.now())


@shared_task
def forget_old_link_attempts() -> None:
    """Remove attempts to use links that nobody needs to look up any more. Beat calls it every few hours."""
    forget_old(timezone.now())


@shared_task
def look_for_unheard_customers() -> None:
    """Find customers of widgets of whom nothing is known at all. Beat calls it every minute."""
    watching.look_for_unheard(timezone.now())


def order_letter(session_id: int, letter: str = invitations.INVITATION, ways: Iterable[Way] | None = None) -> bool:
    """Have a letter of `invitations.LETTERS` sent by a worker: in these ways, or by e-mail or else SMS.

    Returns whether there is an address for it. If no worker can be told, that is recorded, so that the agent finds
    another way.
    """
    customer = LiveSession.objects.select_related("customer").get(pk=session_id).customer
    possible = ways_to(customer)
    chosen = possible[:1] if ways is None else [way for way in possible if way in ways]
    for way in chosen:
        _order(send_letter, session_id, address_of(customer, way), session_id, letter, way)
    return bool(chosen)


def order_code(code: OneTimeCode) -> None:
    """Have a one-time code drawn and sent to `code.sent_to` by a worker."""
    _order(send_code, code.session_id, code.sent_to, code.pk)


def _order(task: Task, session_id: int, to: str, *given: object) -> None:
    try:
        task.delay(*given)
    except OperationalError:
        invitations.give_up(session_id, to=to, now=timezone.now())


@shared_task(bind=True, max_retries=LETTER_TRIES, default_retry_delay=30)
def send_letter(self: Task, session_id: int, letter: str = invitations.INVITATION, way: str = Way.EMAIL) -> None:
    """Send the customer a link into the session; tries again when the mail server or gateway does not answer."""
    try:
        invitations.send(session_id, letter, Way(way), now=timezone.now())
    except OSError as error:
        _try_again(self, error, session_id)


@shared_task(bind=True, max_retries=LETTER_TRIES, default_retry_delay=30)
def send_code(self: Task, code_id: int) -> None:
    """Send the customer a one-time code; tries again as letters do, while the code is still of use."""
    try:
        invitations.send_code(code_id, now=timezone.now())
    except OSError as error:
        _try_again(self, error, OneTimeCode.objects.get(pk=code_id).session_id)


def _try_again(task: Task, error: OSError, session_id: int) -> NoReturn:
    if task.request.retries >= LETTER_TRIES:
        invitations.give_up(session_id, now=timezone.now())
        raise error
    raise task.retry(exc=error) from error
