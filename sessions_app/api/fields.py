"""Fields that several shapes share: what they take, and within which limits."""

from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework import serializers

from policies_app.kinds import Kind
from policies_app.rules import FOREVER

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
        return None if seconds is None else timedelta(seconds=seconds)

    def to_representation(self, value: timedelta) -> int:
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
