"""Shapes that several operations share."""

from typing import TypedDict

from rest_framework import serializers


class FieldProblem(serializers.Serializer):
    """What is wrong with one field."""

    field = serializers.CharField()
    message = serializers.CharField()


class Problem(serializers.Serializer):
    """Problem details (RFC 9457)."""

    type = serializers.CharField(help_text="A URN that names the kind of problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What happened, in words.")
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment] # a field of that name


class PolicyInForce(TypedDict):
    """Which end session behavior applies: the system-wide one, or one of its own; in which version."""

    inherited: bool
    version: int
