"""A page as a picture, with the form's own empty boxes in it. Runs in the worker only."""

import math
from io import BytesIO
from pathlib import Path

from pypdfium2 import PdfDocument

from sessions_app.documents.pdf import bad, limits
from sessions_app.documents.pdf.bad import BadFile
from sessions_app.documents.pdf.opening import content_of, drawable

QUALITY = 80
EFFORT = 2
"""Of 6: twice as quick as the usual 4, and a few hundredths larger."""


def picture(source: Path, page: int, width: int) -> bytes:
    """WebP, as many pixels wide as asked; pages that are very long come out smaller. Raises BadFile."""
    document = drawable(content_of(source))
    if not 0 <= page < len(document):
        raise BadFile(bad.DAMAGED)
    return _drawn(document, page, width)


def _drawn(document: PdfDocument, number: int, width: int) -> bytes:
    page = document[number]
    wide, high = page.get_size()
    scale = min(width / wide, math.sqrt(limits.MOST_PIXELS / (wide * high)))
    image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    kept = BytesIO()
    image.save(kept, "WEBP", quality=QUALITY, method=EFFORT)
    return kept.getvalue()
