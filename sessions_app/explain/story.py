"""Everything that happened to a session and will happen, laid out in time: what is drawn of it (product.md D2).

Pure. Between two marks there is always the same distance, and the time between them is written there, so that seconds
can be seen beside years.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.durations import roughly
from policies_app.kinds import AccessLevel, EndReason
from policies_app.models import PolicyVersion
from policies_app.rules import FOREVER
from sessions_app.explain.facts import MOST, Event, Facts, Open
from sessions_app.explain.verdict import AfterEnd, clock_of, end_as_of, explain
from sessions_app.explain.whose import Gone, whose_at
from sessions_app.explain.words import clock_time
from sessions_app.kinds import ABOUT_DOCUMENTS, Actor, EntryKind, ReturnReason

NOW = "now"
ASKED = "asked"
EDITED = "edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point on the drawing: what it is called, more about it, and the customer's access from there on.

    `gap` says how long it is until the next mark, `leads_to_future` that this is time to come; `is_asked` that this is
    the moment that the page explains.
    """

    at: datetime
    name: str
    label: str
    detail: str = ""
    version: int | None = None
    colour: str = "secondary"
    is_future: bool = False
    is_asked: bool = False
    level: AccessLevel = AccessLevel.OPEN
    gap: str = ""
    leads_to_future: bool = False

    @property
    def time(self) -> str:
        return clock_time(self.at)


@dataclass(frozen=True, slots=True)
class Story:
    """The marks in the order of time, and what is not among them because there is too much of it."""

    marks: list[Mark]
    not_told: list[str]


def story(facts: Facts, then: Open, edits: list[PolicyVersion], *, now: datetime, asked: datetime) -> Story:
    """The whole life of a session as it looks now. `then` is what is known now; `edits` come newest first."""
    happened = [*map(_told, facts.others), *map(_told, facts.changes[-MOST:]), *map(_edited, edits[:MOST])]
    marks = [*happened, *_coming(facts, then, now), Mark(at=now, name=NOW, label=_("Now"), colour="blue")]
    marks.sort(key=lambda mark: (mark.at, mark.name == NOW))
    marks = [replace(mark, level=explain(facts, then, mark.at, now=now).level) for mark in _asked(marks, asked, now)]
    return Story(list(_with_gaps(marks)), list(_not_told(facts, len(edits))))


def _asked(marks: list[Mark], asked: datetime, now: datetime) -> list[Mark]:
    """Point out the moment asked about: a mark that is there, the last of several at once, or one of its own."""
    if asked == now:
        return [replace(mark, is_asked=mark.name == NOW) for mark in marks]
    there = [place for place, mark in enumerate(marks) if mark.at == asked]
    if there:
        return [replace(mark, is_asked=place == there[-1]) for place, mark in enumerate(marks)]
    label = _("The moment that you ask about")
    own = Mark(at=asked, name=ASKED, label=label, is_asked=True, is_future=asked > now, colour="blue")
    return sorted([*marks, own], key=lambda mark: mark.at)


def _with_gaps(marks: list[Mark]) -> Iterator[Mark]:
    for mark, after in pairwise(marks):
        yield replace(mark, gap=_length(after.at - mark.at), leads_to_future=after.is_future)
    yield marks[-1]


def _length(length: timedelta) -> str:
    if not length:
        return _("at the same moment")
    return roughly(length) if length >= timedelta(seconds=1) else _("less than a second")


def _not_told(facts: Facts, edits: int) -> Iterator[str]:
    counted = [(_(kind.label), number) for kind, number in facts.not_told.items()]
    counted.append((_("Access changed by people"), len(facts.changes) - MOST))
    counted.append((str(_LABELS[EDITED]), edits - MOST))
    for label, number in counted:
        if number > 0:
            yield _("%(what)s: and %(number)d more, earlier") % {"what": label, "number": number}


# What happened -----------------------------------------------------------------------------------------------------


_LABELS: dict[str, Promise] = {EDITED: gettext_lazy("Settings saved")}


def _told(event: Event) -> Mark:
    return Mark(
        at=event.at,
        name=event.kind,
        label=_label(event),
        detail=_detail(event),
        version=event.version,
        colour=event.kind.colour,
    )


def _edited(version: PolicyVersion) -> Mark:
    scope = _("for its workstream") if version.workstream_id else _("system-wide")
    return Mark(at=version.saved_at, name=EDITED, label=str(_LABELS[EDITED]), detail=scope, version=version.pk)


