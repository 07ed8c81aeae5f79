"""Bodies are JSON, and each value has the type that the description names: `0` is no `false`, and `5` is no text."""

import pytest

from policies_app.models import ChatWidget
from sessions_app.models import Agent
from tests.api.calling import Api, problem
from tests.cast import general


@pytest.fixture
def widget(db: None) -> ChatWidget:
    return ChatWidget.objects.create(name="Shop", workstream=general())


WRONG = [
    ("put", "end-session-behavior/", {"chat": 0}, "true or false"),
    ("put", "end-session-behavior/", {"redirect_customer": 5}, "text"),
    ("post", "end-session-behavior/preview/", {"access_on": "yes"}, "true or false"),
    ("put", "agents/anna/presence/", {"presence": 5}, "text"),
    ("patch", "widgets/{widget}/", {"sounds": "on"}, "true or false"),
    ("patch", "widgets/{widget}/", {"allowed_origins": "https://example.com"}, "a list"),
    ("patch", "widgets/{widget}/", {"allowed_origins": ["https://example.com", 5]}, "a list, each of it text"),
    ("post", "webhooks/", {"workstreams": ["1"]}, "a list, each of it a whole number"),
    ("post", "webhooks/", {"with_notes": 1}, "true or false"),
]


@pytest.mark.parametrize(("method", "path", "body", "words"), WRONG)
def test_what_is_of_another_type_is_refused(
    api: Api, anna: Agent, widget: ChatWidget, method: str, path: str, body: dict[str, object], words: str
) -> None:
    answer = api.sending(If_Match="*").call(method, path.format(widget=widget.pk), body)
    told = {one["field"]: one["message"] for one in problem(answer, 400)["errors"]}
    assert told[next(iter(body))] == f"Give {words}."


@pytest.mark.parametrize("path", ["customers/?erased=", "widgets/?is_active=", "workstreams/?is_active="])
def test_a_yes_or_no_that_is_empty_is_refused(api: Api, path: str) -> None:
    problem(api.get(path), 400)
