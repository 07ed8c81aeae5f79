"""How often, how long: the push process's own times, in seconds. Tests use shorter ones."""

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
