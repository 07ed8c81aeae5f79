"""Which keyboard a phone shows for a field, and what a browser may fill in by itself. No Django."""

import re

from sessions_app.documents.fields import LONGEST_VALUE, Field
from sessions_app.documents.kinds import FieldKind, Prefill

Hints = dict[str, str]
"""Attributes of an input, by name."""

_PLAIN: Hints = {"autocapitalize": "off", "autocorrect": "off", "spellcheck": "false"}
_EMAIL: Hints = {"inputmode": "email", "autocomplete": "email", **_PLAIN}
_PHONE: Hints = {"inputmode": "tel", "autocomplete": "tel"}
_NAME: Hints = {"autocomplete": "name", "autocapitalize": "words"}

_BY_PREFILL: dict[Prefill, Hints] = {
    Prefill.CUSTOMER_NAME: _NAME,
    Prefill.CUSTOMER_EMAIL: _EMAIL,
    Prefill.CUSTOMER_PHONE: _PHONE,
}
_BY_WORD: tuple[tuple[str, Hints], ...] = (
    (r"e[ -]?mail|correo|courriel", _EMAIL),
    (r"phone|mobile|telefon|handy|tel[eé]fono|t[eé]l[eé]phone", _PHONE),
    (r"first name|given name|forename|vorname|pr[eé]nom", {"autocomplete": "given-name", "autocapitalize": "words"}),
    (r"last name|family name|surname|nachname|apellido", {"autocomplete": "family-name", "autocapitalize": "words"}),
    (r"zip|post ?code|postal code|plz|postleitzahl|c[oó]digo postal|code postal", {"autocomplete": "postal-code"}),
    (r"street|address line|stra(ss|ß)e", {"autocomplete": "address-line1"}),
    (r"city|town|wohnort|ciudad|ville", {"autocomplete": "address-level2"}),
    (r"iban", {"autocapitalize": "characters", "autocorrect": "off", "spellcheck": "false"}),
    (r"(full |your )?name", _NAME),
)
"""What the name or the label of a text field says of it; the first that fits decides. A name alone is a whole label."""


def hints(field: Field) -> Hints:
    """The attributes of the input for a field, beside its name and value."""
    match field.kind:
        case FieldKind.NUMBER:
            return _most(field) | {"inputmode": "decimal", "autocomplete": "off"}
        case FieldKind.TEXT:
            return _most(field) | (_BY_PREFILL.get(field.prefill) or _by_word(field))
        case FieldKind.MULTILINE:
            return _most(field)
    return {}


def _most(field: Field) -> Hints:
    return {"maxlength": str(min(field.longest, LONGEST_VALUE))}


def _by_word(field: Field) -> Hints:
    for said in (field.label, field.name):
        words = re.sub(r"[_.\-]+", " ", said).strip().lower()
        for pattern, found in _BY_WORD:
            fits = re.fullmatch(pattern, words) if found is _NAME else re.search(rf"\b({pattern})\b", words)
            if fits:
                return found
    return {"autocomplete": "off"}
