"""What an agent fills in before a document is sent, and what they say when they ask for files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.documents import values
from sessions_app.documents.fields import Field
from sessions_app.documents.kinds import FieldKind, FilledBy, Prefill
from sessions_app.documents.prefilling import prefilled
from sessions_app.documents.signatures import LONGEST_NAME, Signature, read_signature
from sessions_app.models import LiveSession, TemplateVersion
from sessions_app.rooms.forms import TypedText, new_key

LONGEST_NOTE = 2000
MOST_FILES = 20
"""Files that can be asked for at once, where the workstream allows so many."""


class _Note(TypedText):
    """What the customer reads above what is asked of them."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Note to the customer"),
            required=False,
            max_length=LONGEST_NOTE,
            widget=forms.Textarea({"rows": 2, "class": "form-control"}),
        )


class FormToSend(forms.Form):
    """One document to send: what the agent has to fill in, what is known already and may be changed, a note.

    `entered` is what it comes to, by the names of the document's fields; the key tells a retry from a second one.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None, *, version: TemplateVersion, session: LiveSession, now: datetime
    ) -> None:
        prefix = f"t{version.template_id}"
        given = _brought_over(data.dict(), prefix, version) if data else None
        super().__init__(given, prefix=prefix, auto_id="asked_%s", use_required_attribute=False)
        self.sent_version = version
        self.was_changed = bool(data and given != data.dict())
        known = {f"f{at}": one for at, one in enumerate(version.all_fields) if _is_shown(one)}
        begins = prefilled(known.values(), session, now)
        for at, one in sorted(known.items(), key=lambda it: it[1].by is FilledBy.CUSTOMER):
            self.fields[at] = _as_form_field(one, begins[one.name])
        self.fields["note"] = _Note()
        self.initial = {"key": new_key(), "version": version.public_id}
        self.known = known
        self.entered: dict[str, str] = {}

    @property
    def title(self) -> str:
        """How the document is called."""
        return self.sent_version.template.name

    @property
    def own(self) -> list[tuple[forms.BoundField, bool]]:
        """What only the agent fills in, and whether they have to."""
        return [(self[at], one.required) for at, one in self.known.items() if one.by is FilledBy.AGENT]

    @property
    def theirs(self) -> list[forms.BoundField]:
        """What the customer finds filled in, and may change."""
        return [self[at] for at, one in self.known.items() if one.by is FilledBy.CUSTOMER]

    @property
    def left(self) -> int:
        """How many fields the customer finds in it, filled in or not."""
        return sum(one.by is FilledBy.CUSTOMER for one in self.sent_version.all_fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.was_changed:
            self.add_error(None, _("This document was changed meanwhile. Check what is filled in, and send it again."))
        raw = {one.name: _as_value(one, cleaned.get(at)) for at, one in self.known.items()}
        self._judge(raw)
        return cleaned

    def _judge(self, raw: Mapping[str, str]) -> None:
        """What the agent fills in has to be there; what the customer can still fill in has only to be right."""
        for at, one in self.known.items():
            asked = one if one.by is FilledBy.AGENT else one.changed(required=False)
            if wrong := values.problems([asked], raw):
                self.add_error(at, wrong[one.name])
            else:
                self.entered[one.name] = values.cleaned(one, raw[one.name])


class FilesToAskFor(forms.Form):
    """What files are asked for, and how many at the most."""

    name = TypedText(
        label=gettext_lazy("What do you need?"),
        max_length=100,
        widget=forms.TextInput(
            {
                "class": "form-control",
                "list": "asked-suggestions",
                "autocomplete": "off",
                "placeholder": gettext_lazy("Photo of your ID"),
            }
        ),
        help_text=gettext_lazy("In the words of the customer, who reads it."),
        error_messages={"required": gettext_lazy("Say what you need.")},
    )
    most = forms.IntegerField(label=gettext_lazy("Files at the most"), min_value=1, initial=1)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, most: int) -> None:
        super().__init__(data, auto_id="asked_%s", use_required_attribute=False)
        self.fields["most"] = forms.IntegerField(
            label=gettext_lazy("Files at the most"),
            min_value=1,
            max_value=min(most, MOST_FILES),
            initial=1,
            widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
        )
        self.fields["note"] = _Note()
        self.initial["key"] = new_key()

    SUGGESTIONS = (
        gettext_lazy("Photo of your ID"),
        gettext_lazy("Proof of address"),
        gettext_lazy("Last invoice"),
    )


def _brought_over(given: dict[str, Any], prefix: str, version: TemplateVersion) -> dict[str, Any]:
    """What was filled in, for this version: of an older one by the names of the fields, as far as they are still there.

    No query unless there is a newer version than that which the agent saw.
    """
    said = given.get(f"{prefix}-version", "")
    try:
        is_same = UUID(said) == version.public_id
    except ValueError:  # no version at all, as the form says
        is_same = True
    if is_same:
        return given
    seen = version.template.versions.filter(public_id=said).first() or version
    texts = {one.name: given.get(f"{prefix}-f{at}") for at, one in enumerate(seen.all_fields)}
    kept = {name: text for name, text in given.items() if not name.startswith(f"{prefix}-f")}
    now = {f"{prefix}-f{at}": texts.get(one.name) for at, one in enumerate(version.all_fields)}
    return kept | {f"{prefix}-version": str(version.public_id)} | {at: it for at, it in now.items() if it is not None}


def _is_shown(field: Field) -> bool:
    """The agent sees what they fill in themselves, and what the customer would find filled in."""
    return field.by is FilledBy.AGENT or field.prefill is not Prefill.NOTHING or bool(field.default)


_WIDGETS: dict[FieldKind, tuple[type[forms.Widget], dict[str, Any]]] = {
    FieldKind.TEXT: (forms.TextInput, {}),
    FieldKind.MULTILINE: (forms.Textarea, {"rows": 3}),
    FieldKind.NUMBER: (forms.TextInput, {"inputmode": "decimal"}),
    FieldKind.DATE: (forms.DateInput, {"type": "date"}),
    FieldKind.SIGNATURE: (forms.TextInput, {"maxlength": LONGEST_NAME, "autocomplete": "off"}),
}


def _as_form_field(field: Field, begins: str) -> forms.Field:
    """A field of a page for a field of a document. Whether what is entered is right, `documents.values` says."""
    said: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": False}
    if field.kind is FieldKind.CHECKBOX:
        box = forms.CheckboxInput({"class": "form-check-input"})
        return forms.BooleanField(**said, initial=begins == values.TICKED, widget=box)
    if field.kind in (FieldKind.RADIO, FieldKind.CHOICE):
        choices = [("", _("Choose…")), *((one.value, one.label) for one in field.options)]
        return forms.CharField(**said, initial=begins, widget=forms.Select({"class": "form-select"}, choices))
    widget, attributes = _WIDGETS[field.kind]
    if field.kind is FieldKind.SIGNATURE:
        said["help_text"] = field.help or _("Type your name to sign.")
        begins = _name_in(begins)
    return TypedText(**said, strip=False, initial=begins, widget=widget({"class": "form-control"} | attributes))


def _as_value(field: Field, given: Any) -> str:
    """What was entered on the page, as documents keep it."""
    if field.kind is FieldKind.CHECKBOX:
        return values.TICKED if given else ""
    text = str(given or "")
    return Signature(name=text.strip()).to_json() if field.kind is FieldKind.SIGNATURE and text.strip() else text


def _name_in(signature: str) -> str:
    try:
        return read_signature(signature).name
    except ValueError:
        return ""
