"""What people send from a room and from the welcome page."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sessions_app.actions import LONGEST_MESSAGE
from sessions_app.models import Customer


class TypedText(forms.CharField):
    """Text as it was typed: browsers send each end of a line as two characters, which count as one."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class MessageForm(forms.Form):
    """A message, stored as it was typed, with the key that lets a retry be told from a second message."""

    text = TypedText(
        label=_("Message"),
        strip=False,
        max_length=LONGEST_MESSAGE,
        error_messages={"required": _("Write something first.")},
    )
    key = forms.UUIDField()

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(_("Write something first."))
        return text


class FileForm(forms.Form):
    """A file to add, with its key."""

    file = forms.FileField(
        label=_("File"), error_messages={"required": _("Choose a file first.")}, allow_empty_file=True
    )
    key = forms.UUIDField()


class StartForm(forms.ModelForm):
    """A new session for a customer. `key` becomes the session's public id, so that a double click starts one only."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)

    class Meta:
        model = Customer
        fields = ("name", "email", "phone")
        labels = {"name": _("Customer's name"), "email": _("E-mail"), "phone": _("Phone")}
        help_texts = {"phone": _("An e-mail address or a phone number is enough.")}
        error_messages = {"name": {"required": _("Enter the customer's name.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.visible_fields():
            field.field.widget.attrs |= {"class": "form-control", "autocomplete": "off"}

    def clean_key(self) -> UUID:
        return self.cleaned_data["key"] or uuid7()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", _("Enter an e-mail address or a phone number."))
        return cleaned


def new_key() -> UUID:
    """A key for one thing that is going to be sent."""
    return uuid4()
