"""The OpenAPI description, made by drf-spectacular from the views: what all operations have in common stands here."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from sessions_app.api.authentication import AGENT_HEADER
from sessions_app.api.idempotency import HEADER, LONGEST
from sessions_app.api.problems import CONTENT_TYPE
from sessions_app.api.serializers import Problem

_ALWAYS = {"401": "The token is missing, wrong, expired or revoked.", "429": "Too many requests; see `Retry-After`."}
_PERHAPS = {
    "403": "The token lacks the scope, or the agent may not do this.",
    "404": "There is no such thing within reach of this token.",
    "406": "There is no such form of the answer.",
}
_WITH_BODY = {
    "400": "The request is not right; `errors` names each field.",
    "409": "Not possible as things stand.",
    "413": "Too large.",
    "415": "This form of content is not taken.",
    "422": "The idempotency key was used for another request.",
    "503": "Something that is needed does not answer; try again later.",
}
_OF_SETTINGS = {
    "412": "Somebody else changed it since it was read.",
    "428": "`If-Match` is missing.",
}


class ParleySchema(AutoSchema):
    """Adds to each operation the headers that it takes, the scope that it needs, and the problems that there may be."""

    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        if self.method in getattr(self.view, "names_agent", ()):
            found.append(_header(AGENT_HEADER, "The user name of the agent in whose name this is done."))
        if self.method == "POST":
            found.append(_header(HEADER, "Of your own choice: the same again does nothing twice.", maxLength=LONGEST))
        if self.method in getattr(self.view, "checks_version", ()):
            found.append(_header("If-Match", "The ETag of what you read.", required=True))
        return found

    def get_summary(self) -> str | None:
        """The first sentence of the description, which stands beside the address."""
        return " ".join(super().get_description().split()).partition(". ")[0].rstrip(".") or None

    def get_description(self) -> str:  # type: ignore[override] # drf-spectacular's own has no arguments either
        said = super().get_description()
        scope = getattr(self.view, "scopes", {}).get(self.method)
        return f"{said}\n\nScope: `{scope}`" if scope else said

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        found = super()._get_response_bodies(direction)
        problems = _ALWAYS | _PERHAPS
        if self.method in ("POST", "PUT", "PATCH", "DELETE"):
            problems |= _WITH_BODY
        elif self._get_parameters():
            problems |= {"400": _WITH_BODY["400"]}
        if self.method in getattr(self.view, "checks_version", ()):
            problems |= _OF_SETTINGS
        for status, words in problems.items():
            if status not in found:
                response = OpenApiResponse(Problem, description=words)
                told = self._get_response_for_code(response, status, [CONTENT_TYPE], direction)  # type: ignore[no-untyped-call]
                found[status] = told
        if any(one["in"] == "query" for one in self._get_parameters()):
            found["414"] = {"description": "The address is too long for the server, which answers by itself."}
        return found


class Token(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # it registers itself
    target_class = "sessions_app.api.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A token of an integration, made in Django admin."}


def _header(name: str, words: str, **schema: Any) -> OpenApiParameter:
    required = schema.pop("required", False)
    kind: Any = {"type": "string", **schema} if schema else OpenApiTypes.STR
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, required=required, description=words)
