"""Chat widgets: reading and changing them."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from policies_app.models import ChatWidget
from policies_app.widget_forms import ChatWidgetForm
from policies_app.widgets import save_widget
from sessions_app.admin.widget_shown import csp_of_portal, snippet_of
from sessions_app.api.behaviors import problems_of
from sessions_app.api.etags import check_unchanged, etag
from sessions_app.api.fields import LARGEST_ID, id_field
from sessions_app.api.scopes import Scope
from sessions_app.api.views import ApiView
from sessions_app.api.widget_shapes import WidgetSettingsShape, WidgetShape, as_posted, settings_of, version_of


class WhichWidgets(serializers.Serializer):
    """By what a list of chat widgets is narrowed down."""

    workstream = id_field(required=False, help_text="Only those of this workstream.")
    is_active = serializers.BooleanField(required=False)


class WidgetView(ApiView):
    """Chat widgets of the workstreams within reach."""

    serializer_class = WidgetShape

    def found(self) -> QuerySet[ChatWidget]:
        return ChatWidget.objects.select_related("workstream").filter(workstream__in=self.caller.workstreams)

    def told(self, widget: ChatWidget) -> dict[str, Any]:
        return settings_of(widget) | {
            "id": widget.pk,
            "key": widget.key,
            "workstream": widget.workstream,
            "time_limit_seconds": int(widget.workstream.auto_close_after.total_seconds()),
            "snippet": snippet_of(widget.key, settings.BASE_URL),
            "portal_csp": csp_of_portal(settings.BASE_URL),
        }


class Widgets(WidgetView):
    scopes = {"GET": Scope.SETTINGS_READ}

    @extend_schema(operation_id="widgets_list", parameters=[WhichWidgets], responses=WidgetShape(many=True))
    def get(self, request: Request) -> Response:
        """The chat widgets of the workstreams within reach, the newest first."""
        asked, found = self.asked(WhichWidgets), self.found()
        if workstream := asked.get("workstream"):
            found = found.filter(workstream=workstream)
        if "is_active" in asked:
            found = found.filter(is_active=asked["is_active"])
        page = [self.told(one) for one in self.paginate_queryset(found) or ()]
        return self.get_paginated_response(self.shown(page, many=True))


class OneWidget(WidgetView):
    scopes = {"GET": Scope.SETTINGS_READ, "PUT": Scope.SETTINGS_WRITE, "PATCH": Scope.SETTINGS_WRITE}
    checks_version = frozenset({"PUT", "PATCH"})

    @extend_schema(operation_id="widgets_read")
    def get(self, request: Request, widget_id: int) -> Response:
        """A chat widget, with the line that shows it on a page."""
        return self._answer(self._one(self.found(), widget_id))

    @extend_schema(operation_id="widgets_replace", request=WidgetSettingsShape)
    def put(self, request: Request, widget_id: int) -> Response:
        """Change all settings of a chat widget."""
        return self._change(request, widget_id, partial=False)

    @extend_schema(operation_id="widgets_change", request=WidgetSettingsShape(partial=True))
    def patch(self, request: Request, widget_id: int) -> Response:
        """Change some settings of a chat widget; the others stay."""
        return self._change(request, widget_id, partial=True)

    def _change(self, request: Request, widget_id: int, *, partial: bool) -> Response:
        """The form of Django admin holds the rules; the widget is locked from the comparison to the end."""
        shape = WidgetSettingsShape(data=request.data, partial=partial)
        shape.is_valid(raise_exception=True)
        with transaction.atomic():
            widget = self._one(self.found().select_for_update(of=("self",)), widget_id)
            check_unchanged(request, version_of(widget))
            wanted = settings_of(widget) | dict(shape.validated_data)
            form = ChatWidgetForm(as_posted(widget, wanted), instance=widget)
            if not form.is_valid():
                raise ValidationError(problems_of(form))
            save_widget(form.instance)
        return self._answer(self._one(self.found(), widget_id))

    def _one(self, widgets: QuerySet[ChatWidget], widget_id: int) -> ChatWidget:
        found = widgets.filter(pk=widget_id).first() if widget_id <= LARGEST_ID else None
        if found is None:
            raise NotFound("There is no chat widget with this id within reach of this token.")
        return found

    def _answer(self, widget: ChatWidget) -> Response:
        return Response(self.shown(self.told(widget)), headers={"ETag": etag(version_of(widget))})
