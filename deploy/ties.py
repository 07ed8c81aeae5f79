"""No process outlives the one that started it, even when that one is killed outright. Linux only; elsewhere nothing."""

import ctypes
import signal
import sys

_LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1
# Looked up here, because between fork and exec as little as possible should happen.
_prctl = ctypes.CDLL(None).prctl if _LINUX else None


def tie_to_parent(number: int = signal.SIGTERM) -> None:
    """Called in a new process: the kernel sends it this signal as soon as its parent is gone."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, int(number))
