import django.db.models.deletion
import sessions_app.signing_in.kinds
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0016_erase_customers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthenticatorApp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret", models.TextField(verbose_name="secret")),
                ("last_step", models.BigIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="set up at")),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used at")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "authenticator app",
                "verbose_name_plural": "authenticator apps",
            },
        ),
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "browser",
                "verbose_name_plural": "browsers",
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("credential_id", models.CharField(editable=False, max_length=1400, unique=True)),
                ("credential", models.BinaryField()),
                ("sign_count", models.BigIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="added at")),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "passkey",
                "verbose_name_plural": "passkeys",
            },
        ),
        migrations.CreateModel(
            name="ProviderAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=300, verbose_name="provider")),
                ("subject", models.CharField(max_length=255, verbose_name="subject")),
                ("created_at", models.DateTimeField(verbose_name="linked at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "account at a provider",
                "verbose_name_plural": "accounts at providers",
                "constraints": [
                    models.UniqueConstraint(models.F("issuer"), models.F("subject"), name="subject_once_at_provider")
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("user"), models.F("digest"), name="recovery_code_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "happening",
                    models.CharField(
                        choices=[
                            ("signed_in", "Signed in"),
                            ("refused", "Refused"),
                            ("locked_out", "Locked out"),
                            ("signed_out", "Signed out"),
                            ("ended", "Ended by Parley"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("password", "Password"),
                            ("app", "Code of the authenticator app"),
                            ("passkey", "Passkey"),
                            ("recovery", "Recovery code"),
                            ("oidc", "Single sign-on"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="how",
                    ),
                ),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("browser", models.CharField(blank=True, default="", max_length=300, verbose_name="browser")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in",
                "verbose_name_plural": "sign-ins",
                "indexes": [
                    models.Index(fields=["at"], name="sign_in_oldest"),
                    models.Index(fields=["user", "-at"], name="sign_in_of_user"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "happening__in",
                                [
                                    sessions_app.signing_in.kinds.Happening["SIGNED_IN"],
                                    sessions_app.signing_in.kinds.Happening["REFUSED"],
                                    sessions_app.signing_in.kinds.Happening["LOCKED_OUT"],
                                    sessions_app.signing_in.kinds.Happening["SIGNED_OUT"],
                                    sessions_app.signing_in.kinds.Happening["ENDED"],
                                ],
                            )
                        ),
                        name="happening_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "way__in",
                                [
                                    "",
                                    sessions_app.signing_in.kinds.Way["PASSWORD"],
                                    sessions_app.signing_in.kinds.Way["APP"],
                                    sessions_app.signing_in.kinds.Way["PASSKEY"],
                                    sessions_app.signing_in.kinds.Way["RECOVERY"],
                                    sessions_app.signing_in.kinds.Way["OIDC"],
                                ],
                            )
                        ),
                        name="way_known",
                    ),
                ],
            },
        ),
    ]
