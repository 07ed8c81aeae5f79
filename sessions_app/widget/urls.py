"""The addresses of chat widgets. Their rooms are those of customers, below a seat (`framed`)."""

from django.urls import path

from sessions_app.widget import views

urlpatterns = [
    path("widget.js", views.widget_js, name="widget-js"),
    path("widget/<str:key>/", views.widget_start, name="widget-start"),
    path("widget/<str:key>/config.json", views.widget_config, name="widget-config"),
    path("widget/<str:key>/enter/", views.enter, name="widget-enter"),
    path("widget/<str:key>/continue/", views.continue_, name="widget-continue"),
    path("widget/<str:key>/start/", views.start, name="widget-begin"),
    path("widget/<str:key>/take-back/", views.take_back, name="widget-take-back"),
]
