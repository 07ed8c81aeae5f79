"""Reads Parley's settings from the environment. Every name starts with `PARLEY_`; a wrong value stops the start."""

import os
import secrets
import tempfile
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from sessions_app.sms import gateway_at

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.prefix = "PARLEY_"
environ.Env.read_env(BASE_DIR / ".env")


def whole_number(name: str, default: int, *, least: int, most: int) -> int:
    """The whole number in `PARLEY_<name>`. Raises ImproperlyConfigured outside `least` to `most`."""
    text = env.str(name, default=str(default))
    if not text.strip().isdecimal() or not least <= int(text) <= most:
        raise ImproperlyConfigured(f"PARLEY_{name} is {text!r}: give a whole number from {least} to {most}.")
    return int(text)


def web_address(name: str, default: str) -> str:
    """The http(s) address in `PARLEY_<name>`, without a slash at its end. Raises ImproperlyConfigured."""
    text: str = env.str(name, default=default).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"PARLEY_{name} is {text!r}: give an address such as https://parley.example.com.")
    return text


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """The networks in `PARLEY_<name>`, separated by commas; none by default. Raises ImproperlyConfigured."""
    texts: list[str] = env.list(name, default=[])
    try:
        return [ip_network(text.strip()) for text in texts if text.strip()]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"PARLEY_{name} is {','.join(texts)!r}: {error}. Give networks such as 10.20.0.0/16, separated by commas."
        ) from error


def sms_address(name: str, default: str) -> str:
    """The gateway for short messages in `PARLEY_<name>`. Raises ImproperlyConfigured."""
    text: str = env.str(name, default=default)
    try:
        gateway_at(text, Path())
    except ValueError as error:  # the text may contain a token, so it is not repeated
        raise ImproperlyConfigured(f"PARLEY_{name} {error}") from error
    return text


def data_folder() -> Path:
    """The folder for everything that Parley stores in files; made if it is not there."""
    folder = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"PARLEY_DATA_DIR is {str(folder)!r}, which cannot be made or written: {error.strerror}."
        ) from error
    return folder


def secret_key(folder: Path) -> str:
    """`PARLEY_SECRET_KEY`; without it one that is made once and kept in the data folder, readable by its owner only."""
    given: str = env.str("SECRET_KEY", default="")
    if given:
        if len(given) < 50:
            raise ImproperlyConfigured("PARLEY_SECRET_KEY is shorter than 50 characters.")
        return given
    kept = folder / "secret_key"
    try:
        if not kept.exists():
            _keep_new_key(kept)
        return kept.read_text(encoding="ascii")
    except OSError as error:
        raise ImproperlyConfigured(f"No secret key can be kept in {str(kept)!r}: {error.strerror}.") from error


def _keep_new_key(kept: Path) -> None:
    """Make the file whole before it has its name: of several processes that start at once, all read the same key."""
    with tempfile.NamedTemporaryFile("w", dir=kept.parent, encoding="ascii") as fresh:  # readable by its owner only
        fresh.write(secrets.token_urlsafe(64))
        fresh.flush()
        with suppress(FileExistsError):
            os.link(fresh.name, kept)
