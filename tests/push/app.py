"""The push process as tests run it: with the times that they ask for."""

import json
import os

from sessions_app.push.stream import PushApp
from sessions_app.push.timing import Timing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = PushApp(Timing(**json.loads(os.environ.get("TEST_TIMING", "{}"))))
