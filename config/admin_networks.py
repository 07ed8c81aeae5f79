"""Django admin is there only for who asks from one of some networks, where the operator named any."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from sessions_app.client_addresses import client_address


class AdminNetworks:
    """Middleware: from elsewhere there is nothing below the admin's address, as at an address that there is not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.ADMIN_NETWORKS and request.path.startswith(reverse("admin:index")) and not is_inside(request):
            raise Http404
        return self._get_response(request)


def is_inside(request: HttpRequest) -> bool:
    """Whether a request comes from one of the networks (`PARLEY_ADMIN_NETWORKS`); not, if nobody knows from where."""
    told = client_address(request)
    if told is None:
        return False
    return any(ip_address(told) in network for network in settings.ADMIN_NETWORKS)
