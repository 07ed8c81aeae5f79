"""A real ClamAV daemon for tests, with one signature of our own: the harmless file that all scanners know as EICAR."""

import subprocess
import time
from contextlib import suppress
from pathlib import Path
from socket import AF_UNIX, socket

from deploy.ties import tie_to_parent
from tests.programs import clamd

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"
"""In two parts, so that no scanner takes this file for it."""

SETTINGS = """
Foreground yes
DatabaseDirectory {folder}/signatures
LocalSocket {folder}/clamd.sock
LogFile {folder}/log
StreamMaxLength 1M
"""


class Clamd:
    def __init__(self, folder: Path) -> None:
        (folder / "signatures").mkdir(parents=True)
        (folder / "signatures" / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
        (folder / "clamd.conf").write_text(SETTINGS.format(folder=folder))
        self.address = str(folder / "clamd.sock")
        self._log = folder / "log"
        self._daemon = subprocess.Popen(
            [str(clamd()), "--config-file", str(folder / "clamd.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=tie_to_parent,
        )
        self._wait()

    def stop(self) -> None:
        self._daemon.kill()
        self._daemon.wait()

    def _wait(self, patience: float = 30) -> None:
        deadline = time.monotonic() + patience
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"clamd did not start: {self._log.read_text() if self._log.exists() else '?'}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        with suppress(OSError), socket(AF_UNIX) as asked:
            asked.connect(self.address)
            asked.sendall(b"zPING\0")
            return asked.recv(16) == b"PONG\0"
        return False
