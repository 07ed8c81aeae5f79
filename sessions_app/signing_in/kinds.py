"""What happens to sign-ins, and by which way people come in."""

from policies_app.kinds import Kind


class Happening(Kind):
    """What the history of sign-ins tells. The colour is Django-unfold's name."""

    SIGNED_IN = "signed_in", "Signed in", "success"
    HALF_WAY = "half_way", "Asked for the second step", "default"
    REFUSED = "refused", "Refused", "warning"
    LOCKED_OUT = "locked_out", "Locked out", "danger"
    SIGNED_OUT = "signed_out", "Signed out", "default"
    ENDED = "ended", "Ended by Parley", "default"


class Way(Kind):
    """By what somebody came in, or tried to."""

    PASSWORD = "password", "Password"
    APP = "app", "Code of the authenticator app"
    PASSKEY = "passkey", "Passkey"
    RECOVERY = "recovery", "Recovery code"
    OIDC = "oidc", "Single sign-on"


SECOND_STEPS = (Way.APP, Way.PASSKEY, Way.RECOVERY)
