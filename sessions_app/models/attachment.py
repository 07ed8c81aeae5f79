"""Files that agents and customers add to a session."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sessions_app.models.session import LiveSession


class Attachment(models.Model):
    """A file in a session. Its name is what people see; on disk it is called by its id."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="attachments", verbose_name=_("session"))
    file = models.FileField(_("file"), max_length=200)
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    thumbnail = models.FileField(_("thumbnail"), max_length=200, blank=True, default="")
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    sha256 = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name
