"""Agents and customers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class Agent(models.Model):
    """A user who holds sessions with customers."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="agent", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=100, help_text=_("As customers see it."))

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """Somebody whom a session is held with. Reached by e-mail or phone; needs no account."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.CheckConstraint(
                name="customer_can_be_reached",
                condition=~Q(email="", phone=""),
                violation_error_message=_("Enter an e-mail address or a phone number."),
            )
        ]

    def __str__(self) -> str:
        return self.name
