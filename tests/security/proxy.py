"""nginx with `deploy/nginx.conf`, before a small server that says what reached it."""

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config.environment import BASE_DIR
from deploy.ties import tie_to_parent
from tests.programs import nginx
from tests.stack import free_ports

HOST = "parley.example.com"

AS_IF_FROM = "As-If-From: "
"""A header that tests send to be taken for somebody at another address."""

AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/start.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    set_real_ip_from 127.0.0.1;
    real_ip_header As-If-From;
    include {folder}/parley.conf;
}}
"""


class Behind(ThreadingHTTPServer):
    """Answers with what reached it, as JSON; below `/push/` with a piece at once, and with the rest when it is let."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Told)
        self.reached: list[str] = []
        self.go_on = threading.Event()


class _Told(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Behind

    def do_GET(self) -> None:
        self.server.reached.append(self.path)
        if self.path.startswith("/push/"):
            self._stream()
            return
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = json.dumps({"path": self.path, "headers": {name.lower(): it for name, it in self.headers.items()}})
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said.encode())

    def do_POST(self) -> None:
        self.do_GET()

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"first")
        self.wfile.flush()
        self.server.go_on.wait(60)
        self.wfile.write(b"second")
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Says nothing."""


class Proxy:
    """What clients see of it, on https; `plain` is the port of http."""

    def __init__(self, folder: Path, behind: Behind, port: int) -> None:
        self.folder, self.behind, self.port, self.plain = folder, behind, port, port + 1

    @property
    def log(self) -> str:
        return (self.folder / "access.log").read_text(encoding="utf-8")

    def connect(self) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 60), server_hostname=HOST)


@contextmanager
def proxy(folder: Path, **changes: str) -> Iterator[Proxy]:
    """nginx with the file as it is delivered but for addresses and paths, and `changes` of its directives."""
    port, behind = free_ports(), Behind()
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    _certify(folder)
    _write(folder, port, behind.server_port, changes)
    program = [str(nginx()), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    subprocess.run([*program, "-t"], check=True, capture_output=True)
    with subprocess.Popen(program, preexec_fn=tie_to_parent) as running:
        try:
            _await(port)
            yield Proxy(folder, behind, port)
        finally:
            behind.go_on.set()
            running.terminate()
            behind.shutdown()
            behind.server_close()


def _write(folder: Path, port: int, behind: int, changes: dict[str, str]) -> None:
    text = (BASE_DIR / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    places = {
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 80;": f"listen 127.0.0.1:{port + 1};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "127.0.0.1:8001": f"127.0.0.1:{behind}",
        "/etc/ssl/parley": str(folder),
        "/var/log/nginx/parley.log": f"{folder}/access.log",
        "/var/log/nginx/parley-errors.log": f"{folder}/errors.log",
        "/var/lib/parley/static/": f"{folder}/static/",
    }
    for before, after in (places | changes).items():
        assert before in text, before
        text = text.replace(before, after)
    (folder / "static").mkdir()
    (folder / "static" / "parley.css").write_text("body { }", encoding="ascii")
    (folder / "parley.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder), encoding="utf-8")
    for one in (folder, *folder.parents[:3]):
        one.chmod(one.stat().st_mode | 0o011)  # started by root, nginx works as somebody else
    (folder / "static").chmod(0o755)


def _certify(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem: Any = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(*pem))


def _await(port: int) -> None:
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            threading.Event().wait(0.05)
        else:
            return
    raise RuntimeError("nginx does not answer.")
