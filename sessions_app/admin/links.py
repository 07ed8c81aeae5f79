"""The link console in Django admin: links of customers, what became of them, and revoking one (product.md D5).

Nobody sees a token here: it is known only to whoever holds the link.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from sessions_app import links
from sessions_app.admin.read_only import ReadOnlyAdmin, linked
from sessions_app.explain.words import clock_time
from sessions_app.kinds import LinkKind, LinkOutcome, LinkState
from sessions_app.link_states import in_state, state_of
from sessions_app.models import AccessLink, Agent, LinkEvent

MAY_LOOK = "sessions_app.view_livesession"
MAY_REVOKE = "sessions_app.revoke_link"
MOST_ATTEMPTS = 100
"""Of so many attempts with a link its page tells, newest first."""

_COLOURS = {
    LinkState.IN_FORCE: "success",
    LinkState.REVOKED: "warning",
    LinkState.OVER: "default",
    LinkState.EXPIRED: "default",
    LinkState.USED_UP: "info",
}
_OUTCOME_COLOURS = {
    LinkOutcome.USED: "success",
    LinkOutcome.OVER: "default",
    LinkOutcome.REVOKED: "warning",
    LinkOutcome.UNKNOWN: "danger",
    LinkOutcome.WRONG_PERSON: "danger",
    LinkOutcome.OTHER_DEVICE: "warning",
    LinkOutcome.TOO_MANY: "danger",
}
"""Django-unfold's names."""


