from django.db import migrations


def make_general(apps, schema_editor):
    """Every installation begins with one workstream."""
    apps.get_model("policies_app", "Workstream").objects.create(name="General")


class Migration(migrations.Migration):
    replaces = [
        ("policies_app", "0003_first_workstream"),
    ]

    dependencies = [("policies_app", "0001_settings")]

    operations = [migrations.RunPython(make_general, migrations.RunPython.noop)]
