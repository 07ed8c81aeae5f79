from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policies_app", "0005_chat_widgets"),
    ]

    operations = [
        migrations.AddField(
            model_name="policyversion",
            name="saved_through",
            field=models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="saved through"),
        ),
    ]
