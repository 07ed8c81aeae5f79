from collections.abc import Callable

from django.contrib.auth.management import create_permissions
from django.db import migrations

RIGHTS = {
    "Administrator": [
        "monitor_session", "take_over_session", "release_seat",
        "view_quickreply", "add_quickreply", "change_quickreply", "delete_quickreply",
    ],
    "Supervisor": [
        "monitor_session", "take_over_session", "release_seat",
        "view_quickreply", "add_quickreply", "change_quickreply", "delete_quickreply",
    ],
}  # fmt: skip


def give_rights(apps, schema_editor):
    """What administrators and supervisors can do since there are queues, seats and quick replies."""
    config = apps.get_app_config("sessions_app")
    config.models_module = True  # Django makes the permissions only after all migrations, unless it is told so
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="sessions_app")
    for role, names in RIGHTS.items():
        if group := apps.get_model("auth", "Group").objects.filter(name=role).first():
            group.permissions.add(*permissions.filter(codename__in=names))


# The text of what people wrote, and the names of files, as `sessions_app.search` asks for them. Rows that somebody
# wrote only: a sweep pays nothing for it.
SEARCH = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """CREATE INDEX timeline_text_search ON sessions_app_timelineentry
    USING gin (to_tsvector('simple', coalesce(payload ->> 'text', '') || ' ' || coalesce(payload ->> 'name', '')))
    WHERE kind IN ('message', 'note', 'attached')""",
    "CREATE INDEX customer_name_search ON sessions_app_customer USING gin (upper(name) gin_trgm_ops)",
    "CREATE INDEX customer_email_search ON sessions_app_customer USING gin (upper(email) gin_trgm_ops)",
    "CREATE INDEX customer_phone_search ON sessions_app_customer USING gin (upper(phone) gin_trgm_ops)",
]
NO_SEARCH = [
    "DROP INDEX timeline_text_search",
    "DROP INDEX customer_name_search",
    "DROP INDEX customer_email_search",
    "DROP INDEX customer_phone_search",
]


def on_postgresql(statements: list[str]) -> Callable[..., None]:
    """The embedded default searches in a simpler form."""

    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions_app", "0005_queue_seats_and_devices"),
    ]

    operations = [
        migrations.RunPython(give_rights, migrations.RunPython.noop),
        migrations.RunPython(on_postgresql(SEARCH), on_postgresql(NO_SEARCH)),
    ]
