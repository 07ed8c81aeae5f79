from django.contrib.auth.management import create_permissions
from django.db import migrations

RIGHTS = {
    "Administrator": [
        "view_webhookendpoint",
        "add_webhookendpoint",
        "change_webhookendpoint",
        "delete_webhookendpoint",
    ],
    "Supervisor": ["view_webhookendpoint"],
}


def give_rights(apps, schema_editor):
    """Administrators look after webhooks, supervisors see how they stand."""
    config = apps.get_app_config("sessions_app")
    config.models_module = True  # Django makes the permissions only after all migrations, unless it is told so
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="sessions_app")
    for role, names in RIGHTS.items():
        if group := apps.get_model("auth", "Group").objects.filter(name=role).first():
            group.permissions.add(*permissions.filter(codename__in=names))


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions_app", "0018_rights_to_erase_and_connect"),
    ]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
