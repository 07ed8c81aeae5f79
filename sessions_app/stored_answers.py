"""Stored files as answers: only ever as a download, or as a picture that we made ourselves (rules.md 7)."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

HARMLESS = "sandbox; default-src 'none'"
"""The content security policy of whatever somebody else put here."""


def stored_file(name: str, content_type: str, *, download_as: str = "") -> FileResponse:
    """The stored file of that name, under which it is not known outside. Raises Http404 if it is not there any more.

    `nosniff` comes with every answer (`SecurityMiddleware`).
    """
    try:
        stored = default_storage.open(name, "rb")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise Http404(_("This file is no longer stored.")) from error
    is_download = bool(download_as)
    response = FileResponse(stored, as_attachment=is_download, filename=download_as, content_type=content_type)
    response["Content-Security-Policy"] = HARMLESS
    return response
