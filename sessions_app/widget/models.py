"""What a chat widget needs beside its settings: the keys of its portal, and what became of its links."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies_app.kinds import Algorithm
from policies_app.models import ChatWidget
from sessions_app.kinds import LinkOutcome
from sessions_app.models.link import AccessLink


class WidgetKey(models.Model):
    """A key by which a portal's word on who its customer is can be judged. Several hold at once, to be rotated.

    `material` is a public key (PEM, JWK or JWKS) or the https address of a JWKS; of HS256 it is the secret, encrypted.
    It holds from `not_before` on and until `not_after`, each where it is set (UTC, half-open).
    """

    widget = models.ForeignKey(ChatWidget, models.CASCADE, related_name="keys", verbose_name=_("chat widget"))
    name = models.CharField(_("name"), max_length=100)
    algorithm = models.CharField(_("algorithm"), max_length=10, choices=Algorithm.choices())
    material = models.TextField(_("key"))
    created_at = models.DateTimeField(_("created at"))
    not_before = models.DateTimeField(_("holds from"), null=True, blank=True)
    not_after = models.DateTimeField(_("holds until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        constraints = [
            models.CheckConstraint(name="algorithm_known", condition=Q(algorithm__in=list(Algorithm))),
            models.UniqueConstraint("widget", "name", name="key_name_once_in_widget"),
        ]

    def __str__(self) -> str:
        return self.name


class LinkEvent(models.Model):
    """An attempt to come in by a link: `link` is the one that it named, None if there is no such link (D5)."""

    link = models.ForeignKey(
        AccessLink, models.CASCADE, null=True, blank=True, related_name="events", verbose_name=_("link")
    )
    widget = models.ForeignKey(
        ChatWidget, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("chat widget")
    )
    at = models.DateTimeField(_("at"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=LinkOutcome.choices())
    user_agent = models.CharField(_("browser"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("attempt to use a link")
        verbose_name_plural = _("attempts to use links")
        indexes = [models.Index(fields=["-at"], name="link_event_newest")]
        constraints = [
            models.CheckConstraint(name="link_outcome_known", condition=Q(outcome__in=list(LinkOutcome))),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {LinkOutcome(self.outcome).label}"
