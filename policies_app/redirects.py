"""The address that customers are sent to at the end of a session (rules.md 4, Redirect customer)."""

from string import Formatter
from urllib.parse import quote, urlsplit

PLACEHOLDERS = ("session_id", "reason")


class RedirectProblem(ValueError):
    """Why an address cannot be used; the text is for the person who typed it."""


def check_redirect(address: str, *, own_origin: str) -> None:
    """Raise RedirectProblem unless customers can be sent to this address.

    It must be an absolute http(s) address with no placeholder but `{session_id}` and `{reason}`, none of them in the
    name of the host, and not lead back into Parley, where the room would send the customer on again.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or _port(address) is None:
        raise RedirectProblem("Enter a whole address that starts with https:// or http://.")
    if "{" in parts.netloc or "}" in parts.netloc:
        raise RedirectProblem("A placeholder cannot be part of the host's name.")
    for name in _placeholders(address):
        if name not in PLACEHOLDERS:
            raise RedirectProblem(f"{{{name}}} is not a placeholder. You can use {{session_id}} and {{reason}}.")
    if _origin(address) == _origin(own_origin):
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


def _port(address: str) -> int | None:
    """The port, 0 if none is given, None if what stands there is not a port."""
    try:
        return urlsplit(address).port or 0
    except ValueError:
        return None


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