def _label(event: Event) -> str:
    if event.kind is EntryKind.ENDED:
        return _(EndReason(event.payload["reason"]).label)
    return _(event.kind.label)


def _detail(event: Event) -> str:
    match event.kind:
        case EntryKind.EXTENDED:
            return _more_time(event)
        case EntryKind.POLICY_APPLIED:
            return _("Another version was applied by %s") % (event.who or _("an administrator"))
        case EntryKind.KEPT_OPEN if event.actor is Actor.ADMIN:
            return _("because the settings changed")
        case EntryKind.STARTED:
            return _("by %s") % event.who if event.who else ""
        case EntryKind.ASSIGNED | EntryKind.RETURNED | EntryKind.TRANSFERRED:
            return _handed_on(event)
        case _rest:
            return _document(event) if event.kind in ABOUT_DOCUMENTS else event.who


def _document(event: Event) -> str:
    """Which document, and who sent or recalled it."""
    name = _("“%s”") % event.payload.get("name", "")
    return _("%(document)s by %(who)s") % {"document": name, "who": event.who} if event.who else name


def _handed_on(event: Event) -> str:
    match event.kind:
        case EntryKind.ASSIGNED:
            said = _("picked by %s") if event.actor is Actor.AGENT else _("to %s")
            return said % event.who
        case EntryKind.RETURNED:
            reason = _(ReturnReason(event.payload["reason"]).label)
            return f"{reason} ({event.who})" if event.who else reason
        case _transferred:
            return _("by %(who)s to %(to)s") % {"who": event.who, "to": event.payload["to"]}


def _more_time(event: Event) -> str:
    words = {
        "who": event.who or _("an agent"),
        "level": _(AccessLevel(event.payload["level"]).label),
        "until": clock_time(datetime.fromisoformat(event.payload["until"])),
        "reason": event.payload.get("reason", ""),
    }
    text = _("{who}: {level} until {until}. {reason}") if words["reason"] else _("{who}: {level} until {until}.")
    return format_html(text, **words)


# What will happen --------------------------------------------------------------------------------------------------


def _coming(facts: Facts, then: Open, now: datetime) -> Iterable[Mark]:
    """What time will do if nobody does anything, as far as it is not past."""
    clock = clock_of(facts, then) if facts.ended_at is None else None
    answer_by = whose_at(facts, now).answer_by if facts.ended_at is None else None
    if answer_by and answer_by > now:
        label = _("Goes back to the queue unless the agent opens it")
        yield _future(answer_by, EntryKind.RETURNED, label, then.policy.version)
    if (gone := whose_at(facts, now).gone) and facts.ended_at is None:
        yield from (mark for mark in _while_gone(gone, then.policy.version) if mark.at > now)
    if clock and clock.warn_at and clock.warn_at > now and then.warned_at is None:
        yield _future(clock.warn_at, EntryKind.WARNED, _("Agent and customer are warned"), then.policy.version)
    ends_at = gone.ends_at if gone else clock.end_at if clock else now
    end = end_as_of(facts, then, ends_at, now=now)
    if end is None:
        return
    if end.is_foretold:
        label = _("Ends by itself unless the agent does something")
        label = _("Ends by itself unless the customer comes back") if gone else label
        yield _future(end.ended_at, EntryKind.ENDED, label, then.policy.version)
    yield from (mark for mark in _windows(end) if mark.at > now)


def _while_gone(gone: Gone, version: int) -> Iterator[Mark]:
    if gone.held_until and gone.held_until < gone.ends_at:
        yield _future(gone.held_until, EntryKind.HOLD_OVER, _("The seat is no longer held for the customer"), version)


def _windows(end: AfterEnd) -> Iterator[Mark]:
    full, limited, version = end.windows.full_until, end.windows.limited_until, end.policy.version
    if end.ended_at < full < limited:
        yield _future(full, EntryKind.ACCESS_LIMITED, _("Full access ends, limited access begins"), version)
    if end.ended_at < limited < FOREVER:
        yield _future(limited, EntryKind.ACCESS_CLOSED, _("The customer's access is over"), version)


def _future(at: datetime, kind: EntryKind, label: str, version: int) -> Mark:
    return Mark(at=at, name=kind, label=label, version=version, colour=kind.colour, is_future=True)
