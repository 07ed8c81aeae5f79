"""A transcript as PDF, with what a verification needs: the rows that it shows as a list that programs read."""

from datetime import datetime

from django.utils.translation import gettext as _
from fpdf.enums import XPos, YPos

from sessions_app.documents.evidence import IN_TRANSCRIPT, RowList
from sessions_app.paper import BLACK, GREY, HEIGHT, SIZE, SMALL, Paper
from sessions_app.transcript import Line, Transcript, clock, day_heading

INDENT = 16
"""From the clock to the words, in millimetres."""


def as_pdf(transcript: Transcript, rows: RowList, *, now: datetime, about_seal: str) -> bytes:
    """The document as PDF, on A4 with numbered pages, not sealed yet. A thousand rows take about half a second.

    Its last page says with which row the chain ended, and what there is to know of the seal.
    """
    pdf = _TranscriptPaper(now)
    pdf.title_of(transcript.title, transcript.about)
    for day, lines in transcript.days():
        pdf.heading(day_heading(day))
        for line in lines:
            pdf.line_of(line)
    pdf.evidence(rows, about_seal)
    return bytes(pdf.output())


class _TranscriptPaper(Paper):
    """How the lines of a transcript stand on it."""

    def line_of(self, line: Line) -> None:
        self.keep_together(2 * HEIGHT)
        self._clock(line)
        if line.who:
            self.paragraph(line.who, SMALL, GREY, indent=INDENT)
        self.paragraph(line.text, SIZE, BLACK if line.who else GREY, indent=INDENT)
        self.ln(1.5)

    def evidence(self, rows: RowList, about_seal: str) -> None:
        """The end of the chain in words, and the list for programs."""
        number, last_hash = rows.last
        said = {"number": number, "session": rows.session, "hash": last_hash}
        self.heading(_("Evidence"))
        self.paragraph(
            _("Each row of a session is chained to the row before it. When this was made, the last row was this one:"),
            SMALL,
            GREY,
        )
        self.paragraph(_("Session %(session)s, row %(number)d, hash %(hash)s") % said, SMALL)
        self.paragraph(about_seal, SMALL, GREY)
        self.embed_file(bytes=rows.to_json().encode(), basename=IN_TRANSCRIPT, compress=True)

    def _clock(self, line: Line) -> None:
        self.set_font_size(SMALL)
        self.set_text_color(GREY)
        self.cell(INDENT, HEIGHT, clock(line.at), new_x=XPos.LMARGIN, new_y=YPos.TOP)
