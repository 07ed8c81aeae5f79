"""What people see when something is wrong with a request, or with us: a plain page, or a sentence for a script.

Below the API it is problem details, whatever a request says that it takes.
"""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sessions_app.api import problems

API = "/api/"
MEGABYTE = 1024 * 1024
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for what is too large to be read at all."""
    if not isinstance(exception, TOO_LARGE):
        words = _("Something in the address or the form was not as expected. Nothing was changed.")
        return _answer(request, 400, words)
    most = {"most": settings.UPLOAD_MAX_BYTES // MEGABYTE}
    words = _("What was sent is too large, so nothing was stored. A file may have at most %(most)d MB.") % most
    return _answer(request, 413, words)


def failed(request: HttpRequest) -> HttpResponse:
    """500. Asks neither the database nor Redis, either of which may be what is wrong."""
    return _answer(request, 500, _("Please go back and try again in a moment. The error was recorded."))


def _answer(request: HttpRequest, status: int, words: str) -> HttpResponse:
    if request.path_info.startswith(API):
        return problems.before_views(status, words)
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse({"problem": words}, status=status)
    return render(request, f"{status}.html", {"words": words}, status=status)
