from django.contrib.auth.management import create_permissions
from django.db import migrations

ROLES = {
    "Administrator": {
        "policies_app": [
            "view_endsessionbehavior", "change_agent_tab", "change_customer_tab", "view_policyversion",
            "view_workstream", "add_workstream", "change_workstream", "delete_workstream",
            "view_notices", "add_notices", "change_notices", "delete_notices",
            "view_systemsettings", "change_systemsettings",
            "view_chatwidget", "add_chatwidget", "change_chatwidget", "delete_chatwidget",
        ],
        "sessions_app": [
            "view_livesession", "explain_session", "extend_access", "apply_to_ended", "view_rollout",
            "monitor_session", "take_over_session", "release_seat", "revoke_link",
            "view_agent", "add_agent", "change_agent",
            "view_quickreply", "add_quickreply", "change_quickreply", "delete_quickreply",
            "view_documenttemplate", "add_documenttemplate", "change_documenttemplate", "delete_documenttemplate",
            "view_templateversion", "view_document",
            "view_widgetkey", "add_widgetkey", "change_widgetkey", "delete_widgetkey",
            "view_customer", "erase_customer",
            "view_integration", "add_integration", "change_integration", "delete_integration",
            "view_apitoken", "manage_apitoken",
            "view_webhookendpoint", "add_webhookendpoint", "change_webhookendpoint", "delete_webhookendpoint",
            "view_signinevent",
        ],
        "auth": ["view_user", "add_user", "change_user", "view_group"],
        "auditlog": ["view_logentry"],
        "axes": ["view_accessattempt", "delete_accessattempt"],
    },
    "Supervisor": {
        "policies_app": [
            "view_endsessionbehavior", "view_policyversion", "view_workstream", "view_notices", "view_chatwidget",
        ],
        "sessions_app": [
            "view_livesession", "explain_session", "extend_access", "view_rollout",
            "monitor_session", "take_over_session", "release_seat", "revoke_link",
            "view_agent",
            "view_quickreply", "add_quickreply", "change_quickreply", "delete_quickreply",
            "view_documenttemplate", "view_templateversion", "view_document",
            "view_webhookendpoint",
        ],
    },
    "Agent": {"sessions_app": ["extend_access"]},
}  # fmt: skip


def make_roles(apps, schema_editor):
    """The three roles, as groups."""
    for app in ROLES["Administrator"]:
        config = apps.get_app_config(app)
        config.models_module = True  # Django makes the permissions only after all migrations, unless it is told so
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects
    for role, rights in ROLES.items():
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for app, names in rights.items():
            group.permissions.add(*permissions.filter(content_type__app_label=app, codename__in=names))


class Migration(migrations.Migration):
    replaces = [
        ("sessions_app", "0004_roles"),
        ("sessions_app", "0008_document_rights"),
        ("sessions_app", "0012_widget_rights"),
        ("sessions_app", "0018_rights_to_erase_and_connect"),
        ("sessions_app", "0019_webhook_rights"),
        ("sessions_app", "0020_sign_in_rights"),
    ]

    dependencies = [
        ("auditlog", "0017_add_actor_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("axes", "0010_accessattemptexpiration"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions_app", "0001_sessions"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
