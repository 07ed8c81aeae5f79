"""What is stored about a customer at the very moment at which they are erased."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from sessions_app import erasing, half_typed
from sessions_app.actions import keep_draft
from sessions_app.erasing import By, erase
from sessions_app.half_typed import Typed
from sessions_app.kinds import Actor
from sessions_app.models import Draft, HalfTyped, LiveSession
from tests.cast import CUSTOMER
from tests.moments import HOUR, STARTED

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ERASED_AT = STARTED + HOUR


def types(session: LiveSession) -> None:
    half_typed.keep(session.pk, None, Typed("SECRET", 2**42), now=ERASED_AT)


def is_refused(session: LiveSession) -> None:
    keep_draft(session.pk, CUSTOMER, "SECRET", key=uuid4(), now=ERASED_AT)


@pytest.mark.parametrize("does", [types, is_refused])
def test_nothing_is_kept_that_comes_while_a_customer_is_erased(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch, does: Callable[[LiveSession], None]
) -> None:
    remove, pool, other = erasing._remove, ThreadPoolExecutor(1), []

    def meanwhile(*what: object) -> None:
        """Before it is committed, as long as files take."""
        other.append(pool.submit(_on_its_own, does, session))
        _wait_until_it_waits_or_is_done(other[0])
        remove(*what)

    monkeypatch.setattr(erasing, "_remove", meanwhile)
    with pool:
        erase([session.customer], by=By(Actor.ADMIN, "ada"), now=ERASED_AT)
    other[0].result()
    assert not HalfTyped.objects.filter(text="SECRET").exists() and not Draft.objects.exists()


def _on_its_own(does: Callable[[LiveSession], None], session: LiveSession) -> None:
    try:
        does(session)
    finally:
        connection.close()


def _wait_until_it_waits_or_is_done(other: Future[None]) -> None:
    with connection.cursor() as cursor:
        while not other.done():
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
