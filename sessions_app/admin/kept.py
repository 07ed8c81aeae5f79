"""What was worked with is deactivated, not deleted."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from policies_app.admin.history import address_of


def joined(parts: list[tuple[int, str]]) -> str:
    """Numbers of things in words, without those of which there are none."""
    return _(" and ").join(text % number for number, text in parts if number)


class KeptMixin(admin.ModelAdmin):
    """Offers to deactivate what cannot be deleted, and says why. For what has `is_active`. Stands before ModelAdmin."""

    def kept(self, obj: Any) -> str:
        """What stands in the way of deleting it, in words; empty if nothing does."""
        raise NotImplementedError

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """They are deleted one at a time, because most of them cannot be."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What cannot be deleted is told so, with what can be done instead."""
        obj = self.get_object(request, unquote(object_id))
        kept = self.kept(obj) if obj else ""
        if not (obj and kept):
            return super().delete_view(request, object_id, extra_context)
        if not self.has_delete_permission(request, obj):
            raise PermissionDenied
        if request.method == "POST":
            return self._deactivate(request, obj)
        context = {
            **self.admin_site.each_context(request),
            "title": _("%s cannot be deleted") % obj,
            "kept": kept,
            "object": obj,
            "opts": self.opts,
        }
        return render(request, "sessions_app/kept.html", context)

    def _deactivate(self, request: HttpRequest, obj: Model) -> HttpResponseRedirect:
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        obj.is_active = False  # type: ignore[attr-defined]
        obj.save()
        message = _("%s is inactive: no sessions start in it any more.") % obj
        self.message_user(request, message, messages.SUCCESS)
        return redirect(address_of(f"{self.opts.app_label}_{self.opts.model_name}_change", obj.pk))
