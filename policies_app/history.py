"""What was changed about a setting, when and by whom: the entries of django-auditlog, in words."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Any

from auditlog.models import LogEntry
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_duration
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.durations import in_words
from policies_app.hours_wording import hours_in_words
from policies_app.kinds import FileGroup, Kind

MIRROR = "mirror"
"""In `additional_data` it marks an entry that says what another says, from the other side: Loans got Anna."""

NOTHING = "\N{EN DASH}"

_LABELS = {
    "endsessionbehavior.inactive_after": gettext_lazy("Duration of inactivity"),
    "endsessionbehavior.redirect_customer": gettext_lazy("Redirect customer: URL"),
    "user.groups": gettext_lazy("Roles"),
    "chatwidget.ask_name": gettext_lazy("Ask for the name"),
    "chatwidget.ask_email": gettext_lazy("Ask for the e-mail address"),
    "chatwidget.ask_question": gettext_lazy("Ask what it is about"),
    "chatwidget.closed_text": gettext_lazy("Text outside business hours"),
    "chatwidget.nobody_text": gettext_lazy("Text when nobody is there"),
    "chatwidget.audience": gettext_lazy("Audience of the tokens"),
}
"""Fields whose label says too little where the form around it is not seen."""

LISTED: dict[str, type[Kind]] = {"file_groups": FileGroup}
"""Fields that hold several of a kind."""

_SIDES = {"agent": gettext_lazy("Agent"), "customer": gettext_lazy("Customer")}

_ACTIONS = {
    LogEntry.Action.CREATE: gettext_lazy("Created"),
    LogEntry.Action.UPDATE: gettext_lazy("Changed"),
    LogEntry.Action.DELETE: gettext_lazy("Deleted"),
}

ACTION_COLOURS = {
    LogEntry.Action.CREATE: "success",
    LogEntry.Action.UPDATE: "info",
    LogEntry.Action.DELETE: "danger",
}
"""Django-unfold's names."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that both versions have, only the one before ("removed"), or only the one after ("added")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its label, and the parts that say what became of it."""

    label: str
    pieces: tuple[Piece, ...]


def action_word(entry: LogEntry) -> str:
    """What was done."""
    return str(_ACTIONS[entry.action])


def who(entry: LogEntry) -> str:
    """Whose change it is: a person's or an integration's. One that was made outside a request, such as by a command on
    the server, is nobody's."""
    return str(entry.actor.get_username() if entry.actor else entry.actor_email or _("Nobody signed in"))


def what(entry: LogEntry) -> str:
    """Which setting it is about, as it was called then."""
    model = entry.content_type.model_class()
    kind = str(capfirst(model._meta.verbose_name)) if model else entry.content_type.name
    return entry.object_repr if entry.object_repr.startswith(kind) else f"{kind}: {entry.object_repr}"


def changes_of(entry: LogEntry) -> list[Change]:
    """The difference that an entry records, field by field in the order of the model."""
    model = entry.content_type.model_class()
    order = {field.name: place for place, field in enumerate(model._meta.get_fields())} if model else {}
    names = sorted(entry.changes or {}, key=lambda name: (order.get(name, len(order)), name))
    changes = [_change(entry, model, name, entry.changes[name]) for name in names]
    return [change for change in changes if change.pieces]


def _change(entry: LogEntry, model: type[models.Model] | None, name: str, stored: Any) -> Change:
    field = _field(model, name)
    if isinstance(stored, dict):
        pieces: tuple[Piece, ...] = (_members(stored),)
    else:
        before, after = stored
        pieces = _difference(entry.action, field, before, after)
    return Change(_label(model, field, name), pieces)


def _members(stored: dict[str, Any]) -> Piece:
    names = ", ".join(stored["objects"])
    if stored["operation"] == "add":
        return Piece("added", _("added %s") % names)
    return Piece("removed", _("removed %s") % names)


def _difference(action: int, field: Any, before: Any, after: Any) -> tuple[Piece, ...]:
    old, new = _words(field, before), _words(field, after)
    if action == LogEntry.Action.CREATE:
        return (Piece("added", new),) if new != NOTHING else ()
    if action == LogEntry.Action.DELETE:
        return (Piece("removed", old),) if old != NOTHING else ()
    if before == after:
        return (Piece("same", _("changed")),)  # a secret: neither value is kept
    if isinstance(field, models.TextField) and NOTHING not in {old, new}:
        return _word_by_word(old, new)
    return Piece("removed", old), Piece("arrow", "→"), Piece("added", new)


def _word_by_word(old: str, new: str) -> tuple[Piece, ...]:
    """What became of a long text. Line breaks are kept."""
    before, after = old.replace("\n", " \n ").split(" "), new.replace("\n", " \n ").split(" ")
    pieces = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", " ".join(before[start:end])))
            continue
        if end > start:
            pieces.append(Piece("removed", " ".join(before[start:end])))
        if new_end > new_start:
            pieces.append(Piece("added", " ".join(after[new_start:new_end])))
    return tuple(pieces)


def _field(model: type[models.Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None  # an older version of Parley had it


def _label(model: type[models.Model] | None, field: Any, name: str) -> str:
    if model is None or field is None:
        return capfirst(name.replace("_", " "))
    if special := _LABELS.get(f"{model._meta.model_name}.{name}"):
        return str(special)
    side = _SIDES.get(name.rpartition("_")[2]) if model._meta.model_name == "notices" else None
    words = getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural
    return f"{side}: {words}" if side else capfirst(str(words))


def _words(field: Any, value: Any) -> str:
    """A stored value as people say it."""
    if value is None or value == "":
        return NOTHING
    if field is not None and field.name in LISTED:
        return _listed(LISTED[field.name], value)
    if field is not None and field.name in _SPELT:
        return _SPELT[field.name](_decoded(value)) or NOTHING
    if isinstance(value, bool):
        return _("On") if value else _("Off")
    choices = dict(getattr(field, "flatchoices", None) or ())
    if field is not None and field.name == "language":
        choices |= dict(settings.LANGUAGES)
    return str(choices[value]) if value in choices else _spelt(field, str(value))


def _listed(kind: type[Kind], value: Any) -> str:
    """Several of one kind, as a list or as its JSON; none chosen means all."""
    return ", ".join(_(kind(one).label) for one in _decoded(value)) or _("All")


def _decoded(value: Any) -> Any:
    """A value that is stored as JSON, or its JSON."""
    return json.loads(value) if isinstance(value, str) else value


_SPELT: dict[str, Callable[[Any], str]] = {
    "allowed_origins": ", ".join,
    "hours": hours_in_words,
    "scopes": ", ".join,
}
"""Fields that hold more than one word says."""


def _spelt(field: Any, value: str) -> str:
    if isinstance(field, models.DurationField) and (duration := parse_duration(value)) is not None:
        return in_words(duration)
    if isinstance(field, models.DateTimeField):
        return date_format(datetime.fromisoformat(value).replace(tzinfo=UTC), "DATETIME_FORMAT")
    return value
