"""Where webhooks go, what they are signed with, how far each session has come, and what became of each attempt."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies_app.models import Workstream
from sessions_app.models.session import LiveSession
from sessions_app.webhooks.kinds import PauseReason


class WebhookEndpoint(models.Model):
    """An address that hears of rows: those recorded from `since` on, in sessions of its workstreams (none: of all), of
    its kinds (none: of all).

    How it answers is kept beside the settings: how often in a row it `failures` to, since when, and until when it is
    left in peace (`rests_until`). `looked_through` is the newest row that the second look has been at
    (`marking.second_look`). While everything recorded since `replays_since` is marked to be sent again,
    `replayed_to` is the key of the session that this has come to. Moments are UTC.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    url = models.CharField(_("address"), max_length=2000)
    workstreams = models.ManyToManyField(
        Workstream, blank=True, related_name="+", verbose_name=_("workstreams"), help_text=_("None: all of them.")
    )
    kinds = models.JSONField(_("kinds of rows"), default=list, blank=True)
    with_notes = models.BooleanField(
        _("notes too"),
        default=False,
        help_text=_("What agents write for each other: notes, and words with a transfer or with more time."),
    )
    is_paused = models.BooleanField(_("paused"), default=False)
    pause_reason = models.CharField(
        _("why it is paused"), max_length=20, choices=PauseReason.choices(), blank=True, default=""
    )
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    since = models.DateTimeField(_("hears of rows since"))
    looked_through = models.PositiveBigIntegerField(default=0, editable=False)
    replays_since = models.DateTimeField(null=True, blank=True, editable=False)
    replayed_to = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True)
    rests_until = models.DateTimeField(_("not asked until"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last delivered at"), null=True, blank=True)
    last_problem = models.CharField(_("last problem"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="webhook_paused_has_moment_and_reason",
                condition=Q(is_paused=False, pause_reason="", paused_at=None)
                | Q(is_paused=True, pause_reason__in=list(PauseReason), paused_at__isnull=False),
            ),
            models.CheckConstraint(
                name="webhook_replay_has_moment", condition=Q(replayed_to=0) | Q(replays_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WebhookSecret(models.Model):
    """What an endpoint's webhooks are signed with, encrypted. Several hold at once while they are rotated: each until
    `expires_at`, if that is set (half-open)."""

    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="secrets", verbose_name=_("webhook"))
    material = models.TextField(_("secret"))
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("holds until"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook secret")
        verbose_name_plural = _("webhook secrets")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.endpoint}, {self.created_at:%Y-%m-%d %H:%M}"


class WebhookCursor(models.Model):
    """How far an endpoint has come in a session: every row up to `sent_number` is sent, or is not for it.

    While there is, or may be, more to send, `next_try_at` says from when on; no other row of the session is sent before
    this one is taken. A row that failed for a day parks the session for this endpoint. Whoever sends holds the `lease`.
    """

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="cursors", db_index=False, verbose_name=_("webhook")
    )
    session = models.ForeignKey(
        LiveSession, models.CASCADE, related_name="+", db_index=False, verbose_name=_("session")
    )
    sent_number = models.PositiveIntegerField(_("sent up to"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), null=True, blank=True)
    tries = models.PositiveIntegerField(_("failed tries"), default=0)
    first_failed_at = models.DateTimeField(_("fails since"), null=True, blank=True)
    parked_at = models.DateTimeField(_("parked at"), null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("session of a webhook")
        verbose_name_plural = _("sessions of webhooks")
        default_permissions = ()
        indexes = [
            models.Index(fields=["endpoint"], name="webhook_cursor_endpoint"),
            models.Index(
                fields=["endpoint", "next_try_at"], name="webhook_due", condition=Q(next_try_at__isnull=False)
            ),
            models.Index(fields=["endpoint", "parked_at"], name="webhook_parked", condition=Q(parked_at__isnull=False)),
            models.Index(
                fields=["endpoint", "leased_until"], name="webhook_leased", condition=Q(leased_until__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint("session", "endpoint", name="webhook_cursor_once"),
            models.CheckConstraint(
                name="webhook_parked_is_not_tried", condition=Q(parked_at=None) | Q(next_try_at=None)
            ),
            models.CheckConstraint(
                name="webhook_failed_has_moment",
                condition=Q(tries=0, first_failed_at=None) | Q(tries__gt=0, first_failed_at__isnull=False),
            ),
        ]


class WebhookAttempt(models.Model):
    """One request and what became of it: a `status`, or a `problem` where nothing came back. Of a test-fire it has no
    session. `answer` is the beginning of the body."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="attempts", db_index=False, verbose_name=_("webhook")
    )
    session = models.ForeignKey(
        LiveSession, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("session")
    )
    number = models.PositiveIntegerField(_("row"), null=True, blank=True)
    event = models.CharField(_("webhook-id"), max_length=100)
    at = models.DateTimeField(_("at"))
    milliseconds = models.PositiveIntegerField(_("took (ms)"))
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, default="")
    problem = models.CharField(_("problem"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("delivery of a webhook")
        verbose_name_plural = _("deliveries of webhooks")
        default_permissions = ()
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="webhook_attempt_newest"),
            models.Index(fields=["at"], name="webhook_attempt_at"),
        ]

    @property
    def was_taken(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.status is not None and 200 <= self.status < 300
