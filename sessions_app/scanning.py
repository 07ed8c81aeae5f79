"""Asks ClamAV's daemon about files, where there is one (PARLEY_CLAMAV): nothing is stored that it did not look at."""

import logging
import socket
import struct
from collections.abc import Iterable

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from sessions_app.uploads import UploadProblem

PATIENCE = 60
"""Seconds that the daemon may be silent. It gives up on a file by itself after MaxScanTime, usually two minutes."""

CONNECT_PATIENCE = 5
LONGEST_REPLY = 4096

log = logging.getLogger(__name__)


class NotChecked(Exception):
    """The file could not be looked at right now; it is worth trying again. The text is for the person who chose it."""


def check(upload: UploadedFile) -> None:
    """Have a file looked at, if this installation does so. The file is left at its start.

    Raises UploadProblem if there is something harmful in it, NotChecked if nobody can say.
    """
    if not settings.CLAMAV:
        return
    name = {"name": str(upload.name)}
    try:
        reply = _ask(settings.CLAMAV, upload.chunks(1024 * 1024))
    except OSError as error:
        reply = f"{type(error).__name__} ERROR"
    finally:
        upload.seek(0)
    verdict = reply.rpartition(" ")[2]
    if verdict == "OK":
        return
    log.warning("ClamAV said of a file: %s", reply)
    if verdict == "FOUND":
        raise UploadProblem(_("“%(name)s” contains something harmful and was not accepted.") % name)
    if "size limit" in reply:
        raise UploadProblem(_("“%(name)s” is too large to be checked for viruses.") % name)
    raise NotChecked(
        _("“%(name)s” cannot be checked for viruses right now. It is kept on your device; please try again.") % name
    )


def _ask(address: str | tuple[str, int], chunks: Iterable[bytes]) -> str:
    """What the daemon says of a stream, for example `stream: OK`. Raises OSError if it cannot be asked."""
    with _connected(address) as daemon:
        daemon.settimeout(PATIENCE)
        try:
            daemon.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
            daemon.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has heard enough, and says why
        return _reply(daemon)


def _connected(address: str | tuple[str, int]) -> socket.socket:
    if not isinstance(address, str):
        return socket.create_connection(address, CONNECT_PATIENCE)
    daemon = socket.socket(socket.AF_UNIX)
    try:
        daemon.settimeout(CONNECT_PATIENCE)
        daemon.connect(address)
    except OSError:
        daemon.close()
        raise
    return daemon


def _reply(daemon: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < LONGEST_REPLY and (more := daemon.recv(LONGEST_REPLY)):
        said += more
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()
