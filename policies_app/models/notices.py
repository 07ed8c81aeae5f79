"""The texts that agents and customers see when a session closes, ends or changes."""

from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from policies_app.models.workstream import Workstream


class Notices(models.Model):
    """Texts in one language, for all workstreams or one. Empty ones are inherited (`policies_app.notice_texts`)."""

    workstream = models.ForeignKey(
        Workstream,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("workstream"),
        help_text=_("Empty: for all workstreams."),
    )
    language = models.CharField(_("language"), max_length=20)

    warning_agent = models.TextField(_("Before the session closes"), blank=True, default="")
    end_agent = models.TextField(_("After the end"), blank=True, default="")
    redirect_agent = models.TextField(_("On the Welcome page"), blank=True, default="")
    limited_agent = models.TextField(_("When the customer's access is limited"), blank=True, default="")
    over_agent = models.TextField(_("When the customer's access is over"), blank=True, default="")

    warning_customer = models.TextField(_("Before the session closes"), blank=True, default="")
    end_customer = models.TextField(_("After the end"), blank=True, default="")
    redirect_customer = models.TextField(_("When they are sent to another page"), blank=True, default="")
    limited_customer = models.TextField(_("When access is limited"), blank=True, default="")
    over_customer = models.TextField(_("When access is over"), blank=True, default="")

    class Meta:
        verbose_name = _("notices")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                Coalesce("workstream", Value(0)),
                "language",
                name="notices_once_for_each_language",
                violation_error_message=_("There are notices for this workstream in this language already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.workstream or _('All workstreams')}, {self.language}"
