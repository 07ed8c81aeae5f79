"""The append-only list of everything that happened in a session."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies_app.models import PolicyVersion
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models.people import Agent
from sessions_app.models.session import LiveSession


class TimelineEntry(models.Model):
    """One row of a timeline. Only `sessions_app.timeline` makes rows; nobody changes one, but for `erasing`.

    Numbers are per session, without gaps, in the order of commits. `due_at` is when it was due, `recorded_at` when it
    was written down (UTC). `hash` chains each row to the one before it. Where the content was erased, `erased_sha256`
    is the digest of what it was (`chain.digest`), so that the chain still holds.
    """

    # One index serves every read, that of the number in its session; others would only make inserts slower.
    session = models.ForeignKey(
        LiveSession, models.CASCADE, related_name="timeline", verbose_name=_("session"), db_index=False
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=30, choices=EntryKind.choices())
    actor = models.CharField(_("who"), max_length=20, choices=Actor.choices())
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agent"), db_index=False
    )
    payload = models.JSONField(_("content"), default=dict)
    due_at = models.DateTimeField(_("due at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    policy_version = models.ForeignKey(
        PolicyVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("policy version"),
        db_index=False,
    )
    key = models.UUIDField(_("idempotency key"), null=True, blank=True, editable=False)
    hash = models.CharField(max_length=64, editable=False)
    erased_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline")
        constraints = [
            models.UniqueConstraint("session", "number", name="timeline_number_once"),
            models.UniqueConstraint("session", "key", name="timeline_key_once", condition=Q(key__isnull=False)),
            models.CheckConstraint(name="timeline_starts_at_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="timeline_kind_known", condition=Q(kind__in=list(EntryKind))),
            models.CheckConstraint(name="timeline_actor_known", condition=Q(actor__in=list(Actor))),
        ]

    def __str__(self) -> str:
        return f"{self.number} {EntryKind(self.kind).label}"
