"""What people send from a room and from the welcome page."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from policies_app import durations
from policies_app.durations import in_words
from policies_app.kinds import AccessLevel
from policies_app.snapshot import LONGEST_ACCESS
from sessions_app.actions import LONGEST_MESSAGE
from sessions_app.half_typed import LARGEST_VERSION
from sessions_app.models import Customer
from sessions_app.more_time import GIVEN
from sessions_app.phones import normalised


class TypedText(forms.CharField):
    """Text as it was typed: browsers send each end of a line as two characters, which count as one."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class MessageForm(forms.Form):
    """A message, stored as it was typed, with the key that lets a retry be told from a second message.

    `typed` is the version of what was half typed that goes with it; a plain form has none.
    """

    text = TypedText(
        label=_("Message"),
        strip=False,
        max_length=LONGEST_MESSAGE,
        error_messages={"required": _("Write something first.")},
    )
    key = forms.UUIDField()
    typed = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_VERSION)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(_("Write something first."))
        return text


class HalfTypedForm(forms.Form):
    """What is being typed, with its version."""

    text = TypedText(strip=False, required=False, max_length=LONGEST_MESSAGE)
    version = forms.IntegerField(min_value=1, max_value=LARGEST_VERSION)


class FileForm(forms.Form):
    """A file to add, with its key."""

    file = forms.FileField(
        label=_("File"), error_messages={"required": _("Choose a file first.")}, allow_empty_file=True
    )
    key = forms.UUIDField()


class CustomerForm(forms.ModelForm):
    """Who a customer is, and how to reach them."""

    class Meta:
        model = Customer
        fields = ("name", "email", "phone")
        labels = {"name": _("Customer's name"), "email": _("E-mail"), "phone": _("Phone")}
        help_texts = {"phone": _("An e-mail address or a phone number is enough.")}
        error_messages = {"name": {"required": _("Enter the customer's name.")}}

    def clean_phone(self) -> str:
        return normalised(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", _("Enter an e-mail address or a phone number."))
        return cleaned


class MoreTimeForm(forms.Form):
    """More time for the customer of an ended session: which access, for how long from now, and why."""

    level = forms.ChoiceField(
        label=_("Access"), choices=[(level, _(level.label)) for level in GIVEN], initial=AccessLevel.FULL
    )
    number = forms.IntegerField(
        label=_("For how long"),
        min_value=1,
        initial=1,
        error_messages={"required": _("Enter for how long.")},
    )
    unit = forms.ChoiceField(
        label=_("Unit"),
        choices=[(unit, durations.UNITS[unit][1]) for unit in ("minutes", "hours", "days")],
        initial="days",
    )
    reason = TypedText(
        label=_("Reason"), max_length=500, error_messages={"required": _("Say why, for whoever reads this later.")}
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "number" in cleaned and "unit" in cleaned:
            cleaned["length"] = self._length(cleaned["number"], cleaned["unit"])
        return cleaned

    def _length(self, number: int, unit: str) -> timedelta | None:
        try:
            length = durations.join(number, unit)
        except OverflowError:
            length = timedelta.max
        if length > LONGEST_ACCESS:
            message = _("Give at most %(longest)s.")
            self.add_error("number", forms.ValidationError(message, params={"longest": in_words(LONGEST_ACCESS)}))
        return length


def new_key() -> UUID:
    """A key for one thing that is going to be sent."""
    return uuid4()
