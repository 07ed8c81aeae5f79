"""Answers that are files instead of JSON."""

from typing import Any

from django.http import FileResponse
from rest_framework.renderers import JSONRenderer

from sessions_app.api.views import ApiView
from sessions_app.stored_answers import stored_file


class Whatever(JSONRenderer):
    """For operations that answer with a file: whatever form is accepted is. Problems are JSON all the same."""

    media_type = "*/*"
    format = "file"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return super().render(data, "application/json", renderer_context)


class FileView(ApiView):
    """An operation whose answer is a file."""

    renderer_classes = (Whatever,)
    pagination_class = None

    def stored(self, name: str, content_type: str, called: str) -> FileResponse:
        """A stored file, as a download under the name that people know. Raises Http404 if it is not there any more."""
        return stored_file(name, content_type, download_as=called)
