"""Short texts that are stored so that the database alone does not tell them."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

_SALT = "parley.widget.encrypted"  # what the first of them was for; what is stored depends on it


class Unreadable(Exception):
    """The text was encrypted under a secret key that this installation has no more."""


def encrypted(text: str) -> str:
    """The text as it is stored: under the installation's secret key, by a key that is derived for this alone."""
    return _box().encrypt(text.encode()).decode("ascii")


def decrypted(stored: str) -> str:
    """What `encrypted` was given. Reads what was stored under SECRET_KEY_FALLBACKS too. Raises Unreadable."""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _box() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(secret_key: str | bytes) -> Fernet:
    derived = salted_hmac(_SALT, "", secret=secret_key, algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(derived))
