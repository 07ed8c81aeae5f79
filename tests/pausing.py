"""Pauses the process groups that it is given until its input ends. That is also when who started it was killed: what is
paused would not hear that it shall stop."""

import os
import signal
import sys
from contextlib import suppress


def send(number: int) -> None:
    for group in sys.argv[1:]:
        with suppress(ProcessLookupError):
            os.killpg(int(group), number)


if __name__ == "__main__":
    send(signal.SIGSTOP)
    sys.stdin.read()
    send(signal.SIGCONT)
