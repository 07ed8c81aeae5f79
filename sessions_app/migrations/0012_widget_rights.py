from django.contrib.auth.management import create_permissions
from django.db import migrations

SETTINGS = {
    "Administrator": ["view_chatwidget", "add_chatwidget", "change_chatwidget", "delete_chatwidget"],
    "Supervisor": ["view_chatwidget"],
}
RIGHTS = {
    "Administrator": ["view_widgetkey", "add_widgetkey", "change_widgetkey", "delete_widgetkey", "revoke_link"],
    "Supervisor": ["revoke_link"],
}


def give_rights(apps, schema_editor):
    """What administrators and supervisors can do since there are chat widgets and a console of links."""
    for label, rights in (("policies_app", SETTINGS), ("sessions_app", RIGHTS)):
        config = apps.get_app_config(label)
        config.models_module = True  # Django makes the permissions only after all migrations, unless it is told so
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
        permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label=label)
        for role, names in rights.items():
            if group := apps.get_model("auth", "Group").objects.filter(name=role).first():
                group.permissions.add(*permissions.filter(codename__in=names))


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("policies_app", "0005_chat_widgets"),
        ("sessions_app", "0011_widget_sessions"),
    ]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
