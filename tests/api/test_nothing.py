"""What is not there is said as everything is, whatever the address is made of."""

import pytest
from django.test import Client

from tests.api.calling import Api, problem

ELSEWHERE = ("", "v1", "v2/", "v2/sessions/", "sessions/", "%0A")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["nothing/", "webhooks/a/b/c/", "widgets/1%0A2/", "sessions/%C2%BB/", "%0A"])
def test_what_is_not_there_is_a_problem(api: Api, path: str, method: str) -> None:
    problem(api.call(method, path), 404)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ELSEWHERE)
def test_so_is_another_version_or_none(path: str, method: str) -> None:
    assert "/api/v1/docs/" in problem(getattr(Client(), method)(f"/api/{path}"), 404)["detail"]
