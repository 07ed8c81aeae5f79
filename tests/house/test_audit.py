"""The check for packages with known weaknesses fails when it has to, and only then."""

from typing import Any

import pytest

from deploy.audit import unreached, verdict

FINE: dict[str, Any] = {"name": "django", "version": "5.2", "vulns": []}
WEAK: dict[str, Any] = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
UNKNOWN: dict[str, Any] = {"name": "ours", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([FINE, FINE], 0, "None of 2 packages"),
        ([FINE, WEAK], 1, "old 1.0: PYSEC-1 (fixed in 1.1)"),
        ([UNKNOWN, WEAK], 1, "PYSEC-1"),
        ([FINE, UNKNOWN], 0, "nothing is known about ours"),
        ([UNKNOWN, UNKNOWN], 0, "NOT CHECKED"),
    ],
)
def test_what_is_said_and_whether_it_fails(packages: list[dict[str, Any]], code: int, words: str) -> None:
    found, said = verdict(packages)
    assert found == code and words in said


@pytest.mark.parametrize(
    ("complaint", "code"),
    [
        ("requests.exceptions.ConnectionError: Max retries exceeded", 0),
        ("ERROR: read timed out", 0),
        ("pip_audit: error: unrecognized arguments", 1),
        ("No module named pip_audit", 1),
    ],
)
def test_only_a_missing_network_is_nobodys_fault(complaint: str, code: int) -> None:
    assert unreached(complaint) == code
