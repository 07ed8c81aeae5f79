"""Workstreams."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app.api.scopes import Scope
from sessions_app.api.serializers import WorkstreamShape
from sessions_app.api.views import ApiView


class Workstreams(ApiView):
    """The workstreams within reach of the token."""

    scopes = {"GET": Scope.SETTINGS_READ}
    serializer_class = WorkstreamShape

    @extend_schema(operation_id="workstreams_list", responses=WorkstreamShape(many=True))
    def get(self, request: Request) -> Response:
        return self.page_of(self.caller.workstreams)
