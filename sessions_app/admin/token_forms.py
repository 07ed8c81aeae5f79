"""What is asked before a token of an integration is made or rotated."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.fields import DurationField
from sessions_app.api.tokens import OVERLAP

LONGEST_OVERLAP = timedelta(days=90)
LONGEST_LIFE = timedelta(days=3650)
SHORTEST_LIFE = timedelta(minutes=1)


class NewTokenForm(forms.Form):
    """For how long the token holds. Cleans to `expires_at` (UTC), or None."""

    lasts = DurationField(
        label=gettext_lazy("Holds for"),
        shortest=SHORTEST_LIFE,
        longest=LONGEST_LIFE,
        help_text=gettext_lazy("Empty: until it is revoked."),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        lasts = cleaned.get("lasts")
        return cleaned | {"expires_at": self._now + lasts if lasts else None}


class RotateForm(forms.Form):
    """For how long the old token holds beside the next one."""

    overlap = DurationField(
        label=gettext_lazy("The old token holds for another"),
        shortest=timedelta(0),
        longest=LONGEST_OVERLAP,
        initial=OVERLAP,
        help_text=gettext_lazy("Put the next one into use meanwhile. 0: the old one lets in nobody from now on."),
    )

    def clean_overlap(self) -> timedelta:
        chosen: timedelta | None = self.cleaned_data["overlap"]
        if chosen is None:
            raise ValidationError(_("Enter for how long the old token still holds."))
        return chosen
