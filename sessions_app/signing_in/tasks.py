"""Thin Celery tasks about sign-ins: each reads the clock once."""

from celery import shared_task
from django.utils import timezone

from sessions_app.signing_in import history
from sessions_app.signing_in.sessions import SessionStore


@shared_task
def remove_old() -> None:
    """Forget old sign-ins, and browsers whose time is over. Beat calls it every hour."""
    history.remove_old(timezone.now())
    SessionStore.clear_expired()
