import sessions_app.signing_in.kinds
from django.conf import settings
from django.db import migrations, models


def forget_first_steps(apps, schema_editor):
    """On the way back: the history knows no such thing then."""
    apps.get_model("sessions_app", "SignInEvent").objects.filter(happening="half_way").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0003_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="signinevent",
            name="happening_known",
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_first_steps),
        migrations.AlterField(
            model_name="signinevent",
            name="happening",
            field=models.CharField(
                choices=[
                    ("signed_in", "Signed in"),
                    ("half_way", "Asked for the second step"),
                    ("refused", "Refused"),
                    ("locked_out", "Locked out"),
                    ("signed_out", "Signed out"),
                    ("ended", "Ended by Parley"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
        migrations.AddConstraint(
            model_name="signinevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "happening__in",
                        [
                            sessions_app.signing_in.kinds.Happening["SIGNED_IN"],
                            sessions_app.signing_in.kinds.Happening["HALF_WAY"],
                            sessions_app.signing_in.kinds.Happening["REFUSED"],
                            sessions_app.signing_in.kinds.Happening["LOCKED_OUT"],
                            sessions_app.signing_in.kinds.Happening["SIGNED_OUT"],
                            sessions_app.signing_in.kinds.Happening["ENDED"],
                        ],
                    )
                ),
                name="happening_known",
            ),
        ),
    ]
