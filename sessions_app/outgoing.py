"""Requests that Parley sends to addresses which somebody typed: only where they may go, and bounded in time and size.

1. The name is looked up once, here; every address that it has must be one that Parley may speak to.
2. The connection is made to the very address that was looked at: a later answer of the name server changes nothing.
3. The name still goes into `Host`, and into the check of the certificate.
4. Nothing is followed, and everything is over after PATIENCE seconds, whatever the other side does.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _
from requests.utils import DEFAULT_CA_BUNDLE_PATH

PATIENCE = 15.0
"""Seconds for everything after the name was looked up: to connect, to send, to be answered."""

CONNECT_PATIENCE = 5.0
"""Seconds for each address of the name to take the connection."""

MOST_READ = 16_384
"""Bytes of an answer that are read, unless more are asked for; the rest is not waited for."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

_UNICAST = IPv6Network("2000::/3")
_MAPPED_BY_GATEWAYS = IPv6Network("64:ff9b::/96")
_SPECIAL: tuple[Network, ...] = tuple(
    ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
)
"""Assigned for special purposes (IANA), and not all of them private to every version of Python."""


class NotSent(Exception):
    """There is no answer. The text says why, in words for an administrator."""


class Forbidden(NotSent):
    """The address is none that Parley speaks to. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: its status, the beginning of its body, and its headers by their names in lower case.

    `is_whole` says whether `body` is all of it, rather than as much as is read, or as came before it broke off.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """An address on the web that may be spoken to, and the addresses of its host, as they were just looked up."""

    parts: SplitResult
    host: str
    port: int
    addresses: tuple[str, ...]

    @property
    def is_secure(self) -> bool:
        return self.parts.scheme == "https"

    @property
    def path(self) -> str:
        return (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")


# Where to ----------------------------------------------------------------------------------------------------------


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that a name has now, without doubles. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def may_speak_to(text: str, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address is on the public internet, or in a network that was allowed."""
    address = _plain(text)
    if any(address in network for network in allowed):
        return True
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL)


def _plain(text: str) -> Address:
    """The address where the connection really leads: an IPv4 one may be written, or reached, as one of IPv6."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _MAPPED_BY_GATEWAYS:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def target_of(url: str, *, allowed: Sequence[Network] = (), resolve: Resolve = resolve) -> Target:
    """The target that a web address names. Raises Forbidden if it is none that Parley may speak to, NotSent if its
    name has no address now.

    It begins with https://, and all addresses of its host are on the public internet; in `allowed` networks http://
    will do.
    """
    parts, host, port = _read(url)
    try:
        addresses = tuple(resolve(host, port))
    except (OSError, UnicodeError) as error:
        raise NotSent(_("The name %s cannot be looked up.") % host) from error
    refused = [one for one in addresses if not may_speak_to(one, allowed)]
    if refused:
        raise Forbidden(
            _("%(host)s is at %(address)s, which is not on the public internet. Parley does not send there.")
            % {"host": host, "address": refused[0]}
        )
    if not addresses:
        raise NotSent(_("The name %s cannot be looked up.") % host)
    if parts.scheme != "https" and not all(_is_in(one, allowed) for one in addresses):
        raise Forbidden(_("The address must begin with https://."))
    return Target(parts, host, port, addresses)


def _read(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Forbidden(_("This is not a web address.")) from error
    if parts.scheme not in ("https", "http") or not host:
        raise Forbidden(_("Enter a whole address that begins with https://."))
    if "@" in parts.netloc:
        raise Forbidden(_("The address must not contain a user name or a password."))
    if not url.isascii() or not url.isprintable() or any(one in url for one in ' "<>\\^`{|}'):
        raise Forbidden(_("Write what is special in the address percent-encoded, and the host as xn--."))
    return parts, host, port or {"https": 443, "http": 80}[parts.scheme]


def _is_in(text: str, networks: Sequence[Network]) -> bool:
    return any(_plain(text) in network for network in networks)


# Sending -----------------------------------------------------------------------------------------------------------


def post(
    target: Target, body: bytes, headers: Mapping[str, str], *, patience: float = PATIENCE, most: int = MOST_READ
) -> Answer:
    """Send it, and return what is answered, whatever the status: a redirect is an answer, too. Raises NotSent."""
    return _asked(target, "POST", body, headers, patience, most)


def get(target: Target, headers: Mapping[str, str], *, patience: float = PATIENCE, most: int = MOST_READ) -> Answer:
    """Ask for it, and return what is answered, as `post` does. Raises NotSent."""
    return _asked(target, "GET", None, headers, patience, most)


def _asked(
    target: Target, method: str, body: bytes | None, headers: Mapping[str, str], patience: float, most: int
) -> Answer:
    deadline = time.monotonic() + patience
    try:
        with _connected(target, deadline) as line, _cut_off(line, deadline):
            connection = HTTPConnection(target.host, target.port, timeout=patience)
            connection.default_port = 443 if target.is_secure else 80  # what `Host` leaves out
            connection.sock = line
            connection.request(method, target.path, body, dict(headers))
            answer = connection.getresponse()
            if time.monotonic() >= deadline:  # the connection was cut, which looks like the end of the headers
                raise TimeoutError
            told = {name.lower(): value for name, value in answer.getheaders()}
            read, is_whole = _beginning(answer, most)
            return Answer(answer.status, read, told, is_whole and time.monotonic() < deadline)
    except ssl.SSLCertVerificationError as error:
        raise NotSent(_("Its certificate is not valid: %s.") % error.verify_message) from error
    except (OSError, HTTPException) as error:
        raise NotSent(_why(error, time.monotonic() >= deadline, patience)) from error


@contextmanager
def _connected(target: Target, deadline: float) -> Iterator[socket.socket]:
    """A connection to the first of the addresses that takes one. Raises OSError."""
    line = _first_of(target, deadline)
    try:
        line.settimeout(max(0.1, deadline - time.monotonic()))
        if target.is_secure:
            line = _trust().wrap_socket(line, server_hostname=target.host)
        yield line
    finally:
        line.close()


def _first_of(target: Target, deadline: float) -> socket.socket:
    problem: OSError = TimeoutError()
    for address in target.addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, target.port), timeout=min(left, CONNECT_PATIENCE))
        except OSError as error:
            problem = error
    raise problem


@cache
def _trust() -> ssl.SSLContext:
    """The authorities that this computer trusts (`SSL_CERT_FILE` names others), and those that browsers do."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


@contextmanager
def _cut_off(line: socket.socket, deadline: float) -> Iterator[None]:
    """End the connection at the deadline, also when the other side sends a byte now and then to keep it."""
    timer = threading.Timer(max(0.0, deadline - time.monotonic()), _shut, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(line: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)  # TLS's own would wait for the thread that reads


def _beginning(answer: HTTPResponse, most: int) -> tuple[bytes, bool]:
    """The beginning of the body, as far as it comes, and whether that is all: the status has said already what matters
    most."""
    body, is_over = b"", False
    with suppress(OSError, HTTPException, ValueError):
        while len(body) <= most and (part := answer.read1(most + 1 - len(body))):
            body += part
        is_over = len(body) <= most and not answer.length
    return body[:most], is_over


def _why(error: Exception, is_late: bool, patience: float) -> str:
    if is_late or isinstance(error, TimeoutError):
        return _("No answer within %d seconds.") % patience
    if isinstance(error, ssl.SSLError):
        return _("No secure connection (%s).") % (error.reason or type(error).__name__)
    if isinstance(error, ConnectionRefusedError):
        return _("The connection was refused.")
    return _("The connection broke, or what came is not HTTP (%s).") % type(error).__name__
