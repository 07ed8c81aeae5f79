"""Where everything is."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health/", include("config.health_urls")),
    path("", include("sessions_app.widget.urls")),
    path("", include("sessions_app.signing_in.urls")),
    path("", include("sessions_app.rooms.urls")),
]
