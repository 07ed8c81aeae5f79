"""Business hours of a chat widget as pure functions: what an administrator set, a time zone, and `now` in.

Hours are `{"0": [["09:00", "12:00"], ["13:00", "17:00"]], ...}`: Monday is 0, a day that is missing is closed, an end
of "24:00" is midnight, and no range goes over midnight: what does is two, one on each day. None at all (`{}`) means
always open. Ranges are half-open and go by the clock on the wall: what begins while clocks are put forward begins as
soon as they are; of a time that comes twice the first one begins a range, and the second one ends it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

Hours = Mapping[str, Sequence[Sequence[str]]]

_LOOKS_AHEAD = 15
"""Days. A weekly range that falls into the hour that clocks skip is there again a week later."""

_MIDNIGHT = "24:00"
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?"
_RANGE = re.compile(rf"{_CLOCK}\s*(?:-|\u2013|\u2014|to)\s*{_CLOCK}")


class HoursProblem(ValueError):
    """Why what was typed is no business hours; the text is for the person who typed it."""


def is_open(hours: Hours, time_zone: str, now: datetime) -> bool:
    """Whether `now` (aware) is within business hours. Raises ValueError or KeyError for what is no name of a zone."""
    if not hours:
        return True
    zone = ZoneInfo(time_zone)
    return any(begins <= now < ends for begins, ends in _ranges(hours, zone, now.astimezone(zone).date()))


def opens_at(hours: Hours, time_zone: str, now: datetime) -> datetime | None:
    """The first moment from `now` on (UTC) that is within business hours: `now` itself if it is; None if none is."""
    if is_open(hours, time_zone, now):
        return now.astimezone(UTC)
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=number) for number in range(_LOOKS_AHEAD))
    return min((begins for day in days for begins, _ends in _ranges(hours, zone, day) if begins > now), default=None)


def ranges_in(text: str) -> list[list[str]]:
    """The ranges of one day as an administrator types them, such as "9-12, 13:00 - 17:30", as they are stored.

    Raises HoursProblem for what is none, ends before it begins, or overlaps.
    """
    ranges = sorted(_range(part.strip()) for part in re.split(r"[,;\n]", text) if part.strip())
    for earlier, later in pairwise(ranges):
        if later[0] < earlier[1]:
            raise HoursProblem(f"{in_short([earlier])} and {in_short([later])} overlap.")
    return ranges


def in_short(ranges: Sequence[Sequence[str]]) -> str:
    """The ranges of one day as people write them; `ranges_in` reads it again."""
    return ", ".join(f"{begins}\N{EN DASH}{ends}" for begins, ends in ranges)


def _range(text: str) -> list[str]:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise HoursProblem(f"“{text}” is not a range of hours. Write 09:00-12:00, 13:00-17:00, or leave the day empty.")
    begins, ends = (_clock(found[hour], found[hour + 1] or "00") for hour in (1, 3))
    if begins >= ends:
        raise HoursProblem(
            f"“{text}” ends before it begins. Over midnight: until 24:00, and from 00:00 on the next day."
        )
    return [begins, ends]


def _clock(hour: str, minute: str) -> str:
    shown = f"{int(hour):02}:{minute}"
    if int(minute) > 59 or shown > _MIDNIGHT:
        raise HoursProblem(f"{hour}:{minute} is not a time of day. Write 00:00 to 24:00.")
    return shown


def _ranges(hours: Hours, zone: ZoneInfo, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The ranges of a day as moments, without those that clocks skip."""
    for begins, ends in hours.get(str(day.weekday()), ()):
        first, last = _moment(begins, zone, day), _moment(ends, zone, day, last=True)
        if first < last:
            yield first, last


def _moment(clock: str, zone: ZoneInfo, day: date, *, last: bool = False) -> datetime:
    """When the clocks of the zone show this time on this day (UTC), for the first time or for the last one."""
    if clock == _MIDNIGHT:
        return _moment("00:00", zone, day + timedelta(days=1))
    shown = datetime.combine(day, time.fromisoformat(clock), zone)
    first, second = (shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > second:
        return _when_put_forward(second, first, zone)
    return second if last else first


def _when_put_forward(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second, between these two moments, at which the clocks skip some time."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after
