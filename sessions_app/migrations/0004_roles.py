from django.contrib.auth.management import create_permissions
from django.db import migrations

ROLES = {
    "Administrator": {
        "policies_app": [
            "view_endsessionbehavior", "change_agent_tab", "change_customer_tab", "view_policyversion",
            "view_workstream", "add_workstream", "change_workstream", "delete_workstream",
            "view_notices", "add_notices", "change_notices", "delete_notices",
            "view_systemsettings", "change_systemsettings",
        ],
        "sessions_app": [
            "view_livesession", "explain_session", "extend_access", "apply_to_ended", "view_rollout",
            "view_agent", "add_agent", "change_agent",
        ],
        "auth": ["view_user", "add_user", "change_user", "view_group"],
        "auditlog": ["view_logentry"],
    },
    "Supervisor": {
        "policies_app": ["view_endsessionbehavior", "view_policyversion", "view_workstream", "view_notices"],
        "sessions_app": ["view_livesession", "explain_session", "extend_access", "view_rollout", "view_agent"],
    },
    "Agent": {"sessions_app": ["extend_access"]},
}  # fmt: skip


def make_roles(apps, schema_editor):
    """The three roles, as groups. Agents that there are get theirs."""
    for app in ("policies_app", "sessions_app", "auth", "auditlog"):
        config = apps.get_app_config(app)
        config.models_module = True  # Django makes the permissions only after all migrations, unless it is told so
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects
    for role, rights in ROLES.items():
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for app, names in rights.items():
            group.permissions.add(*permissions.filter(content_type__app_label=app, codename__in=names))
    agents = apps.get_model("auth", "Group").objects.get(name="Agent")
    agents.user_set.add(*apps.get_model("auth", "User").objects.filter(agent__isnull=False))


def map_old_right(apps, schema_editor):
    """Who could change the form before may change both of its tabs now."""
    rights = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="policies_app")
    tabs = rights.filter(codename__in=["change_agent_tab", "change_customer_tab"])
    for old in rights.filter(codename="change_endsessionbehavior"):
        for user in old.user_set.all():
            user.user_permissions.add(*tabs)
        for group in old.group_set.all():
            group.permissions.add(*tabs)


class Migration(migrations.Migration):
    dependencies = [
        ("auditlog", "0017_add_actor_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions_app", "0003_agents_in_first_workstream"),
    ]

    operations = [
        migrations.RunPython(make_roles, migrations.RunPython.noop),
        migrations.RunPython(map_old_right, migrations.RunPython.noop),
    ]
