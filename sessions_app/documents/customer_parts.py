"""What a customer's room shows of the documents that are asked for."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from sessions_app.documents.kinds import DocumentState
from sessions_app.documents.selectors import documents_of, waiting_for_customer
from sessions_app.models import Document, DocumentFile, LiveSession
from sessions_app.uploads import limits_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the customer of a session: `open` waits for them, `done` they have completed."""

    every: tuple[Document, ...] = ()
    accept: str = ""
    largest_bytes: int = 0

    @property
    def open(self) -> list[Document]:
        return waiting_for_customer(list(self.every))

    @property
    def done(self) -> list[Document]:
        """Completed forms; files that were added are rows of the timeline."""
        return [one for one in self.every if one.state in (DocumentState.COMPLETED, DocumentState.READY)]

    @property
    def states(self) -> dict[str, str]:
        """What has become of each document, by its public id, for a page that is open."""
        return {str(one.public_id): str(one.state) for one in self.every}

    def __bool__(self) -> bool:
        return bool(self.open or self.done)


def asked_of_customer(session: LiveSession) -> Asked:
    """One query, and another one if files were added."""
    documents = documents_of(session)
    with_files = [one for one in documents if one.is_open and not one.is_form and _added(one)]
    if with_files:
        files = DocumentFile.objects.select_related("attachment").order_by("pk")
        prefetch_related_objects(with_files, Prefetch("files", queryset=files))
    limits = limits_of(session.workstream)
    pictures = "image/*," if "image/png" in limits.types else ""  # what makes phones offer the camera
    return Asked(tuple(documents), pictures + limits.choosable, limits.largest_bytes)


def _added(document: Any) -> int:
    added: int = document.added
    return added
