"""What browsers are told that they may do with our answers, beside what Django and django-csp tell them.

Pages carry the content security policy of the settings; a view that needs another one says so itself (`widget.looks`,
`stored_answers`, `admin_site`). `tests/security/test_observatory.py` holds all of it against the usual checklist.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PERMISSIONS = {
    "accelerometer": "()",
    "autoplay": "(self)",  # the sounds of an agent's page
    "bluetooth": "()",
    "browsing-topics": "()",
    "camera": "()",
    "clipboard-read": "()",
    "clipboard-write": "(self)",  # Copy link
    "display-capture": "()",
    "encrypted-media": "()",
    "geolocation": "()",
    "gyroscope": "()",
    "hid": "()",
    "local-fonts": "()",
    "magnetometer": "()",
    "microphone": "()",
    "midi": "()",
    "payment": "()",
    "serial": "()",
    "usb": "()",
    "xr-spatial-tracking": "()",
}
"""Photos and files are chosen in the browser's own dialog, which needs no permission."""

EVERYWHERE = {
    "Permissions-Policy": ", ".join(f"{name}={allowed}" for name, allowed in PERMISSIONS.items()),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Cache-Control": "no-store",
}
"""Of any answer that does not say otherwise. What may be kept says so: most of what we answer is about somebody."""

REFERRERS = {"/join/": "strict-origin"}
"""Where the address itself lets somebody in, not even our own log learns it from the pages and files after it. It is
not `no-referrer`, by which browsers would hide where forms come from, and those would be refused as forged."""


class BrowserHeaders:
    """Stands within Django's SecurityMiddleware, which leaves alone what is there already, and around static files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in EVERYWHERE.items():
            response.headers.setdefault(name, value)
        for start, policy in REFERRERS.items():
            if request.path_info.startswith(start):
                response.headers.setdefault("Referrer-Policy", policy)
        return response
