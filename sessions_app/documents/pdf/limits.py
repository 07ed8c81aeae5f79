"""How much a file from outside may cost. Numbers with their reasons; nothing here knows of PDF or of Django."""

import resource
import signal

MEGABYTE = 1024 * 1024

CPU_SECONDS = 60
"""Of one task. A form of four pages takes a tenth of a second, the longest that is accepted a few seconds."""

WALL_SECONDS = 90
"""Of one task, also when it only waits. More than the processor's time: machines are busy."""

PATIENCE = WALL_SECONDS + 15
"""How long whoever started a task waits before ending the process from outside: the limit within comes first."""

MEMORY = 1536 * MEGABYTE
"""Of address space. Libraries take 300 MB of it; a page as a picture 10 MB, a scan inside a file 100 MB or more."""

LARGEST_WRITTEN = 256 * MEGABYTE
"""One file that a task writes. A result is about as large as its source."""

LARGEST_SOURCE = 100 * MEGABYTE
"""What is opened at all, whatever an installation allows to be uploaded: a file is held in memory several times."""

MOST_PAGES = 200
MOST_FIELDS = 1_000
"""Nobody completes more on a phone, and everything after (pictures, editor, results) stays quick."""

MOST_NODES = 20_000
"""Entries of the tree of fields and of the lists of annotations that are looked at."""

DEEPEST = 50
"""Levels of the tree of fields. Real forms have five."""

SMALLEST_PAGE, LARGEST_PAGE = 20, 14_400
"""A side of a page in points. PDF itself ends at 14,400, which is five metres."""

MOST_PIXELS = 16_000_000
"""Of the picture of a page: four times that of an A4 page at the usual width."""

LONGEST_NAME, LONGEST_LABEL, LONGEST_OPTION, MOST_OPTIONS = 300, 200, 200, 1_000
"""Characters of what is taken from a field, and how many options. The column of names holds 300."""


def apply() -> None:
    """Limit this process for good. Passing a limit ends it with a signal, or raises MemoryError."""
    _at_most(resource.RLIMIT_CORE, 0)
    _at_most(resource.RLIMIT_AS, MEMORY)
    _at_most(resource.RLIMIT_CPU, CPU_SECONDS, beyond=5)
    _at_most(resource.RLIMIT_FSIZE, LARGEST_WRITTEN)
    _at_most(resource.RLIMIT_NOFILE, 64)
    for passed in (signal.SIGALRM, signal.SIGXCPU, signal.SIGXFSZ):
        signal.signal(passed, signal.SIG_DFL)
    signal.alarm(WALL_SECONDS)


def _at_most(what: int, wanted: int, beyond: int = 0) -> None:
    """`beyond` the wanted limit is one that kills without saying which it was."""
    hard = resource.getrlimit(what)[1]
    most = wanted + beyond if hard == resource.RLIM_INFINITY else min(wanted + beyond, hard)
    resource.setrlimit(what, (min(wanted, most), most))
