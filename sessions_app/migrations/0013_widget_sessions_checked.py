from importlib import import_module

from django.db import migrations

on_postgresql = import_module("sessions_app.migrations.0009_search_documents").on_postgresql

# What migration 0011 left to do on PostgreSQL. Each statement by itself, outside of a transaction: nobody waits for any
# of them, however many rows there are. Each can be done again after it was interrupted.
CHECKED = {
    "sessions_app_customer": ["customer_can_be_reached"],
    "sessions_app_livesession": [
        "waiting_session_has_moment_and_no_agent",
        "hold_only_while_disconnected_and_can_return",
        "return_only_while_disconnected",
        "grace_only_of_widget_before_disconnected",
        "disconnected_has_moment",
        "widget_only_of_widget_session",
        "due_has_kind",
    ],
    "sessions_app_timelineentry": ["timeline_kind_known"],
}
INDEXES = {
    "session_in_grace": "ON sessions_app_livesession (grace_until) WHERE grace_until IS NOT NULL",
    "session_open_of_widget": """ON sessions_app_livesession (id)
    WHERE state IN ('queued', 'active') AND widget_id IS NOT NULL""",
    "session_of_widget": "ON sessions_app_livesession (widget_id) WHERE widget_id IS NOT NULL",
    "device_by_link": "ON sessions_app_device (link_id) WHERE link_id IS NOT NULL",
}
VALIDATE = [f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}" for table, names in CHECKED.items() for name in names]
DROP = [f"DROP INDEX CONCURRENTLY IF EXISTS {name}" for name in (*INDEXES, "customer_subject_once")]
BUILD = [f"CREATE INDEX CONCURRENTLY {name} {of}" for name, of in INDEXES.items()]
ONCE = """CREATE UNIQUE INDEX CONCURRENTLY customer_subject_once ON sessions_app_customer (subject)
    WHERE NOT (subject = '')"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("sessions_app", "0012_widget_rights")]

    operations = [
        migrations.RunPython(on_postgresql([*VALIDATE, *DROP, *BUILD, ONCE]), on_postgresql(DROP), atomic=False)
    ]
