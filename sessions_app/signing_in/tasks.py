"""Thin Celery tasks about sign-ins: each reads the clock once."""

from celery import shared_task
from django.utils import timezone

from sessions_app.signing_in import history, lockouts
from sessions_app.signing_in.sessions import SessionStore


@shared_task
def remove_old() -> None:
    """Forget old sign-ins, tries that count no more, and browsers whose time is over. Beat calls it every hour."""
    now = timezone.now()
    history.remove_old(now)
    lockouts.forget_old(now)
    SessionStore.clear_expired()
