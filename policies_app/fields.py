"""The form field for durations in Django admin."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from policies_app import durations

BOUND = "x-model.fill"
"""How django-unfold tells the browser which fields other fields depend on."""


class DurationWidget(forms.MultiWidget):
    """A number and a unit side by side."""

    template_name = "policies_app/duration_widget.html"

    def __init__(self) -> None:
        units = [(unit, label) for unit, (_length, label) in durations.UNITS.items()]
        number = UnfoldAdminIntegerFieldWidget({"min": "0", "inputmode": "numeric"})
        super().__init__({"number": number, "unit": UnfoldAdminSelectWidget({"aria-label": _("Unit")}, units)})

    def decompress(self, value: timedelta | None) -> list[Any]:
        return list(durations.split(value)) if value is not None else [None, "minutes"]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        self.attrs.pop(BOUND, None)  # both halves would be bound to one value
        context: dict[str, Any] = super().get_context(name, value, attrs)
        return context


class DurationField(forms.MultiValueField):
    """A duration between two bounds. Cleans to a timedelta, or None when the number is left empty."""

    widget = DurationWidget

    def __init__(self, *, shortest: timedelta, longest: timedelta, **kwargs: Any) -> None:
        self.shortest, self.longest = shortest, longest
        fields = (
            forms.IntegerField(required=False),
            forms.ChoiceField(choices=[(unit, unit) for unit in durations.UNITS], required=False),
        )
        super().__init__(fields=fields, require_all_fields=False, required=False, **kwargs)

    def compress(self, data_list: list[Any]) -> timedelta | None:
        if not data_list or data_list[0] is None:
            return None
        return self._within_bounds(*data_list)

    def _within_bounds(self, number: int, unit: str) -> timedelta:
        try:
            duration = durations.join(number, unit)
        except (KeyError, OverflowError):
            duration = None
        if duration is None or not self.shortest <= duration <= self.longest:
            raise ValidationError(
                _("Give a duration from %(shortest)s to %(longest)s."),
                params={"shortest": durations.in_words(self.shortest), "longest": durations.in_words(self.longest)},
            )
        return duration


class ChoiceRadios(UnfoldAdminRadioSelectWidget):
    """Radio buttons that other fields can depend on: only the chosen one tells the page its value."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        if name := attrs.pop(BOUND, None):
            attrs["x-init"] = f"if ($el.checked) {name} = $el.value"
            attrs["x-on:change"] = f"{name} = $el.value"
        return attrs
