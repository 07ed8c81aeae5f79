"""What a customer who drops out will get, as bars to be drawn."""

from collections.abc import Collection
from datetime import timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from policies_app.drawing import FULL_WIDTH, Bar, Drawing, bars_in_words, widths
from policies_app.durations import in_words
from policies_app.kinds import Kind
from policies_app.reconnect import ReconnectPolicy
from policies_app.reconnect_wording import spans

NARROWEST = 170
"""In thousandths of the drawing: up to three bars share the room before "over"."""


class Stage(Kind):
    """What there is for a customer who is away."""

    GRACE = "grace", "Nothing changes"
    HELD = "held", "Same agent, whose seat is held"
    ANYBODY = "anybody", "Previous agent or queue"
    NEW = "new", "Too late"


_SHORT = {Stage.GRACE: "Grace", Stage.HELD: "Same agent", Stage.ANYBODY: "Return", Stage.NEW: "Over"}


def draw_drop(policy: ReconnectPolicy, unclear: Collection[str] = ()) -> Drawing | None:
    """The stages from the drop on, each with until when it holds; None while it is not clear how long they are."""
    if {"grace", "same_agent_for", "workstream"} & set(unclear):
        return None
    stages = _stages(policy)
    bars, start, begins = [], 0, timedelta(0)
    for (stage, ends), width in zip(stages, widths(_lengths(stages), NARROWEST), strict=True):
        bars.append(_bar(stage, _lasts(begins, ends), start, width))
        start, begins = start + width, ends
    bars.append(_bar(Stage.NEW, _("after %s") % in_words(begins), start, FULL_WIDTH - start))
    told = _("From the moment at which the connection is lost: %s.") % bars_in_words(bars)
    return Drawing(tuple(bars), open_ended=False, in_words=told)


def _stages(policy: ReconnectPolicy) -> list[tuple[Stage, timedelta]]:
    """Each stage with how long after the drop it is over."""
    found = spans(policy)
    stages = [(Stage.GRACE, found.grace)]
    if found.hold:
        stages.append((Stage.HELD, found.hold))
    if policy.is_on and found.end > (found.hold or found.grace):
        stages.append((Stage.ANYBODY, found.end))
    return stages


def _lengths(stages: list[tuple[Stage, timedelta]]) -> list[timedelta]:
    ends = [timedelta(0), *(end for _stage, end in stages)]
    return [later - earlier for earlier, later in pairwise(ends)]


def _lasts(begins: timedelta, ends: timedelta) -> str:
    until = _("until %s") % in_words(ends)
    return until if begins else in_words(ends)


def _bar(stage: Stage, lasts: str, start: int, width: int) -> Bar:
    return Bar(stage, _(stage.label), _(_SHORT[stage]), lasts, start, width)
