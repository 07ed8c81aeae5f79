"""The key that seals: a PKCS#12 file that the operator names, or one that is made here and says so. No Django."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self, TypeGuard

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID

SELF_MADE = "Parley, self-made key (not trusted)"
"""The subject of a certificate that nobody vouches for."""

VALID_FOR = timedelta(days=3650)
VALID_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing hangs on when a self-made key begins, and clocks of several computers differ."""

LEAST_BITS = 2048


class BadKey(ValueError):
    """This key cannot seal. The text is the end of a sentence that begins with where the key is."""


@dataclass(frozen=True, slots=True)
class SealKey:
    """A key with its certificate. `pkcs12` is all of it, without a passphrase: never written down, never shown."""

    pkcs12: bytes = field(repr=False)
    certificate: x509.Certificate

    @classmethod
    def read(cls, path: Path, passphrase: str) -> Self:
        """The key in a PKCS#12 file. Raises BadKey."""
        try:
            found = pkcs12.load_pkcs12(path.read_bytes(), passphrase.encode() or None)
        except OSError as error:
            raise BadKey(f"cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise BadKey("is no PKCS#12 file (.p12, .pfx), or PARLEY_SEAL_PASSPHRASE is not its passphrase") from error
        if found.key is None or found.cert is None:
            raise BadKey("has no key with its certificate in it")
        if not _can_seal(found.key):
            raise BadKey(f"has a key that cannot seal: RSA of {LEAST_BITS} bits or more, or an elliptic curve")
        others = [one.certificate for one in found.additional_certs]
        bare = pkcs12.serialize_key_and_certificates(None, found.key, found.cert.certificate, others, NoEncryption())
        return cls(bare, found.cert.certificate)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal digits."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def valid_until(self) -> datetime:
        """UTC."""
        return self.certificate.not_valid_after_utc

    def is_valid(self, now: datetime) -> bool:
        """Whether the certificate is neither too young nor too old to seal now."""
        return self.certificate.not_valid_before_utc <= now < self.valid_until()


def self_made(path: Path, *, now: datetime) -> SealKey:
    """The key that is kept there, made if there is none yet. Of several processes that begin at once, all get the same.

    Raises BadKey if it cannot be kept, or if something else is there.
    """
    try:
        if not path.exists():
            _keep(path, _new(now))
    except OSError as error:
        raise BadKey(f"cannot be kept: {error.strerror}") from error
    return SealKey.read(path, "")


def _can_seal(key: object) -> TypeGuard[rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey]:
    is_rsa = isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_BITS
    return is_rsa or isinstance(key, ec.EllipticCurvePrivateKey)


def _keep(path: Path, content: bytes) -> None:
    """Whole before it has its name, as the secret key is; readable by its owner only."""
    with tempfile.NamedTemporaryFile(dir=path.parent) as fresh:
        fresh.write(content)
        fresh.flush()
        with suppress(FileExistsError):
            os.link(fresh.name, path)


def _new(now: datetime) -> bytes:
    """RSA, since every reader of PDF files understands it."""
    key = rsa.generate_private_key(65537, 3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SELF_MADE)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_SINCE)
        .not_valid_after(now.astimezone(UTC) + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_documents(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(None, key, certificate, None, NoEncryption())


def _signs_documents() -> x509.KeyUsage:
    unused = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, encipher_only=False, decipher_only=False, **unused
    )


def as_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
