"""Where Parley sends, and what a hostile receiver can do to it: nothing but be left."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sessions_app import outgoing
from sessions_app.outgoing import MOST_READ, Forbidden, NotSent, Resolve, may_speak_to, post, target_of
from tests.webhooks.receiving import PUBLIC, Got
from tests.webhooks.servers import http_server, raw_server

HERE = (ip_network("127.0.0.0/8"),)


def answers(*addresses: str) -> Resolve:
    """A name server that has these addresses for every name."""
    return lambda host, port: list(addresses)


# Where to ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_public_internet_is_spoken_to(address: str) -> None:
    assert may_speak_to(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
        "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
        "2002:7f00:1::", "2001::1", "3fff::1", "100::1", "::7f00:1", "5f00::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::808:808",
    ],
)  # fmt: skip
def test_every_other_range_is_not(address: str) -> None:
    assert not may_speak_to(address)


def test_networks_that_are_allowed_are_spoken_to_however_their_addresses_are_written() -> None:
    allowed = [ip_network("10.20.0.0/16"), ip_network("fd00::/8")]
    spoken = {one: may_speak_to(one, allowed) for one in ("10.20.1.1", "::ffff:10.20.1.1", "fd00::1", "10.21.0.1")}
    assert spoken == {"10.20.1.1": True, "::ffff:10.20.1.1": True, "fd00::1": True, "10.21.0.1": False}


@pytest.mark.parametrize(
    ("url", "addresses", "says"),
    [
        ("https://hook.example.com/", ["10.0.0.1"], "not on the public internet"),
        ("https://hook.example.com/", [PUBLIC, "127.0.0.1"], "not on the public internet"),
        ("https://127.1/", ["127.0.0.1"], "not on the public internet"),
        ("http://hook.example.com/", [PUBLIC], "https://"),
        ("ftp://hook.example.com/", [PUBLIC], "https://"),
        ("hook.example.com", [PUBLIC], "https://"),
        ("https:///path", [PUBLIC], "https://"),
        ("https://me:secret@hook.example.com/", [PUBLIC], "password"),
        ("https://hook.example.com:99999/", [PUBLIC], "not a web address"),
        ("https://hook.example.com/a b", [PUBLIC], "percent-encoded"),
        ("https://hook.example.com/a\r\nHost: other", [PUBLIC], "percent-encoded"),
        ("https://straße.example.com/", [PUBLIC], "xn--"),
        ("https://hook.example.com/", [], "looked up"),
    ],
)
def test_an_address_that_will_not_do_is_refused_with_the_reason(url: str, addresses: list[str], says: str) -> None:
    with pytest.raises(NotSent, match=says):
        target_of(url, resolve=answers(*addresses))


def test_a_name_that_cannot_be_looked_up_is_no_reason_to_give_up() -> None:
    def down(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror

    with pytest.raises(NotSent) as problem:
        target_of("https://hook.example.com/", resolve=down)
    assert not isinstance(problem.value, Forbidden)


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_computer_is_not_spoken_to_however_it_is_written(host: str) -> None:
    with pytest.raises(NotSent):
        target_of(f"https://{host}/")


def test_plain_http_will_do_in_networks_that_were_allowed() -> None:
    assert target_of("http://hook.internal:8080/x?y=z", allowed=HERE, resolve=answers("127.0.0.1")).path == "/x?y=z"
    with pytest.raises(Forbidden):
        target_of("http://hook.internal/", allowed=HERE, resolve=answers("127.0.0.1", PUBLIC))


# Over real sockets -------------------------------------------------------------------------------------------------


def posted(port: int, *, patience: float = 5, scheme: str = "http", host: str = "hook.internal") -> outgoing.Answer:
    target = target_of(f"{scheme}://{host}:{port}/hook", allowed=HERE, resolve=answers("127.0.0.1"))
    return post(target, b"{}", {"X-Test": "1"}, patience=patience)


def test_the_name_goes_along_though_the_address_was_dialled() -> None:
    got: list[Got] = []
    with http_server(got, 204) as port:
        assert posted(port).status == 204
    assert got[0].headers["Host"] == f"hook.internal:{port}"
    assert got[0].body == b"{}"


def test_the_connection_goes_to_the_address_that_was_looked_at_and_no_name_is_looked_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = socket.getaddrinfo

    def rebound(host: str, *args: object, **more: object) -> object:
        assert ip_address(host).is_loopback, "a name is looked up a second time"
        return real(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    with http_server([]) as port:
        assert posted(port).status == 200


def test_the_next_address_of_a_name_is_tried_where_one_is_dead() -> None:
    with http_server([]) as port:
        target = target_of(f"http://two.internal:{port}/", allowed=HERE, resolve=answers("127.0.0.9", "127.0.0.1"))
        assert post(target, b"", {}).status == 200


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    asked: list[Got] = []
    with http_server(asked, status) as port:
        assert posted(port).status == status
    assert len(asked) == 1


def _hears(line: socket.socket) -> None:
    """The whole request: a line that is closed with something unread breaks before its answer is read."""
    heard = b""
    while not heard.endswith(b"{}") and (more := line.recv(65_536)):
        heard += more


def _endless(line: socket.socket, over: threading.Event) -> None:
    _hears(line)
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not over.is_set():
        line.sendall(b"x" * 65_536)


def _drip_body(line: socket.socket, over: threading.Event) -> None:
    _hears(line)
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not over.wait(0.05):
        line.sendall(b"x")


def _drip_head(line: socket.socket, over: threading.Event) -> None:
    _hears(line)
    line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not over.wait(0.05):
        line.sendall(b"x")


def _silent(line: socket.socket, over: threading.Event) -> None:
    over.wait()


def _continues(line: socket.socket, over: threading.Event) -> None:
    _hears(line)
    while not over.wait(0.01):
        line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def _headers(line: socket.socket, over: threading.Event) -> None:
    _hears(line)
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.is_set():
        line.sendall(b"X: y\r\n" * 100)


def _long_line(line: socket.socket, over: threading.Event) -> None:
    _hears(line)
    line.sendall(b"HTTP/1.1 200 " + b"x" * 200_000)


def _not_http(line: socket.socket, over: threading.Event) -> None:
    _hears(line)
    line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def _hangs_up(line: socket.socket, over: threading.Event) -> None:
    _hears(line)


Behaviour = Callable[[socket.socket, threading.Event], None]


@pytest.mark.parametrize("behave", [_endless, _drip_body])
def test_of_a_body_without_end_only_the_beginning_is_read(behave: Behaviour) -> None:
    with raw_server(behave) as port:
        answer = posted(port, patience=1)
    assert answer.status == 200
    assert 0 < len(answer.body) <= MOST_READ


@pytest.mark.parametrize(
    ("behave", "says"),
    [
        (_drip_head, "No answer within 1 seconds"),
        (_silent, "No answer within 1 seconds"),
        (_continues, "No answer within 1 seconds"),
        (_headers, "not HTTP"),
        (_long_line, "not HTTP"),
        (_not_http, "not HTTP"),
        (_hangs_up, "broke"),
    ],
)
def test_a_receiver_that_does_not_answer_properly_is_left(behave: Behaviour, says: str) -> None:
    with raw_server(behave) as port, pytest.raises(NotSent, match=says):
        posted(port, patience=1)


def test_nobody_there_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(NotSent, match="refused"):
        posted(port)


# TLS ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of hook.internal, with its key, signed by itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=hook.internal")
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.internal")]), critical=False)
        .sign(key, SHA256())
    )
    path = tmp_path / "hook.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def secure_port(certificate: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def behave(line: socket.socket, over: threading.Event) -> None:
        with context.wrap_socket(line, server_side=True) as secured:
            _hears(secured)
            secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with raw_server(behave) as port:
        yield port


@pytest.fixture
def _trusts_it(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    outgoing._trust.cache_clear()
    yield
    outgoing._trust.cache_clear()


@pytest.mark.usefixtures("_trusts_it")
def test_the_certificate_has_to_be_of_the_name_not_of_the_address(secure_port: int) -> None:
    assert posted(secure_port, scheme="https").body == b"ok"
    with pytest.raises(NotSent, match="certificate is not valid"):
        posted(secure_port, scheme="https", host="other.internal")


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_port: int) -> None:
    with pytest.raises(NotSent, match="certificate is not valid"):
        posted(secure_port, scheme="https")


def test_a_receiver_that_never_shakes_hands_is_left() -> None:
    with raw_server(_silent) as port, pytest.raises(NotSent, match="No answer within 1 seconds"):
        posted(port, patience=1, scheme="https")
