"""The address that customers are sent to at the end of a session (rules.md 4, Redirect customer)."""

from string import Formatter
from urllib.parse import SplitResult, quote, urlsplit

_USUAL = {"http": 80, "https": 443}

PLACEHOLDERS = ("session_id", "reason")


class RedirectProblem(ValueError):
    """Why an address cannot be used; the text is for the person who typed it."""


def check_redirect(address: str, *, own_origin: str) -> None:
    """Raise RedirectProblem unless customers can be sent to this address.

    It must be an absolute http(s) address with no placeholder but `{session_id}` and `{reason}`, none of them in the
    name of the host, and not lead back into Parley, where the room would send the customer on again.
    """
    parts = _split(address)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise RedirectProblem("Enter a whole address that starts with https:// or http://.")
    if "{" in parts.netloc or "}" in parts.netloc:
        raise RedirectProblem("A placeholder cannot be part of the host's name.")
    for name in _placeholders(address):
        if name not in PLACEHOLDERS:
            raise RedirectProblem(f"{{{name}}} is not a placeholder. You can use {{session_id}} and {{reason}}.")
    if _leads_to(parts, urlsplit(own_origin)):
        raise RedirectProblem("This address is in Parley itself: customers would be led back into the room.")


def fill_redirect(address: str, *, session_id: str, reason: str) -> str:
    """The address for one customer, with its placeholders filled in, percent-encoded."""
    return address.format(session_id=quote(session_id, safe=""), reason=quote(reason, safe=""))


def _placeholders(address: str) -> list[str]:
    try:
        parsed = list(Formatter().parse(address))
    except ValueError as error:
        raise RedirectProblem("A brace { or } has no partner. Write {{ or }} for a brace itself.") from error
    if any(format_spec or conversion for _, _, format_spec, conversion in parsed):
        raise RedirectProblem("You can use {session_id} and {reason}, just like that.")
    return [name for _, name, _, _ in parsed if name is not None]


def _split(address: str) -> SplitResult | None:
    """The parts of the address; None if browsers and this module might not read it alike."""
    if "\\" in address or any(sign.isspace() or not sign.isprintable() for sign in address):
        return None
    try:
        parts = urlsplit(address)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _leads_to(theirs: SplitResult, ours: SplitResult) -> bool:
    """Whether their address is on our own host, at our port or at one that a proxy answers for us."""
    ports = {ours.port, 80, 443}
    return _host(theirs) == _host(ours) and (theirs.port or _USUAL[theirs.scheme]) in ports


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")
