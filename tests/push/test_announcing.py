"""What was announced does not stay where it was heard."""

from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.utils import timezone

from sessions_app.push.announce import KEPT_FOR, Message, announce, forget_old
from sessions_app.push.broker import broker
from sessions_app.push.wire import FIELD, STREAM, unpack
from sessions_app.tasks import forget_old_announcements


def announced() -> list[bytes]:
    """The data of what there is, oldest first."""
    entries: list[Any] = broker().ask(lambda redis: cast("list[Any]", redis.xrange(STREAM)), [])
    return [data for _number, fields in entries for _topic, _event, data in unpack(fields.get(FIELD.encode(), b""))]


def test_what_was_said_is_forgotten_in_time_and_not_before() -> None:
    announce([Message("session:1", "row", '"zanzibar"')])
    forget_old_announcements()
    assert b'"zanzibar"' in announced()
    forget_old(timezone.now() + KEPT_FOR + timedelta(minutes=1))
    assert announced() == []


def test_the_worker_is_told_to() -> None:
    assert "sessions_app.tasks.forget_old_announcements" in {
        one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()
    }
