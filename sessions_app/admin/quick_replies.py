"""Quick replies that all agents share, in Django admin. Agents write their personal ones on a page of their own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from policies_app.admin.history import HistoryMixin
from sessions_app.models import QuickReply
from sessions_app.quick_replies import check_placeholders


class QuickReplyForm(forms.ModelForm):
    class Meta:
        model = QuickReply
        fields = ("shortcut", "text", "workstream")
        widgets = {"text": UnfoldAdminTextareaWidget({"rows": 5})}
        help_texts = {
            "text": _(
                "{customer}, {agent} and {workstream} stand for their names, {ReconnectURL} for a link by which the "
                "customer of a chat widget comes back."
            ),
        }

    def clean_text(self) -> str:
        return check_placeholders(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        shortcut, workstream = cleaned.get("shortcut"), cleaned.get("workstream")
        same = QuickReply.objects.filter(agent=None, shortcut=shortcut, workstream=workstream)
        if shortcut and same.exclude(pk=self.instance.pk).exists():
            self.add_error("shortcut", _("There is a quick reply with this shortcut already."))
        return cleaned


@admin.register(QuickReply)
class QuickReplyAdmin(HistoryMixin, ModelAdmin):
    """Texts that agents insert by typing a slash and the shortcut."""

    form = QuickReplyForm
    list_display = ("shortcut", "beginning", "scope")
    list_filter = ("workstream",)
    list_select_related = ("workstream",)
    search_fields = ("shortcut", "text")
    ordering = ("shortcut",)
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuickReply]:
        """Those of single agents are nobody else's business."""
        shared: QuerySet[QuickReply] = super().get_queryset(request).filter(agent=None)
        return shared

    @admin.display(description=_("Text"))
    def beginning(self, reply: QuickReply) -> str:
        return Truncator(reply.text).chars(80)

    @admin.display(description=_("Workstream"))
    def scope(self, reply: QuickReply) -> str:
        return reply.workstream.name if reply.workstream else str(_("All workstreams"))
