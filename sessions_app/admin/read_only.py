"""Pages of Django admin that only show."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

MOST_COUNTED = 10_000


class ReadOnlyAdmin(ModelAdmin):
    """A list, newest first, that never counts the whole table, and a page of its own for each row (`page_template`)."""

    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-id",)
    sortable_by = ()
    actions = None
    page_template = ""
    page_styles: tuple[str, ...] = ("parley/admin_explain.css",)

    class Media:
        js = (Script("parley/admin_explain.js", type="module"),)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one row. Raises Http404 if there is none, PermissionDenied for who may not see it."""
        row = self.found(request, object_id)
        return self.page(request, self.page_template, row, self.page_context(request, row) | (extra_context or {}))

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The row that an address names, for whoever may see it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the page shows of a row, beside the row itself."""
        return {}

    def page(self, request: HttpRequest, template: str, row: Any, context: dict[str, Any]) -> HttpResponse:
        """A page about a row, in the look of the admin."""
        around = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "object": row,
            "opts": self.opts,
            "page_styles": self.page_styles,
        }
        return render(request, template, around | context)


def counted(rows: QuerySet) -> tuple[int, bool]:
    """How many rows there are, and whether there are more than that: no count goes far."""
    number = rows.order_by()[: MOST_COUNTED + 1].count()
    return min(number, MOST_COUNTED), number > MOST_COUNTED


def linked(text: str, name: str, *args: Any) -> SafeString:
    """A link to a page of the admin."""
    return format_html('<a class="text-link" href="{}">{}</a>', reverse(f"admin:{name}", args=args), text)
