"""Where a request comes from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Where a request comes from. Behind the proxy it is what the proxy wrote last; what the client wrote counts not.

    None where that is no address, such as "unknown" or the name of a socket.
    """
    told = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return _address(told.rpartition(",")[2] or request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str | None:
    """The address alone: some proxies write a port behind it, and brackets around an IPv6 address. By which card of
    this computer a neighbour is reached (`%eth0`) is no part of it, and the database would not take it. Who listens for
    both protocols at once is told ::ffff:10.0.0.1 of 10.0.0.1; as they are, all of IPv4 would be one home of IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(found, "ipv4_mapped", None) or found)
