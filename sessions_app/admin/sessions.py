"""Sessions in Django admin: finding one, and Explain (product.md D2)."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from policies_app.kinds import AccessLevel, EndReason, SessionState
from policies_app.rules import FOREVER
from sessions_app.admin.read_only import ReadOnlyAdmin
from sessions_app.admin.seats import ledger_page, release_page
from sessions_app.admin.verify import verify_page
from sessions_app.explain.facts import edits_while_open, facts_of, open_at
from sessions_app.explain.story import story
from sessions_app.explain.verdict import explain
from sessions_app.explain.words import abilities, clock_time, level_in_words, next_in_words, reasons, state_in_words
from sessions_app.models import Customer, LiveSession
from sessions_app.search import customers
from sessions_app.selectors import rooms
from sessions_app.settling import settled

MAY_EXPLAIN = "sessions_app.explain_session"

MOST_CUSTOMERS = 500
"""Sessions of so many customers are searched at once."""

_COLOURS = {
    SessionState.QUEUED: "info",
    SessionState.ACTIVE: "success",
    SessionState.DISCONNECTED: "warning",
    SessionState.ENDED: "default",
}
"""Django-unfold's names."""


class NoMoment(ValueError):
    """What was typed is not a moment that can be asked about. The text says why."""


@admin.register(LiveSession)
class LiveSessionAdmin(ReadOnlyAdmin):
    """Quick however many sessions there are: nothing is counted, and the list is in the order of the key alone."""

    list_display = ("customer_name", "state_label", "workstream", "agent", "started", "ended", "reason")
    list_filter = ("state", "workstream", "agent", "end_reason")
    list_select_related = ("customer", "workstream", "agent")
    search_fields = ("customer__name",)
    search_help_text = gettext_lazy("Name, e-mail address or phone of the customer, or the address of a room")
    page_template = "sessions_app/session.html"

    def get_urls(self) -> list[URLPattern]:
        seats = self.admin_site.admin_view(partial(ledger_page, self))
        release = self.admin_site.admin_view(partial(release_page, self))
        verify = self.admin_site.admin_view(partial(verify_page, self))
        return [
            path("seats/", seats, name="sessions_app_livesession_seats"),
            path("verify/", verify, name="sessions_app_livesession_verify"),
            path("<int:session_id>/release/", release, name="sessions_app_livesession_release"),
            *super().get_urls(),
        ]

    def found(self, request: HttpRequest, object_id: str) -> LiveSession:
        """The session with what a room knows of it, so that it can be settled."""
        return rooms().get(pk=super().found(request, object_id).pk)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LiveSession], search_term: str
    ) -> tuple[QuerySet[LiveSession], bool]:
        """By the id in a room's address, or by what every word finds in the customer's name or e-mail address."""
        if public_id := _public_id(search_term):
            return queryset.filter(public_id=public_id), False
        if not (words := search_term.split()):
            return queryset, False
        found = _customers(words)
        if len(found) > MOST_CUSTOMERS:
            said = _("More than %d customers match. You see sessions of the newest; type more to find the others.")
            self.message_user(request, said % MOST_CUSTOMERS, messages.WARNING)
        return queryset.filter(customer__in=found[:MOST_CUSTOMERS]), False

    def page_context(self, request: HttpRequest, row: LiveSession) -> dict[str, Any]:
        now = timezone.now()
        session = settled(row, now)
        context: dict[str, Any] = {
            "title": session.customer.name,
            "session": session,
            "state": _state(session),
            "queue_facts": _queue_facts(session, now),
        }
        if request.user.has_perm(MAY_EXPLAIN):
            context |= _explained(session, request.GET.get("at", ""), now)
        return context

    @admin.display(description=gettext_lazy("Customer"))
    def customer_name(self, session: LiveSession) -> str:
        return session.customer.name

    @display(description=gettext_lazy("State"), label=_COLOURS)  # type: ignore[untyped-decorator] # unfold has no types
    def state_label(self, session: LiveSession) -> tuple[SessionState, str]:
        state = SessionState(session.state)
        return state, _(state.label)

    @admin.display(description=gettext_lazy("Started at"))
    def started(self, session: LiveSession) -> str:
        return clock_time(session.started_at)

    @admin.display(description=gettext_lazy("Ended at"))
    def ended(self, session: LiveSession) -> str:
        return clock_time(session.ended_at) if session.ended_at else ""

    @admin.display(description=gettext_lazy("How it ended"))
    def reason(self, session: LiveSession) -> str:
        return _(EndReason(session.end_reason).label) if session.end_reason else ""


