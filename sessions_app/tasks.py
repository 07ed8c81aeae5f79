"""Thin Celery tasks: each reads the clock once and calls what does the work."""

from celery import Task, shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError

from sessions_app import invitations, sweeps

INVITATION_TRIES = 5


@shared_task
def sweep() -> None:
    """Write down what time has done since the last sweep. Beat calls it every two seconds."""
    now = timezone.now()
    sweeps.sweep(now)
    cache.set(settings.LAST_SWEEP_KEY, now.isoformat(), timeout=None)


def order_invitation(session_id: int) -> None:
    """Have the invitation sent by a worker; if none can be told, record that, so that the agent finds another way."""
    try:
        send_invitation.delay(session_id)
    except OperationalError:
        invitations.give_up(session_id, now=timezone.now())


@shared_task(bind=True, max_retries=INVITATION_TRIES, default_retry_delay=30)
def send_invitation(self: Task, session_id: int) -> None:
    """E-mail the customer a link into the session; tries again when the mail server does not answer."""
    try:
        invitations.send(session_id, now=timezone.now())
    except OSError as error:
        if self.request.retries >= INVITATION_TRIES:
            invitations.give_up(session_id, now=timezone.now())
            raise
        raise self.retry(exc=error) from error
