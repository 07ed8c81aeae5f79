"""Phone numbers as people type them, in one spelling."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_BETWEEN = re.compile(r"[\s\-./()\u2010-\u2015]")
_NUMBER = re.compile(r"\+?[0-9]{3,15}")


def normalised(text: str) -> str:
    """The number with its digits and a leading plus only; a leading 00 means the plus. Empty stays empty.

    Raises ValidationError for what is no phone number. Whether anybody answers there, only calling tells.
    """
    number = _BETWEEN.sub("", text)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if number and not _NUMBER.fullmatch(number):
        raise ValidationError(_("Enter a phone number with digits only, such as +43 1 234 5678."))
    return number
