"""Who uses the REST API, and what they were answered."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from policies_app.models import Workstream

USUAL_RATE = 600


class Integration(models.Model):
    """A system of somebody else's that uses the REST API.

    It sees and does only what its `scopes` say (`api.scopes`), in its workstreams; without any, in all of them.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(
        _("name"), max_length=100, unique=True, help_text=_("As timelines and the history name it.")
    )
    scopes = models.JSONField(_("may"), default=list)
    workstreams = models.ManyToManyField(
        Workstream,
        blank=True,
        related_name="+",
        verbose_name=_("workstreams"),
        help_text=_("To which it is limited. None: all of them."),
    )
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Off: all of its tokens are refused."))
    requests_per_minute = models.PositiveIntegerField(_("requests per minute"), default=USUAL_RATE)
    created_at = models.DateTimeField(_("created at"), editable=False)

    class Meta:
        verbose_name = _("integration")
        verbose_name_plural = _("integrations")
        constraints = [
            models.CheckConstraint(
                name="integration_rate_in_bounds",
                condition=Q(requests_per_minute__gte=1, requests_per_minute__lte=100_000),
                violation_error_message=_("Give a number from 1 to 100,000."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A token of an integration. Several hold at once, so that they can be rotated. Here is only its SHA-256.

    It lets in until it is revoked, and until `expires_at` where that is set (UTC, half-open). `beginning` tells tokens
    apart for people.
    """

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="tokens", verbose_name=_("integration"))
    beginning = models.CharField(_("begins with"), max_length=20, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made at"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
        editable=False,
    )
    expires_at = models.DateTimeField(_("holds until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        default_permissions = ("view",)
        permissions = [("manage_apitoken", _("Can make, rotate and revoke tokens"))]
        constraints = [
            models.CheckConstraint(
                name="token_expires_after_it_was_made",
                condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.beginning}…"


class KeptAnswer(models.Model):
    """What a POST with an idempotency key was answered, so that the same one again does nothing and gets the same.

    Without a `status` it is still being worked on. `body` is encrypted: it may hold what is shown only once.
    """

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    asked = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="kept_answer_age")]
        constraints = [models.UniqueConstraint("integration", "key", name="kept_answer_once")]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.integration_id} {self.key}"
