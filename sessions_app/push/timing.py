"""How often, how long: the push process's own times, in seconds, and how many. Tests use smaller ones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """`lease` is several times `renew`, so that one slow moment does not make everybody absent."""

    ping: float = 20.0
    """Between two signs of life on a connection."""
    expiry: float = 1.0
    """Between two looks for tickets that are over; nothing is delivered on them in between."""
    lease: float = 60.0
    """After this, the names of a process that was killed are absent."""
    renew: float = 20.0
    """Between two renewals of the lease."""
    grace: float = 5.0
    """Whoever comes back within it never left."""
    gather: float = 0.05
    """Arrivals and departures of this stretch are written together."""
    visible: float = 3.0
    """How far the word of a page reaches that is in view: the pause between two of them (`beats.js`)."""
    hidden: float = 300.0
    """How far that of a hidden page reaches: locked phones freeze pages and drop their connections."""
    silence: float = 2.0
    """The stream of somebody of whom nothing is heard is cut after this, on top of how late a word may be."""
    alike: int = 40
    """So many streams with the same first topic: the tabs and devices of one side of a room, or of one agent."""
    listening: float = 4.0
    """Without a push process for so long, it counts as a gap in which nobody could be heard."""
