"""Kinds of work."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies_app.kinds import Assignment, DeviceAccess, FileGroup, ReturningCustomer

SHORTEST_AUTO_CLOSE = timedelta(minutes=1)
LONGEST_AUTO_CLOSE = timedelta(days=30)

FIRST = "General"
"""What the workstream is called that every installation begins with."""


class Workstream(models.Model):
    """A kind of work, with settings of its own where they differ from the system-wide ones (product.md, Words)."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Agents can start sessions in it. Sessions that there are stay.")
    )

    assignment = models.CharField(
        _("New sessions from the queue are"),
        max_length=20,
        choices=Assignment.choices(),
        default=Assignment.AUTOMATIC,
    )
    answer_within = models.DurationField(
        _("Agents answer within"),
        null=True,
        blank=True,
        default=timedelta(minutes=1),
        help_text=_(
            "A session that was given to an agent who does not open it for so long goes back to the queue, and the "
            "agent becomes away. Empty: it stays with the agent, also when they sign out."
        ),
    )
    auto_close_after = models.DurationField(
        _("Auto-close after inactivity"),
        default=timedelta(minutes=10),
        help_text=_(
            "A chat whose customer dropped out and does not come back for so long ends. It is also the reconnect time "
            "limit of the workstream's chat widgets."
        ),
    )
    returning_customer = models.CharField(
        _("A customer who has an open session already"),
        max_length=20,
        choices=ReturningCustomer.choices(),
        default=ReturningCustomer.ASK,
    )
    device_access = models.CharField(
        _("Customers come in from"),
        max_length=20,
        choices=DeviceAccess.choices(),
        default=DeviceAccess.ANY,
        help_text=_("One-time codes go to the customer's e-mail address or phone."),
    )
    largest_file_mb = models.PositiveIntegerField(
        _("Largest file (MB)"), null=True, blank=True, help_text=_("Empty: as large as this installation allows.")
    )
    most_files = models.PositiveIntegerField(
        _("Most files in a session"), null=True, blank=True, help_text=_("Empty: as many as this installation allows.")
    )
    file_groups = models.JSONField(_("Allowed files"), default=list, blank=True)

    class Meta:
        verbose_name = _("workstream")
        verbose_name_plural = _("workstreams")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="assignment_known", condition=Q(assignment__in=list(Assignment))),
            models.CheckConstraint(name="device_access_known", condition=Q(device_access__in=list(DeviceAccess))),
            models.CheckConstraint(
                name="returning_customer_known", condition=Q(returning_customer__in=list(ReturningCustomer))
            ),
            models.CheckConstraint(
                name="answer_within_takes_time",
                condition=Q(answer_within=None) | Q(answer_within__gt=timedelta(0)),
            ),
            models.CheckConstraint(
                name="auto_close_in_bounds",
                condition=Q(auto_close_after__gte=SHORTEST_AUTO_CLOSE, auto_close_after__lte=LONGEST_AUTO_CLOSE),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def allowed_groups(self) -> frozenset[FileGroup]:
        """Which kinds of files may be added; all, unless some were chosen."""
        return frozenset(FileGroup(one) for one in self.file_groups) or frozenset(FileGroup)
