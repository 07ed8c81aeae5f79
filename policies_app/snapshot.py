"""A policy as it was at one moment: frozen, comparable, and kept as JSON with every version."""

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from policies_app.kinds import AccessSetting, ActivityCounts, AgentRedirect

SHORTEST = timedelta(minutes=1)
LONGEST_INACTIVITY = timedelta(days=30)
LONGEST_ACCESS = timedelta(days=3650)
LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPolicy:
    """End session behavior. `None` for a duration or address means that its toggle is off or it does not apply.

    `saved_at` is since when it holds (UTC); `version` is its id in the database, 0 while it is only a draft. `seen` is
    the newest version that was looked at to find it: an edit with a later id is not known yet.
    """

    redirect_agent: AgentRedirect = AgentRedirect.WELCOME
    inactive_after: timedelta | None = None
    activity_counts: ActivityCounts = ActivityCounts.ANYWHERE
    warn_before: timedelta = timedelta(0)
    wait_at_most: timedelta | None = None

    access: AccessSetting | None = None
    access_for: timedelta | None = None
    attachments: bool = False
    chat: bool = False
    then_limited_for: timedelta | None = None
    redirect_customer: str | None = None

    version: int = 0
    seen: int = 0
    saved_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    def to_json(self) -> dict[str, Any]:
        """What is stored of a version: durations in whole seconds. `version` and `saved_at` are columns beside it."""
        return {name: _plain(value) for name, value in asdict(self).items() if name not in _NOT_SETTINGS}

    @classmethod
    def from_json(cls, stored: dict[str, Any], *, version: int = 0, saved_at: datetime | None = None) -> Self:
        """The inverse of `to_json`. Names that an older version did not know take their defaults."""
        known = ({field.name for field in fields(cls)} - _NOT_SETTINGS) & stored.keys()
        values = {name: _READ.get(name, _same)(stored[name]) for name in known if stored[name] is not None}
        values |= {"version": version, "seen": version} | ({"saved_at": saved_at} if saved_at else {})
        return cls(**values)

    def same_settings(self, other: Self) -> bool:
        """Whether both say the same, whenever they were saved."""
        return self.to_json() == other.to_json()


_NOT_SETTINGS = {"version", "seen", "saved_at"}


def _plain(value: Any) -> Any:
    return int(value.total_seconds()) if isinstance(value, timedelta) else value


def _same(value: Any) -> Any:
    return value


def _seconds(value: int) -> timedelta:
    return timedelta(seconds=value)


_READ: dict[str, Any] = {
    "redirect_agent": AgentRedirect,
    "activity_counts": ActivityCounts,
    "access": AccessSetting,
    "inactive_after": _seconds,
    "warn_before": _seconds,
    "wait_at_most": _seconds,
    "access_for": _seconds,
    "then_limited_for": _seconds,
}
