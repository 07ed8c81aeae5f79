"""What somebody typed and did not, or could not, send."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions_app.kinds import Audience
from sessions_app.models.people import Agent
from sessions_app.models.session import LiveSession


class Draft(models.Model):
    """A text that one side sent and that was refused, kept so that nothing typed is lost (rules.md 4).

    What was entered into a `document` and refused is one draft, which grows: `entered` is {"field": [text, version]},
    and the text says in words what stands in the document together with that.
    """

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="drafts", verbose_name=_("session"))
    author = models.CharField(_("author"), max_length=20, choices=Audience.choices())
    text = models.TextField(_("text"))
    saved_at = models.DateTimeField(_("saved at"))
    key = models.UUIDField(_("idempotency key"), editable=False)
    document = models.OneToOneField(
        "sessions_app.Document",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="refused",
        verbose_name=_("document"),
    )
    entered = models.JSONField(default=dict, db_default={}, editable=False)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint("session", "key", name="draft_key_once")]

    def __str__(self) -> str:
        return self.text[:50]


class HalfTyped(models.Model):
    """What is written in a composer and was not sent yet: there again after a reload, or on another device (B8).

    One for the customer (`agent` is None) and one for each agent. Of two saves the one with the higher `version` stays.
    """

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="half_typed", verbose_name=_("session"))
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("agent"))
    text = models.TextField(_("text"), blank=True)
    version = models.PositiveBigIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("half-typed text")
        verbose_name_plural = _("half-typed texts")
        constraints = [
            models.UniqueConstraint("session", name="half_typed_of_customer_once", condition=Q(agent=None)),
            models.UniqueConstraint(
                "session", "agent", name="half_typed_of_agent_once", condition=Q(agent__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.text[:50]
