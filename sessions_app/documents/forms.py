"""What a customer enters into a document: as questions to show, and as what scripts and plain forms send of it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.documents import values
from sessions_app.documents.fields import Field, asked
from sessions_app.documents.input_hints import Hints, hints
from sessions_app.documents.kinds import FieldKind, FilledBy
from sessions_app.documents.signatures import Signature, read_signature
from sessions_app.half_typed import LARGEST_VERSION, Typed

_NOTHING = Typed()

MOST_VALUES = 5_000
"""Fields that one request may save."""


@dataclass(frozen=True, slots=True)
class Question:
    """A field of a document with what stands in it (`kept`: text and version), and what is wrong with that."""

    number: int
    field: Field
    kept: Typed = _NOTHING
    problem: str = ""

    @property
    def input(self) -> str:
        """The name of its input in the page, and what the names of its other elements begin with."""
        return f"f{self.number}"

    @property
    def is_theirs(self) -> bool:
        """Whether the customer fills it in."""
        return self.field.by is FilledBy.CUSTOMER

    @property
    def page(self) -> int:
        """On which page it stands first, counted from 1."""
        return self.field.places[0].page + 1 if self.field.places else 1

    @property
    def text(self) -> str:
        """What its input begins with in a plain form: of a signature only a name that was typed."""
        return self.signature.name if self.field.kind is FieldKind.SIGNATURE else self.kept.text

    @property
    def mark(self) -> str:
        """Tells a plain form that comes back whether `text` was changed in it."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def shown(self) -> str:
        """What was entered, as people read it; empty for nothing."""
        if self.field.kind is FieldKind.SIGNATURE and self.signature.name:
            return self.signature.name
        return values.shown(self.field, self.kept.text) if self.kept.text.strip() else ""

    @property
    def signature(self) -> Signature:
        """The signature in it; one without anything if there is none."""
        try:
            return read_signature(self.kept.text)
        except ValueError:
            return Signature()

    @property
    def attributes(self) -> Hints:
        """What a browser should know of its input."""
        described = [f"{self.input}-help"] if self.field.help else []
        linked = {"aria-describedby": " ".join([*described, f"{self.input}-problem"])}
        return hints(self.field) | linked | ({"aria-invalid": "true"} if self.problem else {})


def questions(fields: Iterable[Field], kept: Mapping[str, Typed], problems: Mapping[str, str]) -> list[Question]:
    """All fields of a document in their order, with what stands in them."""
    return [
        Question(number, field, kept.get(field.name, _NOTHING), problems.get(field.name, ""))
        for number, field in enumerate(fields)
    ]


def for_script(field: Field) -> dict[str, Any]:
    """A field as the script of its page knows it, with the sentences that it may have to say while it is offline."""
    stored = field.to_json()
    said = {
        "missing": values.problems([field], {}).get(field.name, ""),
        "wrong": values.problems([field], {field.name: "?"}).get(field.name, ""),
    }
    kept = ("name", "kind", "label", "required", "places", "options")
    return {name: stored[name] for name in kept} | said | {"theirs": field.by is FilledBy.CUSTOMER}


def consent_text(fields: Iterable[Field]) -> str:
    """What the customer agrees to when they submit, in the language in force."""
    if any(field.kind is FieldKind.SIGNATURE for field in asked(list(fields))):
        return _("I agree to sign this document electronically, and confirm that what I entered is right.")
    return _("I confirm that what I entered is right.")


def _consent_texts(fields: Sequence[Field]) -> Iterator[str]:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield consent_text(fields)


def typed_plainly(post: Mapping[str, str], shown: Iterable[Question], version: int) -> dict[str, Typed]:
    """What was changed in a plain form since it was shown. `version` is the moment, in milliseconds since 1970.

    What stayed as it was is left out: another device may have changed it meanwhile.
    """
    typed = {}
    for question in shown:
        text = post.get(question.input, "").replace("\r\n", "\n")
        mark = hashlib.sha256(text.encode()).hexdigest()[:16]
        if mark != post.get(f"{question.input}-was", mark):
            typed[question.field.name] = Typed(_stored(question.field, text), max(version, question.kept.version + 1))
    return typed


def _stored(field: Field, text: str) -> str:
    """What stands for the text of an input: of a signature, the name."""
    is_name = field.kind is FieldKind.SIGNATURE and text.strip()
    return Signature(name=text.strip()).to_json() if is_name else text


class ValuesForm(forms.Form):
    """What a page's script saves: `values` is {field: [text, version]} as JSON."""

    values = forms.CharField(strip=False)

    def clean_values(self) -> dict[str, Typed]:
        """The texts by field. Unknown fields are no error: what is done with the values knows the fields."""
        try:
            said = json.loads(self.cleaned_data["values"])
            typed = {str(name): Typed(*_text_and_version(*pair)) for name, pair in said.items()}
        except (AttributeError, RecursionError, TypeError, ValueError):
            raise forms.ValidationError(_("Send values as {field: [text, version]}.")) from None
        if len(typed) > MOST_VALUES:
            raise forms.ValidationError(_("Send at most %d values at once.") % MOST_VALUES)
        return typed


def _text_and_version(text: Any, version: Any) -> tuple[str, int]:
    if not isinstance(text, str) or type(version) is not int or not 1 <= version <= LARGEST_VERSION:
        raise ValueError("a text and a version")
    return text, version


_TICK = gettext_lazy("Tick this box to submit.")


class SubmitForm(forms.Form):
    """Completing a document: the consent text that was agreed to, with the key that lets a retry be told apart.

    The text is that which stood on the page, in whichever language that was. One that is none of ours, or no longer,
    has to be read and agreed to anew.
    """

    consent = forms.CharField(error_messages={"required": _TICK})
    key = forms.UUIDField()

    def __init__(self, data: Mapping[str, Any], *, fields: Sequence[Field]) -> None:
        super().__init__(data)
        self._asked = fields

    def clean_consent(self) -> str:
        said: str = self.cleaned_data["consent"]
        if said not in _consent_texts(self._asked):
            raise forms.ValidationError(_TICK)
        return said
