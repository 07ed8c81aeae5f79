"""Parley's own settings, with what only makes tests slow left out."""

from config.settings import *  # noqa: F403 - the settings that are tested, but for what follows
from config.settings import DATA_DIR, DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Names without the hash of the content: tests in this process need no `collectstatic`.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file as in the real thing, not memory: several threads and connections then meet as they really do.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
