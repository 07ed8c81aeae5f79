"""Changes of policy on their way through many sessions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies_app.models import PolicyVersion
from sessions_app.kinds import RolloutKind


class Rollout(models.Model):
    """Carries a policy version to many sessions, in batches that each stand alone; it goes on where it was cut off.

    `place` is how far it has come: a moment for open sessions, a key for ended ones. All moments are UTC.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=RolloutKind.choices())
    version = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="rollouts", verbose_name=_("policy version")
    )
    workstreams = models.JSONField(_("workstreams"), default=list, help_text=_("Keys of those concerned."))
    ended_since = models.DateTimeField(_("sessions ended since"), null=True, blank=True)

    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    total = models.PositiveIntegerField(_("sessions"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    place = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("rollout")
        verbose_name_plural = _("rollouts")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["id"], name="rollout_under_way", condition=Q(finished_at=None))]

    def __str__(self) -> str:
        return f"{RolloutKind(self.kind).label}: {self.version}"
