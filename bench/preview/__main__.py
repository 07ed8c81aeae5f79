"""Measures the preview of the end session behavior on PostgreSQL: `python -m bench.preview [--quick]`.

The whole answer to what an administrator types, with its effect on a million open sessions. Exits with 1 above 100 ms.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.sweep.environment import prepared

TARGET = 0.1
"""Seconds."""

ROUNDS = 30
TYPED = {
    "redirect_agent": "welcome",
    "activity_counts": "anywhere",
    "end_when_inactive": "on",
    "warn_before_number": "0",
    "warn_before_unit": "minutes",
}
CASES = [
    ("all of them would be closed", 1, "minutes"),
    ("a tenth of them would", 40, "minutes"),
    ("a few of them would", 49, "minutes"),
    ("nothing changes for any", 30, "days"),
]


def load(sessions: int) -> None:
    """Open sessions in one workstream, their agents silent for half an hour to fifty minutes; one in 100 busy."""
    from django.contrib.auth.models import User
    from django.db import connection

    from bench.sweep import loading
    from policies_app.actions import save_end_session_behavior
    from policies_app.models import EndSessionBehavior

    loading.load_people_and_policy()
    save_end_session_behavior(EndSessionBehavior(), by=None, now=loading.NOW)  # no session ends by itself
    loading.load_sessions(1, sessions)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sessions_app_livesession SET last_agent_activity_at = now() - interval '30 minutes'"
            " - (id %% 1000000) * interval '1200 microseconds' + interval '1 hour' * (1 - sign(id %% 10)),"
            " customer_busy_at = CASE WHEN id %% 100 = 0 THEN now() + interval '1 hour' END, clock_seen = %s",
            [10**9],
        )
    loading.settle_down()
    User.objects.create_superuser("administrator")


def answers() -> Callable[[dict[str, Any]], str]:
    """An administrator's browser that asks for the preview."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.urls import reverse

    browser, address = Client(), reverse("admin:policies_app_endsessionbehavior_preview")
    browser.force_login(User.objects.get(username="administrator"))

    def ask(typed: dict[str, Any]) -> str:
        answer = browser.post(address, typed, HTTP_HOST="localhost")
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    return ask


def main(quick: bool) -> bool:
    """Measure and print the table; whether every case is met."""
    sessions = 100_000 if quick else 1_000_000
    load(sessions)
    ask, met = answers(), True
    print(f"| a preview, {sessions:,} sessions open | median | slowest of {ROUNDS} | target | met |")
    print("|---|---:|---:|---:|---|")
    for what, number, unit in CASES:
        typed = TYPED | {"inactive_after_number": str(number), "inactive_after_unit": unit}
        print(f"<!-- {effect_in(ask(typed))} -->")
        taken = [_seconds(partial(ask, typed)) for _ in range(ROUNDS)]
        median, slowest = statistics.median(taken), max(taken)
        met &= median <= TARGET
        verdict = "yes" if median <= TARGET else "NO"
        print(f"| {what} | {median * 1000:.0f} ms | {slowest * 1000:.0f} ms | <= 100 ms | {verdict} |")
    return met


def effect_in(answer: str) -> str:
    """What the preview says of open sessions: proof that the case is what it says."""
    said = [line.strip() for line in answer.splitlines() if "open session" in line]
    return " ".join(said) or "nothing is said of open sessions"


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    with prepared():
        met = main("--quick" in sys.argv[1:])
    sys.exit(not met)
