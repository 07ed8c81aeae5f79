"""The push process, for uvicorn: live updates to browsers. Reads the settings but loads no models.

Run it without an access log, because the tickets are part of the addresses:
`uvicorn config.push:application --no-access-log --timeout-graceful-shutdown 3`.
"""

import os

from sessions_app.push.stream import PushApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = PushApp()
