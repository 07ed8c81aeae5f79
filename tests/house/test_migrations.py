"""The migrations that concern tables of ten million rows: what they leave behind, and that data survives both ways."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from config.environment import BASE_DIR
from tests import services
from tests.stack import new_database

LARGE = ("customer", "livesession", "timelineentry", "device", "accesslink")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_sessions_survive_the_way_to_chat_widgets_and_back(database: str, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/parley.sqlite3"
    if database == "postgresql":
        address = new_database(os.environ[services.SHARED], f"migrated_{os.getpid()}")
    given = {"PARLEY_DATA_DIR": str(tmp_path), "PARLEY_DATABASE_URL": address}
    environment = os.environ | given | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.house.there_and_back"]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    carla = "Carla invitation None 1 1"
    assert done.stdout.splitlines() == [carla, carla, carla, "Visitor widget Shop 1 1"]


@pytest.mark.postgresql
def test_no_row_of_a_large_table_is_read_while_others_wait(db: None) -> None:
    said = StringIO()
    call_command("sqlmigrate", "sessions_app", "0011", stdout=said)
    tables = "|".join(f'"?sessions_app_{name}"?' for name in LARGE)
    statements = [one for one in said.getvalue().split(";") if re.search(rf"(TABLE|ON) ({tables}) ", one)]
    assert [one for one in statements if " ADD CONSTRAINT " in one], "nothing is looked at"
    for one in statements:
        assert " INDEX " not in one, one
        assert " ADD CONSTRAINT " not in one or one.endswith(" NOT VALID") or "FOREIGN KEY" in one, one


@pytest.mark.postgresql
def test_every_constraint_and_index_is_there_and_holds(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname, convalidated FROM pg_constraint WHERE contype IN ('c', 'u', 'f')")
        holds = dict(cursor.fetchall())
        cursor.execute("SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid")
        holds |= dict(cursor.fetchall())
    models = [*apps.get_app_config("policies_app").get_models(), *apps.get_app_config("sessions_app").get_models()]
    wanted = {part.name for one in models for part in (*one._meta.constraints, *one._meta.indexes)}
    assert wanted - {name for name, is_valid in holds.items() if is_valid} == set()
    assert [name for name, is_valid in holds.items() if not is_valid] == []
