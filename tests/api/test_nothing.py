"""What is not there is said as everything is, whatever the address is made of."""

import pytest

from tests.api.calling import Api, problem


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["nothing/", "webhooks/a/b/c/", "widgets/1%0A2/", "sessions/%C2%BB/", "%0A"])
def test_what_is_not_there_is_a_problem(api: Api, path: str, method: str) -> None:
    problem(api.call(method, path), 404)
