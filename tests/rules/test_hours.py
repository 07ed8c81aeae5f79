"""Business hours of chat widgets: when they are open, when they open next, and how administrators type them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies_app.hours import HoursProblem, in_short, is_open, opens_at, ranges_in

BERLIN = "Europe/Berlin"
WEEKDAYS = {str(day): [["09:00", "12:00"], ["13:00", "17:00"]] for day in range(5)}
NIGHTS = {"5": [["22:00", "24:00"]], "6": [["00:00", "04:00"]]}
"""Saturday night until Sunday at four: clocks change in it twice a year."""
AT_THE_CHANGE = {"6": [["02:15", "02:45"]]}
UNTIL_THE_CHANGE = {"6": [["01:00", "02:30"]]}
FROM_THE_CHANGE = {"6": [["02:30", "05:00"]]}
SKIPPED_MIDNIGHT = {str(day): [["00:00", "24:00"]] for day in range(7)}


def at(text: str, zone: str = BERLIN, *, again: bool = False) -> datetime:
    """What a clock on the wall shows there; `again` for a time that comes twice."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=int(again)).astimezone(UTC)


# 2026: Berlin changes to summer time on Sunday, 29 March, at 02:00, and back on Sunday, 25 October, at 03:00.
# Hours, now, whether it is open, when it opens next (None: never; "now": it is open).
TABLE: dict[str, tuple[dict[str, Any], datetime, datetime | None]] = {
    "always": ({}, at("2026-03-29 04:00"), at("2026-03-29 04:00")),
    "never": ({"0": []}, at("2026-06-01 10:00"), None),
    "at the beginning": (WEEKDAYS, at("2026-06-01 09:00"), at("2026-06-01 09:00")),
    "just before it": (WEEKDAYS, at("2026-06-01 08:59:59"), at("2026-06-01 09:00")),
    "at the end": (WEEKDAYS, at("2026-06-01 12:00"), at("2026-06-01 13:00")),
    "just before the end": (WEEKDAYS, at("2026-06-01 11:59:59"), at("2026-06-01 11:59:59")),
    "in the break": (WEEKDAYS, at("2026-06-01 12:30"), at("2026-06-01 13:00")),
    "after the last": (WEEKDAYS, at("2026-06-01 17:00"), at("2026-06-02 09:00")),
    "before a weekend": (WEEKDAYS, at("2026-06-05 17:00"), at("2026-06-08 09:00")),
    "on an empty day": (WEEKDAYS, at("2026-06-06 10:00"), at("2026-06-08 09:00")),
    "another zone's Monday": (WEEKDAYS, at("2026-06-01 23:30", "America/New_York"), at("2026-06-02 09:00")),
    "once a week, just missed": ({"0": [["09:00", "10:00"]]}, at("2026-06-01 10:00"), at("2026-06-08 09:00")),
    "over midnight, the first night": (NIGHTS, at("2026-06-06 23:59:59"), at("2026-06-06 23:59:59")),
    "over midnight, at midnight": (NIGHTS, at("2026-06-07 00:00"), at("2026-06-07 00:00")),
    "over midnight, over": (NIGHTS, at("2026-06-07 04:00"), at("2026-06-13 22:00")),
    "a short night": (NIGHTS, at("2026-03-29 03:00"), at("2026-03-29 03:00")),
    "a short night, over": (NIGHTS, at("2026-03-29 04:00"), at("2026-04-04 22:00")),
    "a long night": (NIGHTS, at("2026-10-25 02:30", again=True), at("2026-10-25 02:30", again=True)),
    "a long night, over": (NIGHTS, at("2026-10-25 04:00"), at("2026-10-31 22:00")),
    "begins in the hour that is skipped": (FROM_THE_CHANGE, at("2026-03-29 01:59"), at("2026-03-29 03:00")),
    "ends in the hour that is skipped": (UNTIL_THE_CHANGE, at("2026-03-29 03:00"), at("2026-04-05 01:00")),
    "ends there, just before": (UNTIL_THE_CHANGE, at("2026-03-29 01:59"), at("2026-03-29 01:59")),
    "all of it in the hour that is skipped": (AT_THE_CHANGE, at("2026-03-29 01:00"), at("2026-04-05 02:15")),
    "in the hour that comes twice": (AT_THE_CHANGE, at("2026-10-25 02:20"), at("2026-10-25 02:20")),
    "between both times": (AT_THE_CHANGE, at("2026-10-25 02:50"), at("2026-10-25 02:50")),
    "when it comes again": (AT_THE_CHANGE, at("2026-10-25 02:20", again=True), at("2026-10-25 02:20", again=True)),
    "after the second time": (AT_THE_CHANGE, at("2026-10-25 02:45", again=True), at("2026-11-01 02:15")),
    "where midnight is skipped": (
        {"0": [["00:00", "24:00"]], "6": []},
        at("2018-11-03 12:00", "America/Sao_Paulo"),
        at("2018-11-05 00:00", "America/Sao_Paulo"),
    ),
}
ZONES = {"where midnight is skipped": "America/Sao_Paulo"}


