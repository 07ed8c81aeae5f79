"""The windows of access after the end, as bars to be drawn (product.md D1)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

from django.utils.translation import gettext as _

from policies_app.durations import in_words
from policies_app.kinds import AccessLevel, AccessSetting, Kind
from policies_app.rules import window_lengths
from policies_app.snapshot import EndPolicy

FULL_WIDTH = 1000
OVER_WIDTH = 200
NARROWEST = 200
"""Widths in thousandths of the drawing. What has an end is followed by a bar of fixed width that says "over"."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One window: its level, where it is drawn, and in words how long it lasts or since when it holds.

    `short` is what fits into the narrowest bar.
    """

    level: Kind
    label: str
    short: str
    lasts: str
    start: int
    width: int

    @property
    def end(self) -> int:
        return self.start + self.width

    @property
    def left(self) -> str:
        """Where it begins, as SVG says it."""
        return f"{self.start / 10:g}%"

    @property
    def middle(self) -> str:
        return f"{(self.start + self.width / 2) / 10:g}%"

    @property
    def across(self) -> str:
        return f"{self.width / 10:g}%"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Windows side by side, from a moment on. `open_ended` means that the last one never ends.

    `in_words` is what a screen reader says instead.
    """

    bars: tuple[Bar, ...]
    open_ended: bool
    in_words: str

    @property
    def is_squeezed(self) -> bool:
        """Whether two lengths are drawn beside each other, so that the scale matters."""
        return len(self.bars) > 2


def draw(policy: EndPolicy, unclear: Collection[str] = ()) -> Drawing | None:
    """The windows that a policy gives; None while it is not clear which or how long they are.

    Widths go by the square root of the lengths, so that hours can be seen beside years, and none is too narrow to read.
    """
    if not _is_clear(policy, unclear):
        return None
    full, limited = window_lengths(policy)
    if full is None:
        return _drawing([_bar(AccessLevel.FULL, _("no limit"), 0, FULL_WIDTH)], open_ended=True)
    lengths = {level: span for level, span in ((AccessLevel.FULL, full), (AccessLevel.LIMITED, limited)) if span}
    bars, start = [], 0
    for (level, span), width in zip(lengths.items(), widths(list(lengths.values())), strict=True):
        bars.append(_bar(level, in_words(span), start, width))
        start += width
    since = _("after %s") % in_words(full + limited) if lengths else _("at once")
    return _drawing([*bars, _bar(AccessLevel.NONE, since, start, FULL_WIDTH - start)])


def _is_clear(policy: EndPolicy, unclear: Collection[str]) -> bool:
    timed = policy.access in (AccessSetting.FULL_RESTRICTED, AccessSetting.LIMITED)
    return not {"access", "then_limited_for"} & set(unclear) and not (timed and policy.access_for is None)


def widths(lengths: list[timedelta], narrowest: int = NARROWEST) -> list[int]:
    """How wide the bars of these lengths are that share the room before "over"."""
    room, roots = FULL_WIDTH - OVER_WIDTH, [sqrt(length.total_seconds()) for length in lengths]
    found = [0] * len(lengths)
    left = sorted(range(len(lengths)), key=lambda place: roots[place])
    while left:  # the narrowest first, so that the others share what it leaves
        place = left.pop(0)
        share = roots[place] / (roots[place] + sum(roots[other] for other in left))
        found[place] = max(round(room * share), narrowest) if left else room
        room -= found[place]
    return found


def bars_in_words(bars: Iterable[Bar]) -> str:
    """Each with what it lasts."""
    return "; ".join(f"{bar.label}, {bar.lasts}" for bar in bars)


def _bar(level: AccessLevel, lasts: str, start: int, width: int) -> Bar:
    short = {AccessLevel.FULL: _("Full"), AccessLevel.LIMITED: _("Limited")}.get(level, _("Over"))
    label = _(level.label) if level is not AccessLevel.NONE else _("Over")
    return Bar(level, label, short, lasts, start, width)


def _drawing(bars: list[Bar], *, open_ended: bool = False) -> Drawing:
    return Drawing(tuple(bars), open_ended, _("From the end of the session: %s.") % bars_in_words(bars))
