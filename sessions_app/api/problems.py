"""Every error of the API as problem details (RFC 9457), in words; bad input never makes a 5xx."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.signals import got_request_exception
from django.http import Http404, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import set_rollback

from sessions_app.actions import Refused
from sessions_app.erasing import NotErased
from sessions_app.scanning import NotChecked
from sessions_app.transitions import NotPossible
from sessions_app.uploads import UploadProblem

CONTENT_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


class Conflict(exceptions.APIException):
    """It is not possible as things stand. The text says why."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class Changed(exceptions.APIException):
    """Somebody else changed it since it was read."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed"
    default_detail = "If-Match: somebody else has changed this since it was read. Read it again, then change that."


class SayWhich(exceptions.APIException):
    """A change must say what it was made from."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "if_match_required"
    default_detail = "If-Match: send the ETag of what you read, so that no change of somebody else is lost."


class Unavailable(exceptions.APIException):
    """Something that is needed does not answer; later it may."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unavailable"


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "The request is larger than what is taken here."


_AS: dict[type[Exception], Callable[[Any], exceptions.APIException]] = {
    Refused: lambda error: exceptions.PermissionDenied(str(error)),
    NotPossible: lambda error: Conflict(str(error)),
    UploadProblem: lambda error: exceptions.ValidationError({"file": [str(error)]}),
    NotChecked: lambda error: Unavailable(str(error)),
    NotErased: lambda error: Unavailable(str(error)),
    Http404: lambda _: exceptions.NotFound(),
    DjangoPermissionDenied: lambda error: exceptions.PermissionDenied(str(error) or None),
    DjangoValidationError: lambda error: exceptions.ValidationError(as_serializer_error(error)),
    RequestDataTooBig: lambda _: TooLarge(),
    SuspiciousOperation: lambda _: exceptions.ParseError("The request cannot be read."),
}
"""What the actions and Django raise, as an API says it. The first that fits."""


def handler(exc: Exception, context: dict[str, Any]) -> Response:
    """The answer to whatever a view raised."""
    error = next((make(exc) for kind, make in _AS.items() if isinstance(exc, kind)), exc)
    if not isinstance(error, exceptions.APIException):
        log.error("The API failed at %s", context["request"].path, exc_info=exc)
        got_request_exception.send(sender=handler, request=context["request"]._request)
        error = exceptions.APIException("Something went wrong here. It was noted; try again later.")
    set_rollback()
    return _answer(error)


def before_views(status_code: int, words: str) -> JsonResponse:
    """What an answer is that was given before, or around, a view of the API: 400, 413 or 500."""
    error = _BEFORE_VIEWS[status_code](words)
    return JsonResponse(_body(error), status=status_code, content_type=CONTENT_TYPE)


_BEFORE_VIEWS: dict[int, type[exceptions.APIException]] = {
    400: exceptions.ParseError,
    413: TooLarge,
    500: exceptions.APIException,
}


def _answer(error: exceptions.APIException) -> Response:
    return Response(_body(error), error.status_code, headers=_headers(error), content_type=CONTENT_TYPE)


def _body(error: exceptions.APIException) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"urn:parley:problem:{_code(error)}",
        "title": _TITLES.get(error.status_code, "Not possible"),
        "status": error.status_code,
    }
    if isinstance(error, exceptions.ValidationError):
        errors = list(_errors(error.detail))
        body |= {"detail": "; ".join(f"{one['field']}: {one['message']}" for one in errors), "errors": errors}
    else:
        body["detail"] = _sendable(str(error.detail))
    return body | getattr(error, "more", {})


def _code(error: exceptions.APIException) -> str:
    return "invalid" if isinstance(error, exceptions.ValidationError) else str(error.get_codes())


def _headers(error: exceptions.APIException) -> dict[str, str]:
    found = {}
    if challenge := getattr(error, "auth_header", None):
        found["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        found["Retry-After"] = str(max(1, round(wait)))
    return found


def _errors(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """What is wrong, field by field; a field within another is named with dots."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _errors(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, (dict, list))
            yield from _errors(inner, f"{field}.{number}" if nested and len(detail) > 1 else field)
    else:
        yield {"field": _sendable(field or "body"), "message": _sendable(str(detail))}


def _sendable(text: str) -> str:
    """The text without half characters, which somebody may have sent and no answer can carry."""
    return text.encode("utf-8", "replace").decode()


_TITLES = {
    400: "The request is not right",
    401: "Who are you?",
    403: "Not allowed",
    404: "Not found",
    405: "This address does not do that",
    406: "There is no such form of the answer",
    409: "Not possible as things stand",
    412: "Changed by somebody else",
    413: "Too large",
    415: "This form of content is not taken",
    422: "The request is not right",
    428: "Say what the change was made from",
    429: "Too many requests",
    500: "Our mistake",
    503: "Not available for a moment",
}
