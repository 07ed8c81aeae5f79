"""A policy survives being stored, and an older version can still be read."""

import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies_app import durations
from policies_app.kinds import AccessSetting, AgentRedirect
from policies_app.snapshot import EndPolicy
from tests.moments import DAY, ENDED, HOUR
from tests.rules.strategies import policies


@given(policies())
def test_a_policy_comes_back_from_json_as_it_was(policy: EndPolicy) -> None:
    stored = json.loads(json.dumps(policy.to_json()))
    back = EndPolicy.from_json(stored, version=policy.version, saved_at=policy.saved_at)
    assert back == policy
    assert all(type(getattr(back, name)) is type(getattr(policy, name)) for name in stored)


def test_what_is_stored_is_plain_and_names_no_version() -> None:
    policy = EndPolicy(access=AccessSetting.LIMITED, access_for=2 * HOUR, version=7, saved_at=ENDED)
    stored = policy.to_json()
    assert stored["access"] == "limited" and stored["access_for"] == 7200
    assert not {"version", "saved_at"} & stored.keys()


def test_an_older_version_takes_defaults_for_what_it_did_not_know() -> None:
    assert EndPolicy.from_json({"redirect_agent": "stay"}) == EndPolicy(redirect_agent=AgentRedirect.STAY)


def test_a_version_may_hold_settings_that_are_known_no_longer() -> None:
    assert EndPolicy.from_json({"redirect_agent": "stay", "colour": "red"}).redirect_agent is AgentRedirect.STAY


@given(st.timedeltas(timedelta(0), 3650 * DAY).map(lambda length: timedelta(seconds=int(length.total_seconds()))))
def test_a_duration_is_shown_as_it_can_be_typed(duration: timedelta) -> None:
    assert durations.join(*durations.split(duration)) == duration


def test_the_largest_unit_that_fits_is_shown() -> None:
    shown = [durations.split(timedelta(seconds=seconds)) for seconds in (0, 59, 60, 90, 7200, 86_400, 90_000)]
    assert shown == [
        (0, "seconds"),
        (59, "seconds"),
        (1, "minutes"),
        (90, "seconds"),
        (2, "hours"),
        (1, "days"),
        (25, "hours"),
    ]


def test_a_duration_is_said_exactly_and_roughly() -> None:
    lengths = [timedelta(seconds=seconds) for seconds in (0, 1, 60, 9000, 86_461)]
    exact = ["0 seconds", "1 second", "1 minute", "2 hours 30 minutes", "1 day 1 minute 1 second"]
    assert [durations.in_words(length) for length in lengths] == exact
    assert [durations.roughly(length) for length in lengths] == [*exact[:-1], "1 day 1 minute"]
