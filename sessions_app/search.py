"""Finding sessions: by customer, by what was written, by names of files and documents, by plain facts (product.md C).

Answers quickly however much there is. What many sessions have stands in some of the newest, which are looked through.
What few have is found by the indexes of migration 0003. Where neither helps, as always on the embedded default, a
thousand sessions are looked through at a time, and who wants to see further goes on from there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, F, Func, Min, Q, QuerySet, Value
from django.db.models.expressions import Combinable, CombinedExpression, Expression

from policies_app.kinds import EndReason
from policies_app.models import Workstream
from sessions_app.kinds import EntryKind
from sessions_app.models import Agent, Customer, LiveSession, TimelineEntry
from sessions_app.search_terms import Terms
from sessions_app.who_may import readable_by

PAGE = 25
FEW = 5_000
"""Up to so many customers, and sessions in which something was written, are looked up one by one."""

NEAR, FAR = 200, (400, 1_000)
"""So many of the newest sessions are looked through before the indexes are asked, and where they do not help."""

PATIENCE = "150ms"
"""So long the index may take. It has to read every row with the words of a phrase to know whether they follow."""

SEARCHED = [EntryKind.MESSAGE, EntryKind.NOTE, EntryKind.ATTACHED, EntryKind.DOCUMENT_SENT]
"""Rows that somebody wrote, and those that say which document was sent: those that the index knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. Everything that is given must be so. `since` <= started < `until`, UTC."""

    terms: Terms
    since: datetime | None = None
    until: datetime | None = None
    reason: EndReason | None = None
    workstream: Workstream | None = None
    agent: Agent | None = None

    @property
    def facts(self) -> Q:
        """The plain facts, as a condition on sessions."""
        conditions = {
            "started_at__gte": self.since,
            "started_at__lt": self.until,
            "end_reason": self.reason,
            "workstream": self.workstream,
            "agent": self.agent,
        }
        return Q(**{name: value for name, value in conditions.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Found:
    """A page of sessions, newest first. `older` is the key to go on before; None if there is nothing further back.

    `rows` are what was written that matches, one for each session that has it. `is_partial` says that there may be
    more further back although the page is not full.
    """

    sessions: list[LiveSession]
    older: int | None = None
    is_partial: bool = False
    rows: dict[int, TimelineEntry] = field(default_factory=dict)


def find(by: Agent, wanted: Wanted, before: int | None = None) -> Found:
    """The sessions that this agent may read and that are wanted, of those with a key below `before`.

    Twelve queries at most.
    """
    sessions = LiveSession.objects.filter(readable_by(by), wanted.facts).order_by("-pk")
    if before is not None:
        sessions = sessions.filter(pk__lt=before)
    if wanted.terms.typed and not wanted.terms.words:
        return Found([])
    found = _with_terms(sessions, wanted.terms) if wanted.terms.words else _page(sessions)
    return Found(found.sessions, found.older, found.is_partial, _rows(found.sessions, wanted.terms))


def customers(words: list[str]) -> Q:
    """Customers in whose name, e-mail address or phone number each of the words stands; short ones at a beginning.

    Trigrams know nothing of one or two letters within a word.
    """
    found = Q()
    for word in words:
        if len(word) > 2:
            found &= Q(name__icontains=word) | Q(email__icontains=word) | Q(phone__icontains=word)
        else:
            begins = Q(name__istartswith=word) | Q(name__icontains=f" {word}")
            found &= begins | Q(email__istartswith=word) | Q(phone__istartswith=word)
    return found


# Terms -----------------------------------------------------------------------------------------------------------


def _with_terms(sessions: QuerySet[LiveSession], wanted: Terms) -> Found:
    near = _look_through(sessions, wanted, NEAR)
    if not near.is_partial:
        return near
    found = _by_index(sessions, wanted) if connection.vendor == "postgresql" else None
    if found:
        return found
    for most in FAR:
        near = _look_through(sessions, wanted, most)
        if not near.is_partial:
            break
    return near


def _look_through(sessions: QuerySet[LiveSession], wanted: Terms, most: int) -> Found:
    """Those that match among the newest of the sessions."""
    looked_at = dict(sessions.values_list("pk", "customer_id")[:most])
    page = _page(LiveSession.objects.filter(pk__in=_matching(looked_at, wanted)).order_by("-pk"))
    if page.older is None and len(looked_at) == most:
        return Found(page.sessions, min(looked_at), is_partial=True)
    return page


def _by_index(sessions: QuerySet[LiveSession], wanted: Terms) -> Found | None:
    """All sessions that match; None where they are too many, or the index takes too long."""
    matching = Customer.objects.filter(customers(wanted.words)).order_by()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
            people = _few(matching.values_list("pk", flat=True))
            written = None if people is None else _few(_written(wanted).order_by().values_list("session_id", flat=True))
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError:
        return None
    if people is None or written is None:
        return None
    return _page(sessions.filter(Q(customer__in=people) | Q(pk__in=written)))


def _few(keys: QuerySet[Any, int]) -> list[int] | None:
    """These keys; None if there are more than FEW."""
    found = list(keys[: FEW + 1])
    return found if len(found) <= FEW else None


def _matching(looked_at: dict[int, int], wanted: Terms) -> list[int]:
    """Which of these sessions (keys, with those of their customers) match. Two queries."""
    people = Customer.objects.filter(customers(wanted.words), pk__in=looked_at.values())
    matching = set(people.values_list("pk", flat=True))
    written = set(_written_in(looked_at, wanted).values_list("session_id", flat=True))
    return [pk for pk, customer in looked_at.items() if pk in written or customer in matching]


def _page(sessions: QuerySet[LiveSession]) -> Found:
    page = list(sessions.select_related("customer", "workstream", "agent")[: PAGE + 1])
    return Found(page[:PAGE], older=page[PAGE - 1].pk if len(page) > PAGE else None)


def _rows(sessions: list[LiveSession], wanted: Terms) -> dict[int, TimelineEntry]:
    """The first row of each of these sessions that matches. One query."""
    if not wanted.words or not sessions:
        return {}
    rows = _written_in([one.pk for one in sessions], wanted)
    first = rows.order_by().values("session").annotate(first=Min("pk")).values("first")
    return {row.session_id: row for row in TimelineEntry.objects.filter(pk__in=first)}


# What was written ------------------------------------------------------------------------------------------------


def _written(wanted: Terms) -> QuerySet[TimelineEntry]:
    """All rows that match, by full text. Only PostgreSQL can tell."""
    rows = TimelineEntry.objects.filter(kind__in=SEARCHED)
    return rows.filter(_Matches(_IndexedText(F("payload")), _query(wanted)))


def _written_in(sessions: Iterable[int], wanted: Terms) -> QuerySet[TimelineEntry]:
    """The rows of these sessions that match; without PostgreSQL, those in which each of the words stands somewhere."""
    rows = TimelineEntry.objects.filter(kind__in=SEARCHED, session__in=sessions)
    if connection.vendor == "postgresql":
        return rows.filter(_Matches(_Text(F("payload")), _query(wanted)))
    for word in wanted.words:
        rows = rows.filter(Q(payload__text__icontains=word) | Q(payload__name__icontains=word))
    return rows


class _IndexedText(Func):
    """Exactly the expression of the index `timeline_words_search` (migration 0003): otherwise it is not used."""

    template = (
        "to_tsvector('simple', coalesce(%(expressions)s ->> 'text', '') || ' ' || "
        "coalesce(%(expressions)s ->> 'name', ''))"
    )


class _Text(Func):
    """The same, spelled so that the index is left alone: PostgreSQL reads few rows quicker than it asks of many."""

    template = (
        "to_tsvector('simple', concat_ws(' ', coalesce(%(expressions)s ->> 'text', ''), "
        "coalesce(%(expressions)s ->> 'name', '')))"
    )


class _Matches(Func):
    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _WebSearch(Func):
    """PostgreSQL's own reading of what people type; it takes anything."""

    template = "websearch_to_tsquery('simple', %(expressions)s)"


class _Beginning(Func):
    """A query for words that begin like this one."""

    template = "to_tsquery('simple', %(expressions)s)"


def _query(wanted: Terms) -> Expression | Combinable:
    if not wanted.beginning:
        return _WebSearch(Value(wanted.whole))
    quoted = wanted.beginning.replace("\\", "\\\\").replace("'", "''")
    beginning = _Beginning(Value(f"'{quoted}':*"))
    return CombinedExpression(_WebSearch(Value(wanted.whole)), "&&", beginning) if wanted.whole else beginning
