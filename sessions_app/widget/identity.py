"""Who is signed in at a portal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in: `subject` is the token's `sub`. Name and e-mail address are empty if it tells none."""

    subject: str
    name: str = ""
    email: str = ""


class BadIdentity(ValueError):
    """The token is not believed. The text is for the portal's developer; customers never see it."""


class CannotCheck(Exception):
    """Nobody can say now whether the token is right: try again. It is no reason to start a new chat."""
