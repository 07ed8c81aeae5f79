"""The windows of access after the end, as bars to be drawn (product.md D1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

from django.utils.translation import gettext as _

from policies_app.durations import in_words
from policies_app.kinds import AccessLevel, AccessSetting
from policies_app.rules import window_lengths
from policies_app.snapshot import EndPolicy

FULL_WIDTH = 1000
OVER_WIDTH = 200
NARROWEST = 200
"""Widths in thousandths of the drawing. What has an end is followed by a bar of fixed width that says "over"."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One window: its level, where it is drawn, and in words how long it lasts or since when it holds."""

    level: AccessLevel
    label: str
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

    @property
    def short(self) -> str:
        """What fits into the narrowest bar."""
        return {AccessLevel.FULL: _("Full"), AccessLevel.LIMITED: _("Limited")}.get(self.level, _("Over"))


@dataclass(frozen=True, slots=True)
class Drawing:
    """All windows from the end of a session on, side by side. `open_ended` means that the last one never ends."""

    bars: tuple[Bar, ...]
    open_ended: bool

    @property
    def in_words(self) -> str:
        """What a screen reader says instead."""
        return _("From the end of the session: %s.") % "; ".join(f"{bar.label}, {bar.lasts}" for bar in self.bars)

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
        return Drawing(
            (Bar(AccessLevel.FULL, _label(AccessLevel.FULL), _("no limit"), 0, FULL_WIDTH),), open_ended=True
        )
    lengths = {level: span for level, span in ((AccessLevel.FULL, full), (AccessLevel.LIMITED, limited)) if span}
    bars, start = [], 0
    for (level, span), width in zip(lengths.items(), _widths(list(lengths.values())), strict=True):
        bars.append(Bar(level, _label(level), in_words(span), start, width))
        start += width
    since = _("after %s") % in_words(full + limited) if lengths else _("at once")
    bars.append(Bar(AccessLevel.NONE, _label(AccessLevel.NONE), since, start, FULL_WIDTH - start))
    return Drawing(tuple(bars), open_ended=False)


def _is_clear(policy: EndPolicy, unclear: Collection[str]) -> bool:
    timed = policy.access in (AccessSetting.FULL_RESTRICTED, AccessSetting.LIMITED)
    return not {"access", "then_limited_for"} & set(unclear) and not (timed and policy.access_for is None)


def _widths(lengths: list[timedelta]) -> list[int]:
    if len(lengths) < 2:
        return [FULL_WIDTH - OVER_WIDTH] * len(lengths)
    room = FULL_WIDTH - OVER_WIDTH
    first, second = (sqrt(length.total_seconds()) for length in lengths)
    width = min(max(round(room * first / (first + second)), NARROWEST), room - NARROWEST)
    return [width, room - width]


def _label(level: AccessLevel) -> str:
    return _(level.label) if level is not AccessLevel.NONE else _("Over")
