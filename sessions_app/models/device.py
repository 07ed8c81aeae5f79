"""On which devices a customer is let in, and the codes by which others are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models.session import LiveSession


class Device(models.Model):
    """A browser in which a customer is in one session. What it keeps is known here by its SHA-256 only.

    `link` is the reconnect link by which it came in first, if it came by one: when that is revoked, it is out.
    """

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="devices", verbose_name=_("session"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    first_seen_at = models.DateTimeField(_("first seen at"))
    last_seen_at = models.DateTimeField(_("last seen at"))
    user_agent = models.CharField(_("browser"), max_length=300, blank=True, default="")
    link = models.ForeignKey(
        "sessions_app.AccessLink",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="devices",
        db_index=False,
        editable=False,
    )

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        indexes = [models.Index(fields=["link"], name="device_by_link", condition=models.Q(link__isnull=False))]

    def __str__(self) -> str:
        return self.user_agent or str(self.pk)


class OneTimeCode(models.Model):
    """A code that was sent to a customer, so that another device is let in. Wrong tries are counted on the newest."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="codes", verbose_name=_("session"))
    code_hash = models.CharField(max_length=200, editable=False)
    sent_to = models.CharField(_("sent to"), max_length=254)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    wrong_tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
