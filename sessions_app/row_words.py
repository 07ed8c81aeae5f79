"""What the rows of a timeline say that nobody wrote: one sentence for each kind and side. No query, no clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.kinds import AccessLevel, EndReason
from sessions_app.documents.kinds import DocumentKind
from sessions_app.erased_rows import ERASED
from sessions_app.kinds import Actor, Audience, EntryKind, LinkKind, ReturnReason
from sessions_app.models import TimelineEntry

DETAILS = {"name": gettext_lazy("name"), "email": gettext_lazy("e-mail"), "phone": gettext_lazy("phone")}
"""What is known of a customer, as it is called within a sentence."""

ACCESS = {AccessLevel.FULL: gettext_lazy("full access"), AccessLevel.LIMITED: gettext_lazy("limited access")}
"""What can be given after the end, as it is called within a sentence."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with places in braces, and what goes there: words of people, which are not HTML, and moments, which
    every viewer is told in their own zone. `note` is what an agent wrote with it for colleagues."""

    text: str
    values: Mapping[str, str | datetime] = field(default_factory=dict)
    note: str = ""


def words(entry: TimelineEntry, audience: Audience) -> Said:
    """What a row says to this side, in the language in force. Not for what people wrote: messages, notes, files."""
    kind = EntryKind(entry.kind)
    say = _TO_CUSTOMERS.get(kind) if audience is Audience.CUSTOMER else None
    say = say or _TO_AGENTS.get(kind)
    said = say(entry) if say else Said(_(kind.label))
    return replace(said, values=_without_gaps(said)) if entry.erased_sha256 else said


def _without_gaps(said: Said) -> dict[str, str | datetime]:
    return {name: value or str(ERASED) for name, value in said.values.items()}


def agent_of(entry: TimelineEntry) -> str:
    """Who did it, or whom it is about, on our side."""
    return entry.agent.name if entry.agent else _(Actor(entry.actor).label)


def _by_agent(text: Callable[[], str]) -> Callable[[TimelineEntry], Said]:
    """A sentence about {agent}. `text` is asked for each time, since the language may be another one."""
    return lambda entry: Said(text(), {"agent": agent_of(entry)})


def _plain(text: Callable[[], str]) -> Callable[[TimelineEntry], Said]:
    return lambda _entry: Said(text())


def _invited(entry: TimelineEntry) -> Said:
    if entry.payload.get("letter", "invitation") != "invitation":
        return Said(_("Link sent to {to}"), {"to": entry.payload["to"]})
    return Said(_("Invitation sent to {to}"), {"to": entry.payload["to"]})


def _not_sent(entry: TimelineEntry) -> Said:
    """To whom, and why, as far as either is known."""
    to, reason = str(entry.payload.get("to", "")), str(entry.payload.get("reason", ""))
    if not to:
        return Said(_("Invitation could not be sent"))
    if not reason:
        return Said(_("Nothing could be sent to {to}"), {"to": to})
    return Said(_("Nothing could be sent to {to}: {reason}"), {"to": to, "reason": reason})


def _revoked(entry: TimelineEntry) -> Said:
    kind, to = _(LinkKind(entry.payload["link"]).label), str(entry.payload.get("to", ""))
    if not to:
        return Said(_("{agent} revoked a link ({kind})"), {"agent": agent_of(entry), "kind": kind})
    return Said(_("{agent} revoked the link that was sent to {to}"), {"agent": agent_of(entry), "to": to})


def _assigned(entry: TimelineEntry) -> Said:
    text = _("{agent} picked this session") if entry.actor == Actor.AGENT else _("Assigned to {agent}")
    return Said(text, {"agent": agent_of(entry)})


def _returned(entry: TimelineEntry) -> Said:
    return Said(_("Back in the queue: {reason}"), {"reason": _(ReturnReason(entry.payload["reason"]).label)})


def _transferred(entry: TimelineEntry) -> Said:
    values = {"agent": agent_of(entry), "to": str(entry.payload["to"])}
    return Said(_("{agent} transferred this session to {to}"), values, entry.payload.get("note", ""))


def _passed_on(entry: TimelineEntry) -> Said:
    return Said(_("{agent} passed you on to {to}"), {"agent": agent_of(entry), "to": str(entry.payload["to"])})


def _customer_changed(entry: TimelineEntry) -> Said:
    """What changed, with what stood there before: `changes` is {"name": [before, after]}."""
    changes = entry.payload.get("changes", {})
    values = {"agent": agent_of(entry), "changes": "; ".join(_change(name, *two) for name, two in changes.items())}
    return Said(_("{agent} changed the customer's details. {changes}"), values)


def _change(name: str, before: str, after: str) -> str:
    nothing = _("empty")
    return _("{what}: {before} → {after}").format(what=DETAILS[name], before=before or nothing, after=after or nothing)


def _customer_erased(entry: TimelineEntry) -> Said:
    return Said(_("{who} erased the customer"), {"who": str(entry.payload.get("by") or agent_of(entry))})


def _kept_open(entry: TimelineEntry) -> Said:
    return Said(_("Kept open: the settings were changed") if entry.actor == Actor.ADMIN else _("Kept open"))


def _disconnected(entry: TimelineEntry) -> Said:
    """With until when the customer can come back, and until when their seat is held, as far as either is so."""
    held, until = (entry.payload.get(name) for name in ("held", "until"))
    values = {name: datetime.fromisoformat(moment) for name, moment in (("held", held), ("until", until)) if moment}
    if held:
        return Said(_("Customer disconnected: the seat is held until {held}, they can return until {until}"), values)
    if until:
        return Said(_("Customer disconnected: they can return until {until}"), values)
    return Said(_("Customer disconnected"))


def _ended(entry: TimelineEntry) -> Said:
    return Said(_(EndReason(entry.payload["reason"]).label))


def _given(entry: TimelineEntry) -> dict[str, str | datetime]:
    level = ACCESS[AccessLevel(entry.payload["level"])]
    return {"access": str(level), "until": datetime.fromisoformat(entry.payload["until"])}


def _extended(entry: TimelineEntry) -> Said:
    values = _given(entry) | {"reason": str(entry.payload["reason"])}
    return Said(_("More time given: {access} until {until}. Reason: {reason}"), values)


def _document(form: Callable[[], str], files: Callable[[], str]) -> Callable[[TimelineEntry], Said]:
    """A sentence about {name}, a document, and another one about files that were asked for."""

    def say(entry: TimelineEntry) -> Said:
        text = files if entry.payload.get("kind") == DocumentKind.FILES else form
        return Said(text(), {"name": str(entry.payload.get("name", "")), "agent": agent_of(entry)})

    return say


def _document_sent(entry: TimelineEntry) -> Said:
    """With what the agent wrote to the customer beside it."""
    said = _document(lambda: _("{agent} sent “{name}” to complete"), lambda: _("{agent} asked for files: “{name}”"))(
        entry
    )
    note = entry.payload.get("note")
    if not note:
        return said
    text = _("%(sentence)s: %(note)s") % {"sentence": said.text, "note": "{note}"}
    return Said(text, {**said.values, "note": str(note)})


_TO_AGENTS: dict[EntryKind, Callable[[TimelineEntry], Said]] = {
    EntryKind.INVITED: _invited,
    EntryKind.INVITATION_FAILED: _not_sent,
    EntryKind.LINK_REVOKED: _revoked,
    EntryKind.ASSIGNED: _assigned,
    EntryKind.ACCEPTED: _by_agent(lambda: _("{agent} opened this session")),
    EntryKind.RETURNED: _returned,
    EntryKind.TRANSFERRED: _transferred,
    EntryKind.TAKEN_OVER: _by_agent(lambda: _("{agent} took this session over")),
    EntryKind.SEAT_RELEASED: _by_agent(lambda: _("Seat released by {agent}")),
    EntryKind.DISCONNECTED: _disconnected,
    EntryKind.CLOSED: _by_agent(lambda: _("{agent} closed this session while the customer was away")),
    EntryKind.LINK_INSERTED: _by_agent(lambda: _("{agent} inserted the reconnect link")),
    EntryKind.CUSTOMER_CHANGED: _customer_changed,
    EntryKind.CUSTOMER_ERASED: _customer_erased,
    EntryKind.KEPT_OPEN: _kept_open,
    EntryKind.ENDED: _ended,
    EntryKind.EXTENDED: _extended,
    EntryKind.POLICY_APPLIED: _plain(lambda: _("An administrator applied another policy")),
    EntryKind.DOCUMENT_SENT: _document_sent,
    EntryKind.DOCUMENT_OPENED: _document(
        lambda: _("The customer opened “{name}”"), lambda: _("The customer saw that “{name}” is asked for")
    ),
    EntryKind.DOCUMENT_COMPLETED: _document(
        lambda: _("The customer completed “{name}”"), lambda: _("The customer added all files for “{name}”")
    ),
    EntryKind.DOCUMENT_READY: _document(lambda: _("“{name}” is ready, sealed"), lambda: _("“{name}” is ready")),
    EntryKind.DOCUMENT_FAILED: _document(
        lambda: _("“{name}” is completed, but could not be prepared"), lambda: _("“{name}” could not be prepared")
    ),
    EntryKind.DOCUMENT_RECALLED: _document(
        lambda: _("{agent} recalled “{name}”"), lambda: _("{agent} no longer asks for “{name}”")
    ),
}
"""Kinds whose label does not say it all."""

_TO_CUSTOMERS: dict[EntryKind, Callable[[TimelineEntry], Said]] = {
    EntryKind.STARTED: _plain(lambda: _("Session started")),
    EntryKind.JOINED: _plain(lambda: _("You joined")),
    EntryKind.QUEUED: _plain(lambda: _("You are waiting for somebody to answer")),
    EntryKind.ASSIGNED: _by_agent(lambda: _("You are now talking with {agent}")),
    EntryKind.RETURNED: _plain(lambda: _("You are waiting for somebody to answer")),
    EntryKind.TRANSFERRED: _passed_on,
    EntryKind.TAKEN_OVER: _by_agent(lambda: _("You are now talking with {agent}")),
    EntryKind.DISCONNECTED: _plain(lambda: _("Your connection was lost")),
    EntryKind.RECONNECTED: _plain(lambda: _("You are back")),
    EntryKind.DEVICE_SWITCHED: _plain(lambda: _("You continue in another browser")),
    EntryKind.DEVICE_ADDED: _plain(lambda: _("You came in on another device")),
    EntryKind.ASKED_FOR_TIME: _plain(lambda: _("You asked for more time")),
    EntryKind.EXTENDED: lambda entry: Said(_("You have more time: {access} until {until}"), _given(entry)),
    EntryKind.POLICY_APPLIED: _plain(lambda: _("What you can still do has changed")),
    EntryKind.DOCUMENT_COMPLETED: _document(
        lambda: _("You completed “{name}”"), lambda: _("You added all files for “{name}”")
    ),
    EntryKind.DOCUMENT_READY: _document(lambda: _("“{name}” is ready to download"), lambda: _("“{name}” is complete")),
    EntryKind.ACCESS_LIMITED: _plain(lambda: _("From here on you can read and download")),
    EntryKind.ACCESS_CLOSED: _plain(lambda: _("Your access is over")),
}
"""The rest reads the same on both sides."""
