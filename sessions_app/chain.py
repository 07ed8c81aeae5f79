"""The chain of hashes through a session's timeline: changing, removing or inserting a row breaks it from there on."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def digest(payload: dict[str, Any]) -> str:
    """SHA-256 of a row's content in its one canonical spelling."""
    spelled = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(spelled.encode()).hexdigest()


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def link(  # noqa: PLR0913 (one for each fact that the hash vouches for)
    previous: str,
    *,
    session: str,
    number: int,
    kind: str,
    actor: str,
    agent: int | None,
    due_at: datetime,
    recorded_at: datetime,
    policy_version: int | None,
    payload_digest: str,
) -> str:
    """The hash of a row, from the hash of the row before it. `sweep_sql.CHAIN_SQL` says the same to PostgreSQL."""
    parts = (
        previous,
        session,
        number,
        kind,
        actor,
        "" if agent is None else agent,
        microseconds(due_at),
        microseconds(recorded_at),
        "" if policy_version is None else policy_version,
        payload_digest,
    )
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
