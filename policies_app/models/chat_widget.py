"""Chat widgets: where customers start sessions from a portal, and what becomes of those who drop out (rules.md 5)."""

import secrets
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies_app.models.workstream import LONGEST_AUTO_CLOSE, SHORTEST_AUTO_CLOSE, Workstream
from policies_app.reconnect import GRACE, ReconnectPolicy

SHORTEST_GRACE = timedelta(seconds=5)
LONGEST_GRACE = timedelta(minutes=5)


def new_key() -> str:
    """What a portal's page names a widget by. It is public, and hard to guess all the same."""
    return secrets.token_urlsafe(12)


class ChatWidget(models.Model):
    """A chat widget of a workstream. The reconnect time limit is the workstream's *Auto-close after inactivity*."""

    workstream = models.ForeignKey(Workstream, models.PROTECT, related_name="widgets", verbose_name=_("workstream"))
    name = models.CharField(_("name"), max_length=100, unique=True)
    key = models.CharField(_("key"), max_length=40, unique=True, default=new_key, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    reconnect_on = models.BooleanField(_("Turn on reconnect to previous chat"), default=False)
    same_agent_for = models.DurationField(
        _("Reconnect to previous agent for"),
        null=True,
        blank=True,
        help_text=_("At most the reconnect time limit. Meanwhile the agent's capacity is held. Empty: it is not held."),
    )
    grace = models.DurationField(_("Count as disconnected after"), default=GRACE)

    class Meta:
        verbose_name = _("chat widget")
        verbose_name_plural = _("chat widgets")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="same_agent_only_with_reconnect",
                condition=Q(same_agent_for=None)
                | Q(reconnect_on=True, same_agent_for__gte=SHORTEST_AUTO_CLOSE, same_agent_for__lte=LONGEST_AUTO_CLOSE),
            ),
            models.CheckConstraint(
                name="grace_in_bounds", condition=Q(grace__gte=SHORTEST_GRACE, grace__lte=LONGEST_GRACE)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def policy(self) -> ReconnectPolicy:
        """What it says, together with its workstream, as the rules read it."""
        return ReconnectPolicy(
            is_on=self.reconnect_on,
            time_limit=self.workstream.auto_close_after,
            same_agent_for=self.same_agent_for,
            grace=self.grace,
        )
