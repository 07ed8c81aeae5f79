"""Every version of a policy that was ever in force."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from policies_app.models.workstream import Workstream
from policies_app.snapshot import EndPolicy


class PolicyVersion(models.Model):
    """An immutable version of the end session behavior, system-wide or of one workstream (rules.md 6).

    One without settings says that a workstream's override was removed: from then on the system-wide one holds there.
    Ended sessions keep pointing to theirs.
    """

    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("workstream"),
    )
    snapshot = models.JSONField(_("settings"), null=True)
    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("saved by")
    )

    saved_through = models.CharField(_("saved through"), max_length=100, blank=True, default="", db_default="")
    """The integration that saved it, by its name then; empty: a person did, or nobody."""

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["workstream", "-saved_at", "-id"], name="policy_version_in_force")]
        constraints = [
            models.CheckConstraint(
                name="only_an_override_is_removed",
                condition=models.Q(snapshot__isnull=False) | models.Q(workstream__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(_("Version %d")) % self.pk

    @property
    def saver(self) -> str:
        """Who saved it, as people know them; empty if nobody did."""
        return self.saved_through or str(self.saved_by or "")

    @property
    def removes(self) -> bool:
        """Whether from here on the workstream has no override."""
        return self.snapshot is None

    def policy(self) -> EndPolicy:
        """The settings of this version, ready for the rules."""
        assert self.snapshot is not None, "a removed override has no settings"
        return EndPolicy.from_json(self.snapshot, version=self.pk, saved_at=self.saved_at)
