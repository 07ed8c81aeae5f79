"""How people sign in, and for how long, as the environment says (`docs/sign-in.md`)."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import env, web_address, whole_number
from sessions_app.signing_in.provider import Oidc

NOBODY, ADMINISTRATORS, SUPERVISORS = "nobody", "administrators", "supervisors"
ROLES = ("Administrator", "Supervisor", "Agent")
HERE = ("localhost", "127.0.0.1", "::1")
"""Where plain http is as good as https."""

_VALIDATION = "django.contrib.auth.password_validation"
PASSWORD_RULES = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
"""Length, and nothing that is guessed first. No mixture of kinds of characters is asked for (NIST SP 800-63B)."""

SECRETS = [
    "username", "ip_address", "code", "credential", "csrfmiddlewaretoken", "old_password", "new_password1",
    "new_password2",
]  # fmt: skip
"""What django-axes keeps of no form, beside passwords."""

AXES: dict[str, object] = {
    "AXES_HANDLER": "sessions_app.signing_in.lockouts.Lockouts",
    "AXES_FAILURE_LIMIT": 1,  # of the limits of that handler, which counts how many of them are reached
    "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
    "AXES_COOLOFF_TIME": timedelta(minutes=15),
    "AXES_RESET_ON_SUCCESS": True,
    "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,
    "AXES_LOCKOUT_CALLABLE": "sessions_app.signing_in.lockouts.told",
    "AXES_CLIENT_IP_CALLABLE": "sessions_app.signing_in.lockouts.home_of",
    "AXES_SENSITIVE_PARAMETERS": SECRETS,
    "AXES_DISABLE_ACCESS_LOG": True,  # `sessions_app.signing_in.history` tells more, and only once
    "AXES_ENABLE_ADMIN": False,
    "AXES_VERBOSE": False,
}
"""Of django-axes. It keeps its count in the database."""


def two_factor(served_securely: bool) -> str:
    """Of whom a second step is required, from `PARLEY_TWO_FACTOR`; where customers are, by default of all who may open
    the settings. Raises ImproperlyConfigured."""
    choices = (NOBODY, ADMINISTRATORS, SUPERVISORS)
    chosen: str = env.str("TWO_FACTOR", default="") or (SUPERVISORS if served_securely else NOBODY)
    if chosen not in choices:
        raise ImproperlyConfigured(f"PARLEY_TWO_FACTOR is {chosen!r}: give one of {', '.join(choices)}.")
    return chosen


def lasts() -> tuple[timedelta, timedelta]:
    """How long a sign-in lasts while nobody does anything, and at most: `PARLEY_SIGN_IN_IDLE_MINUTES` and
    `PARLEY_SIGN_IN_MAX_HOURS`."""
    idle = whole_number("SIGN_IN_IDLE_MINUTES", 12 * 60, least=5, most=60 * 24 * 30)
    most = whole_number("SIGN_IN_MAX_HOURS", 7 * 24, least=1, most=24 * 90)
    return timedelta(minutes=idle), timedelta(hours=most)


def history_lasts() -> timedelta:
    """How long sign-ins are remembered: `PARLEY_SIGN_IN_HISTORY_DAYS`."""
    return timedelta(days=whole_number("SIGN_IN_HISTORY_DAYS", 180, least=1, most=3650))


def admin_networks() -> list[IPv4Network | IPv6Network]:
    """From where Django admin is there at all, from `PARLEY_ADMIN_NETWORKS`; empty: from everywhere. Raises
    ImproperlyConfigured."""
    texts: list[str] = env.list("ADMIN_NETWORKS", default=[])
    return [_network(text.strip()) for text in texts if text.strip()]


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"PARLEY_ADMIN_NETWORKS has {text!r}: give networks such as 10.0.0.0/8,2001:db8::/32, or single addresses."
        ) from error


def oidc() -> Oidc | None:
    """From the settings that begin with `PARLEY_OIDC_`; None without an issuer. Raises ImproperlyConfigured."""
    if not env.str("OIDC_ISSUER", default=""):
        return None
    issuer, client_id = web_address("OIDC_ISSUER", ""), env.str("OIDC_CLIENT_ID", default="")
    if not issuer.startswith("https://") and urlsplit(issuer).hostname not in HERE:
        raise ImproperlyConfigured(f"PARLEY_OIDC_ISSUER is {issuer!r}: it has to begin with https://.")
    if not client_id:
        raise ImproperlyConfigured("PARLEY_OIDC_CLIENT_ID is not set: the provider gives it when you register Parley.")
    return Oidc(
        issuer=issuer,
        client_id=client_id,
        secret=env.str("OIDC_CLIENT_SECRET", default=""),
        button=env.str("OIDC_BUTTON", default="Single sign-on"),
        roles_claim=env.str("OIDC_ROLES_CLAIM", default="groups"),
        roles=_roles(env.str("OIDC_ROLES", default="")),
        makes_accounts=env.bool("OIDC_MAKE_ACCOUNTS", default=False),
        is_second_factor=env.bool("OIDC_IS_SECOND_FACTOR", default=False),
    )


def _roles(text: str) -> dict[str, str]:
    """`their value=Our role`, separated by commas."""
    found = {}
    for pair in filter(None, (one.strip() for one in text.split(","))):
        theirs, equals, ours = (part.strip() for part in pair.rpartition("="))
        if not (theirs and equals) or ours not in ROLES:
            raise ImproperlyConfigured(
                f"PARLEY_OIDC_ROLES has {pair!r}: give pairs such as parley-admins=Administrator; "
                f"there are {', '.join(ROLES)}."
            )
        found[theirs] = ours
    return found
