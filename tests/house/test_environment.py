"""A value that cannot be right stops the start and is named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import BASE_DIR

WRONG = {
    "PARLEY_BASE_URL": "nonsense",
    "PARLEY_PUSH_URL": "ftp://push.example.com",
    "PARLEY_SECRET_KEY": "short",
    "PARLEY_UPLOAD_MAX_MEGABYTES": "x",
    "PARLEY_UPLOAD_MAX_FILES": "0",
    "PARLEY_SMS_URL": "twilio://ACCOUNT@/?from=+15550100",
    "PARLEY_CLAMAV": "clamd.example.com",
    "PARLEY_ATTACHMENTS": "/srv/attachments",
    "PARLEY_SEAL_KEY": "/nowhere/seal.p12",
    "PARLEY_SEAL_TIMESTAMP_URL": "stamps.example.com",
}


@pytest.mark.parametrize(("name", "value"), WRONG.items())
def test_a_wrong_value_is_refused_by_name(name: str, value: str, tmp_path: Path) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PARLEY_DATA_DIR": str(tmp_path),
        name: value,
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0
    reason = done.stderr.strip().splitlines()[-1]
    assert name in reason
    assert "ImproperlyConfigured" in reason or reason.startswith(name)


def test_where_there_is_tls_a_mail_server_must_be_named(tmp_path: Path) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PARLEY_DATA_DIR": str(tmp_path),
        "PARLEY_BASE_URL": "https://parley.example.com",
        "PARLEY_EMAIL_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0 and "PARLEY_EMAIL_URL is not set" in done.stderr
