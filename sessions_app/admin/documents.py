"""System settings > Document templates in Django admin."""

from collections.abc import Callable
from functools import partial
from typing import Any

from auditlog.models import LogEntry
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, ProtectedError, Q, QuerySet, Subquery
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from policies_app.admin.history import HistoryMixin
from policies_app.admin.keys import Autocompletion, key_of
from sessions_app.admin.documents_editor import editor_page
from sessions_app.admin.documents_form import DocumentTemplateForm
from sessions_app.admin.documents_pages import about, file_view, picture_view, state_view, try_page, version_page
from sessions_app.admin.documents_shown import STATE_COLOURS
from sessions_app.documents import templates
from sessions_app.documents.kinds import VersionState
from sessions_app.models import DocumentTemplate, TemplateVersion

NAME = "sessions_app_documenttemplate"


@admin.register(DocumentTemplate)
class DocumentTemplateAdmin(HistoryMixin, Autocompletion, ModelAdmin):
    """PDFs that agents send. One that was sent is no longer offered instead of deleted: what was sent stays."""

    form = DocumentTemplateForm
    list_display = ("name", "for_workstreams", "is_offered", "newest_version", "newest_state", "times_sent")
    list_filter = ("is_offered", "workstreams")
    search_fields = ("name",)
    autocomplete_fields = ("workstreams",)
    list_before_template = "sessions_app/documents/about.html"
    change_form_outer_after_template = "sessions_app/documents/newest.html"
    warn_unsaved_form = True

    class Media:
        css = {"all": ["parley/admin_explain.css", "parley/admin_documents.css"]}
        js = [Script("parley/admin_explain.js", type="module"), Script("parley/admin_documents.js", type="module")]

    # The list ----------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentTemplate]:
        found: QuerySet[DocumentTemplate] = super().get_queryset(request)
        newest = TemplateVersion.objects.filter(template=OuterRef("pk")).order_by("-number")
        return found.prefetch_related("workstreams").annotate(
            newest_number=Subquery(newest.values("number")[:1]),
            newest_state=Subquery(newest.values("state")[:1]),
            sent=Count("versions__documents", distinct=True),
        )

    @admin.display(description=gettext_lazy("Workstreams"))
    def for_workstreams(self, template: DocumentTemplate) -> str:
        return ", ".join(one.name for one in template.workstreams.all()) or _("All workstreams")

    @admin.display(description=gettext_lazy("Newest version"))
    def newest_version(self, template: DocumentTemplate) -> str:
        return str(vars(template)["newest_number"] or "")

    @display(description=gettext_lazy("State"), label=STATE_COLOURS)  # type: ignore[untyped-decorator] # unfold has no types
    def newest_state(self, template: DocumentTemplate) -> tuple[VersionState, str] | None:
        stored = vars(template)["newest_state"]
        state = VersionState(stored) if stored else None
        return (state, _(state.label)) if state else None

    @admin.display(description=gettext_lazy("Sent"), ordering="sent")
    def times_sent(self, template: DocumentTemplate) -> int:
        return int(vars(template)["sent"])

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Templates are deleted one at a time, because most of them cannot be."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    # Pages -------------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
            ("version/<int:version_id>/", version_page, "version"),
            ("version/<int:version_id>/state/", state_view, "version_state"),
            ("version/<int:version_id>/page/<int:page>/", picture_view, "version_page"),
            ("version/<int:version_id>/file/", file_view, "version_file"),
            ("version/<int:version_id>/try/", try_page, "version_try"),
            ("<int:template_id>/fields/", editor_page, "fields"),
        ]
        view = self.admin_site.admin_view
        own = [path(at, view(partial(page, self)), name=f"{NAME}_{name}") for at, page, name in pages]
        return [*own, *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: DocumentTemplate | None = None) -> Any:
        """Who may only look is not asked for a file."""
        asks = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return ((None, {"fields": ("name", "workstreams", "is_offered", *(("file",) if asks else ()))}),)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and below it what the newest version is."""
        template = self.get_object(request, unquote(object_id))
        versions = TemplateVersion.objects.select_related("template", "saved_by").order_by("-number")
        newest = versions.filter(template=template).first() if template else None
        context = (about(newest) if newest else {}) | {"may_change": self.has_change_permission(request)}
        answer: HttpResponse = super().change_view(request, object_id, form_url, context | (extra_context or {}))
        return answer

    # Saving ------------------------------------------------------------------------------------------------------

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if upload := form.cleaned_data.get("file"):
            assert isinstance(request.user, User)
            templates.add_file(form.instance, upload, by=request.user, now=timezone.now())

    def response_post_save_add(self, request: HttpRequest, obj: DocumentTemplate) -> HttpResponseRedirect:
        """To where it is seen how the file is read."""
        return redirect(f"admin:{NAME}_change", obj.pk)

    def response_post_save_change(self, request: HttpRequest, obj: DocumentTemplate) -> HttpResponseRedirect:
        if request.FILES:
            return redirect(f"admin:{NAME}_change", obj.pk)
        answer: HttpResponseRedirect = super().response_post_save_change(request, obj)
        return answer

    def history_of(self, object_id: str) -> QuerySet[LogEntry]:
        """Its own changes, and the versions that were made of it."""
        mine, versions = ContentType.objects.get_for_models(DocumentTemplate, TemplateVersion).values()
        template = DocumentTemplate.objects.filter(pk=key_of(object_id) or 0).first()
        made = [str(version.pk) for version in template.versions.defer("fields")] if template else []
        entries: QuerySet[LogEntry] = LogEntry.objects.filter(
            Q(content_type=mine, object_pk=object_id) | Q(content_type=versions, object_pk__in=made)
        )
        return entries.select_related("actor", "content_type").order_by("-pk")

    # Deleting ----------------------------------------------------------------------------------------------------

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was sent cannot be deleted, and is told so, with what can be done instead."""
        template = self.get_object(request, unquote(object_id))
        sent = templates.sent_count(template) if template else 0
        if not (template and sent):
            return self._deleted(request, object_id, extra_context)
        if not self.has_delete_permission(request, template):
            raise PermissionDenied
        if request.method == "POST":
            return self._no_longer_offered(request, template)
        context = {
            **self.admin_site.each_context(request),
            "title": _("%s cannot be deleted") % template,
            "sent": sent,
            "object": template,
            "opts": self.opts,
        }
        return render(request, "sessions_app/documents/kept.html", context)

    def _deleted(self, request: HttpRequest, object_id: str, context: dict[str, Any] | None) -> HttpResponse:
        try:
            answer: HttpResponse = super().delete_view(request, object_id, context)
        except ProtectedError:  # it was sent in this moment: the page says so
            return redirect(f"admin:{NAME}_delete", object_id)
        return answer

    def delete_model(self, request: HttpRequest, obj: DocumentTemplate) -> None:
        templates.remove(obj)

    def _no_longer_offered(self, request: HttpRequest, template: DocumentTemplate) -> HttpResponseRedirect:
        if not self.has_change_permission(request, template):
            raise PermissionDenied
        template.is_offered = False
        template.save()
        self.message_user(request, _("%s is no longer offered to agents.") % template, messages.SUCCESS)
        return redirect(f"admin:{NAME}_change", template.pk)
