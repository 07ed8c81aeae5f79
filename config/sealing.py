"""With which key documents are sealed, as the environment says (`docs/operating.md`)."""

from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.environment import env, web_address

SELF_MADE = "self-made"
KEPT_AS = "seal.p12"


@dataclass(frozen=True, slots=True)
class Seal:
    """The file of the key and its passphrase, and whether that key is one that Parley makes itself.

    `is_accepted`: the operator knows that nobody vouches for it. `timestamp_url` is empty to do without.
    """

    key: Path
    passphrase: str
    is_self_made: bool
    is_accepted: bool
    timestamp_url: str


def seal(folder: Path) -> Seal:
    """From `PARLEY_SEAL_KEY`, a path or `self-made`, `PARLEY_SEAL_PASSPHRASE` and `PARLEY_SEAL_TIMESTAMP_URL`.

    Without a path it is a self-made key, which whoever seals first makes in the data folder. Raises
    ImproperlyConfigured for a key that cannot be used.
    """
    text: str = env.str("SEAL_KEY", default="")
    passphrase: str = env.str("SEAL_PASSPHRASE", default="")
    stamps = web_address("SEAL_TIMESTAMP_URL", "") if env.str("SEAL_TIMESTAMP_URL", default="") else ""
    if text in ("", SELF_MADE):
        return Seal(folder / KEPT_AS, "", is_self_made=True, is_accepted=bool(text), timestamp_url=stamps)
    _try(Path(text), passphrase)
    return Seal(Path(text), passphrase, is_self_made=False, is_accepted=False, timestamp_url=stamps)


def _try(path: Path, passphrase: str) -> None:
    from sessions_app.documents.seal_keys import BadKey, SealKey  # takes a while, and most processes never seal

    try:
        SealKey.read(path, passphrase)
    except BadKey as problem:
        raise ImproperlyConfigured(f"PARLEY_SEAL_KEY is {str(path)!r}, which {problem}.") from problem
