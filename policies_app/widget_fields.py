"""Form fields of a chat widget: its origins, a line each, and its business hours, a line for each day."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from policies_app.fields import BOUND
from policies_app.hours import HoursProblem, in_short, ranges_in
from policies_app.hours_wording import DAYS
from policies_app.origins import OriginProblem, origin_in

MOST_ORIGINS = 50


class OriginsField(forms.CharField):
    """Origins, one a line. Cleans to a list of them as browsers send them, each once; names every line that is none."""

    widget = UnfoldAdminTextareaWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20_000, **kwargs)
        self.widget.attrs |= {"rows": "3", "spellcheck": "false", "placeholder": "https://www.example.com"}

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial or []), data))

    def clean(self, value: Any) -> Any:
        origins, problems = [], []
        for line in filter(None, map(str.strip, super().clean(value).splitlines())):
            try:
                origins.append(origin_in(line))
            except OriginProblem as problem:
                problems.append(ValidationError(str(problem)))
        if len(origins) > MOST_ORIGINS:
            problems.append(ValidationError(_("Give at most %d origins.") % MOST_ORIGINS))
        if problems:
            raise ValidationError(problems)
        return list(dict.fromkeys(origins))


class HoursWidget(forms.MultiWidget):
    """A line for each day of the week, from Monday on."""

    template_name = "policies_app/hours_widget.html"

    def __init__(self) -> None:
        super().__init__(
            {str(day): UnfoldAdminTextInputWidget({"placeholder": _("Closed"), "maxlength": 200}) for day in range(7)}
        )

    def decompress(self, value: dict[str, list[list[str]]] | None) -> list[str]:
        return [in_short((value or {}).get(str(day), [])) for day in range(7)]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        self.attrs.pop(BOUND, None)  # all lines would be bound to one value
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for part, day in zip(context["widget"]["subwidgets"], DAYS, strict=True):
            part["day"] = day
        return context


class HoursField(forms.MultiValueField):
    """Business hours as `policies_app.hours` reads them. Days without any are left out; names the day of a problem."""

    widget = HoursWidget

    def __init__(self, **kwargs: Any) -> None:
        lines = [forms.CharField(required=False, max_length=200) for _day in DAYS]
        super().__init__(fields=lines, require_all_fields=False, required=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, list[list[str]]]:
        hours, problems = {}, []
        for number, (day, text) in enumerate(zip(DAYS, data_list, strict=False)):
            try:
                hours[str(number)] = ranges_in(text)
            except HoursProblem as problem:
                problems.append(ValidationError(f"{day}: {problem}"))
        if problems:
            raise ValidationError(problems)
        return {day: ranges for day, ranges in hours.items() if ranges}