@pytest.mark.parametrize("case", TABLE)
def test_when_it_is_open(case: str) -> None:
    hours, now, opens = TABLE[case]
    zone = ZONES.get(case, BERLIN)
    assert opens_at(hours, zone, now) == opens
    assert is_open(hours, zone, now) is (opens == now)


def test_a_day_whose_midnight_is_skipped_begins_when_clocks_are_put_forward() -> None:
    """São Paulo, 4 November 2018: after 23:59:59 comes 01:00."""
    zone = "America/Sao_Paulo"
    change = at("2018-11-04 01:00", zone)
    hours = {"6": [["00:00", "24:00"]]}
    assert opens_at(hours, zone, change - timedelta(hours=5)) == change
    assert is_open(SKIPPED_MIDNIGHT, zone, change - timedelta(microseconds=1)) and is_open(hours, zone, change)


# Properties ------------------------------------------------------------------------------------------------------

zones = st.sampled_from(["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata"])
moments = st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
quarters = st.integers(0, 96).map(lambda number: f"{number // 4:02}:{number % 4 * 15:02}")


@st.composite
def days(draw: st.DrawFn) -> list[list[str]]:
    edges = sorted(draw(st.sets(quarters, max_size=6)))
    return [[begins, ends] for begins, ends in pairwise(edges)][::2]


weeks = st.dictionaries(st.integers(0, 6).map(str), days(), max_size=7)


@given(weeks, zones, moments)
def test_whenever_the_clock_on_the_wall_is_in_a_range_it_is_open(hours: Any, zone: str, now: datetime) -> None:
    shown = now.astimezone(ZoneInfo(zone))
    clock = f"{shown:%H:%M}"
    in_a_range = any(begins <= clock < ends for begins, ends in hours.get(str(shown.weekday()), []))
    if not hours or in_a_range:
        assert is_open(hours, zone, now)
    day_of_change = shown.replace(hour=0).utcoffset() != (shown.replace(hour=12) + timedelta(days=1)).utcoffset()
    if not day_of_change:
        assert is_open(hours, zone, now) is (in_a_range or not hours)


@given(weeks, zones, moments)
def test_it_opens_when_it_says_and_not_before(hours: Any, zone: str, now: datetime) -> None:
    opens = opens_at(hours, zone, now)
    if opens is None:
        assert hours and not any(hours.values())
        return
    assert opens >= now and is_open(hours, zone, opens)
    assert (opens == now) is is_open(hours, zone, now)
    for step in range(1, 50):
        assert opens == now or not is_open(hours, zone, now + (opens - now) * step / 50)
    assert opens == now or not is_open(hours, zone, opens - timedelta(microseconds=1))


@given(days())
def test_what_is_shown_is_read_again(ranges: list[list[str]]) -> None:
    assert ranges_in(in_short(ranges)) == ranges


# As typed --------------------------------------------------------------------------------------------------------

TYPED = {
    "": [],
    "  ": [],
    "9-17": [["09:00", "17:00"]],
    "09:00-12:00, 13:00-17:30": [["09:00", "12:00"], ["13:00", "17:30"]],
    "13 to 17; 9.30 \N{EN DASH} 12": [["09:30", "12:00"], ["13:00", "17:00"]],
    "9-12,12-17": [["09:00", "12:00"], ["12:00", "17:00"]],
    "0-24": [["00:00", "24:00"]],
    "22:00-24:00,": [["22:00", "24:00"]],
}


@pytest.mark.parametrize("text", TYPED)
def test_hours_are_typed_as_people_write_them(text: str) -> None:
    assert ranges_in(text) == TYPED[text]


NOT_HOURS = {
    "nine": "not a range",
    "9": "not a range",
    "9-": "not a range",
    "9-12-15": "not a range",
    "-1-5": "not a range",
    "9-25": "not a time of day",
    "9:75-12": "not a time of day",
    "9-24:01": "not a time of day",
    "17-9": "Over midnight",
    "22:00-02:00": "Over midnight",
    "9-9": "ends before",
    "9-13, 12-17": "overlap",
    "9-9999999999": "not a range",
}


@pytest.mark.parametrize("text", NOT_HOURS)
def test_what_is_wrong_with_hours_is_said(text: str) -> None:
    with pytest.raises(HoursProblem, match=NOT_HOURS[text]):
        ranges_in(text)
