"""Seals a PDF with a PAdES signature, so that every reader of PDF files can tell when a single byte was changed.

pyHanko runs an event loop of its own to do it: never call this inside one. It takes about a third of a second, and
its library another second when it is first used: workers do it, pages do not.
"""

import logging
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from sessions_app.documents.seal_keys import BadKey, SealKey, as_pem, self_made

if TYPE_CHECKING:
    from pyhanko.sign.signers import PdfSigner, SimpleSigner
    from pyhanko.sign.timestamps import TimeStamper

FIELD = "Seal"
TIMESTAMP_PATIENCE = 10
"""Seconds that the timestamp service may take."""

KNOWN = "seals/{}.pem"
"""Where the certificate of a key that has sealed something is kept, by its fingerprint: after another key came into
use, a verification can still tell that the earlier one was ours."""

log = logging.getLogger(__name__)


class CannotSeal(RuntimeError):
    """Nothing can be sealed now: the key cannot be used, or no timestamp is given. The text says why, for operators."""


def seal(pdf: bytes, *, reason: str, now: datetime) -> bytes:
    """The same PDF with an invisible signature that allows no changes after it (PAdES B-B).

    With PARLEY_SEAL_TIMESTAMP_URL it is B-T. `now` is the moment of signing that it names. Raises CannotSeal.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.timestamps import TimestampRequestError

    signer = _signer(key_in_use(now=now), reason, now)
    try:
        sealed = signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf), strict=False))
    except (SigningError, TimestampRequestError) as error:
        raise CannotSeal(str(error)) from error
    return bytes(sealed.getvalue())


def key_in_use(*, now: datetime) -> SealKey:
    """The key that seals now; its certificate is remembered. Raises CannotSeal if it cannot be used."""
    where = settings.SEAL
    try:
        key = _self_made(where.key, now) if where.is_self_made else _configured(where.key, where.passphrase)
    except BadKey as problem:
        raise CannotSeal(f"The key {where.key} {problem}.") from problem
    if not key.is_valid(now):
        raise CannotSeal(f"The certificate of the key {where.key} is not valid now; it is until {key.valid_until()}.")
    _remember(key)
    return key


def is_known(fingerprint: str) -> bool:
    """Whether a key with this certificate has sealed something here, now or earlier."""
    return fingerprint.isalnum() and default_storage.exists(KNOWN.format(fingerprint))


def _self_made(path: Path, now: datetime) -> SealKey:
    """Read once, unless it was taken away: reading a key proves that it is one, which takes a tenth of a second."""
    if not path.exists():
        _read_again.cache_clear()
        self_made(path, now=now)
    return _read_again(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read_again(path: Path, changed: int) -> SealKey:
    return SealKey.read(path, "")


@lru_cache(maxsize=2)
def _configured(path: Path, passphrase: str) -> SealKey:
    """Read once: a new key comes with a restart."""
    return SealKey.read(path, passphrase)


def _remember(key: SealKey) -> None:
    """Documents are sealed even where that does not work: it is done with the next one."""
    try:
        if not is_known(key.fingerprint):
            default_storage.save(KNOWN.format(key.fingerprint), ContentFile(as_pem(key.certificate)))
    except Exception:
        log.exception("The certificate of the key that seals could not be stored.")


def _signer(key: SealKey, reason: str, now: datetime) -> "PdfSigner":
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata

    about = PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
    )
    return _at(now)(about, _signing(key.pkcs12), timestamper=_timestamper())


@lru_cache(maxsize=2)
def _signing(pkcs12: bytes) -> "SimpleSigner":
    from pyhanko.sign.signers import SimpleSigner

    signer: SimpleSigner = SimpleSigner.load_pkcs12_data(pkcs12, [])
    return signer


def _at(now: datetime) -> "type[PdfSigner]":
    """A signer that takes the moment of signing as it is given, where pyHanko would read the clock."""
    from pyhanko.sign.signers import PdfSigner
    from pyhanko.sign.signers.pdf_signer import PdfSigningSession

    class Signer(PdfSigner):
        def init_signing_session(self, *args: object, **more: object) -> PdfSigningSession:
            session = super().init_signing_session(*args, **more)  # type: ignore[arg-type] # passed on as it came
            session.system_time = now
            return session

    return Signer


def _timestamper() -> "TimeStamper | None":
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    url = settings.SEAL.timestamp_url
    if not url:
        return None
    return RequestsHTTPTimeStamper(url, timeout=TIMESTAMP_PATIENCE)  # type: ignore[no-untyped-call] # pyHanko's has none
