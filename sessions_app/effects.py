"""What saving an end session behavior would do to the sessions that are open now (product.md D1).

Answers within a tenth of a second with a million open sessions: it counts in the index `session_active_since`, and
never further than MOST.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies_app.kinds import SessionState
from policies_app.rules import BUSY_FOR, EDIT_GRACE
from policies_app.selectors import end_policies_at
from policies_app.snapshot import EndPolicy
from sessions_app.models import LiveSession

SOON = timedelta(minutes=10)
"""How far ahead is looked. Longer than EDIT_GRACE, which therefore decides nothing about what is counted here."""

MOST = 10_000
"""Further than this nothing is counted."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Numbers of open sessions. More than MOST means that there are more, and `busy` is then the least there are.

    `closed` end within SOON because of the edit, `busy` of them while a customer completes something; `spared` would
    end within SOON and do not because of the edit; `anyway` end within SOON with and without it.
    """

    total: int = 0
    closed: int = 0
    busy: int = 0
    spared: int = 0
    anyway: int = 0

    def __add__(self, other: "Effect") -> "Effect":
        return Effect(
            self.total + other.total,
            self.closed + other.closed,
            self.busy + other.busy,
            self.spared + other.spared,
            self.anyway + other.anyway,
        )


def effects_on_open(*, policy: EndPolicy, workstream_ids: Iterable[int], now: datetime, **_signal: object) -> list[str]:
    """Sentences about what becomes of open sessions if this policy is saved now, compared with those in force.

    Two queries, and four for each group of workstreams that have the same duration of inactivity now.
    """
    current = end_policies_at(now, workstream_ids)
    same = all(_while_open(one) == _while_open(policy) for one in current.values())
    return _in_words(effect(policy, current, now), policy, same=same)


def effect(policy: EndPolicy, current: dict[int, EndPolicy], now: datetime) -> Effect:
    """What saving this policy now in these workstreams, which have these policies, does within SOON (rules.md 3, 6)."""
    groups: dict[timedelta | None, list[int]] = {}
    for workstream, in_force in current.items():
        groups.setdefault(in_force.inactive_after, []).append(workstream)
    numbers = [_of_group(ids, before, policy.inactive_after, now) for before, ids in groups.items()]
    return sum(numbers, Effect())


def _of_group(workstreams: list[int], before: timedelta | None, after: timedelta | None, now: datetime) -> Effect:
    """Since when agents are silent is all that matters.

    Nobody's end is put off beyond SOON by the grace of an edit, nor by waiting for a customer who does nothing more.
    """
    active = LiveSession.objects.filter(state=SessionState.ACTIVE, workstream__in=workstreams)
    end_before, end_after = _silent_since(before, now), _silent_since(after, now)
    closed = _between(active, end_before, end_after)
    is_busy = Q(customer_busy_at__gt=now - BUSY_FOR)
    counted = closed[: MOST + 1].aggregate(all=Count("pk"), busy=Count("pk", filter=is_busy))
    return Effect(
        total=_count(active),
        closed=counted["all"],
        busy=counted["busy"],
        spared=_count(_between(active, end_after, end_before)),
        anyway=_count(_between(active, None, min(end_before, end_after) if end_before and end_after else None)),
    )


def _silent_since(inactive_after: timedelta | None, now: datetime) -> datetime | None:
    """The last moment of activity with which a session ends by SOON if its agent does nothing more; None: none does."""
    return now + SOON - inactive_after if inactive_after else None


def _between(active: QuerySet[LiveSession], after: datetime | None, until: datetime | None) -> QuerySet[LiveSession]:
    """Those whose agent was last active after one moment, if it is given, and by the other; without that one, none.

    Nobody's silence counts in those that are only prepared, or that an agent was given and has not opened.
    """
    if until is None:
        return active.none()
    silent = active.filter(last_agent_activity_at__lte=until, is_prepared=False, answer_by=None)
    return silent.filter(last_agent_activity_at__gt=after) if after else silent


def _count(sessions: QuerySet[LiveSession]) -> int:
    return sessions.values("workstream")[: MOST + 1].count()  # a column of the index: no row is looked at


def _while_open(policy: EndPolicy) -> tuple[object, ...]:
    return policy.inactive_after, policy.activity_counts, policy.warn_before, policy.wait_at_most


# In words --------------------------------------------------------------------------------------------------------


def _in_words(effect: Effect, policy: EndPolicy, *, same: bool) -> list[str]:
    if not effect.total:
        return [_("No session is open here now, so nothing changes for open sessions.")]
    said = [*_closed(effect, policy), *_spared(effect)]
    if said:
        return [*map(capfirst, said), *_anyway(effect, _("Another %s would end in that time anyway, as now."))]
    total = {"total": _number(effect.total)}
    if same:
        text = ngettext(
            "Nothing changes for the one open session while it is open.",
            "Nothing changes for the %(total)s open sessions while they are open.",
            effect.total,
        )
    else:
        text = ngettext(
            "The one open session is not closed within 10 minutes of saving because of this.",
            "None of the %(total)s open sessions is closed within 10 minutes of saving because of this.",
            effect.total,
        )
    return [text % total, *_anyway(effect, _("As now, %s would end within 10 minutes."))]


def _closed(effect: Effect, policy: EndPolicy) -> list[str]:
    if not effect.closed:
        return []
    words = _counted(effect, effect.closed) | {"grace": EDIT_GRACE // timedelta(minutes=1)}
    text = ngettext(
        "%(number)s of %(total)s open session would be closed within 10 minutes of saving",
        "%(number)s of %(total)s open sessions would be closed within 10 minutes of saving",
        effect.total,
    ) + _(" (none sooner than %(grace)s)")
    return [f"{text % words}{_busy(effect, policy)}."]


def _busy(effect: Effect, policy: EndPolicy) -> str:
    if not effect.busy:
        return ""
    number = _number(effect.busy)
    many = _("at least %s") % number if effect.closed > MOST and effect.busy <= MOST else number
    said = _("; in %s of them a customer is in the middle of completing something") % many
    return said + _(", and is waited for") if policy.wait_at_most else said


def _spared(effect: Effect) -> list[str]:
    if not effect.spared:
        return []
    text = ngettext(
        "%(number)s of %(total)s open session would stay open instead of ending within 10 minutes.",
        "%(number)s of %(total)s open sessions would stay open instead of ending within 10 minutes.",
        effect.total,
    )
    return [text % _counted(effect, effect.spared)]


def _anyway(effect: Effect, text: str) -> list[str]:
    return [text % _number(effect.anyway)] if effect.anyway else []


def _counted(effect: Effect, number: int) -> dict[str, object]:
    return {"number": _number(number), "total": _number(effect.total)}


def _number(number: int) -> str:
    if number > MOST:
        return _("more than %s") % number_format(MOST, force_grouping=True)
    return number_format(number, force_grouping=True)
