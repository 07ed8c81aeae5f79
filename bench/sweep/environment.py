"""A PostgreSQL and a Redis of the measurement's own, and Django set up on them."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from tests.programs import postgresql_folder
from tests.throwaway import PostgreSQL, ThrowawayRedis

LOADED = "loaded"
"""The database in which sessions are loaded; what is measured runs on copies of it."""

DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
"""What the throw-away cluster leaves out, and production does not."""


@contextmanager
def prepared() -> Iterator[None]:
    """Servers are running and Django is set up on an empty, migrated database."""
    programs = postgresql_folder()
    if programs is None:
        raise SystemExit("This measures sweeps on PostgreSQL: install the package `postgresql`.")
    folder = Path(mkdtemp(prefix="parley-bench-"))
    folder.chmod(0o755)  # the cluster may have to belong to somebody else
    stops: list[Callable[[], object]] = [lambda: shutil.rmtree(folder, ignore_errors=True)]
    try:
        cluster, redis = PostgreSQL(programs, folder / "postgresql"), ThrowawayRedis(folder / "redis")
        stops += [cluster.stop, redis.stop]
        _set_up(folder / "data", cluster.url("postgres"), redis.url)
        stops.append(_disconnect)
        yield
    finally:
        for stop in reversed(stops):
            stop()


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


def _set_up(folder: Path, database_url: str, redis_url: str) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PARLEY_DATA_DIR": str(folder),
        "PARLEY_DATABASE_URL": database_url,
        "PARLEY_REDIS_URL": redis_url,
        "PARLEY_LOG_LEVEL": "WARNING",
    }
    import django

    django.setup()
    from django.core.management import call_command

    use_copy(LOADED, of="template0")
    call_command("migrate", verbosity=0)


def use_copy(name: str, *, of: str = LOADED) -> None:
    """Go on with a copy of a database; the one used before is left as it is."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {of} STRATEGY file_copy")
    connection.close()
    connection.settings_dict["NAME"] = name


def be_durable() -> None:
    """From now on the cluster writes as it would in production."""
    from django.db import connection

    with connection.cursor() as cursor:
        for setting in DURABLE:
            cursor.execute(f"ALTER SYSTEM SET {setting} = on")
        cursor.execute("SELECT pg_reload_conf()")
    connection.close()
