"""The Celery application: its settings are the `CELERY_*` names of `config.settings`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("parley")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()  # `tasks` of each app
app.autodiscover_tasks(["sessions_app.documents", "sessions_app.signing_in", "sessions_app.webhooks"])
