"""Chat widgets: where customers start sessions from a portal, and what becomes of those who drop out (rules.md 5)."""

import secrets
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from policies_app.kinds import Ask, Corner, SignIn
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
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("New chats can be started. Those that there are go on.")
    )
    allowed_origins = models.JSONField(
        _("Allowed origins"),
        default=list,
        blank=True,
        help_text=_("Where the widget may be shown, one a line, such as https://www.example.com. Nowhere else."),
    )

    title = models.CharField(_("Title"), max_length=60, default="Chat")
    launcher = models.CharField(_("Launcher"), max_length=40, default="Chat with us")
    greeting = models.TextField(_("Greeting"), max_length=1000, blank=True, default="Hello! How can we help?")
    colour = models.CharField(_("Colour"), max_length=7, default="#206bc4")
    corner = models.CharField(_("Corner"), max_length=10, choices=Corner.choices(), default=Corner.RIGHT)
    sounds = models.BooleanField(_("Sounds"), default=True)
    ask_name = models.CharField(_("Name"), max_length=10, choices=Ask.choices(), default=Ask.OPTIONAL)
    ask_email = models.CharField(_("E-mail address"), max_length=10, choices=Ask.choices(), default=Ask.NO)
    ask_question = models.CharField(_("What it is about"), max_length=10, choices=Ask.choices(), default=Ask.OPTIONAL)

    hours = models.JSONField(_("Business hours"), default=dict, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, default="UTC")
    closed_text = models.TextField(
        _("Outside business hours"), max_length=1000, blank=True, default="We are closed at the moment."
    )
    nobody_text = models.TextField(
        _("Nobody there"),
        max_length=1000,
        blank=True,
        default="Nobody is there at the moment. You can wait in the queue.",
    )

    sign_in = models.CharField(_("Sign-in"), max_length=10, choices=SignIn.choices(), default=SignIn.NONE)
    audience = models.CharField(_("Audience"), max_length=200, blank=True, default="")

    reconnect_on = models.BooleanField(_("Turn on reconnect to previous chat"), default=False)
    same_agent_for = models.DurationField(
        _("Reconnect to previous agent for"),
        null=True,
        blank=True,
        help_text=_("At most the reconnect time limit. Meanwhile the agent's capacity is held. Empty: it is not held."),
    )
    portal_url = models.CharField(
        _("Portal URL"),
        max_length=2000,
        blank=True,
        default="",
        help_text=_("The page with the widget. Reconnect links lead there."),
    )
    sends_link = models.BooleanField(
        _("Send the reconnect link at the start"),
        default=False,
        help_text=_("An automatic message when an agent answers."),
    )
    redirect_url = models.CharField(
        _("Redirection URL"),
        max_length=2000,
        blank=True,
        default="",
        help_text=_("Where customers are sent, once, who come back after the end. Empty: they are offered a new chat."),
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
            models.CheckConstraint(name="corner_known", condition=Q(corner__in=list(Corner))),
            models.CheckConstraint(
                name="asks_known",
                condition=Q(ask_name__in=list(Ask), ask_email__in=list(Ask), ask_question__in=list(Ask)),
            ),
            models.CheckConstraint(
                name="sign_in_names_audience",
                condition=Q(sign_in=SignIn.NONE) | (Q(sign_in__in=list(SignIn)) & ~Q(audience="")),
            ),
            models.CheckConstraint(
                name="link_needs_reconnect_and_portal",
                condition=Q(sends_link=False) | (Q(reconnect_on=True) & ~Q(portal_url="")),
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
