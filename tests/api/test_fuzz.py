"""Whatever is sent to the API, it answers as its description says."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.fuzzing import fuzz
from tests.stack import Stack, started

EACH = int(os.environ.get("PARLEY_TEST_EXAMPLES", "0"))
"""How many examples are made up for each operation, with values at all limits beside; `make fuzz` says so."""

FEW = ("--phases", "examples,fuzzing", "--max-examples", "10", "--generation-deterministic")
"""Otherwise a few, always the same."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fuzz"), pytest.mark.timeout(7200 if EACH else 900)]


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Stack]:
    """A stack that no other test uses: settings and sessions are changed at random."""
    with started(tmp_path / "data", "fuzz") as running:
        yield running


def test_no_answer_is_an_error_of_ours_or_other_than_described(apart: Stack) -> None:
    many = ("--phases", "examples,coverage,fuzzing", "--max-examples", str(EACH))
    done = fuzz(apart, *(many if EACH else FEW))
    print(*re.findall(r".*(?:generated|passed|failed).*", done.stdout), sep="\n")
    assert done.returncode == 0, done.stdout + done.stderr
