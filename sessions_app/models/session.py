"""The session itself."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from policies_app.kinds import Channel, DueKind, EndReason, SessionState
from policies_app.models import ChatWidget, PolicyVersion, Workstream
from policies_app.rules import STATES_OF, Windows
from sessions_app.models.people import Agent, Customer

CHAIN_START = "0" * 64
"""What stands in for the hash of the row before the first one."""


class LiveSession(models.Model):
    """A session between an agent and a customer. Only `transitions` writes its state, only `timeline` its numbers.

    `next_due_at` says when time alone changes something next, `next_due_kind` what; sweeps need look at nothing else.
    `clock_seen` is the newest policy version that the clock of an open session knows of.
    While it waits in the queue it has no agent and `queued_at`; an agent who was given it answers until `answer_by`, or
    it goes back there. `is_prepared` is an invitation session whose customer was not invited yet: it takes no seat.
    `seen_by_agent` and `seen_by_customer` are the newest rows that each side has looked at; `waits_since` is when the
    customer wrote what nobody has answered. A widget's customer has had no connection since `disconnected_at`; until
    `grace_until` that changes nothing. Then the session is disconnected: the seat is held until `hold_until`, and they
    can come back until `return_until` (rules.md 5). Of the browsers that they came in with, only `current_device` is in
    a widget's room.
    All moments are UTC. `full_until` and `limited_until` are set with the end (rules.md 4).
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices())
    workstream = models.ForeignKey(
        Workstream, models.PROTECT, related_name="sessions", db_index=False, verbose_name=_("workstream")
    )
    widget = models.ForeignKey(
        ChatWidget,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        db_index=False,
        verbose_name=_("chat widget"),
    )
    state = models.CharField(_("state"), max_length=20, choices=SessionState.choices())
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("agent")
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sessions", verbose_name=_("customer"))

    started_at = models.DateTimeField(_("started at"))
    is_prepared = models.BooleanField(_("prepared"), default=False)
    queued_at = models.DateTimeField(_("waits in the queue since"), null=True, blank=True)
    assigned_at = models.DateTimeField(_("assigned at"), null=True, blank=True)
    answer_by = models.DateTimeField(_("agent answers until"), null=True, blank=True)
    passed_by = models.JSONField(default=list, blank=True, editable=False)
    hold_until = models.DateTimeField(_("seat held until"), null=True, blank=True)
    waits_since = models.DateTimeField(_("customer waits since"), null=True, blank=True)
    seen_by_agent = models.PositiveIntegerField(default=0, editable=False)
    seen_by_customer = models.PositiveIntegerField(default=0, editable=False)
    joined_at = models.DateTimeField(_("customer joined at"), null=True, blank=True)
    last_agent_activity_at = models.DateTimeField(_("last activity of the agent"), null=True, blank=True)
    customer_busy_at = models.DateTimeField(_("customer last seen completing something"), null=True, blank=True)
    warned_at = models.DateTimeField(_("warned at"), null=True, blank=True)
    disconnected_at = models.DateTimeField(_("customer disconnected at"), null=True, blank=True)
    grace_until = models.DateTimeField(_("counts as disconnected from"), null=True, blank=True)
    return_until = models.DateTimeField(_("customer can come back until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(
        _("reason of the end"), max_length=30, choices=EndReason.choices(), blank=True, default=""
    )
    end_policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("policy at the end")
    )
    full_until = models.DateTimeField(_("full access until"), null=True, blank=True)
    limited_until = models.DateTimeField(_("limited access until"), null=True, blank=True)
    follow_up_since = models.DateTimeField(_("waits for an answer since"), null=True, blank=True)
    asked_for_time_at = models.DateTimeField(_("customer asked for more time at"), null=True, blank=True)
    extended_at = models.DateTimeField(_("more time given at"), null=True, blank=True)

    current_device = models.ForeignKey(
        "sessions_app.Device", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    last_number = models.PositiveIntegerField(_("last number of the timeline"), default=0)
    last_hash = models.CharField(max_length=64, default=CHAIN_START, editable=False)
    next_due_at = models.DateTimeField(_("next due at"), null=True, blank=True)
    clock_seen = models.PositiveBigIntegerField(default=0, editable=False)
    next_due_kind = models.CharField(_("next due"), max_length=20, choices=DueKind.choices(), blank=True, default="")
    retry_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [
            models.Index(fields=["next_due_at"], name="session_due", condition=Q(next_due_at__isnull=False)),
            models.Index(
                fields=["workstream", "last_agent_activity_at"],
                name="session_active_since",
                condition=Q(state=SessionState.ACTIVE),
            ),
            models.Index(
                fields=["workstream", "customer_busy_at"],
                name="session_customer_busy",
                condition=Q(state=SessionState.ACTIVE, customer_busy_at__isnull=False),
            ),
            models.Index(
                fields=["workstream", "queued_at", "id"],
                name="session_in_queue",
                condition=Q(state=SessionState.QUEUED),
            ),
            models.Index(
                fields=["workstream", "-assigned_at"],
                name="session_from_queue",
                condition=Q(queued_at__isnull=False, assigned_at__isnull=False),
            ),
            models.Index(fields=["agent", "-id"], name="session_open_of_agent", condition=~Q(state=SessionState.ENDED)),
            models.Index(fields=["grace_until"], name="session_in_grace", condition=Q(grace_until__isnull=False)),
            models.Index(
                fields=["id"],
                name="session_open_of_widget",
                condition=Q(widget__isnull=False, state__in=[SessionState.QUEUED, SessionState.ACTIVE]),
            ),
            models.Index(fields=["widget"], name="session_of_widget", condition=Q(widget__isnull=False)),
            models.Index(
                fields=["agent", "follow_up_since"],
                name="session_follow_up",
                condition=Q(follow_up_since__isnull=False),
            ),
        ]
        default_permissions = ("view",)
        permissions = [
            ("extend_access", _("Can give a customer more time after the end")),
            ("apply_to_ended", _("Can apply a policy to sessions that have ended")),
            ("explain_session", _("Can see why a session ended and who may do what until when")),
            ("monitor_session", _("Can read along in sessions of other agents")),
            ("take_over_session", _("Can take over sessions of other agents")),
            ("release_seat", _("Can release seats that agents hold")),
        ]
        constraints = [
            models.CheckConstraint(name="session_state_known", condition=Q(state__in=list(SessionState))),
            models.CheckConstraint(
                name="invitation_is_never_disconnected",
                condition=Q(channel=Channel.WIDGET)
                | Q(channel=Channel.INVITATION, state__in=sorted(STATES_OF[Channel.INVITATION])),
            ),
            models.CheckConstraint(
                name="ended_has_moment_reason_policy_and_windows",
                condition=Q(
                    state=SessionState.ENDED,
                    end_reason__in=list(EndReason),
                    ended_at__isnull=False,
                    end_policy__isnull=False,
                    full_until__isnull=False,
                    full_until__gte=F("ended_at"),
                    limited_until__isnull=False,
                    limited_until__gte=F("full_until"),
                )
                | (
                    ~Q(state=SessionState.ENDED)
                    & Q(end_reason="", ended_at=None, end_policy=None, full_until=None, limited_until=None)
                ),
            ),
            models.CheckConstraint(
                name="assigned_session_has_agent_and_activity",
                condition=Q(state__in=[SessionState.QUEUED, SessionState.ENDED])
                | Q(agent__isnull=False, last_agent_activity_at__isnull=False),
            ),
            models.CheckConstraint(
                name="waiting_session_has_moment_and_no_agent",
                condition=~Q(state=SessionState.QUEUED)
                | Q(
                    Q(next_due_at=None) | Q(next_due_kind=DueKind.ABANDON),
                    queued_at__isnull=False,
                    agent=None,
                    answer_by=None,
                ),
            ),
            models.CheckConstraint(
                name="only_active_session_is_offered",
                condition=Q(answer_by=None) | Q(state=SessionState.ACTIVE),
            ),
            models.CheckConstraint(
                name="prepared_session_is_active_invitation",
                condition=Q(is_prepared=False) | Q(channel=Channel.INVITATION, state=SessionState.ACTIVE),
            ),
            models.CheckConstraint(
                name="hold_only_while_disconnected_and_can_return",
                condition=Q(hold_until=None)
                | Q(state=SessionState.DISCONNECTED, return_until__isnull=False, hold_until__lte=F("return_until")),
            ),
            models.CheckConstraint(
                name="return_only_while_disconnected",
                condition=Q(return_until=None) | Q(state=SessionState.DISCONNECTED),
            ),
            models.CheckConstraint(
                name="grace_only_of_widget_before_disconnected",
                condition=Q(grace_until=None)
                | Q(
                    channel=Channel.WIDGET,
                    state__in=[SessionState.QUEUED, SessionState.ACTIVE],
                    disconnected_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="disconnected_has_moment",
                condition=Q(state=SessionState.DISCONNECTED, disconnected_at__isnull=False, next_due_at__isnull=False)
                | ~Q(state=SessionState.DISCONNECTED),
            ),
            models.CheckConstraint(
                name="widget_only_of_widget_session", condition=Q(widget=None) | Q(channel=Channel.WIDGET)
            ),
            models.CheckConstraint(
                name="ended_not_before_start", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))
            ),
            models.CheckConstraint(
                name="due_has_kind",
                condition=Q(next_due_at=None, next_due_kind="")
                | Q(next_due_at__isnull=False, next_due_kind__in=list(DueKind)),
            ),
            models.CheckConstraint(
                name="follow_up_only_after_end", condition=Q(follow_up_since=None) | Q(state=SessionState.ENDED)
            ),
            models.CheckConstraint(
                name="extended_only_after_end", condition=Q(extended_at=None) | Q(state=SessionState.ENDED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} ({SessionState(self.state).label})"

    @property
    def is_open(self) -> bool:
        return self.state != SessionState.ENDED

    @property
    def gave_seat_up(self) -> bool:
        """Whether it is written down that the seat is held no more (`transitions.no_longer_held`): so it is, also for
        a request that read the clock before."""
        return self.next_due_kind == DueKind.END_AWAY and self.hold_until != self.return_until

    @property
    def ended_without_customer(self) -> bool:
        """Whether the customer of a widget was disconnected, or had left the queue, when it ended (rules.md 5)."""
        return not self.is_open and self.disconnected_at is not None

    @property
    def windows(self) -> Windows:
        """The customer's windows of access. Only of an ended session."""
        assert self.full_until and self.limited_until, "an open session has no windows"
        return Windows(self.full_until, self.limited_until)
