"""Agents and customers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from policies_app.kinds import AgentStatus, Channel
from policies_app.models import Workstream


class Agent(models.Model):
    """A user who holds sessions with customers.

    `status` is what the agent chose; `availability.presence` says what it comes to. The row is locked by whoever gives
    the agent a seat (`assigning`), so that seats are counted one after the other (rules.md 5).
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="agent", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=100, help_text=_("As customers see it."))
    workstreams = models.ManyToManyField(
        Workstream,
        blank=True,
        related_name="agents",
        verbose_name=_("workstreams"),
        help_text=_("In which the agent can start sessions."),
    )
    capacity = models.PositiveSmallIntegerField(
        _("capacity"),
        default=10,
        help_text=_("How many sessions the agent holds at once. 1: a single active session."),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=AgentStatus.choices(), default=AgentStatus.OFFLINE, editable=False
    )
    last_seen_at = models.DateTimeField(_("last seen at"), null=True, blank=True, editable=False)
    last_active_at = models.DateTimeField(_("last active at"), null=True, blank=True, editable=False)
    last_assigned_at = models.DateTimeField(_("last got a session at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [
            models.CheckConstraint(
                name="capacity_in_bounds",
                condition=Q(capacity__gte=1, capacity__lte=1000),
                violation_error_message=_("Give a capacity from 1 to 1000."),
            ),
            models.CheckConstraint(name="agent_status_known", condition=Q(status__in=list(AgentStatus))),
        ]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """Somebody whom a session is held with. Reached by e-mail or phone; needs no account.

    Who came by a widget may be anonymous. Who was signed in at its portal has a `subject`, "{widget's key}:{JWT sub}".
    An e-mail address that `email_is_typed` was typed before a chat: nobody has told us that it is theirs.
    Of who was erased (`erasing`) nothing is known any more but that, since `erased_at` (UTC).
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    language = models.CharField(_("language"), max_length=20, blank=True, default="", editable=False)
    came_by = models.CharField(
        max_length=20, choices=Channel.choices(), default=Channel.INVITATION, db_default="invitation", editable=False
    )
    email_is_typed = models.BooleanField(default=False, db_default=False, editable=False)
    subject = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(Lower("email"), name="customer_email", condition=~Q(email="")),
            models.Index("phone", name="customer_phone", condition=~Q(phone="")),
        ]
        constraints = [
            models.UniqueConstraint("subject", name="customer_subject_once", condition=~Q(subject="")),
            models.CheckConstraint(
                name="customer_can_be_reached",
                condition=~Q(email="", phone="") | Q(came_by=Channel.WIDGET) | Q(erased_at__isnull=False),
                violation_error_message=_("Enter an e-mail address or a phone number."),
            ),
            models.CheckConstraint(
                name="erased_customer_is_nobody",
                condition=Q(erased_at=None) | Q(email="", phone="", subject="", language=""),
            ),
        ]
        permissions = [("erase_customer", _("Can erase customers"))]

    def __str__(self) -> str:
        return self.name
