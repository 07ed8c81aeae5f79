"""The transcript as a sealed PDF that carries the list of its rows (product.md D7)."""

from datetime import datetime

from django.utils.translation import gettext as _

from sessions_app.documents.evidence import Listed, RowList
from sessions_app.documents.seal_words import about_seal, self_made_mark
from sessions_app.documents.sealing import seal
from sessions_app.documents.stored_rows import as_listed
from sessions_app.models import TimelineEntry
from sessions_app.rows import is_hidden
from sessions_app.transcript import Transcript
from sessions_app.transcript_pdf import as_pdf


def sealed_transcript(transcript: Transcript, *, now: datetime) -> bytes:
    """In the language in force. A thousand rows take about a second and a half. Raises CannotSeal."""
    words = f"{about_seal()} {self_made_mark()}".strip()
    pdf = as_pdf(transcript, rows_of(transcript), now=now, about_seal=words)
    return seal(pdf, reason=_("Transcript made by Parley"), now=now)


def rows_of(transcript: Transcript) -> RowList:
    """The rows of the session up to the last that it knew of; of those that this side does not get, the place only.
    One query."""
    rows = transcript.session.timeline.filter(number__lte=transcript.session.last_number).order_by("number")
    listed = tuple(_listed(row, transcript) for row in rows.iterator())
    return RowList(str(transcript.session.public_id), str(transcript.audience), listed)


def _listed(row: TimelineEntry, transcript: Transcript) -> Listed:
    return Listed(row.number, row.hash) if is_hidden(row, transcript.audience) else as_listed(row)
