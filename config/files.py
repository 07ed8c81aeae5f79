"""Where attachments are kept and who looks at them, as the environment says (`docs/operating.md`)."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import env

CLAMD_PORT = 3310
_S3_OPTIONS = {"endpoint": "endpoint_url", "region": "region_name"}
_IN_MEMORY = 1024 * 1024
"""Of a larger file that is read from S3 the rest waits in a temporary file."""


def attachments(folder: Path) -> tuple[Path, dict[str, Any]]:
    """From `PARLEY_ATTACHMENTS`: the folder for files on disk, and Django's storage of attachments.

    Empty for `folder`, `file:///another/folder`, or `s3://bucket/prefix?endpoint=...&region=...`. The keys of S3 come
    from the variables of AWS, or from the computer's own role. Raises ImproperlyConfigured.
    """
    text: str = env.str("ATTACHMENTS", default="")
    if not text:
        return folder, _DISK
    parts = urlsplit(text)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/") and not parts.query:
        return Path(parts.path), _DISK
    if parts.scheme != "s3":
        raise _wrong(text, "give file:///folder or s3://bucket?endpoint=https://...&region=...")
    if not find_spec("storages") or not find_spec("boto3"):
        raise _wrong(text, "S3 needs the package django-storages[s3], which is not installed")
    return folder, {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _s3_options(text, parts)}


# Whoever else has an account on the computer has no business with attachments.
_DISK = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
}


def _s3_options(text: str, parts: SplitResult) -> dict[str, Any]:
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not parts.hostname or "@" in parts.netloc or parts.port:
        raise _wrong(
            "s3://...", "name a bucket: s3://bucket. Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    if unknown := set(given) - set(_S3_OPTIONS):
        raise _wrong(text, f"{min(unknown)!r} is unknown; there are {' and '.join(_S3_OPTIONS)}")
    options = {_S3_OPTIONS[name]: value for name, value in given.items()}
    endpoint = options.get("endpoint_url")
    if endpoint is not None and urlsplit(endpoint).scheme not in ("http", "https"):
        raise _wrong(text, "the endpoint is an address such as https://s3.example.com")
    return options | {
        "bucket_name": parts.hostname,
        "location": parts.path.strip("/"),
        "client_config": _patience(addressing="path" if endpoint else "auto"),
        "file_overwrite": True,  # names are ids of their own: nothing is ever overwritten, so nothing need be asked
        "max_memory_size": _IN_MEMORY,
    }


def _patience(addressing: str) -> Any:
    """A store that does not answer must not hold up a process of pages for minutes."""
    from botocore.config import Config

    return Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"max_attempts": 2},
        signature_version="s3v4",
        s3={"addressing_style": addressing},
    )


def clamav() -> str | tuple[str, int] | None:
    """From `PARLEY_CLAMAV`: the unix socket (a path) or the host and port of ClamAV's daemon; None to ask nobody.

    Raises ImproperlyConfigured.
    """
    text: str = env.str("CLAMAV", default="")
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
        return parts.path
    try:
        port = parts.port or CLAMD_PORT
    except ValueError:
        port = 0
    if parts.scheme == "tcp" and parts.hostname and port and parts.path in ("", "/"):
        return parts.hostname, port
    raise ImproperlyConfigured(f"PARLEY_CLAMAV is {text!r}: give unix:/path/of/clamd.ctl or tcp://host:3310.")


def _wrong(text: str, why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"PARLEY_ATTACHMENTS is {text!r}: {why}.")
