"""Links by which customers come into their session."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.kinds import LinkKind
from sessions_app.models.people import Agent
from sessions_app.models.session import LiveSession


class AccessLink(models.Model):
    """A customer's way into one session. The token itself is in the link only; here is its SHA-256."""

    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="links", verbose_name=_("session"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=LinkKind.choices(), default=LinkKind.INVITATION)
    sent_to = models.CharField(_("sent to"), max_length=254, blank=True, default="")
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, verbose_name=_("created by"))
    used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("lets in until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        permissions = [("revoke_link", _("Can revoke links of customers"))]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
