"""System settings > End session behavior: one form with the tabs Agent and Customer."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldBooleanSwitchWidget

from policies_app.actions import save_end_session_behavior
from policies_app.forms import AGENT_FIELDS, APPLIES_WHEN, CUSTOMER_FIELDS, EndSessionBehaviorForm, shown_when
from policies_app.models import EndSessionBehavior
from policies_app.selectors import end_session_behavior


@admin.register(EndSessionBehavior)
class EndSessionBehaviorAdmin(ModelAdmin):
    form = EndSessionBehaviorForm
    warn_unsaved_form = True
    formfield_overrides = {models.BooleanField: {"widget": UnfoldBooleanSwitchWidget}}
    conditional_fields = {name: shown_when(name) for name in APPLIES_WHEN}
    fieldsets = (
        (_("Agent"), {"classes": ["tab"], "fields": AGENT_FIELDS}),
        (_("Customer"), {"classes": ["tab"], "fields": CUSTOMER_FIELDS}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one row: its form is the page."""
        row = end_session_behavior()
        return redirect(reverse("admin:policies_app_endsessionbehavior_change", args=[row.pk]))

    def save_model(
        self, request: HttpRequest, obj: EndSessionBehavior, form: EndSessionBehaviorForm, change: bool
    ) -> None:
        """Put the settings in force as a new version, from this moment on."""
        save_end_session_behavior(obj, by=cast("User", request.user), now=timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: EndSessionBehavior | None = None) -> bool:
        return False
