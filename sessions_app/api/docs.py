"""The description of the API, and the interactive documentation of it: Swagger UI, vendored."""

from functools import cache
from typing import Any

from csp.decorators import csp_replace
from django.utils.decorators import method_decorator
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response


class Description(SpectacularJSONAPIView):
    """The description (OpenAPI), for everybody. It is made once: it takes a second, and is always the same."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(_description(), headers={"Content-Disposition": 'inline; filename="parley.json"'})


@cache
def _description() -> Any:
    with override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # it has no types


# Swagger UI draws its own way, without trusted types. No script and no style may come from elsewhere, or be inline.
RELAXED = {"require-trusted-types-for": None, "trusted-types": None}


@method_decorator(csp_replace(RELAXED), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    """The page, and with `?script` the few lines that start it. Nobody need be signed in to read it; whoever tries an
    operation enters a token, which stays in the page until it is left."""

    url_name = "api:schema"
    template_name = "api/docs.html"
