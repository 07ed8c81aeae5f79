"""The seal: that every reader of PDF files can check it, and with which key."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pytest_django.fixtures import Settings

from config import sealing as configured
from sessions_app import checks
from sessions_app.documents import seal_keys
from sessions_app.documents.seal_keys import SELF_MADE, self_made
from sessions_app.documents.sealing import CannotSeal, is_known, key_in_use, seal
from tests.documents.sealed import a_pdf, validated
from tests.moments import DAY, STARTED

PASSPHRASE = "correct horse"


def operators_key(path: Path, *, subject: str = "Example Ltd", passphrase: str = PASSPHRASE, days: int = 30) -> Path:
    """A key as an operator brings it: an elliptic curve, with a passphrase, valid from STARTED on."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(STARTED - DAY)
        .not_valid_after(STARTED + days * DAY)
        .add_extension(seal_keys._signs_documents(), critical=True)
        .sign(key, hashes.SHA256())
    )
    hidden = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, hidden))
    return path


@pytest.fixture
def with_own_key(settings: Settings, tmp_path: Path) -> Path:
    path = operators_key(tmp_path / "seal.p12")
    settings.SEAL = configured.Seal(path, PASSPHRASE, is_self_made=False, is_accepted=False, timestamp_url="")
    return path


def test_a_seal_covers_every_byte_and_allows_no_change() -> None:
    sealed = seal(a_pdf(), reason="Completed", now=STARTED)
    status = validated(sealed)
    assert status.intact and status.valid and status.trusted and status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE and status.docmdp_ok
    (found,) = PdfFileReader(BytesIO(sealed)).embedded_signatures
    assert found.docmdp_level == MDPPerm.NO_CHANGES
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert found.sig_object["/Reason"] == "Completed"
    assert found.self_reported_timestamp == STARTED.replace(microsecond=0)
    assert found.sig_field["/Rect"] == [0, 0, 0, 0]
    assert sealed.startswith(a_pdf()[:8])


def test_a_byte_that_is_changed_breaks_it() -> None:
    sealed = bytearray(seal(a_pdf(), reason="Completed", now=STARTED))
    sealed[sealed.index(b"/Producer") + 12] ^= 1
    assert not validated(bytes(sealed)).intact


def test_the_self_made_key_says_that_it_is() -> None:
    (found,) = PdfFileReader(BytesIO(seal(a_pdf(), reason="", now=STARTED))).embedded_signatures
    assert found.signer_cert.subject.native == {"common_name": SELF_MADE}
    kept = settings.DATA_DIR / "seal.p12"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert is_known(found.signer_cert.sha256.hex()) and not is_known("0" * 64) and not is_known("../seal")


def test_of_many_that_begin_at_once_all_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: self_made(tmp_path / "seal.p12", now=STARTED), range(8)))
    assert len({key.fingerprint for key in keys}) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["seal.p12"]
    assert keys[0].is_valid(STARTED) and keys[0].is_valid(STARTED + 3000 * DAY)


def test_an_operators_key_seals_instead(with_own_key: Path) -> None:
    (found,) = PdfFileReader(BytesIO(seal(a_pdf(), reason="", now=STARTED))).embedded_signatures
    assert found.signer_cert.subject.native == {"common_name": "Example Ltd"}
    assert key_in_use(now=STARTED).pkcs12 not in repr(key_in_use(now=STARTED)).encode()


def test_what_an_earlier_key_sealed_stays_valid_and_known(settings: Settings, with_own_key: Path) -> None:
    sealed = seal(a_pdf(), reason="", now=STARTED)
    another = operators_key(with_own_key.with_name("next.p12"), subject="Example Ltd, second key")
    settings.SEAL = configured.Seal(another, PASSPHRASE, is_self_made=False, is_accepted=False, timestamp_url="")
    (old,) = PdfFileReader(BytesIO(sealed)).embedded_signatures
    assert old.signer_cert.sha256.hex() != key_in_use(now=STARTED).fingerprint
    assert validated(sealed).intact and is_known(old.signer_cert.sha256.hex())


def test_a_certificate_that_is_over_seals_nothing(with_own_key: Path) -> None:
    with pytest.raises(CannotSeal, match="not valid now"):
        seal(a_pdf(), reason="", now=STARTED + 30 * DAY)


def test_a_timestamp_service_that_does_not_answer_seals_nothing(settings: Settings) -> None:
    stamps = "http://127.0.0.1:9"
    settings.SEAL = configured.Seal(settings.SEAL.key, "", is_self_made=True, is_accepted=False, timestamp_url=stamps)
    with pytest.raises(CannotSeal):
        seal(a_pdf(), reason="", now=STARTED)


BAD_KEYS = {
    "nothing there": (None, "", "cannot be read: No such file"),
    "no key": (b"something else", "", "is no PKCS#12 file"),
    "another passphrase": ("key", "wrong", "PARLEY_SEAL_PASSPHRASE is not its passphrase"),
    "no passphrase": ("key", "", "PARLEY_SEAL_PASSPHRASE is not its passphrase"),
}


@pytest.mark.parametrize("case", BAD_KEYS)
def test_a_key_that_cannot_be_used_stops_the_start(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content, passphrase, why = BAD_KEYS[case]
    path = operators_key(tmp_path / "seal.p12")
    if content is None:
        path.unlink()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    monkeypatch.setenv("PARLEY_SEAL_KEY", str(path))
    monkeypatch.setenv("PARLEY_SEAL_PASSPHRASE", passphrase)
    with pytest.raises(ImproperlyConfigured, match=why) as told:
        configured.seal(tmp_path)
    assert str(told.value).startswith(f"PARLEY_SEAL_KEY is {str(path)!r}, which ")
    assert passphrase not in str(told.value) or not passphrase


def test_a_key_that_can_is_taken_with_its_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = operators_key(tmp_path / "own.p12")
    monkeypatch.setenv("PARLEY_SEAL_KEY", str(path))
    monkeypatch.setenv("PARLEY_SEAL_PASSPHRASE", PASSPHRASE)
    given = configured.seal(tmp_path)
    assert given.key == path and not given.is_self_made


@pytest.mark.parametrize(("given", "is_accepted"), [("", False), ("self-made", True)])
def test_otherwise_it_is_a_self_made_one(
    given: str, is_accepted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_SEAL_KEY", given)
    found = configured.seal(tmp_path)
    assert found.is_self_made and found.is_accepted is is_accepted and found.key == tmp_path / "seal.p12"
    assert not found.key.exists(), "only who seals makes it"


@pytest.mark.parametrize(
    ("key", "now", "told"),
    [
        ("self-made", STARTED, ["parley.W001"]),
        ("accepted", STARTED, []),
        ("own", STARTED - DAY, []),
        ("own", STARTED + DAY, ["parley.W002"]),
        ("own", STARTED + 30 * DAY, ["parley.E001"]),
    ],
)
def test_a_deployment_is_warned(
    key: str, now: datetime, told: list[str], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = operators_key(tmp_path / "own.p12")
    self_made_one = key != "own"
    settings.SEAL = configured.Seal(path, PASSPHRASE, self_made_one, key == "accepted", timestamp_url="")
    monkeypatch.setattr(checks.timezone, "now", lambda: now)
    found = run_checks(tags=["security"], include_deployment_checks=True)
    assert [one.id for one in found if str(one.id).startswith("parley.")] == told
