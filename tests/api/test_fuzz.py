"""Whatever is sent to the API, it answers as its description says."""

import os
import re

import pytest

from tests.api.fuzzing import fuzz
from tests.stack import Stack

EACH = int(os.environ.get("PARLEY_TEST_EXAMPLES", "0"))
"""How many examples are made up for each operation, with values at all limits beside; `make fuzz` says so."""

FEW = ("--phases", "examples,fuzzing", "--max-examples", "10", "--generation-deterministic")
"""Otherwise a few, always the same."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fuzz"), pytest.mark.timeout(7200 if EACH else 900)]


def test_no_answer_is_an_error_of_ours_or_other_than_described(stack: Stack) -> None:
    many = ("--phases", "examples,coverage,fuzzing", "--max-examples", str(EACH))
    done = fuzz(stack, *(many if EACH else FEW))
    print(*re.findall(r".*(?:generated|passed|failed).*", done.stdout), sep="\n")
    assert done.returncode == 0, done.stdout + done.stderr
