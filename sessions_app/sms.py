"""Short messages to phones: one small interface, and what is behind it (`PARLEY_SMS_URL`, docs/operating.md)."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

PATIENCE = 20
"""Seconds that a gateway may take to answer."""

MAILBOX = "mailbox:"
SHORT_MESSAGE = ".sms"
"""How the names of messages in the mailbox end."""

_FOR_NOW = (408, 429)
"""Answers of a gateway that is there, but cannot take the message now; so are all from 500."""


class NotSent(Exception):
    """The message will never be sent like this, however often it is tried. The text says why, in words."""


class Gateway(Protocol):
    """Sends short messages."""

    def send(self, to: str, text: str) -> None:
        """Send a text to a phone. Raises OSError if it is worth trying again later, NotSent if it is not."""


def gateway_at(address: str, mailbox: Path) -> Gateway | None:
    """The gateway that a setting names: `twilio://ACCOUNT:TOKEN@/?from=+15550100`, `mailbox:`, or none if it is empty.

    A host in the address takes the place of Twilio's; `twilio+http` does without TLS, for tests. Raises ValueError with
    what is wrong; it never contains the token.
    """
    if not address:
        return None
    if address == MAILBOX:
        return MailboxGateway(mailbox)
    parts = urlsplit(address)
    if parts.scheme not in ("twilio", "twilio+http"):
        raise ValueError("names no gateway that is known: give twilio://ACCOUNT:TOKEN@/?from=NUMBER, or `mailbox:`.")
    sender = _query(parts).get("from", "")
    if not (parts.username and parts.password and sender):
        raise ValueError("is not complete: give twilio://ACCOUNT:TOKEN@/?from=NUMBER.")
    return TwilioGateway(unquote(parts.username), unquote(parts.password), sender, _base(parts))


def _base(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2] or "api.twilio.com"
    return f"{'http' if parts.scheme.endswith('+http') else 'https'}://{host}"


def _query(parts: SplitResult) -> dict[str, str]:
    """The fields after the question mark. A plus is a plus: numbers begin with one."""
    pairs = (pair.partition("=") for pair in parts.query.split("&"))
    return {name: unquote(value) for name, _, value in pairs}


# Twilio ----------------------------------------------------------------------------------------------------------


class _NoRedirects(HTTPRedirectHandler):
    """A gateway that sends us elsewhere has not taken the message."""

    def redirect_request(self, *args: object) -> None:
        return None


@dataclass(frozen=True, slots=True)
class TwilioGateway:
    """Sends by Twilio's REST API, or by a gateway that speaks the same (API version 2010-04-01).

    `sender` is a number, a name, or the id of a messaging service (`MG...`).
    """

    account: str
    token: str
    sender: str
    base: str

    def send(self, to: str, text: str) -> None:
        sender = "MessagingServiceSid" if self.sender.startswith("MG") else "From"
        request = Request(  # noqa: S310 (the address is http or https by `_base`)
            f"{self.base}/2010-04-01/Accounts/{quote(self.account, safe='')}/Messages.json",
            data=urlencode({"To": to, sender: self.sender, "Body": text}).encode(),
            headers={"Authorization": f"Basic {self._credentials()}", "Accept": "application/json"},
        )
        try:
            with build_opener(_NoRedirects).open(request, timeout=PATIENCE) as answer:
                answer.read()
        except HTTPError as error:
            with error:
                raise _judged(error.code, error.read()) from error
        except HTTPException as error:
            raise OSError(f"the gateway answered with nonsense: {type(error).__name__}") from error

    def _credentials(self) -> str:
        return b64encode(f"{self.account}:{self.token}".encode()).decode()


def _judged(status: int, body: bytes) -> Exception:
    if status >= 500 or status in _FOR_NOW:
        return OSError(f"the gateway answered {status}")
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    reason = said.get("message") if isinstance(said, Mapping) else None
    return NotSent(str(reason)[:300] if reason else f"HTTP {status}")


# The mailbox -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """A message in the mailbox. The moment is in ISO 8601, UTC."""

    to: str
    text: str
    sent_at: str


@dataclass(frozen=True, slots=True)
class MailboxGateway:
    """Keeps messages in a folder instead of sending them, for whoever tries Parley out."""

    folder: Path

    def send(self, to: str, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = Kept(to, text, datetime.now(UTC).isoformat())
        written = self.folder / f"{uuid4()}.new"
        written.write_text(json.dumps(asdict(kept)), encoding="utf-8")
        written.rename(written.with_suffix(SHORT_MESSAGE))  # whoever looks finds it whole
