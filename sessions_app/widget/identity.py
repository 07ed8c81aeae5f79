"""Who a portal says its customer is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """A customer as the portal knows them; `subject` never changes (the `sub` of its JWT)."""

    subject: str
    name: str = ""
    email: str = ""


class BadIdentity(ValueError):
    """What the portal says cannot be believed. The text is for its developer."""


class CannotCheck(Exception):
    """Nobody can say now whether it is to be believed."""
