"""Texts that agents send often."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies_app.models import Workstream
from sessions_app.models.people import Agent


class QuickReply(models.Model):
    """A text with placeholders that agents insert by its shortcut: of everybody, of a workstream, or of one agent."""

    shortcut = models.SlugField(
        _("shortcut"), max_length=30, help_text=_("What agents type after a slash to find it, such as hello.")
    )
    text = models.TextField(_("text"))
    workstream = models.ForeignKey(
        Workstream,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="quick_replies",
        verbose_name=_("workstream"),
        help_text=_("Empty: of all workstreams."),
    )
    agent = models.ForeignKey(
        Agent, models.CASCADE, null=True, blank=True, related_name="quick_replies", verbose_name=_("agent")
    )

    class Meta:
        verbose_name = _("quick reply")
        verbose_name_plural = _("quick replies")
        ordering = ["shortcut"]
        constraints = [
            models.CheckConstraint(
                name="quick_reply_is_shared_or_personal", condition=Q(agent=None) | Q(workstream=None)
            ),
            models.UniqueConstraint(
                "shortcut", name="shared_quick_reply_once", condition=Q(agent=None, workstream=None)
            ),
            models.UniqueConstraint(
                "shortcut", "workstream", name="workstream_quick_reply_once", condition=Q(workstream__isnull=False)
            ),
            models.UniqueConstraint(
                "shortcut", "agent", name="personal_quick_reply_once", condition=Q(agent__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.shortcut}"
