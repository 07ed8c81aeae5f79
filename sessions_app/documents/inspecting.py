"""Looks into a PDF that somebody brings, in a process of its own with bounded memory and time: `inspect`.

Such a file may be anything. `python -m sessions_app.documents.inspecting` reads it from its input and answers in JSON;
it knows no settings and no secrets.
"""

import json
import logging
import resource
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sessions_app.documents.evidence import IN_DOCUMENT, IN_TRANSCRIPT

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

CARRIED = (IN_TRANSCRIPT, IN_DOCUMENT)

MOST_MEMORY = 2 * 1024**3
MOST_SECONDS = 30
MOST_CARRIED = 16 * 1024**2
"""Bytes of a text that a file carries: forty thousand rows. Whoever asks has to hold all of it."""
HERE = Path(__file__).resolve().parents[2]


class Unreadable(ValueError):
    """This is no PDF, or one that cannot be looked into within the limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealFound:
    """The seal of a file: whether it still fits each byte, and whose it says it is. `signed_at` is what it says, too.

    `is_intact`: the bytes are those that were sealed, by whoever holds the key. `covers_all`: nothing stands after
    what it covers. `allows_nothing`: it is a certification that permits no change.
    """

    is_intact: bool
    covers_all: bool
    allows_nothing: bool
    subject: str
    issuer: str
    fingerprint: str
    signed_at: datetime | None
    stamped_at: datetime | None

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        moments = {name: said[name] and datetime.fromisoformat(said[name]) for name in ("signed_at", "stamped_at")}
        return cls(**said | moments)


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was found in a file: the texts that it carries, by name, and the one seal that our files have."""

    seal: SealFound | None = None
    signatures: int = 0
    carried: dict[str, str] = field(default_factory=dict)


def inspect(content: bytes) -> Inspected:
    """Look into a file. Raises Unreadable. Takes about a second and a half."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=content,
            capture_output=True,
            cwd=HERE,
            env={"PYTHONHASHSEED": "random"},
            timeout=MOST_SECONDS * 2,
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable from error
    if done.returncode:
        raise Unreadable
    said = json.loads(done.stdout)
    seal = SealFound.from_json(said["seal"]) if said["seal"] else None
    return Inspected(seal, said["signatures"], said["carried"])


def main() -> int:
    """The exit code: 1 for what is no PDF that can be read."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    logging.disable()
    content = sys.stdin.buffer.read()
    try:
        answer = look_into(content)
    except (Exception, RecursionError):  # noqa: BLE001 (whatever two libraries say of what is no PDF)
        return 1
    json.dump(answer, sys.stdout)
    return 0


def look_into(content: bytes) -> dict[str, Any]:
    """What `inspect` answers, in JSON."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pypdf import PdfReader

    found = PdfFileReader(BytesIO(content), strict=False).embedded_regular_signatures
    names = PdfReader(BytesIO(content)).attachments
    carried = {name: _carried(names[name][0]) for name in CARRIED if name in names}
    return {"signatures": len(found), "seal": _seal(found[0]) if found else None, "carried": carried}


def _carried(text: bytes) -> str:
    if len(text) > MOST_CARRIED:
        raise ValueError("more rows than any session has")
    return text.decode()


def _seal(found: "EmbeddedPdfSignature") -> dict[str, Any]:
    """The certificate vouches for itself here: whose it is, is told, and decided by who knows the keys."""
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    trust = ValidationContext(trust_roots=[found.signer_cert], allow_fetching=False)
    status = validate_pdf_signature(found, trust)
    stamp = status.timestamp_validity
    signed_at = found.self_reported_timestamp
    return {
        "is_intact": status.intact and status.valid,
        "covers_all": status.coverage == SignatureCoverageLevel.ENTIRE_FILE and not _hides(found),
        "allows_nothing": found.docmdp_level == MDPPerm.NO_CHANGES,
        "subject": found.signer_cert.subject.human_friendly.removeprefix("Common Name: "),
        "issuer": found.signer_cert.issuer.human_friendly.removeprefix("Common Name: "),
        "fingerprint": found.signer_cert.sha256.hex(),
        "signed_at": signed_at and signed_at.isoformat(),
        "stamped_at": stamp.timestamp.isoformat() if stamp and stamp.valid and stamp.intact else None,
    }


def _hides(found: "EmbeddedPdfSignature") -> bool:
    """Whether there is anything in the room for the signature, which it cannot cover, beside itself and zeros."""
    from asn1crypto.parser import peek

    _start, before, after, _end = (int(at) for at in found.byte_range)
    content = bytes(found.pkcs7_content)
    return any(content[peek(content) :]) or after - before != 2 * len(content) + len("<>")


if __name__ == "__main__":
    sys.exit(main())
