"""The libraries called by hand, in one process, with nothing between a file from outside and that process."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdfium2 import PdfDocument

WIDTH = 1240


def fill(source: Path, values: Mapping[str, str]) -> bytes:
    """Filled in by pypdf, made flat by pdfium."""
    writer = PdfWriter(clone_from=PdfReader(source))
    for page in writer.pages:
        writer.update_page_form_field_values(page, dict(values), auto_regenerate=False)
    filled = BytesIO()
    writer.write(filled)
    document = PdfDocument(filled.getvalue())
    document.init_forms()
    for page in document:
        page.flatten()
    flat = BytesIO()
    document.save(flat)
    return flat.getvalue()


def fields(source: Path) -> int:
    """How many fields pypdf finds."""
    return len(PdfReader(source).get_fields() or {})


def picture(source: Path) -> bytes:
    """The first page by pdfium, as WebP."""
    document = PdfDocument(source)
    document.init_forms()
    page = document[0]
    kept = BytesIO()
    page.render(scale=WIDTH / page.get_width(), may_draw_forms=True).to_pil().convert("RGB").save(kept, "WEBP")
    return kept.getvalue()


def sealing() -> Callable[[bytes], bytes]:
    """Seals with pyHanko, PAdES, by a key that is made for it."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter

    signer = signers.SimpleSigner.load_pkcs12_data(_key(), other_certs=[])
    told = signers.PdfSignatureMetadata(field_name="Seal", subfilter=SigSeedSubFilter.PADES)

    def seal(content: bytes) -> bytes:
        sealed = signers.PdfSigner(told, signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(content)))
        made: bytes = sealed.getvalue()
        return made

    return seal


def _key() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12

    key, now = rsa.generate_private_key(65537, 3072), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Reference")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    plain = serialization.NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"seal", key, made.sign(key, hashes.SHA256()), None, plain)
