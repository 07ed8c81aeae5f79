"""Workstreams: what they are set to, and which end session behavior applies in them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from policies_app.kinds import Assignment, DeviceAccess, FileGroup, ReturningCustomer
from policies_app.models import Workstream
from policies_app.selectors import end_session_behavior
from sessions_app.api.fields import LONGEST_NAME, Text, kind_field
from sessions_app.api.scopes import Scope
from sessions_app.api.serializers import PolicyInForce
from sessions_app.api.views import ApiView


class WorkstreamShape(serializers.Serializer):
    """A kind of work. It is changed in Django admin."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    is_active = serializers.BooleanField(help_text="New sessions can be started in it.")
    assignment = kind_field(Assignment, help_text="How new sessions from the queue come to agents.")
    answer_within_seconds = serializers.SerializerMethodField(
        help_text="An agent opens what they were given within that time; null: there is no limit."
    )
    auto_close_after_seconds = serializers.SerializerMethodField(
        help_text="How long customers who dropped out can come back: the reconnect time limit."
    )
    returning_customer = kind_field(ReturningCustomer)
    device_access = kind_field(DeviceAccess)
    largest_file_mb = serializers.IntegerField(allow_null=True)
    most_files = serializers.IntegerField(allow_null=True)
    file_groups = serializers.ListField(child=kind_field(FileGroup), help_text="Which files may be added; none: all.")
    end_session_behavior = serializers.SerializerMethodField()

    def get_answer_within_seconds(self, workstream: Workstream) -> int | None:
        within = workstream.answer_within
        return int(within.total_seconds()) if within is not None else None

    def get_auto_close_after_seconds(self, workstream: Workstream) -> int:
        return int(workstream.auto_close_after.total_seconds())

    def get_end_session_behavior(self, workstream: Workstream) -> PolicyInForce:
        own = getattr(workstream, "override", None)
        return {"inherited": own is None, "version": own.version_id if own else self.context["system_version"]}


class WhichWorkstreams(serializers.Serializer):
    """By what a list of workstreams is narrowed down."""

    is_active = serializers.BooleanField(required=False)
    name = Text(required=False, max_length=LONGEST_NAME, help_text="Part of the name.")


class WorkstreamView(ApiView):
    """Workstreams within reach of the token."""

    scopes = {"GET": Scope.SETTINGS_READ}
    serializer_class = WorkstreamShape

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "system_version": end_session_behavior().version_id}


class Workstreams(WorkstreamView):
    @extend_schema(operation_id="workstreams_list", parameters=[WhichWorkstreams], responses=WorkstreamShape(many=True))
    def get(self, request: Request) -> Response:
        """The workstreams within reach of the token, the newest first."""
        asked, found = self.asked(WhichWorkstreams), self.caller.workstreams.select_related("override")
        if "is_active" in asked:
            found = found.filter(is_active=asked["is_active"])
        if name := asked.get("name"):
            found = found.filter(name__icontains=name)
        return self.page_of(found)


class OneWorkstream(WorkstreamView):
    @extend_schema(operation_id="workstreams_read")
    def get(self, request: Request, workstream_id: int) -> Response:
        """A workstream, and which version of which end session behavior applies in it."""
        return Response(self.shown(self.caller.workstream(workstream_id)))
