"""The history of sign-ins, and lock-outs with a way to lift them, in Django admin."""

from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from sessions_app.admin.read_only import ReadOnlyAdmin
from sessions_app.explain.words import clock_time
from sessions_app.signing_in import lockouts
from sessions_app.signing_in.browser_names import browser_name
from sessions_app.signing_in.kinds import Happening, Way
from sessions_app.signing_in.models import SignInEvent

_COLOURS = {happening: happening.colour for happening in Happening}
_LOCKED, _OPEN = "danger", "default"


@admin.register(SignInEvent)
class SignInEventAdmin(ReadOnlyAdmin):
    """Everybody's, newest first."""

    page_template = "sessions_app/sign_in_event.html"
    list_display = ("at_moment", "who", "what", "how", "address", "in_browser")
    list_filter = ("happening", "way")
    list_select_related = ("user",)
    search_fields = ("user__username", "address")
    search_help_text = gettext_lazy("Search by user or address")
    ordering = ("-at",)

    def page_context(self, request: HttpRequest, row: SignInEvent) -> dict[str, Any]:
        happening = Happening(row.happening)
        facts = [
            (_("At"), clock_time(row.at)),
            (_("User"), self.who(row)),
            (_("How"), self.how(row)),
            (_("Address"), row.address or _("unknown")),
            (_("Browser"), row.browser or _("unknown")),
        ]
        return {"title": _(happening.label), "facts": facts}

    @admin.display(description=gettext_lazy("At"))
    def at_moment(self, event: SignInEvent) -> str:
        return clock_time(event.at)

    @admin.display(description=gettext_lazy("User"))
    def who(self, event: SignInEvent) -> str:
        return event.user.get_username() if event.user else _("no such account")

    @display(description=gettext_lazy("What"), label=_COLOURS)  # type: ignore[untyped-decorator] # unfold has no types
    def what(self, event: SignInEvent) -> tuple[Happening, str]:
        happening = Happening(event.happening)
        return happening, _(happening.label)

    @admin.display(description=gettext_lazy("How"))
    def how(self, event: SignInEvent) -> str:
        return _(Way(event.way).label) if event.way else ""

    @admin.display(description=gettext_lazy("Browser"))
    def in_browser(self, event: SignInEvent) -> str:
        return browser_name(event.browser)


@admin.register(AccessAttempt)
class LockOutAdmin(ReadOnlyAdmin):
    """Tries that did not fit, by account and address, as django-axes counts them: those that lock out, and others."""

    page_template = "sessions_app/lock_out.html"
    list_display = ("account", "ip_address", "state", "failures_since_start", "last_try", "in_browser")
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time",)

    def get_urls(self) -> list[URLPattern]:
        lift = self.admin_site.admin_view(self.lift_view)
        return [path("<int:pk>/lift/", lift, name="axes_accessattempt_lift"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer: HttpResponse = super().changelist_view(request, {"title": _("Lock-outs")} | (extra_context or {}))
        return answer

    def lift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let an account be tried again, from everywhere. Raises PermissionDenied, or Http404 where it is over."""
        if not request.user.has_perm("axes.delete_accessattempt"):
            raise PermissionDenied
        row = self.found(request, str(pk))
        if request.method == "POST":
            lockouts.lift(row.username)
            messages.success(request, _("It is lifted: %s can be tried again.") % row.username)
        return redirect("admin:axes_accessattempt_changelist")

    def page_context(self, request: HttpRequest, row: AccessAttempt) -> dict[str, Any]:
        exists = User.objects.filter(username=row.username).exists()
        facts = [
            (_("Account"), row.username if exists else _("%s (no such account)") % row.username),
            (_("Address"), row.ip_address or _("unknown")),
            (_("State"), self.state(row)[1]),
            (_("Tries that did not fit"), row.failures_since_start),
            (_("Last try"), clock_time(row.attempt_time)),
            (_("Browser"), row.user_agent),
        ]
        may_lift = request.user.has_perm("axes.delete_accessattempt")
        return {"title": row.username, "facts": facts, "may_lift": may_lift}

    @admin.display(description=gettext_lazy("Account"))
    def account(self, row: AccessAttempt) -> str:
        return str(row.username)

    @display(  # type: ignore[untyped-decorator] # unfold has no types
        description=gettext_lazy("State"), label={_LOCKED: _LOCKED, _OPEN: _OPEN}
    )
    def state(self, row: AccessAttempt) -> tuple[str, str]:
        now = timezone.now()
        everywhere = lockouts.account_waits_until(row.username, now)
        here = lockouts.pair_waits_until(row.username, row.ip_address, now)
        if everywhere:
            return _LOCKED, _("locked everywhere until %s") % clock_time(everywhere)
        if here:
            return _LOCKED, _("locked from there until %s") % clock_time(here)
        return _OPEN, _("open")

    @admin.display(description=gettext_lazy("Last try"))
    def last_try(self, row: AccessAttempt) -> str:
        return clock_time(row.attempt_time)

    @admin.display(description=gettext_lazy("Browser"))
    def in_browser(self, row: AccessAttempt) -> str:
        return browser_name(row.user_agent)
