"""Attempts to use links are kept for as long as somebody may ask about them, and no longer."""

from datetime import timedelta
from typing import Any

from sessions_app.kinds import LinkOutcome
from sessions_app.link_attempts import forget_old
from sessions_app.models import LinkEvent, LiveSession
from sessions_app.tasks import forget_old_link_attempts
from tests.moments import DAY, STARTED

NOW = STARTED + 200 * DAY
SECOND = timedelta(seconds=1)


def attempts(*moments: Any) -> None:
    LinkEvent.objects.bulk_create(LinkEvent(at=at, outcome=LinkOutcome.UNKNOWN) for at in moments)


def test_what_is_old_goes_and_what_is_not_stays(session: LiveSession, settings: Any) -> None:
    settings.LINK_ATTEMPTS_KEPT = 90 * DAY
    attempts(NOW, NOW - 90 * DAY + SECOND, NOW - 90 * DAY, NOW - 199 * DAY)
    assert forget_old(NOW) == 2
    assert set(LinkEvent.objects.values_list("at", flat=True)) == {NOW, NOW - 90 * DAY + SECOND}


def test_a_table_that_was_never_tidied_up_is_done_bit_by_bit_oldest_first(db: None) -> None:
    attempts(*(STARTED + number * SECOND for number in range(7)))
    assert forget_old(NOW, batch=2, most_batches=2) == 4
    assert LinkEvent.objects.earliest("at").at == STARTED + 4 * SECOND
    assert forget_old(NOW, batch=2, most_batches=9) == 3


def test_the_worker_does_it(db: None, settings: Any) -> None:
    attempts(STARTED)
    forget_old_link_attempts()
    assert not LinkEvent.objects.exists()
    assert "sessions_app.tasks.forget_old_link_attempts" in {
        entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }
