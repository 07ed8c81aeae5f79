"""What a file says of a timeline, held against what is stored: pure comparisons, no database and no Django.

A file lists the rows of a session from the first to the last that there was. Of rows that its reader may not see it
has the number and the hash only, so the chain goes on through them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sessions_app import chain

START = "0" * 64
"""Stands in for the hash of the row before the first one, as in `models.session.CHAIN_START`."""

IN_TRANSCRIPT = "parley-rows.json"
IN_DOCUMENT = "parley-document.json"
"""The names under which sealed files carry what they say."""

MISSING, CHAIN = "missing", "chain"


class NoEvidence(ValueError):
    """This is not what Parley puts into its files."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the hash of a row vouches for, beside its number and the row before it. Moments are UTC."""

    kind: str
    actor: str
    agent: int | None
    due_at: datetime
    recorded_at: datetime
    policy_version: int | None
    payload_sha256: str

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "actor": self.actor,
            "agent": self.agent,
            "due_at": self.due_at.isoformat(),
            "recorded_at": self.recorded_at.isoformat(),
            "policy_version": self.policy_version,
            "payload_sha256": self.payload_sha256,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        moments = {name: _moment(said[name]) for name in ("due_at", "recorded_at")}
        return cls(**{name: said[name] for name in cls.__dataclass_fields__} | moments)


@dataclass(frozen=True, slots=True)
class Listed:
    """A row as it is listed: without `facts` where only its place in the chain is told."""

    number: int
    hash: str
    facts: Facts | None = None

    def follows(self, previous: str, session: str) -> bool:
        """Whether its hash is what its facts and the row before it give. True where there are no facts to go by."""
        return self.facts is None or self.hash == _link(previous, session, self.number, self.facts)

    def to_json(self) -> dict[str, Any]:
        return {"number": self.number, "hash": self.hash} | (self.facts.to_json() if self.facts else {})

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        return cls(int(said["number"]), str(said["hash"]), Facts.from_json(said) if "kind" in said else None)


@dataclass(frozen=True, slots=True)
class RowList:
    """What a transcript carries: the rows of a session (its public id), from the first to the last."""

    session: str
    audience: str
    rows: tuple[Listed, ...]

    @property
    def last(self) -> tuple[int, str]:
        """The end of the chain: number and hash of the last row."""
        return (self.rows[-1].number, self.rows[-1].hash) if self.rows else (0, START)

    def to_json(self) -> str:
        rows = [row.to_json() for row in self.rows]
        return json.dumps({"parley": "transcript", "session": self.session, "audience": self.audience, "rows": rows})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`. Raises NoEvidence for anything else."""
        said = _read(text, "transcript")
        try:
            rows = tuple(Listed.from_json(row) for row in said["rows"])
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            raise NoEvidence("a list of rows that cannot be read") from error
        return cls(str(said.get("session")), str(said.get("audience")), rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a completed document carries: what it is, and the row of the timeline that says it was completed."""

    document: str
    session: str
    number: int
    hash: str
    values_sha256: str
    consent_sha256: str
    template_sha256: str

    def to_json(self) -> str:
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json.dumps({"parley": "document"} | said)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`. Raises NoEvidence for anything else."""
        said = _read(text, "document")
        try:
            given: dict[str, Any] = {name: str(said[name]) for name in cls.__dataclass_fields__}
            return cls(**given | {"number": int(said["number"])})
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise NoEvidence("facts of a document that cannot be read") from error


@dataclass(frozen=True, slots=True)
class Break:
    """The first row that is not as it should be. `what` differs: names of Facts, `hash`; MISSING; or CHAIN, if its
    hash does not follow from what it says and from the row before it."""

    number: int
    what: tuple[str, ...]


def chain_break(session: str, rows: Iterable[Listed]) -> Break | None:
    """Where rows, in their order from the first on, do not hang together."""
    previous, expected = START, 1
    for row in rows:
        if row.number != expected:
            return Break(expected, (MISSING,))
        if not row.follows(previous, session):
            return Break(expected, (CHAIN,))
        previous, expected = row.hash, expected + 1
    return None


def first_difference(listed: Sequence[Listed], stored: Iterable[Listed]) -> Break | None:
    """The first row of a file that is stored otherwise, or not at all. Rows that came later do not count."""
    by_number: Iterator[Listed] = iter(stored)
    for row in listed:
        there = next(by_number, None)
        if there is None or there.number != row.number:
            return Break(row.number, (MISSING,))
        if what := differing(row, there):
            return Break(row.number, what)
    return None


def differing(one: Listed, other: Listed) -> tuple[str, ...]:
    """What two tellings of the same row differ in."""
    names = ["hash"] if one.hash != other.hash else []
    if one.facts and other.facts:
        names += [name for name in Facts.__dataclass_fields__ if getattr(one.facts, name) != getattr(other.facts, name)]
    return tuple(names)


def _link(previous: str, session: str, number: int, facts: Facts) -> str:
    return chain.link(
        previous,
        session=session,
        number=number,
        kind=facts.kind,
        actor=facts.actor,
        agent=facts.agent,
        due_at=facts.due_at,
        recorded_at=facts.recorded_at,
        policy_version=facts.policy_version,
        payload_digest=facts.payload_sha256,
    )


def _read(text: str, what: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
        json.dumps(said, ensure_ascii=False).encode()  # halves of characters: nobody could be told of them
    except (ValueError, RecursionError) as error:
        raise NoEvidence("no JSON") from error
    if not isinstance(said, dict) or said.get("parley") != what:
        raise NoEvidence(f"not what a {what} carries")
    return said


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment
