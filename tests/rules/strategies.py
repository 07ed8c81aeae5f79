"""Any policy that the form lets through, and any moment that a session may know."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from policies_app.kinds import AccessSetting, ActivityCounts, AgentRedirect
from policies_app.snapshot import LONGEST_ACCESS, LONGEST_INACTIVITY, LONGEST_WAIT, SHORTEST, EndPolicy

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
spans = st.timedeltas(timedelta(0), timedelta(days=40))


def whole_seconds(shortest: timedelta, longest: timedelta) -> st.SearchStrategy[timedelta]:
    """Durations as administrators can type them."""
    bounds = int(shortest.total_seconds()), int(longest.total_seconds())
    return st.integers(*bounds).map(lambda seconds: timedelta(seconds=seconds))


access_lengths = whole_seconds(SHORTEST, LONGEST_ACCESS)


@st.composite
def policies(draw: st.DrawFn) -> EndPolicy:
    """Any valid end session behavior."""
    version = draw(st.integers(1, 10**6))
    inactive_after = draw(st.none() | whole_seconds(SHORTEST, LONGEST_INACTIVITY))
    access = draw(st.none() | st.sampled_from(AccessSetting))
    full = access in (AccessSetting.FULL_UNLIMITED, AccessSetting.FULL_RESTRICTED)
    timed = access in (AccessSetting.FULL_RESTRICTED, AccessSetting.LIMITED)
    return EndPolicy(
        redirect_agent=draw(st.sampled_from(AgentRedirect)),
        inactive_after=inactive_after,
        activity_counts=draw(st.sampled_from(ActivityCounts)),
        warn_before=draw(
            whole_seconds(timedelta(0), inactive_after - timedelta(seconds=1))
            if inactive_after
            else st.just(timedelta(0))
        ),
        access=access,
        access_for=draw(access_lengths) if timed else None,
        attachments=full and draw(st.booleans()),
        chat=full and draw(st.booleans()),
        then_limited_for=draw(st.none() | access_lengths) if access is AccessSetting.FULL_RESTRICTED else None,
        redirect_customer=draw(st.none() | st.just("https://portal.example.com/bye?s={session_id}&r={reason}")),
        wait_at_most=draw(st.none() | whole_seconds(SHORTEST, LONGEST_WAIT)) if inactive_after else None,
        version=version,
        seen=version,
        saved_at=draw(moments),
    )
