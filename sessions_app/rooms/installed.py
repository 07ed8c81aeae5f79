"""The customer's room as an icon on the home screen of a phone."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

BLUE = "#066fd1"


@never_cache
@require_safe
def manifest(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Says how the icon looks and that it opens this room. Looks nothing up: it is the same for rooms that do not
    exist, and whoever opens the room by the icon still needs their seat in it."""
    room = reverse("customer:room", args=[session_id])
    return JsonResponse(
        {
            "name": "Parley",
            "short_name": "Parley",
            "id": room,
            "start_url": room,
            "scope": room,
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": BLUE,
            "icons": [
                _icon("icon-192.png", 192, "any"),
                _icon("icon-512.png", 512, "any"),
                _icon("icon-maskable-512.png", 512, "maskable"),
            ],
        },
        content_type="application/manifest+json",
    )


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": static(f"parley/{name}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
