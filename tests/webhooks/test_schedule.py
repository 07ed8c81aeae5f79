"""When a row is tried again, and when an endpoint rests: tables."""

from datetime import timedelta

import pytest

from sessions_app.webhooks.schedule import DELAYS, asked_for, next_try, rest
from tests.moments import DAY, HOUR, MICROSECOND, MINUTE, STARTED

FIRST = STARTED
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("tries", "since_first", "luck", "asked", "expected"),
    [
        (1, 0 * SECOND, 0.0, None, 5 * SECOND),
        (1, 0 * SECOND, 1.0, None, 6 * SECOND),
        (2, 5 * SECOND, 0.0, None, 5 * MINUTE),
        (3, 6 * MINUTE, 0.5, None, 33 * MINUTE),
        (4, HOUR, 0.0, None, 2 * HOUR),
        (5, 3 * HOUR, 0.0, None, 5 * HOUR),
        (6, 8 * HOUR, 0.0, None, 8 * HOUR),
        (7, 14 * HOUR, 0.0, None, 8 * HOUR),
        (7, 20 * HOUR, 0.0, None, 4 * HOUR),
        (8, DAY - MICROSECOND, 1.0, None, MICROSECOND),
        (8, DAY, 0.0, None, None),
        (99, 3 * DAY, 0.0, None, None),
        (1, 0 * SECOND, 0.0, 20 * MINUTE, 20 * MINUTE),
        (4, HOUR, 0.0, 20 * MINUTE, 2 * HOUR),
        (8, DAY, 0.0, 20 * MINUTE, None),
    ],
)
def test_a_row_is_tried_again_later_and_later_for_a_day(
    tries: int, since_first: timedelta, luck: float, asked: timedelta | None, expected: timedelta | None
) -> None:
    now = FIRST + since_first
    at = next_try(tries, FIRST, now, luck=luck, asked_for=asked)
    assert (at - now if at else None) == expected


@pytest.mark.parametrize("luck", [0.0, 0.5, 1.0])
def test_whatever_the_luck_the_last_try_is_a_day_after_the_first_failure(luck: float) -> None:
    now, tries = FIRST, 1
    while at := next_try(tries, FIRST, now, luck=luck):
        now, tries = at, tries + 1
    assert now == FIRST + DAY
    assert len(DELAYS) < tries < 10


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(0, None), (4, None), (5, 10 * SECOND), (6, 30 * SECOND), (9, 5 * MINUTE), (1000, 5 * MINUTE)],
)
def test_an_endpoint_that_fails_often_rests_at_most_five_minutes(failures: int, expected: timedelta | None) -> None:
    assert rest(failures) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", 2 * MINUTE),
        (" 0 ", 0 * SECOND),
        ("999999999999999999999999", HOUR),
        ("Mon, 02 Mar 2026 09:30:00 GMT", 30 * MINUTE - timedelta(microseconds=250_000)),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0 * SECOND),
        ("Mon, 02 Mar 2026 09:30:00 -0000", 30 * MINUTE - timedelta(microseconds=250_000)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", HOUR),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("Mon, 99 Mar 2026 09:30:00 GMT", None),
    ],
)
def test_a_receiver_may_ask_for_an_hour_at_most(header: str, expected: timedelta | None) -> None:
    assert asked_for(header, STARTED) == expected
