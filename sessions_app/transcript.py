"""A session as a document to keep: as plain text, or as PDF. Each side gets what it may read in its room."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sessions_app.erased_rows import ERASED
from sessions_app.kinds import Audience, EntryKind
from sessions_app.link_tokens import without_tokens
from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.row_words import Said, words
from sessions_app.rows import author_of, is_hidden


@dataclass(frozen=True, slots=True)
class Line:
    """One row as the document shows it; `who` is empty for what nobody wrote. `at` is in the reader's zone."""

    at: datetime
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What one side may read of a session, in the zone of whoever reads it and in the language in force."""

    session: LiveSession
    audience: Audience
    zone: tzinfo
    zone_name: str

    @property
    def title(self) -> str:
        agent = self.session.agent
        names = {"customer": self.session.customer.name, "agent": agent.name if agent else _("Parley")}
        return _("Conversation between %(agent)s and %(customer)s") % names

    @property
    def about(self) -> str:
        """When it was, and in which zone all times are."""
        begin = clock_and_day(self.session.started_at.astimezone(self.zone))
        if self.session.ended_at is None:
            return _("Since %(begin)s. Times are in %(zone)s.") % {"begin": begin, "zone": self.zone_name}
        end = clock_and_day(self.session.ended_at.astimezone(self.zone))
        return _("%(begin)s to %(end)s. Times are in %(zone)s.") % {"begin": begin, "end": end, "zone": self.zone_name}

    def days(self) -> Iterator[tuple[date, list[Line]]]:
        """The lines, day by day. One query."""
        day, lines = None, list[Line]()
        for line in self._lines():
            if day and line.at.date() != day:
                yield day, lines
                lines = []
            day = line.at.date()
            lines.append(line)
        if day:
            yield day, lines

    def _lines(self) -> Iterator[Line]:
        rows = self.session.timeline.filter(number__lte=self.session.last_number)
        for entry in rows.select_related("agent").order_by("number").iterator():
            if not is_hidden(entry, self.audience):
                yield self._line(entry)

    def _line(self, entry: TimelineEntry) -> Line:
        kind = EntryKind(entry.kind)
        if kind in _WRITTEN:
            at = entry.recorded_at.astimezone(self.zone)
            return Line(at, _by(kind) % {"name": author_of(self.session, entry)}, _written(entry))
        return Line(entry.due_at.astimezone(self.zone), "", self._happened(words(entry, self.audience)))

    def _happened(self, said: Said) -> str:
        values = {
            name: clock_and_day(it.astimezone(self.zone)) if isinstance(it, datetime) else it
            for name, it in said.values.items()
        }
        sentence = said.text.format(**values)
        return f"{sentence}\n{said.note}" if said.note else sentence


def as_text(transcript: Transcript) -> str:
    """The document as plain text."""
    parts = [transcript.title, transcript.about]
    for day, lines in transcript.days():
        parts += ["", day_heading(day), "", *map(_as_text, lines)]
    return "\n".join(parts) + "\n"


def clock(at: datetime) -> str:
    return date_format(at, "H:i", use_l10n=False)


def clock_and_day(at: datetime) -> str:
    return f"{date_format(at, 'DATE_FORMAT')} {clock(at)}"


def day_heading(day: date) -> str:
    return f"{date_format(day, 'l')}, {date_format(day, 'DATE_FORMAT')}"


_WRITTEN = frozenset({EntryKind.MESSAGE, EntryKind.ATTACHED, EntryKind.NOTE})


def _by(kind: EntryKind) -> str:
    return _("Note by %(name)s") if kind is EntryKind.NOTE else "%(name)s"


def _written(entry: TimelineEntry) -> str:
    if entry.erased_sha256:
        return str(ERASED)
    if entry.kind != EntryKind.ATTACHED:
        return without_tokens(str(entry.payload["text"]))
    file = {"name": entry.payload["name"], "size": filesizeformat(entry.payload["size"])}
    return _("File: %(name)s (%(size)s)") % file


def _as_text(line: Line) -> str:
    """One line; those after a line break stand below the words, not below the clock."""
    said = f"{line.who}: {line.text}" if line.who else line.text
    return f"{clock(line.at)}  " + said.replace("\n", "\n" + " " * 7)
