"""Gives people the sealed document. Who may have it is decided before (`Permission.DOWNLOAD`, or an agent's seat)."""

import re

from django.http import FileResponse, Http404

from sessions_app.documents.kinds import DocumentState
from sessions_app.models import Document
from sessions_app.stored_answers import stored_file


def serve_result(document: Document) -> FileResponse:
    """The sealed PDF of a document that is ready, the same bytes on every download, since it is stored once.

    Whether they are still those that were recorded is not asked here but by a verification: it costs reading all of
    it before the first byte goes out. Raises Http404 for a document that has no such result.
    """
    if document.state != DocumentState.READY or not document.is_form:
        raise Http404
    return stored_file(str(document.result.name), "application/pdf", download_as=file_name(document))


def file_name(document: Document) -> str:
    """Under which name people save it: that of the document, without signs that some computer does not take."""
    plain = re.sub(r"[^\w (),+-]+", "_", document.name).strip("_ ")
    return f"{plain or 'document'}.pdf"
