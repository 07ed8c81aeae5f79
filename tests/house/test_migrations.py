"""What the migrations leave behind is what the models say."""

import pytest
from django.apps import apps
from django.db import connection


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
