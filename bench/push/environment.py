"""The settings that the bench and its servers share."""

import os
import resource
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path


def prepare(folder: Path, redis_url: str) -> None:
    """Set the environment of this process and its children; allow as many open files as the system lets us."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PARLEY_DATA_DIR": str(folder),
        "PARLEY_SECRET_KEY": secrets.token_urlsafe(64),
        "PARLEY_REDIS_URL": redis_url,
    }
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def ticket(topic: str) -> str:
    """A ticket for one topic that lasts as long as any bench."""
    from sessions_app.push.tickets import Ticket, issue

    return issue(Ticket((topic,), {}, datetime.now(UTC) + timedelta(hours=1)))
