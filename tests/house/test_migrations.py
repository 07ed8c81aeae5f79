"""What the migrations leave behind is what the models say, and a database from before they were folded goes on."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


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


BEFORE = {
    "policies_app": """0001_end_session_behavior 0002_workstreams_and_overrides 0003_first_workstream
        0004_assignment_devices_and_files 0005_chat_widgets 0006_saved_through""",
    "sessions_app": """0001_sessions_and_timelines 0002_workstreams_and_overrides 0003_agents_in_first_workstream
        0004_roles 0005_queue_seats_and_devices 0006_rights_and_search 0007_documents 0008_document_rights
        0009_search_documents 0010_refused_values 0011_widget_sessions 0012_widget_rights 0013_widget_sessions_checked
        0014_rest_api 0015_webhooks 0016_erase_customers 0017_signing_in 0018_rights_to_erase_and_connect
        0019_webhook_rights 0020_sign_in_rights""",
}
"""The migrations that were folded into fewer before 0.1.0."""


def only_has(names: dict[str, list[str]]) -> MigrationRecorder:
    """The database says that of our migrations it had these, and no others."""
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app__in=BEFORE).delete()
    for app, some in names.items():
        for name in some:
            recorder.record_applied(app, name)
    return recorder


def planned(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What `migrate --plan` has printed that it would do."""
    return [line for line in capsys.readouterr().out.splitlines()[1:] if not line.startswith(" ")]


@pytest.mark.django_db
def test_a_database_with_all_that_was_before_has_all_that_took_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    only_has({app: names.split() for app, names in BEFORE.items()})
    call_command("migrate", plan=True, skip_checks=False)
    assert planned(capsys)[:1] == ["sessions_app.0004_first_steps_in_history"]


@pytest.mark.django_db
def test_a_database_with_a_part_of_what_was_before_is_told_the_way() -> None:
    only_has({app: names.split()[:-2] for app, names in BEFORE.items()})
    with pytest.raises(CommandError, match=r"0020_sign_in_rights"):
        call_command("migrate", plan=True, skip_checks=False)


@pytest.mark.django_db
def test_a_new_database_whose_first_start_was_interrupted_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    recorder = only_has({})
    for name in (
        ("policies_app", "0001_settings"),
        ("policies_app", "0002_first_workstream"),
        ("sessions_app", "0001_sessions"),
    ):
        for one in (name, *MigrationLoader(None).replacements[name].replaces):
            recorder.record_applied(*one)
    call_command("migrate", plan=True, skip_checks=False)
    assert planned(capsys)[:2] == ["sessions_app.0002_roles", "sessions_app.0003_search"]
