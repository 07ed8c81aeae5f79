"""Sealed files for tests: how pyHanko's own validator judges them, and ways to change them behind Parley's back."""

from hashlib import sha256
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from fpdf import FPDF
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from sessions_app.documents.models import TemplateVersion
from tests.documents.papers import new_version


def a_pdf(text: str = "A page", pages: int = 1) -> bytes:
    """A small PDF of somebody else's."""
    pdf = FPDF()
    pdf.set_font("helvetica")
    for number in range(pages):
        pdf.add_page()
        pdf.cell(0, 10, f"{text} {number + 1}")
    return bytes(pdf.output())


def stored_version(content: bytes | None = None, **more: Any) -> TemplateVersion:
    """A version whose file is there, with a field of every kind unless told otherwise."""
    content = content or a_pdf("Order")
    version = new_version(sha256=sha256(content).hexdigest(), **more)
    version.file.name = default_storage.save(f"{version.folder}/source.pdf", ContentFile(content))
    version.save()
    return version


def validated(pdf: bytes) -> PdfSignatureStatus:
    """What pyHanko says of the only signature; its own certificate is trusted, since who it is is not asked here."""
    (found,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    trust = ValidationContext(trust_roots=[found.signer_cert], allow_fetching=False)
    return validate_pdf_signature(found, trust)


def text_of(pdf: bytes) -> str:
    """All words in a PDF, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def in_sql(statement: str, *values: object) -> None:
    """What somebody with access to the database does by hand."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1