class StateFilter(admin.SimpleListFilter):
    """How links stand now."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, _(state.label)) for state in LinkState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AccessLink]) -> QuerySet[AccessLink]:
        chosen = self.value()
        return queryset.filter(in_state(LinkState(chosen), timezone.now())) if chosen in set(LinkState) else queryset


class LinkPages(ReadOnlyAdmin):
    """Whoever may look at sessions may look at their links."""

    page_template = "sessions_app/link.html"

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm(MAY_LOOK)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(AccessLink)
class AccessLinkAdmin(LinkPages):
    list_display = ("kind_label", "state_label", "customer", "widget", "workstream", "made_by", "made", "last_used")
    list_filter = (StateFilter, "kind", "session__widget", "session__workstream")
    list_before_template = "sessions_app/links_before.html"
    list_select_related = ("session__customer", "session__widget", "session__workstream", "created_by")

    def get_urls(self) -> list[URLPattern]:
        revoke = self.admin_site.admin_view(self.revoke_view)
        return [path("<int:link_id>/revoke/", revoke, name="sessions_app_accesslink_revoke"), *super().get_urls()]

    def revoke_view(self, request: HttpRequest, link_id: int) -> HttpResponse:
        """Ask, and then let nobody in by the link any more. Raises PermissionDenied, or Http404 where there is none."""
        if not request.user.has_perm(MAY_REVOKE):
            raise PermissionDenied
        link = self.found(request, str(link_id))
        page = "admin:sessions_app_accesslink_change"
        if link.revoked_at:
            messages.info(request, _("This link is revoked already."))
            return redirect(page, link.pk)
        if request.method != "POST":
            context = {"title": _("Revoke a link"), "link": link, "kind": _(LinkKind(link.kind).label)}
            return self.page(request, "sessions_app/link_revoke.html", link, context)
        by = Agent.objects.filter(user=request.user.pk).first()
        links.revoke(link.session_id, link.pk, by, named=request.user.get_username(), now=timezone.now())
        messages.success(request, _("The link is revoked: it lets nobody in any more."))
        return redirect(page, link.pk)

    def page_context(self, request: HttpRequest, row: AccessLink) -> dict[str, Any]:
        attempts = row.events.select_related("widget").order_by("-pk")[:MOST_ATTEMPTS]
        state = state_of(row, timezone.now())
        return {
            "title": _(LinkKind(row.kind).label),
            "facts": _facts(row),
            "state": {"label": _(state.label), "colour": _COLOURS[state]},
            "attempts": [_told(one) for one in attempts],
            "may_revoke": row.revoked_at is None and request.user.has_perm(MAY_REVOKE),
        }

    @admin.display(description=gettext_lazy("Kind"))
    def kind_label(self, link: AccessLink) -> str:
        return _(LinkKind(link.kind).label)

    @display(description=gettext_lazy("State"), label=_COLOURS)  # type: ignore[untyped-decorator] # unfold has no types
    def state_label(self, link: AccessLink) -> tuple[LinkState, str]:
        state = state_of(link, timezone.now())
        return state, _(state.label)

    @admin.display(description=gettext_lazy("Customer"))
    def customer(self, link: AccessLink) -> SafeString:
        return linked(link.session.customer.name, "sessions_app_livesession_change", link.session_id)

    @admin.display(description=gettext_lazy("Chat widget"))
    def widget(self, link: AccessLink) -> str:
        return link.session.widget.name if link.session.widget else ""

    @admin.display(description=gettext_lazy("Workstream"))
    def workstream(self, link: AccessLink) -> str:
        return link.session.workstream.name

    @admin.display(description=gettext_lazy("Made by"))
    def made_by(self, link: AccessLink) -> str:
        return _maker(link)

    @admin.display(description=gettext_lazy("Made at"))
    def made(self, link: AccessLink) -> str:
        return clock_time(link.created_at)

    @admin.display(description=gettext_lazy("Last used at"))
    def last_used(self, link: AccessLink) -> str:
        return clock_time(link.used_at) if link.used_at else _("not used yet")


@admin.register(LinkEvent)
class LinkEventAdmin(LinkPages):
    """Every attempt, also those with no link that there is."""

    list_display = ("at_moment", "outcome_label", "link_kind", "customer", "widget", "user_agent")
    list_filter = ("outcome", "widget")
    list_before_template = "sessions_app/links_before.html"
    list_select_related = ("link__session__customer", "widget")

    def page_context(self, request: HttpRequest, row: LinkEvent) -> dict[str, Any]:
        return {"title": _("Attempt to use a link"), "attempts": [_told(row)], "link": row.link}

    @admin.display(description=gettext_lazy("At"))
    def at_moment(self, event: LinkEvent) -> str:
        return clock_time(event.at)

    @display(description=gettext_lazy("Outcome"), label=_OUTCOME_COLOURS)  # type: ignore[untyped-decorator] # as above
    def outcome_label(self, event: LinkEvent) -> tuple[LinkOutcome, str]:
        outcome = LinkOutcome(event.outcome)
        return outcome, _(outcome.label)

    @admin.display(description=gettext_lazy("Link"))
    def link_kind(self, event: LinkEvent) -> str:
        if event.link is None:
            return _("none")
        return linked(_(LinkKind(event.link.kind).label), "sessions_app_accesslink_change", event.link.pk)

    @admin.display(description=gettext_lazy("Customer"))
    def customer(self, event: LinkEvent) -> str:
        if event.link is None:
            return ""
        return linked(event.link.session.customer.name, "sessions_app_livesession_change", event.link.session_id)


def _maker(link: AccessLink) -> str:
    return link.created_by.name if link.created_by else "Parley"


def _facts(link: AccessLink) -> list[tuple[str, str]]:
    """Labels and values; only what there is."""
    session = link.session
    facts = [
        (_("Chat widget"), session.widget.name if session.widget else ""),
        (_("Workstream"), session.workstream.name),
        (_("Made by"), _maker(link)),
        (_("Sent to"), link.sent_to),
    ]
    moments = [
        (_("Made at"), link.created_at),
        (_("Last used at"), link.used_at),
        (_("Lets in until"), link.expires_at),
        (_("Revoked at"), link.revoked_at),
    ]
    return [
        *((label, text) for label, text in facts if text),
        *((label, clock_time(at)) for label, at in moments if at),
    ]


def _told(event: LinkEvent) -> dict[str, str]:
    outcome = LinkOutcome(event.outcome)
    return {
        "at": clock_time(event.at),
        "outcome": _(outcome.label),
        "colour": _OUTCOME_COLOURS[outcome],
        "widget": event.widget.name if event.widget else "",
        "browser": event.user_agent,
    }
