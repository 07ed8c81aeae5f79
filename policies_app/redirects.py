"""The address that customers are sent to at the end of a session (rules.md 4, Redirect customer)."""

import re
import socket
from collections.abc import Sequence
from string import Formatter
from urllib.parse import SplitResult, quote, urlsplit

_USUAL = {"http": 80, "https": 443}

PLACEHOLDERS = ("session_id", "reason")

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*")
_NUMBERS = re.compile(r"[0-9.]+")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_READ_DIFFERENTLY = frozenset("%ßς")
"""What browsers and this module read differently in the name of a host."""


class RedirectProblem(ValueError):
    """Why an address cannot be used; the text is for the person who typed it."""


def check_redirect(address: str, *, own_origin: str, allowed_hosts: Sequence[str] = ()) -> None:
    """Raise RedirectProblem unless customers can be sent to this address.

    It must be an absolute http(s) address with no placeholder but `{session_id}` and `{reason}`, none of them in the
    name of the host, and not lead back into Parley, where the room would send the customer on again. If there are
    allowed hosts (as `allowed_host` reads them), it must be on one of those.
    """
    parts = split_address(address)
    if parts and "@" in parts.netloc:
        raise RedirectProblem("The address must not contain a user name or a password.")
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise RedirectProblem("Enter a whole address that starts with https:// or http://.")
    if "{" in parts.netloc or "}" in parts.netloc:
        raise RedirectProblem("A placeholder cannot be part of the host's name.")
    for name in _placeholders(address):
        if name not in PLACEHOLDERS:
            raise RedirectProblem(f"{{{name}}} is not a placeholder. You can use {{session_id}} and {{reason}}.")
    if _leads_to(parts, urlsplit(own_origin)):
        raise RedirectProblem("This address is in Parley itself: customers would be led back into the room.")
    if allowed_hosts and not is_allowed(address, allowed_hosts):
        listed = ", ".join(allowed_hosts[:_NAMED]) + (", ..." if len(allowed_hosts) > _NAMED else "")
        raise RedirectProblem(f"{parts.hostname} is not an allowed host. Customers can be sent to: {listed}.")


_NAMED = 5
"""How many allowed hosts a message names."""


def allowed_host(text: str) -> str:
    """A host as an administrator types it, as it is stored: "example.com", or "*.example.com" for all its subdomains.

    Raises RedirectProblem for what is no name of a host: with a scheme, a port or a path, or a `*` elsewhere.
    """
    star, name = ("*.", text.strip()[2:]) if text.strip().startswith("*.") else ("", text.strip())
    host = star + plain_host(name)
    if len(host) > 253 or not _HOST.fullmatch(host) or (star and _NUMBERS.fullmatch(host[2:])):
        raise RedirectProblem(
            f"“{text}” is not the name of a host. Write example.com or *.example.com and nothing else."
        )
    return host


def is_allowed(address: str, hosts: Sequence[str]) -> bool:
    """Whether an address is on one of these hosts. "*.example.com" stands for its subdomains, not for example.com."""
    parts = split_address(address)
    host = plain_host(parts.hostname or "") if parts else ""
    return any(host.endswith(one[1:]) and host != one[1:] if one.startswith("*.") else host == one for one in hosts)


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


def split_address(address: str) -> SplitResult | None:
    """The parts of the address; None if browsers and this module might not read it alike."""
    if "\\" in address or any(sign.isspace() or not sign.isprintable() for sign in address):
        return None
    try:
        parts = urlsplit(address)
        return parts if parts.port != 0 and not _READ_DIFFERENTLY & set(parts.netloc) else None
    except ValueError:
        return None


def _leads_to(theirs: SplitResult, ours: SplitResult) -> bool:
    """Whether their address is on our own host, at our port or at one that a proxy answers for us."""
    ports = {ours.port, 80, 443}
    return _host(theirs) == _host(ours) and (theirs.port or _USUAL[theirs.scheme]) in ports


def _host(parts: SplitResult) -> str:
    return plain_host(parts.hostname or "")


def plain_host(host: str) -> str:
    """The name of a host as name servers know it, so that "münchen.example" is "xn--mnchen-3ya.example".

    Browsers read what ends in a number as an address: "127.1" is "127.0.0.1".
    """
    try:
        name = host.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        return host.lower().rstrip(".")
    if not _NUMBER.fullmatch(name.rpartition(".")[2]):
        return name
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        return name
