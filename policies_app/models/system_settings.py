"""Settings that concern the whole system."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SystemSettings(models.Model):
    """What holds everywhere: one row, edited in Django admin."""

    allowed_redirect_hosts = models.TextField(
        _("Allowed hosts for redirects"),
        blank=True,
        default="",
        help_text=_(
            "One a line, such as example.com, or *.example.com for all its subdomains. "
            "Customers are sent to no other hosts. Empty: any host."
        ),
    )

    away_after = models.DurationField(
        _("Agents are away after"),
        default=timedelta(minutes=10),
        help_text=_("So long without a key, a touch or a movement of the pointer. They get no new sessions then."),
    )
    link_lasts = models.DurationField(
        _("Links of customers last"),
        null=True,
        blank=True,
        help_text=_("For coming in. Who is in already stays in. Empty: as long as the customer has access."),
    )

    class Meta:
        verbose_name = _("general settings")
        verbose_name_plural = _("general settings")
        constraints = [
            models.CheckConstraint(name="system_settings_are_one_row", condition=Q(pk=1)),
            models.CheckConstraint(name="away_after_takes_time", condition=Q(away_after__gt=timedelta(0))),
            models.CheckConstraint(
                name="links_last_some_time", condition=Q(link_lasts=None) | Q(link_lasts__gt=timedelta(0))
            ),
        ]

    def __str__(self) -> str:
        return str(_("General settings"))

    @property
    def redirect_hosts(self) -> list[str]:
        """The allowed hosts; empty if any is."""
        return self.allowed_redirect_hosts.split()
