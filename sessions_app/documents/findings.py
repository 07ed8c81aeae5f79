"""What a verification finds, in sentences for whoever asked. Moments are said in UTC."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sessions_app.documents.evidence import CHAIN, MISSING, Break
from sessions_app.documents.stored_rows import UNEXPECTED
from sessions_app.models import LiveSession


class Outcome(StrEnum):
    """What a finding comes to."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in a sentence."""

    outcome: Outcome
    text: str


@dataclass(slots=True)
class Verdict:
    """All that was found, in the order in which it was looked at; `session` is the one that the file names."""

    findings: list[Finding] = field(default_factory=list)
    session: LiveSession | None = None

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return all(one.outcome is not Outcome.DIFFERS for one in self.findings)


def agrees(text: str) -> Finding:
    return Finding(Outcome.AGREES, text)


def differs(text: str) -> Finding:
    return Finding(Outcome.DIFFERS, text)


def note(text: str) -> Finding:
    return Finding(Outcome.NOTE, text)


def moment(at: datetime) -> str:
    """To the second."""
    return date_format(at.astimezone(UTC), "j M Y, H:i:s") + " UTC"


def broken_at(broken: Break) -> str:
    """The first row that is not as it should be, and what is wrong with it."""
    if sentence := _WRONG.get(broken.what[0]):
        return sentence() % broken.number
    said = {"number": broken.number, "what": ", ".join(_NAMES[name]() for name in broken.what)}
    return _("Row %(number)d is the first that does not agree. What differs: %(what)s.") % said


_WRONG = {
    MISSING: lambda: _("Row %d is the first that does not agree: it is missing."),
    CHAIN: lambda: _("Row %d is the first that does not agree: its hash does not follow from what it says."),
    UNEXPECTED: lambda: _("Row %d is the first that does not agree: the session does not know of it."),
}

_NAMES = {
    "hash": lambda: _("its hash"),
    "kind": lambda: _("what kind of row it is"),
    "actor": lambda: _("who did it"),
    "agent": lambda: _("which agent"),
    "due_at": lambda: _("when it was due"),
    "recorded_at": lambda: _("when it was recorded"),
    "policy_version": lambda: _("the version of the policy"),
    "payload_sha256": lambda: _("what it says"),
}