def _customers(words: list[str]) -> list[int]:
    """The newest customers in whose name, e-mail address or phone number every word is found (`search.customers`); one
    more than MOST_CUSTOMERS at most.

    They are looked for first, by themselves: for sessions and customers at once PostgreSQL finds no quick way.
    """
    found = Customer.objects.filter(customers(words)).order_by("-pk")
    return list(found.values_list("pk", flat=True)[: MOST_CUSTOMERS + 1])


def _public_id(term: str) -> UUID | None:
    """The id in a room's address, or alone."""
    for part in term.replace("/", " ").split():
        try:
            return UUID(part)
        except ValueError:
            continue
    return None


def _state(session: LiveSession) -> dict[str, str]:
    state = SessionState(session.state)
    return {"label": _(state.label), "colour": _COLOURS[state]}


def _queue_facts(session: LiveSession, now: datetime) -> list[tuple[str, str]]:
    """Since when it waits or has its agent, and what is agreed about its seat and the way back; only what there is."""
    is_held = session.hold_until is not None and now < session.hold_until
    moments = [
        (_("Waits in the queue since"), session.queued_at if session.state == SessionState.QUEUED else None),
        (_("With this agent since"), session.assigned_at),
        (_("Agent answers until"), session.answer_by),
        (_("Connection lost, counts as disconnected from"), session.grace_until),
        (_("Seat held until") if is_held else _("Seat was held until"), session.hold_until),
        (_("Customer can come back until"), session.return_until),
        (_("Customer waits for an answer since"), session.waits_since if session.is_open else None),
    ]
    prepared = [(_("Prepared"), _("the customer is not invited yet"))] if session.is_prepared else []
    return [*prepared, *((label, clock_time(at)) for label, at in moments if at)]


def _explained(session: LiveSession, typed: str, now: datetime) -> dict[str, Any]:
    """The answer for the moment asked about, or for now, and the drawing."""
    problem = ""
    try:
        asked = _moment(typed) if typed else now
    except NoMoment as why:
        asked, problem = now, str(why)
    facts, known_now = facts_of(session), open_at(session, now, now)
    answer = explain(facts, open_at(session, asked, now), asked, now=now)
    as_it_is = explain(facts, known_now, now, now=now)
    return {
        "answer": answer,
        "asked": clock_time(asked),
        "asks_now": asked == now,
        "typed": typed if problem else asked.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "problem": problem,
        "state_in_words": state_in_words(answer),
        "level_in_words": level_in_words(answer),
        "next_in_words": next_in_words(answer, now=now),
        "abilities": abilities(answer),
        "reasons": list(reasons(answer, started_at=session.started_at)),
        "what_is_next": next_in_words(as_it_is, now=now),
        "story": story(facts, known_now, edits_while_open(session, now), now=now, asked=asked),
        "levels": list(AccessLevel),
    }


def _moment(typed: str) -> datetime:
    """What was typed as a moment; without a zone it is UTC. Raises NoMoment."""
    try:
        found = parse_datetime(typed)
        if found is not None:
            found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None or found >= FOREVER:
        raise NoMoment(_("Moment: enter a date and a time, such as 2026-03-02 16:40:00, before the year 9999."))
    return found
