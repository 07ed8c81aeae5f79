"""The documents of a session as agents see them in its room: how far each is, and what may be done with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies_app.kinds import Permission
from sessions_app.documents.kinds import MOST_FAILURES, DocumentState
from sessions_app.documents.selectors import documents_of
from sessions_app.models import Document

if TYPE_CHECKING:  # the room shows the panel, and the panel asks the room
    from sessions_app.rooms.state import RoomState


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a document is, with the colour of its badge."""

    label: str
    colour: str


def stage(document: Document) -> Stage:
    """How far a document is. No query."""
    state = DocumentState(document.state)
    if state is DocumentState.OPEN:
        return Stage(_opened(document), state.colour)
    if has_failed(document):
        return Stage(_("Could not be prepared"), "red")
    return Stage(_(state.label), state.colour)


def has_failed(document: Document) -> bool:
    """Whether its sealed PDF could not be prepared, and nobody tries again unless asked to."""
    return document.state == DocumentState.COMPLETED and document.failures >= MOST_FAILURES


def _opened(document: Document) -> str:
    if document.saved_at:
        return _("Filling in") if document.is_form else _("Adding files")
    if document.viewed_at:
        return _("Opened")
    return _("Sent") if document.is_form else _("Asked for")


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of the panel. `files` is the number of those that were added; forms have none."""

    document: Document
    files: int = 0

    @property
    def stage(self) -> Stage:
        return stage(self.document)

    @property
    def done(self) -> int:
        """How many fields are filled in, or how many files were added."""
        return self.document.filled if self.document.is_form else self.files

    @property
    def of(self) -> int:
        """How many there could be."""
        return self.document.asked if self.document.is_form else self.document.most_files

    @property
    def progress(self) -> str:
        """How far the customer has come, in words."""
        return self.words.replace("{done}", str(self.done))

    @property
    def words(self) -> str:
        """The same with a place for the number, which pages fill in by themselves as the customer goes on."""
        if self.document.is_form:
            said = ngettext("{done} of %d field", "{done} of %d fields", self.of)
        else:
            said = _("Files added: {done} of at most %d")
        return said % self.of

    @property
    def has_failed(self) -> bool:
        """Whether its sealed PDF could not be prepared, until somebody has it tried again."""
        return has_failed(self.document)

    @property
    def has_result(self) -> bool:
        """Whether there is a sealed PDF to download."""
        return self.document.is_form and self.document.state == DocumentState.READY


@dataclass(frozen=True, slots=True)
class Panel:
    """What an agent's room shows of documents. `why_not` says why nothing can be sent, to whom that matters."""

    listed: list[Listed]
    may_send: bool
    may_recall: bool
    why_not: str

    @property
    def under_way(self) -> list[Listed]:
        """What the customer can still complete."""
        return [one for one in self.listed if one.document.is_open]


def panel(state: RoomState) -> Panel:
    """The documents of an agent's room. One query."""
    listed = [Listed(one, getattr(one, "added", 0)) for one in documents_of(state.session)]
    completes = Permission.COMPLETE in state.permitted
    holds = state.seat.may_write
    return Panel(
        listed=listed,
        may_send=holds and completes,
        may_recall=holds,
        why_not="" if completes or not holds else _why_not(state),
    )


def parts(state: RoomState) -> dict[str, str]:
    """What an agent's page shows anew of documents, by the name of its place. One query."""
    context: dict[str, Any] = {"panel": panel(state), "id": state.session.public_id, "session": state.session}
    names = {
        "documents": "agent/documents/panel.html",
        "documents-line": "agent/documents/line.html",
        "documents-ending": "agent/documents/ending.html",
    }
    return {name: render_to_string(template, context) for name, template in names.items()}


def _why_not(state: RoomState) -> str:
    return _(
        "After the end documents can be sent only while the customer has full access. %s could not complete any now."
    ) % (state.session.customer.name)


def newest_of_each(documents: Iterable[Document]) -> dict[int, Listed]:
    """Of documents in the order in which they changed: for each session the last one, as lists show it."""
    return {one.session_id: Listed(one) for one in documents}
