"""Every version of a policy that was ever in force."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from policies_app.snapshot import EndPolicy


class PolicyVersion(models.Model):
    """An immutable version of the end session behavior. Ended sessions keep pointing to theirs (rules.md 6)."""

    snapshot = models.JSONField(_("settings"))
    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("saved by")
    )

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        indexes = [models.Index(fields=["-saved_at", "-id"], name="policy_version_in_force")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def policy(self) -> EndPolicy:
        """The settings of this version, ready for the rules."""
        return EndPolicy.from_json(self.snapshot, version=self.pk, saved_at=self.saved_at)
