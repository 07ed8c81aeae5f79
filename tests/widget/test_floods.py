"""Limits on how often anybody may try something."""

from typing import Any

import pytest

from sessions_app import floods
from sessions_app.push import broker as brokers

TRIES = floods.Limit("tries", most=3, seconds=60)


def tried(*keys: str, times: int = 1) -> float | None:
    return [floods.allow(TRIES, *keys) for _ in range(times)][-1]


def test_so_many_are_allowed_and_then_it_is_said_when_to_try_again(time_machine: Any) -> None:
    time_machine.move_to("2026-03-02 09:00:00+00:00", tick=False)
    assert tried("a", times=2) is None
    time_machine.shift(20)
    assert tried("a") is None
    time_machine.shift(10)
    assert tried("a") == pytest.approx(30, abs=1), "the first of them is then a minute old"
    time_machine.shift(31)
    assert tried("a") is None, "what was refused did not count"


def test_each_is_counted_by_itself() -> None:
    assert tried("a", "b", times=3) is None
    assert tried("a", "c") is None
    assert floods.allow(floods.Limit("other tries", most=3, seconds=60), "a", "b") is None
    assert (tried("a", "b") or 0) > 0


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("unknown", ""),
        (None, ""),
    ],
)
def test_the_addresses_of_one_home_are_one(address: str | None, key: str) -> None:
    assert floods.one_home(address) == key


def test_without_redis_everything_goes_on_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = brokers.Broker("redis://127.0.0.1:1/0")
    monkeypatch.setattr(floods, "broker", lambda: nobody)
    assert tried("a", times=10) is None
    assert [record.message for record in caplog.records if "limits of rates" in record.message]
