from django.db import migrations
from django.db.models import Max


def join_general(apps, schema_editor):
    """Agents go on working in the workstream that their sessions belong to now."""
    general = apps.get_model("policies_app", "Workstream").objects.get(name="General")
    general.agents.set(apps.get_model("sessions_app", "Agent").objects.all())


def know_edits(apps, schema_editor):
    """Open sessions followed every edit so far."""
    newest = apps.get_model("policies_app", "PolicyVersion").objects.aggregate(newest=Max("pk"))["newest"]
    sessions = apps.get_model("sessions_app", "LiveSession").objects.exclude(state="ended")
    sessions.update(clock_seen=newest or 0)


class Migration(migrations.Migration):
    dependencies = [
        ("policies_app", "0003_first_workstream"),
        ("sessions_app", "0002_workstreams_and_overrides"),
    ]

    operations = [
        migrations.RunPython(join_general, migrations.RunPython.noop),
        migrations.RunPython(know_edits, migrations.RunPython.noop),
    ]
