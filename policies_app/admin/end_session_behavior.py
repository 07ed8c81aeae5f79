"""System settings > End session behavior: the system-wide form, and what workstreams have of their own."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_duration
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldBooleanSwitchWidget

from policies_app.actions import remove_override, save_end_session_behavior
from policies_app.admin.history import HistoryMixin
from policies_app.admin.keys import key_of
from policies_app.admin.preview import Preview, preview_of_form, preview_of_row
from policies_app.differences import FIELDS, applies, in_short
from policies_app.durations import in_words
from policies_app.forms import AGENT_FIELDS, APPLIES_WHEN, CUSTOMER_FIELDS, EndSessionBehaviorForm, shown_when
from policies_app.models import EndSessionBehavior, Workstream
from policies_app.selectors import end_session_behavior

LIST = "admin:policies_app_endsessionbehavior_changelist"
CHANGE = "admin:policies_app_endsessionbehavior_change"
VIEW = "policies_app.view_endsessionbehavior"
TABS = {"policies_app.change_agent_tab": AGENT_FIELDS, "policies_app.change_customer_tab": CUSTOMER_FIELDS}
"""Which permission opens which fields."""

DURATIONS = ("inactive_after", "warn_before", "wait_at_most", "access_for", "then_limited_for")


def duration_in_words(shown: str) -> str:
    """A duration as Django shows it, as people say it."""
    duration = parse_duration(shown)
    return in_words(duration) if duration is not None else shown


@admin.register(EndSessionBehavior)
class EndSessionBehaviorAdmin(HistoryMixin, ModelAdmin):
    """The tabs Agent and Customer may be changed by different people; an override is made by who may change both."""

    form = EndSessionBehaviorForm
    warn_unsaved_form = True
    actions = None
    history_key = ("workstream",)
    change_form_template = "policies_app/behavior.html"
    delete_confirmation_template = "policies_app/remove_override.html"
    formfield_overrides = {models.BooleanField: {"widget": UnfoldBooleanSwitchWidget}}
    conditional_fields = {name: shown_when(name) for name in APPLIES_WHEN}
    readonly_preprocess_fields = dict.fromkeys(DURATIONS, duration_in_words)

    class Media:
        css = {"all": ["parley/admin_preview.css"]}
        js = [Script("parley/admin_preview.js", type="module")]

    # Who may do what ---------------------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: EndSessionBehavior | None = None) -> bool:
        return self.has_view_permission(request, obj) and len(self._locked(request)) < len(FIELDS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and not self._locked(request)

    def has_delete_permission(self, request: HttpRequest, obj: EndSessionBehavior | None = None) -> bool:
        is_override = obj is None or obj.workstream_id is not None
        return is_override and self.has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: EndSessionBehavior | None = None) -> bool:
        return request.user.has_perm(VIEW)

    def _locked(self, request: HttpRequest) -> frozenset[str]:
        """The fields that somebody may not change."""
        tabs = [fields for permission, fields in TABS.items() if not request.user.has_perm(permission)]
        return frozenset(name for fields in tabs for name in fields)

    # The start page ----------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The system-wide form, then every workstream: whether it has its own behavior, and what differs."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        system = end_session_behavior()
        workstreams = Workstream.objects.select_related("override").order_by("name")
        context = {
            **self.admin_site.each_context(request),
            "title": self.opts.verbose_name_plural,
            "opts": self.opts,
            "media": self.media,
            "system": system,
            "preview": preview_of_row(system, None, timezone.now()),
            "rows": [_row(workstream, system) for workstream in workstreams],
            "may_change": self.has_change_permission(request),
            "may_override": self.has_add_permission(request),
            **(extra_context or {}),
        }
        return render(request, "policies_app/behaviors.html", context)

    # The form ----------------------------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: EndSessionBehavior | None = None) -> Any:
        """Two tabs. Who may change nothing is shown what applies; who may change one tab is told so on the other."""
        locked, may_change = self._locked(request), self.has_change_permission(request, obj)
        only_look = _("You can look at these settings, but your role may not change them.")
        return [
            (
                title,
                {
                    "classes": ["tab"],
                    "fields": [name for name in fields if may_change or obj is None or applies(obj, name)],
                    "description": only_look if locked & set(fields) else "",
                },
            )
            for title, fields in ((_("Agent"), AGENT_FIELDS), (_("Customer"), CUSTOMER_FIELDS))
        ]

    def get_form(
        self, request: HttpRequest, obj: EndSessionBehavior | None = None, change: bool = False, **kwargs: Any
    ) -> type[EndSessionBehaviorForm]:
        form: type[EndSessionBehaviorForm] = super().get_form(request, obj, change=change, **kwargs)
        form.locked = self._locked(request)
        form.new_override_of = _asked_for(request) if obj is None else None
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """An override starts as a copy of the system-wide behavior (rules.md 6)."""
        system = end_session_behavior()
        return {name: getattr(system, name) for name in FIELDS}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form of a new override, for the workstream that `?workstream=` names."""
        workstream = _asked_for(request)
        if workstream is None:
            self.message_user(request, _("Choose the workstream that is to have its own behavior."), messages.WARNING)
            return redirect(LIST)
        existing = EndSessionBehavior.objects.filter(workstream=workstream).first()
        if existing and request.method == "GET":
            return redirect(CHANGE, existing.pk)
        return super().add_view(request, form_url, {"workstream": workstream} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form; of an override that was removed meanwhile the form for a new one, with what was typed."""
        override_of = request.POST.get("override_of", "")
        if EndSessionBehavior.objects.filter(pk=key_of(object_id) or 0).exists() or key_of(override_of) is None:
            return super().change_view(request, object_id, form_url, extra_context)
        request.GET = QueryDict(f"workstream={override_of}")
        return self.add_view(request, form_url, extra_context)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: object, object_id: str
    ) -> HttpResponseRedirect:
        self.message_user(request, _("This override does not exist any more."), messages.WARNING)
        return HttpResponseRedirect(reverse(LIST))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: EndSessionBehavior | None = None,
    ) -> HttpResponse:
        workstream = obj.workstream if obj else _asked_for(request)
        may_edit = add or self.has_change_permission(request, obj)
        query = f"?workstream={workstream.pk}" if workstream else ""
        context |= {
            "workstream": workstream,
            "title": _title(workstream),
            "subtitle": None,
            "preview": self._preview(context["adminform"].form, obj if not may_edit else None, workstream),
            "preview_url": reverse("admin:policies_app_endsessionbehavior_preview") + query if may_edit else "",
            "show_save_and_add_another": False,
            "show_delete": False,
            "may_remove": bool(obj) and self.has_delete_permission(request, obj),
        }
        answer: HttpResponse = super().render_change_form(request, context, add, change, form_url, obj)
        return answer

    def save_model(
        self, request: HttpRequest, obj: EndSessionBehavior, form: EndSessionBehaviorForm, change: bool
    ) -> None:
        """Put the settings in force as a new version, from this moment on."""
        if not change:
            obj.workstream = form.new_override_of
        version = save_end_session_behavior(obj, by=cast("User", request.user), keep=form.locked, now=timezone.now())
        obj.pk = obj.pk or EndSessionBehavior.objects.get(version=version).pk  # saved twice by a double click

    # The preview -------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(self.preview_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("preview/", preview, name="policies_app_endsessionbehavior_preview"), *urls]

    @method_decorator(require_POST)
    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """What the settings that are being typed would do; nothing is saved."""
        workstream = _asked_for(request)
        if workstream is None and "workstream" in request.GET:
            raise Http404
        row = EndSessionBehavior.objects.filter(workstream=workstream).first() if workstream else end_session_behavior()
        if not (self.has_change_permission(request, row) if row else self.has_add_permission(request)):
            raise PermissionDenied
        form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)
        return render(request, "policies_app/preview.html", {"preview": self._preview(form, None, workstream)})

    def _preview(
        self, form: EndSessionBehaviorForm, only_shown: EndSessionBehavior | None, workstream: Workstream | None
    ) -> Preview:
        now = timezone.now()
        return preview_of_row(only_shown, workstream, now) if only_shown else preview_of_form(form, workstream, now)

    # Following the system-wide behavior again --------------------------------------------------------------------

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Says first what the system-wide behavior means for this workstream."""
        overrides = EndSessionBehavior.objects.select_related("workstream").exclude(workstream=None)
        found = overrides.filter(pk=key_of(object_id) or 0).first()
        context: dict[str, Any] = {"title": _("Remove the override")}
        if found and found.workstream and self.has_view_permission(request):
            system = end_session_behavior()
            context |= {
                "preview": preview_of_row(system, found.workstream, timezone.now()),
                "differs": in_short(found, system),
            }
        return super().delete_view(request, object_id, context | (extra_context or {}))

    def delete_model(self, request: HttpRequest, obj: EndSessionBehavior) -> None:
        assert obj.workstream, "only an override can be removed"
        remove_override(obj.workstream, by=cast("User", request.user), now=timezone.now())

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponseRedirect:
        self.message_user(
            request, _("The override is removed: the system-wide behavior holds again."), messages.SUCCESS
        )
        return redirect(LIST)


def _asked_for(request: HttpRequest) -> Workstream | None:
    """The workstream that the address names."""
    return Workstream.objects.filter(pk=key_of(request.GET.get("workstream", "")) or 0).first()


def _row(workstream: Workstream, system: EndSessionBehavior) -> dict[str, Any]:
    own = getattr(workstream, "override", None)
    return {"workstream": workstream, "override": own, "differs": in_short(own, system) if own else []}


def _title(workstream: Workstream | None) -> str:
    if workstream is None:
        return _("System-wide end session behavior")
    return _("End session behavior of %s") % workstream
