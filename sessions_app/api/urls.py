"""The addresses of the REST API."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from sessions_app.api.views import Nothing
from sessions_app.api.workstreams import Workstreams

app_name = "api"
urlpatterns = [
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("workstreams/", Workstreams.as_view(), name="workstreams"),
    re_path(r"^.*$", Nothing.as_view(), name="nothing"),
]
