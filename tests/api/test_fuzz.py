"""Whatever is sent to the API, it answers as its description says."""

import pytest

from tests.api.fuzzing import fuzz
from tests.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fuzz"), pytest.mark.timeout(900)]


def test_no_answer_is_an_error_of_ours_or_other_than_described(stack: Stack) -> None:
    done = fuzz(stack, "--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--generation-deterministic")
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
