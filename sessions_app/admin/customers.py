"""Customers in Django admin: finding one, what is known of them, and erasing them after a question (rules.md 7)."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from policies_app.kinds import Channel, SessionState
from sessions_app import erasing
from sessions_app.admin.read_only import ReadOnlyAdmin
from sessions_app.customers import same_person
from sessions_app.explain.words import clock_time
from sessions_app.kinds import Actor
from sessions_app.models import Customer, LiveSession
from sessions_app.search import customers

MAY_ERASE = "sessions_app.erase_customer"
PAGE = "admin:sessions_app_customer_change"
MOST_SESSIONS = 50
"""Of so many sessions a customer's page tells, newest first."""


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """Who may look at customers, and who may erase them, are two rights."""

    list_display = ("name", "email", "phone", "came_by_label", "erased")
    list_filter = ("came_by", ("erased_at", admin.EmptyFieldListFilter))
    search_fields = ("name",)
    search_help_text = gettext_lazy("Name, e-mail address or phone")
    page_template = "sessions_app/customer.html"

    def get_urls(self) -> list[URLPattern]:
        erase = self.admin_site.admin_view(self.erase_view)
        return [path("<int:pk>/erase/", erase, name="sessions_app_customer_erase"), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """By what every word finds in the name, e-mail address or phone number."""
        words = search_term.split()
        return (queryset.filter(customers(words)) if words else queryset), False

    def page_context(self, request: HttpRequest, row: Customer) -> dict[str, Any]:
        person = same_person(row)
        sessions = LiveSession.objects.filter(customer__in=person).select_related("workstream", "agent")
        return {
            "facts": _facts(row),
            "others": person[1:],
            "sessions": [_told(one) for one in sessions.order_by("-pk")[:MOST_SESSIONS]],
            "may_erase": row.erased_at is None and request.user.has_perm(MAY_ERASE),
        }

    def erase_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say whom and what it concerns, and then erase it. Whoever else is the same person only if that is ticked."""
        if not request.user.has_perm(MAY_ERASE):
            raise PermissionDenied
        customer = self.found(request, str(pk))
        if customer.erased_at:
            messages.info(request, _("This customer is erased already."))
            return redirect(PAGE, customer.pk)
        person = same_person(customer)
        if request.method == "POST":
            return self._erase(request, customer, person if "same_person" in request.POST else [customer])
        sessions = LiveSession.objects.filter(customer__in=person)
        still_open = sessions.exclude(state=SessionState.ENDED).count()
        asked = {"title": _("Erase a customer"), "others": person[1:], "sessions": sessions.count(), "open": still_open}
        return self.page(request, "sessions_app/customer_erase.html", customer, asked)

    def _erase(self, request: HttpRequest, customer: Customer, chosen: list[Customer]) -> HttpResponse:
        try:
            by = erasing.By(Actor.ADMIN, request.user.get_username())
            number = erasing.erase(chosen, by=by, now=timezone.now())
        except erasing.NotErased as problem:
            messages.error(request, str(problem))
        else:
            one, several = "Erased, in %d session.", "Erased, in %d sessions."
            messages.success(request, ngettext(one, several, number) % number)
        return redirect(PAGE, customer.pk)

    @admin.display(description=gettext_lazy("Came by"))
    def came_by_label(self, customer: Customer) -> str:
        return _(Channel(customer.came_by).label)

    @admin.display(description=gettext_lazy("Erased at"))
    def erased(self, customer: Customer) -> str:
        return clock_time(customer.erased_at) if customer.erased_at else ""


def _facts(customer: Customer) -> list[tuple[str, str]]:
    """Labels and values; only what there is."""
    facts = [
        (_("Name"), customer.name),
        (_("E-mail"), customer.email),
        (_("Phone"), customer.phone),
        (_("Came by"), _(Channel(customer.came_by).label)),
        (_("Erased at"), clock_time(customer.erased_at) if customer.erased_at else ""),
    ]
    return [(label, text) for label, text in facts if text]


def _told(session: LiveSession) -> dict[str, Any]:
    return {
        "session": session,
        "state": _(SessionState(session.state).label),
        "started": clock_time(session.started_at),
        "ended": clock_time(session.ended_at) if session.ended_at else "",
    }
