from django.core.management.color import no_style
from django.db import migrations


def make_general(apps, schema_editor):
    """Every installation begins with one workstream. In one that is upgraded it is the one of all sessions there are."""
    apps.get_model("policies_app", "Workstream").objects.create(name="General")


def count_on(apps, schema_editor):
    """The system-wide row was stored under a fixed key, of which PostgreSQL's sequence knows nothing."""
    behavior = apps.get_model("policies_app", "EndSessionBehavior")
    for statement in schema_editor.connection.ops.sequence_reset_sql(no_style(), [behavior]):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("policies_app", "0002_workstreams_and_overrides")]

    operations = [
        migrations.RunPython(make_general, migrations.RunPython.noop),
        migrations.RunPython(count_on, migrations.RunPython.noop),
    ]
