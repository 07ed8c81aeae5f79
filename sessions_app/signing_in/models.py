"""What is kept about how people sign in."""

from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions_app.signing_in.kinds import Happening, Way


class BrowserSession(AbstractBaseSession):
    """What is kept of a browser, and who is signed in there. Its key is a hash of what the browser's cookie holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = _("browser")
        verbose_name_plural = _("browsers")

    @classmethod
    def get_session_store_class(cls) -> Any:
        from sessions_app.signing_in.sessions import SessionStore

        return SessionStore


class AuthenticatorApp(models.Model):
    """An app that shows codes which change every half minute (TOTP, RFC 6238), as a second step.

    `secret` is encrypted. `last_step` is the half minute since 1970 whose code was used last: that one and those before
    it are of no use any more.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    secret = models.TextField(_("secret"))
    last_step = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("set up at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")

    def __str__(self) -> str:
        return str(self.user)


class Passkey(models.Model):
    """A passkey or security key (WebAuthn). `credential` is its public half, which is no secret."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=100)
    credential_id = models.CharField(max_length=1400, unique=True, editable=False)
    credential = models.BinaryField(editable=False)
    sign_count = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("added at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")

    def __str__(self) -> str:
        return f"{self.user}: {self.name}"


class RecoveryCode(models.Model):
    """A code on paper that serves once in place of the second step. Only a keyed hash of it is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("user", "digest", name="recovery_code_once")]


class ProviderAccount(models.Model):
    """Whom a provider of OpenID Connect means by a subject."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    issuer = models.CharField(_("provider"), max_length=300)
    subject = models.CharField(_("subject"), max_length=255)
    created_at = models.DateTimeField(_("linked at"))

    class Meta:
        verbose_name = _("account at a provider")
        verbose_name_plural = _("accounts at providers")
        constraints = [models.UniqueConstraint("issuer", "subject", name="subject_once_at_provider")]

    def __str__(self) -> str:
        return f"{self.user}: {self.subject}"


class SignInEvent(models.Model):
    """Something that happened to a sign-in. `user` is None where what was typed is the name of no account; what was
    typed is not kept, because it may have been a password."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("user")
    )
    at = models.DateTimeField(_("at"))
    happening = models.CharField(_("what"), max_length=20, choices=Happening.choices())
    way = models.CharField(_("how"), max_length=20, choices=Way.choices(), blank=True, default="")
    address = models.GenericIPAddressField(_("address"), null=True)
    browser = models.CharField(_("browser"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [
            models.Index(fields=["at"], name="sign_in_oldest"),
            models.Index(fields=["user", "-at"], name="sign_in_of_user"),
        ]
        constraints = [
            models.CheckConstraint(name="happening_known", condition=Q(happening__in=list(Happening))),
            models.CheckConstraint(name="way_known", condition=Q(way__in=["", *Way])),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {Happening(self.happening).label}"
