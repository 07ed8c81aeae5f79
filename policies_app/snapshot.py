"""A policy as it was at one moment: frozen, comparable, and kept as JSON with every version."""

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from policies_app.kinds import AccessSetting, ActivityCounts, AgentRedirect

SHORTEST = timedelta(minutes=1)
LONGEST_INACTIVITY = timedelta(days=30)
LONGEST_ACCESS = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPolicy:
    """End session behavior. `None` for a duration or address means that its toggle is off or it does not apply.

    `saved_at` is when this version was saved (UTC); `version` is its id in the database, 0 while it is only a draft.
    """

    redirect_agent: AgentRedirect = AgentRedirect.WELCOME
    inactive_after: timedelta | None = None
    activity_counts: ActivityCounts = ActivityCounts.ANYWHERE
    warn_before: timedelta = timedelta(0)

    access: AccessSetting | None = None
    access_for: timedelta | None = None
    attachments: bool = False
    chat: bool = False
    then_limited_for: timedelta | None = None
    redirect_customer: str | None = None

    version: int = 0
    saved_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    def to_json(self) -> dict[str, Any]:
        """What is stored of a version: durations in whole seconds. `version` and `saved_at` are columns beside it."""
        stored = asdict(self)
        del stored["version"], stored["saved_at"]
        return {name: _plain(value) for name, value in stored.items()}

    @classmethod
    def from_json(cls, stored: dict[str, Any], *, version: int = 0, saved_at: datetime | None = None) -> Self:
        """The inverse of `to_json`. Names that an older version did not know take their defaults."""
        known = {field.name for field in fields(cls)} & stored.keys()
        values = {name: _READ.get(name, _same)(stored[name]) for name in known if stored[name] is not None}
        values |= {"version": version} | ({"saved_at": saved_at} if saved_at else {})
        return cls(**values)


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
    "access_for": _seconds,
    "then_limited_for": _seconds,
}
