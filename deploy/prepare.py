"""Brings database, files for browsers and examples up to date, in one process. Prints only what `demo` prints."""

import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from deploy.portal.signing import PortalKey


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        call_command("migrate", interactive=False, verbosity=0, skip_checks=False)
        collect_static()
        prepare_demo()
    except (ImproperlyConfigured, CommandError) as error:
        print(error, file=sys.stderr)
    except DatabaseError as error:
        print(f"the database in PARLEY_DATABASE_URL cannot be used: {error}", file=sys.stderr)
    else:
        return 0
    return 1


def prepare_demo() -> None:
    """The demo's data; with the portal of `make run`, if that is what starts, whose widgets trust its key."""
    portal = os.environ.get("PARLEY_PORTAL_URL", "")
    key = PortalKey.kept_in(settings.DATA_DIR).public_pem() if portal else ""
    call_command("demo", portal=portal, portal_key=key)


def collect_static() -> None:
    """Copies, names and compresses the files for browsers, unless they are the same as the last time."""
    stamp = settings.STATIC_ROOT / ".made-from"
    now = fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now, encoding="ascii")


def fingerprint() -> str:
    """Changes when any file that would be collected has come, gone or changed."""
    from django.contrib.staticfiles.finders import get_finders

    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            found.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return found.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
