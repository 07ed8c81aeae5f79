"""Where everything is."""

from django.contrib import admin
from django.urls import include, path

handler400 = "config.errors.bad_request"
handler500 = "config.errors.failed"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("sessions_app.api.urls")),
    path("health/", include("config.health_urls")),
    path("", include("sessions_app.widget.urls")),
    path("", include("sessions_app.signing_in.urls")),
    path("", include("sessions_app.rooms.urls")),
]
