"""Phone numbers as people type them."""

import pytest
from django.core.exceptions import ValidationError

from sessions_app.phones import normalised


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("", ""),
        ("+43 1 234-56", "+43123456"),
        ("0043 (1) 234/56", "+43123456"),
        ("01.234.56", "0123456"),
        ("+43\u00a0660\u2013123", "+43660123"),
    ],
)
def test_signs_between_digits_say_nothing(typed: str, number: str) -> None:
    assert normalised(typed) == number


@pytest.mark.parametrize(
    "typed", ["call me", "12", "1" * 16, "+", "++43123", "12+345", "123x456", "\u0663\u0664\u0665\u0666"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="digits"):
        normalised(typed)
