"""Many browsers in one process: sockets and epoll, nothing else, so that the crowd is not what is measured."""

import re
import select
import socket
import time
from collections.abc import Iterable, Sequence

from bench.push.servers import Server

HEADERS = (
    "Host: 127.0.0.1\r\n"
    "Accept: text/event-stream\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
    "Cache-Control: no-cache\r\n"
    "Connection: keep-alive\r\n"
    "Origin: https://parley.example.com\r\n"
    "Referer: https://parley.example.com/\r\n"
    "Sec-Fetch-Dest: empty\r\n"
    "Sec-Fetch-Mode: cors\r\n"
    "Sec-Fetch-Site: same-site\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144 Safari/537.36\r\n"
)
SENT_AT = re.compile(rb'"at":(\d+)')
ARRIVING = 100
"""How many connections are being opened at any moment."""


class Crowd:
    """Open streams to one server. `latencies` are the nanoseconds from announcement to receipt, of all so far; `lost`
    is how many streams the server closed."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._sockets: dict[int, socket.socket] = {}
        self._poll = select.epoll()
        self.latencies: list[int] = []
        self.lost = 0

    def arrive(self, paths: Iterable[str]) -> float:
        """Open a stream for every path, some at a time, and wait for every `hello`. Returns the seconds it took."""
        began, waiting = time.monotonic(), set[int]()
        for path in paths:
            waiting.add(self._connect(path))
            while len(waiting) >= ARRIVING:
                waiting -= self._greeted()
        while waiting:
            waiting -= self._greeted()
        return time.monotonic() - began

    def fileno(self) -> int:
        """What becomes readable when there is something to receive."""
        return self._poll.fileno()

    def receive(self) -> None:
        """Receive what has come, without waiting."""
        for number, _ in self._poll.poll(0):
            self._receive(number)

    def leave(self) -> None:
        """Close everything."""
        for one in self._sockets.values():
            one.close()
        self._poll.close()

    def _connect(self, path: str) -> int:
        one = socket.create_connection(("127.0.0.1", self._server.port))
        one.sendall(f"GET {path} HTTP/1.1\r\n{HEADERS}\r\n".encode())
        one.setblocking(False)
        self._sockets[one.fileno()] = one
        self._poll.register(one.fileno(), select.EPOLLIN)
        return one.fileno()

    def _greeted(self) -> set[int]:
        ready = self._poll.poll(5)
        if not ready:
            raise SystemExit(f"{self._server.name} does not answer.")
        return {number for number, _ in ready if b"event: hello" in self._receive(number)}

    def _receive(self, number: int) -> bytes:
        content = self._sockets[number].recv(262_144)
        if not content:
            self.lost += 1
            self._poll.unregister(number)
            self._sockets.pop(number).close()
        now = time.monotonic_ns()
        self.latencies += [now - int(at) for at in SENT_AT.findall(content)]
        return content


def listen(crowds: Sequence[Crowd], seconds: float) -> None:
    """Have all of the crowds receive for so long."""
    until, by_number = time.monotonic() + seconds, {crowd.fileno(): crowd for crowd in crowds}
    with select.epoll() as poll:
        for number in by_number:
            poll.register(number, select.EPOLLIN)
        while (left := until - time.monotonic()) > 0:
            for number, _ in poll.poll(left):
                by_number[number].receive()
