"""Leaves of a PDF its pages, and of what lies on them only how it looks: no form, scripts, actions, files, metadata.

What stays is listed; everything else goes, known or not. Changes the opened file's objects: it is of no use afterwards.
"""

from collections.abc import Collection, Iterable
from io import BytesIO

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from sessions_app.documents.pdf.objects import dictionary, entries, identity, text, whole
from sessions_app.documents.pdf.opening import Opened
from sessions_app.documents.pdf.tree import HIDDEN, annotations

_OF_PAGE = {
    "/Type", "/Parent", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/Group", "/UserUnit", "/Annots",
}  # fmt: skip
_OF_ANNOTATION = {"/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/OC"}
_OF_LAYERS = {"/OCGs", "/D"}

_LOOKS = {
    "Widget", "Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline",
    "Squiggly", "StrikeOut", "Stamp", "Caret", "Ink", "Watermark", "Redact",
}  # fmt: skip
"""Annotations that are there to be seen. Links, attachments, film and the like are not."""


def bare(file: Opened, without: Collection[tuple[str, int]]) -> bytes:
    """The pages as a PDF of their own. `without` are annotations that are not kept, by `objects.identity`."""
    writer = PdfWriter()
    for page in file.reader.pages:
        _keep_only(page, _OF_PAGE)
        page[NameObject("/Annots")] = ArrayObject(_looks(page, without))
        writer.add_page(page)
    if layers := entries(dictionary(file.reader.root_object), "/OCProperties"):
        _keep_only(layers, _OF_LAYERS)
        writer.root_object[NameObject("/OCProperties")] = layers.clone(writer)
    writer.metadata = None
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def _looks(page: DictionaryObject, without: Collection[tuple[str, int]]) -> Iterable[object]:
    """What of the annotations stays: those with an appearance that can be seen, and of them nothing else."""
    for raw, node in list(annotations(page)):
        appearance = entries(node, "/AP")
        is_shown = text(node.get("/Subtype")) in _LOOKS and not whole(node.get("/F")) & HIDDEN
        if is_shown and dictionary(appearance.get("/N")) and identity(raw, node) not in without:
            _keep_only(node, _OF_ANNOTATION)
            _keep_only(appearance, {"/N"})
            yield raw


def _keep_only(of: DictionaryObject, keys: Collection[str]) -> None:
    for key in [key for key in of if key not in keys]:
        del of[key]
