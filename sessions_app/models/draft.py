"""What somebody typed and could not send."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.kinds import Audience
from sessions_app.models.session import LiveSession


class Draft(models.Model):
    """A text that one side sent and that was refused, kept so that nothing typed is lost (rules.md 4)."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="drafts", verbose_name=_("session"))
    author = models.CharField(_("author"), max_length=20, choices=Audience.choices())
    text = models.TextField(_("text"))
    saved_at = models.DateTimeField(_("saved at"))
    key = models.UUIDField(_("idempotency key"), editable=False)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint("session", "key", name="draft_key_once")]

    def __str__(self) -> str:
        return self.text[:50]
