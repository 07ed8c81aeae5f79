"""What administrators set for the end of a session."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from policies_app.kinds import AccessSetting, ActivityCounts, AgentRedirect, Kind
from policies_app.models.policy_version import PolicyVersion
from policies_app.models.workstream import Workstream
from policies_app.snapshot import LONGEST_ACCESS, LONGEST_INACTIVITY, LONGEST_WAIT, SHORTEST, EndPolicy

_FULL = (AccessSetting.FULL_UNLIMITED, AccessSetting.FULL_RESTRICTED)
_TIMED = (AccessSetting.FULL_RESTRICTED, AccessSetting.LIMITED)


def _between(name: str, shortest: timedelta, longest: timedelta) -> Q:
    """A duration that is there: to the database a comparison with nothing is no violation."""
    return Q((f"{name}__isnull", False), (f"{name}__gte", shortest), (f"{name}__lte", longest))


def _labelled(kinds: type[Kind]) -> list[tuple[str, object]]:
    return [(value, _(label)) for value, label in kinds.choices()]


class EndSessionBehavior(models.Model):
    """End session behavior, worded as administrators know it: one row system-wide, and one for each override.

    Save it with `policies_app.actions.save_end_session_behavior`, which makes the version that sessions follow.
    """

    workstream = models.OneToOneField(
        Workstream, models.CASCADE, null=True, blank=True, related_name="override", verbose_name=_("workstream")
    )

    redirect_agent = models.CharField(
        _("Redirect agent"), max_length=20, choices=_labelled(AgentRedirect), default=AgentRedirect.WELCOME
    )
    end_when_inactive = models.BooleanField(_("End session when agent is inactive"), default=False)
    inactive_after = models.DurationField(_("Duration"), null=True, blank=True)
    activity_counts = models.CharField(
        _("Activity counts"), max_length=20, choices=_labelled(ActivityCounts), default=ActivityCounts.ANYWHERE
    )
    warn_before = models.DurationField(_("Warn before"), null=True, blank=True)
    wait_for_customer = models.BooleanField(_("Wait while the customer is completing something"), default=False)
    wait_at_most = models.DurationField(_("Wait at most"), null=True, blank=True)

    access_on = models.BooleanField(_("End session access"), default=False)
    access = models.CharField(
        _("Access level"), max_length=20, choices=_labelled(AccessSetting), blank=True, default=""
    )
    access_for = models.DurationField(_("Duration of access"), null=True, blank=True)
    attachments = models.BooleanField(_("Attachments"), default=False)
    chat = models.BooleanField(_("Chat"), default=False)
    then_limited = models.BooleanField(_("Continue to limited access"), default=False)
    then_limited_for = models.DurationField(_("Duration of limited access"), null=True, blank=True)
    redirect_customer_on = models.BooleanField(_("Redirect customer"), default=False)
    redirect_customer = models.CharField(_("URL"), max_length=2000, blank=True, default="")

    version = models.OneToOneField(PolicyVersion, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("End session behavior")
        verbose_name_plural = _("End session behavior")
        default_permissions = ("view",)
        permissions = [
            ("change_agent_tab", _("Can change the tab Agent")),
            ("change_customer_tab", _("Can change the tab Customer")),
        ]
        constraints = [
            models.UniqueConstraint(Coalesce("workstream", Value(0)), name="one_behavior_for_each_workstream"),
            models.CheckConstraint(
                name="inactive_after_iff_toggle",
                condition=(Q(end_when_inactive=True) & _between("inactive_after", SHORTEST, LONGEST_INACTIVITY))
                | Q(end_when_inactive=False, inactive_after=None, warn_before=None),
            ),
            models.CheckConstraint(
                name="warn_before_end", condition=Q(warn_before=None) | Q(warn_before__lt=F("inactive_after"))
            ),
            models.CheckConstraint(
                name="wait_needs_inactivity", condition=Q(end_when_inactive=True) | Q(wait_for_customer=False)
            ),
            models.CheckConstraint(
                name="wait_at_most_iff_toggle",
                condition=(Q(wait_for_customer=True) & _between("wait_at_most", SHORTEST, LONGEST_WAIT))
                | Q(wait_for_customer=False, wait_at_most=None),
            ),
            models.CheckConstraint(
                name="access_iff_toggle",
                condition=Q(access_on=True, access__in=list(AccessSetting)) | Q(access_on=False, access=""),
            ),
            models.CheckConstraint(
                name="access_for_iff_timed",
                condition=(Q(access__in=_TIMED) & _between("access_for", SHORTEST, LONGEST_ACCESS))
                | (~Q(access__in=_TIMED) & Q(access_for=None)),
            ),
            models.CheckConstraint(
                name="attachments_and_chat_need_full",
                condition=Q(access__in=_FULL) | Q(attachments=False, chat=False),
            ),
            models.CheckConstraint(
                name="then_limited_needs_full_restricted",
                condition=Q(access=AccessSetting.FULL_RESTRICTED) | Q(then_limited=False),
            ),
            models.CheckConstraint(
                name="then_limited_for_iff_toggle",
                condition=(Q(then_limited=True) & _between("then_limited_for", SHORTEST, LONGEST_ACCESS))
                | Q(then_limited=False, then_limited_for=None),
            ),
            models.CheckConstraint(
                name="redirect_customer_iff_toggle",
                condition=(Q(redirect_customer_on=True) & ~Q(redirect_customer=""))
                | Q(redirect_customer_on=False, redirect_customer=""),
            ),
        ]

    def __str__(self) -> str:
        return str(_("End session behavior of %s") % self.workstream if self.workstream else _("End session behavior"))

    def draft(self) -> EndPolicy:
        """The policy that these fields describe, before it has a version."""
        return EndPolicy(
            redirect_agent=AgentRedirect(self.redirect_agent),
            inactive_after=self.inactive_after,
            activity_counts=ActivityCounts(self.activity_counts),
            warn_before=self.warn_before or EndPolicy().warn_before,
            wait_at_most=self.wait_at_most,
            access=AccessSetting(self.access) if self.access else None,
            access_for=self.access_for,
            attachments=self.attachments,
            chat=self.chat,
            then_limited_for=self.then_limited_for,
            redirect_customer=self.redirect_customer or None,
        )
