"""How an endpoint stands, and why it is paused."""

from policies_app.kinds import Kind


class PauseReason(Kind):
    """Why nothing is sent to an endpoint."""

    ASKED = "asked", "An administrator or integration paused it"
    GONE = "gone", "It answered that it is gone for good (410)"


class Standing(Kind):
    """How an endpoint stands. The colour is django-unfold's name of it."""

    SENDING = "sending", "Sending", "success"
    FAILING = "failing", "Does not take what is sent", "danger"
    PARKED = "parked", "Sessions are parked", "warning"
    PAUSED = "paused", "Paused", "default"


class Overlap(Kind):
    """For how long a secret is still signed with after there is a new one, in hours."""

    NONE = "0", "Not at all: it was given away"
    HOUR = "1", "An hour"
    DAY = "24", "A day"
    WEEK = "168", "A week"
