"""Fields that several shapes share: what they take, and within which limits."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework import serializers

from policies_app.kinds import Kind
from policies_app.rules import FOREVER

_TYPES: dict[type[serializers.Field], tuple[str, Callable[[Any], bool]]] = {
    serializers.CharField: ("text", lambda it: isinstance(it, str)),
    serializers.ChoiceField: ("text", lambda it: isinstance(it, str)),
    serializers.UUIDField: ("text", lambda it: isinstance(it, str)),
    serializers.DateTimeField: ("text", lambda it: isinstance(it, str)),
    serializers.IntegerField: ("a whole number", lambda it: not isinstance(it, bool) and isinstance(it, (int, float))),
    serializers.BooleanField: ("true or false", lambda it: isinstance(it, bool)),
    serializers.DictField: ("an object", lambda it: isinstance(it, dict)),
    serializers.ListField: ("a list", lambda it: isinstance(it, list)),
}
"""What stands for each field in JSON, in words, and how it is told."""


class Body(serializers.Serializer):
    """What the body of a request says. Unlike a form's text, each value has to be of the type that the description
    names."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (wrong := dict(self._wrong(data))):
            raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    def _wrong(self, data: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
        for name, field in self.fields.items():
            if data.get(name) is not None and (words := _wanted(field, data[name])):
                yield name, [f"Give {words}."]


def _wanted(field: serializers.Field, given: Any) -> str:
    """What should stand there, in words; empty if it does."""
    words, fits = next((it for kind, it in _TYPES.items() if isinstance(field, kind)), ("", None))
    if fits is not None and not fits(given):
        return words
    if isinstance(field, serializers.ListField) and field.child is not None:
        return next((f"a list, each of it {wanted}" for one in given if (wanted := _wanted(field.child, one))), "")
    return ""


LARGEST_ID = 2**63 - 1
LARGEST_NUMBER = 2**31 - 1
LONGEST_NAME = 100


class Text(serializers.CharField):
    """Text as it was typed, with more than blanks in it; an end of line is one character."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"trim_whitespace": False} | settings)

    def to_internal_value(self, data: Any) -> str:
        text = str(super().to_internal_value(data)).replace("\r\n", "\n")
        if text and not text.strip():
            self.fail("blank")
        return text


class Seconds(serializers.IntegerField):
    """A length of time in whole seconds, at least and at most so long; a timedelta in Python."""

    def __init__(self, *, least: timedelta, most: timedelta, **settings: Any) -> None:
        bounds = {"min_value": int(least.total_seconds()), "max_value": int(most.total_seconds())}
        super().__init__(**bounds | settings)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        seconds = super().run_validation(data)
        return timedelta(seconds=seconds) if isinstance(seconds, int) else seconds  # a default is a timedelta already

    def to_representation(self, value: timedelta) -> int:  # type: ignore[override] # a timedelta in Python
        return int(value.total_seconds())


class Moment(serializers.DateTimeField):
    """A moment that can be asked about, in ISO 8601; without a zone it is UTC. Before the year 9999."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"default_timezone": UTC} | settings)

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(value)
        if moment >= FOREVER:
            raise serializers.ValidationError("Give a moment before the year 9999.")
        return moment


def kind_field(kind: type[Kind], **settings: Any) -> serializers.ChoiceField:
    """One of a kind."""
    return serializers.ChoiceField(choices=kind.choices(), **settings)


def id_field(**settings: Any) -> serializers.IntegerField:
    """The number of something that has no other id."""
    return serializers.IntegerField(**{"min_value": 1, "max_value": LARGEST_ID} | settings)
