from django.contrib.auth.management import create_permissions
from django.db import migrations

RIGHTS = {
    "Administrator": [
        "view_customer", "erase_customer",
        "view_integration", "add_integration", "change_integration", "delete_integration",
        "view_apitoken", "manage_apitoken",
    ],
}  # fmt: skip

# Each statement by itself, outside of a transaction: nobody waits for any of them, however many rows there are.
VALIDATE = [
    "ALTER TABLE sessions_app_customer VALIDATE CONSTRAINT customer_can_be_reached",
    "ALTER TABLE sessions_app_customer VALIDATE CONSTRAINT erased_customer_is_nobody",
    "ALTER TABLE sessions_app_timelineentry VALIDATE CONSTRAINT timeline_kind_known",
]


def validate(apps, schema_editor):
    """What migration 0016 left unchecked. The embedded default has checked it at once."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in VALIDATE:
            schema_editor.execute(statement)


def give_rights(apps, schema_editor):
    """What administrators can do since customers can be erased, and integrations use the REST API."""
    config = apps.get_app_config("sessions_app")
    config.models_module = True  # Django makes the permissions only after all migrations, unless it is told so
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="sessions_app")
    for role, names in RIGHTS.items():
        if group := apps.get_model("auth", "Group").objects.filter(name=role).first():
            group.permissions.add(*permissions.filter(codename__in=names))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions_app", "0017_signing_in"),
    ]

    operations = [
        migrations.RunPython(validate, migrations.RunPython.noop, atomic=False),
        migrations.RunPython(give_rights, migrations.RunPython.noop, atomic=True),
    ]
