"""Parley's answers as an installation on the web gives them: https in front, every header, every kind of page."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.test import Client

from config.environment import BASE_DIR

HOST = "parley.example.com"
PUSH = "https://push.parley.example.com"
OVER_HTTPS = {"SERVER_NAME": HOST, "HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}

TOLD = """
import json
from config import settings
names = [name for name in dir(settings) if name.startswith(("SECURE_", "SESSION_COOKIE_", "CSRF_", "CONTENT_SEC"))]
names += ["BASE_URL", "PUSH_URL", "ALLOWED_HOSTS", "X_FRAME_OPTIONS", "SILENCED_SYSTEM_CHECKS"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def settings_of(folder: Path) -> dict[str, Any]:
    """The settings that have to do with browsers, where the environment is that of an installation with TLS."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PARLEY_")}
    environment |= {
        "PARLEY_BASE_URL": f"https://{HOST}",
        "PARLEY_PUSH_URL": PUSH,
        "PARLEY_EMAIL_URL": "smtp://localhost",
        "PARLEY_SEAL_KEY": "self-made",
        "PARLEY_DATA_DIR": str(folder),
    }
    told = subprocess.run(
        [sys.executable, "-c", TOLD], cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(told.stdout)
    found["SECURE_PROXY_SSL_HEADER"] = tuple(found["SECURE_PROXY_SSL_HEADER"])
    return found


def visitor(**how: Any) -> Client:
    """A browser that comes by https through the proxy."""
    return Client(**OVER_HTTPS, **how)


def over_https(browser: Client) -> Client:
    """The same browser, by https."""
    browser.defaults |= OVER_HTTPS
    return browser
