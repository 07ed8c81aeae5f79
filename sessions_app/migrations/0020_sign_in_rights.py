from django.contrib.auth.management import create_permissions
from django.db import migrations

RIGHTS = {
    "sessions_app": {"Administrator": ["view_signinevent"]},
    "axes": {"Administrator": ["view_accessattempt", "delete_accessattempt"]},
}


def give_rights(apps, schema_editor):
    """Administrators see the history of sign-ins, and see and lift lock-outs."""
    for label, rights in RIGHTS.items():
        config = apps.get_app_config(label)
        config.models_module = True  # Django makes the permissions only after all migrations, unless it is told so
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
        permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label=label)
        for role, names in rights.items():
            if group := apps.get_model("auth", "Group").objects.filter(name=role).first():
                group.permissions.add(*permissions.filter(codename__in=names))


def forget_old_sessions(apps, schema_editor):
    """They are kept elsewhere now, under a hash of their keys; those of before would be there to be read."""
    apps.get_model("sessions", "Session").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("axes", "0010_accessattemptexpiration"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
        ("sessions_app", "0019_webhook_rights"),
    ]

    operations = [
        migrations.RunPython(give_rights, migrations.RunPython.noop),
        migrations.RunPython(forget_old_sessions, migrations.RunPython.noop),
    ]
