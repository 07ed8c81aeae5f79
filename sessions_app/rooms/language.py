"""In which language pages are."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

CUSTOMERS = ("/c/", "/join/", "/widget/")
"""Where customers' pages are."""


class CustomersLanguage:
    """Customers read in the language of their browser, if there is a catalog for it (`LANGUAGES`). The pages of agents
    and the settings are in English for now."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        customers = request.path_info.startswith(CUSTOMERS)
        language = translation.get_language_from_request(request) if customers else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if customers:
            patch_vary_headers(response, ("Accept-Language",))
        return response
