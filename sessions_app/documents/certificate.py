"""The page behind a completed document that says who completed what, when and from where (product.md D7)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf.enums import Align
from pypdf import PdfReader, PdfWriter

from sessions_app.documents.actions import entered
from sessions_app.documents.evidence import IN_DOCUMENT, DocumentFacts
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.seal_words import about_seal, self_made_mark
from sessions_app.documents.signatures import read_signature
from sessions_app.models import Document, TimelineEntry
from sessions_app.paper import GREY, HEIGHT, MARGIN, SMALL, Paper

COLUMN = 44
"""From what a fact is called to the fact, in millimetres."""

Fact = tuple[str, str]
"""What it is called, and what it is; left out where there is nothing."""


def with_certificate(filled: bytes, document: Document, row: TimelineEntry, *, now: datetime) -> bytes:
    """The filled document with its certificate behind it, in the language in force, not sealed yet.

    `row` is the one of the timeline that says that the document was completed. The same is in it for programs, too
    (`evidence.DocumentFacts`). Nothing but pages is taken over from what was filled.
    """
    pages = PdfWriter()
    pages.append(BytesIO(filled), import_outline=False)
    _only_pages(pages)
    pages.append(PdfReader(BytesIO(certificate(document, row, now=now))))
    pages.add_metadata({"/Title": document.name, "/Producer": "Parley"})
    pages.add_attachment(IN_DOCUMENT, facts_of(document, row).to_json())
    made = BytesIO()
    pages.write(made)
    return made.getvalue()


def _only_pages(pages: PdfWriter) -> None:
    """No fields are left after filling, nothing is to happen by itself, and nobody else's files are to pass as ours."""
    root = pages.root_object
    for name in ("/AcroForm", "/OpenAction", "/AA"):
        root.pop(name, None)
    names = root.get("/Names", {})
    for name in ("/JavaScript", "/EmbeddedFiles"):
        names.pop(name, None)


def certificate(document: Document, row: TimelineEntry, *, now: datetime) -> bytes:
    """The page itself, as a PDF of its own, in the language in force."""
    paper = _CertificatePaper(now)
    paper.title_of(_("Certificate of completion"), _("It belongs to the pages before it, and is sealed with them."))
    paper.facts(_("Document"), _about_document(document))
    paper.facts(_("Completed by"), _about_customer(document))
    paper.facts(_("Agreed to"), [("", document.consent.get("text", ""))])
    paper.facts(_("Evidence"), _evidence(document, row))
    paper.paragraph(_about_fingerprints(), SMALL, GREY)
    paper.heading(_("Seal"))
    paper.paragraph(about_seal(), SMALL)
    if mark := self_made_mark():
        paper.mark(_("Self-made key, not trusted"), mark)
    return bytes(paper.output())


def facts_of(document: Document, row: TimelineEntry) -> DocumentFacts:
    """What programs find in the file."""
    said = row.payload
    return DocumentFacts(
        document=str(document.public_id),
        session=str(document.session.public_id),
        number=row.number,
        hash=row.hash,
        values_sha256=said["values_sha256"],
        consent_sha256=said["consent_sha256"],
        template_sha256=said["template_sha256"],
    )


def _about_document(document: Document) -> list[Fact]:
    version = document.version
    assert version, "only forms have a certificate"
    return [
        (_("Name"), document.name),
        (_("Version"), str(version.number)),
        (_("Template, SHA-256"), version.sha256),
        (_("Document"), str(document.public_id)),
        (_("Sent by"), document.sent_by.name),
        (_("Sent"), in_words(document.sent_at)),
        (_("Opened"), in_words(document.viewed_at) if document.viewed_at else ""),
    ]


def _about_customer(document: Document) -> list[Fact]:
    consent = document.consent
    assert document.completed_at, "a document that is not completed has no certificate"
    return [
        (_("Name"), consent["name"]),
        (_("E-mail"), consent["email"]),
        (_("Phone"), consent["phone"]),
        (_("Completed"), in_words(document.completed_at)),
        (_("Signed"), "\n".join(_signed(document))),
        (_("From the address"), consent.get("address", "")),
        (_("Device"), consent.get("device", "")),
    ]


def _signed(document: Document) -> Iterator[str]:
    """How each signature came about: what stands on the pages looks alike, and the law may tell them apart."""
    assert document.version, "only forms are signed"
    kept = entered(document)
    for field in document.version.all_fields:
        if field.kind is FieldKind.SIGNATURE and kept.get(field.name):
            name = read_signature(kept[field.name]).name
            how = _("typed, as “%s”") % name if name else _("drawn by hand")
            yield f"{field.label}: {how}"


def _evidence(document: Document, row: TimelineEntry) -> list[Fact]:
    return [
        (_("What was entered, SHA-256"), row.payload["values_sha256"]),
        (_("Consent, SHA-256"), row.payload["consent_sha256"]),
        (_("Session"), str(document.session.public_id)),
        (_("Row of its timeline"), str(row.number)),
        (_("Hash of that row"), row.hash),
    ]


def _about_fingerprints() -> str:
    """For who never heard of hashes."""
    return _("The long numbers are fingerprints: whatever is changed in what they were made of, they no longer fit it.")


def in_words(moment: datetime) -> str:
    """A moment to the second, written out, in UTC."""
    at = moment.astimezone(UTC)
    said = {"day": date_format(at, "DATE_FORMAT"), "clock": date_format(at, "H:i:s", use_l10n=False)}
    return _("%(day)s, %(clock)s UTC") % said


class _CertificatePaper(Paper):
    """How facts stand on it."""

    def facts(self, heading: str, facts: Iterable[Fact]) -> None:
        self.heading(heading)
        for label, fact in facts:
            if fact:
                self._fact(label, fact)

    def _fact(self, label: str, fact: str) -> None:
        called = self.wrap(label, SMALL, indent=self.epw - COLUMN) if label else []
        self.keep_together((len(called) + 1) * HEIGHT)
        top = self.get_y()
        self.put(called, SMALL, GREY)
        below = self.get_y()
        self.set_y(top)
        page = self.page
        self.paragraph(fact, SMALL, indent=COLUMN if label else 0)
        if self.page == page:
            self.set_y(max(below, self.get_y()))

    def footer(self) -> None:
        self.set_y(-MARGIN + 4)
        self.put([f"{self.title} · {self.page_no()}"], SMALL, GREY, align=Align.R)

    def mark(self, title: str, text: str) -> None:
        """A box that nobody overlooks."""
        self.ln(HEIGHT)
        lines = self.wrap(text, SMALL, indent=3)
        self.keep_together((len(lines) + 2) * HEIGHT)
        top = self.get_y()
        self.ln(1.5)
        self.paragraph(title, indent=3)
        self.put(lines, SMALL, GREY, indent=3)
        self.ln(1.5)
        self.set_draw_color(180, 60, 40)
        self.set_line_width(0.4)
        self.rect(self.l_margin, top, self.epw, self.get_y() - top)
