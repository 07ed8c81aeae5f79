"""What differs between a workstream's own end session behavior and the system-wide one, in words (rules.md 6)."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.durations import in_words
from policies_app.forms import AGENT_FIELDS, APPLIES_WHEN, CUSTOMER_FIELDS
from policies_app.models import EndSessionBehavior

FIELDS = (*AGENT_FIELDS, *CUSTOMER_FIELDS)

_LABELS = {
    "inactive_after": gettext_lazy("Duration of inactivity"),
    "redirect_customer": gettext_lazy("Redirect customer: URL"),
}
"""Fields whose label says too little where the form around it is not seen."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of an override: its name, its label, and what the system-wide behavior says instead."""

    name: str
    label: str
    inherited: str


def label(name: str) -> str:
    """What a field is called outside its form."""
    return str(_LABELS.get(name) or _field(name).verbose_name)


def differences(own: EndSessionBehavior, system: EndSessionBehavior) -> list[Difference]:
    """The fields in which they differ, in the order of the form."""
    return [
        Difference(name, label(name), in_plain_words(system, name)) for name in FIELDS if _differs(own, system, name)
    ]


def in_short(own: EndSessionBehavior, system: EndSessionBehavior) -> list[str]:
    """The labels of what differs, without what only follows from another difference."""
    found = {one.name: one.label for one in differences(own, system)}
    return [text for name, text in found.items() if APPLIES_WHEN.get(name, ("",))[0] not in found]


def in_plain_words(row: EndSessionBehavior, name: str) -> str:
    """The value of a field as people say it."""
    value: Any = getattr(row, name)
    if not applies(row, name):
        return _("does not apply")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(_field(name), models.DurationField):
        return in_words(value) if value else _("none")
    return str(dict(_field(name).flatchoices).get(value, value))


def _field(name: str) -> Any:
    return EndSessionBehavior._meta.get_field(name)


def applies(row: EndSessionBehavior, name: str) -> bool:
    """Whether a field has a meaning, given what is chosen in those that it depends on."""
    if name not in APPLIES_WHEN:
        return True
    parent, values = APPLIES_WHEN[name]
    return getattr(row, parent) in values and applies(row, parent)


def _differs(own: EndSessionBehavior, system: EndSessionBehavior, name: str) -> bool:
    """Nothing is stored in more than one way: as no value, as an empty text, as no time at all."""
    return (getattr(own, name) or None) != (getattr(system, name) or None)
