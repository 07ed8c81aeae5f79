"""Integrations that call the API, as their programs do."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.test import Client
from django.utils import timezone

from policies_app.models import Workstream
from sessions_app.api.models import Integration
from sessions_app.api.scopes import Scope
from sessions_app.api.tokens import mint
from sessions_app.models import Agent

ROOT = "/api/v1/"


@dataclass(frozen=True)
class Api:
    """One integration with a token. Paths are those after `/api/v1/`; bodies are sent as JSON unless told otherwise."""

    integration: Integration
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def named(self, agent: Agent) -> "Api":
        """The same, in the name of an agent."""
        return self.sending(Parley_Agent=agent.user.get_username())

    def once(self, key: str) -> "Api":
        """The same, with an idempotency key."""
        return self.sending(Idempotency_Key=key)

    def sending(self, **headers: str) -> "Api":
        return replace(self, headers=self.headers | {name.replace("_", "-"): text for name, text in headers.items()})

    def call(self, method: str, path: str, data: Any = None, **more: Any) -> Any:
        more.setdefault("content_type", "application/json")
        headers = {"Authorization": f"Bearer {self.token}", **self.headers}
        body = {} if data is None else {"data": data}
        return getattr(Client(), method)(ROOT + path, headers=headers, **body, **more)

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        return Client().get(ROOT + path, query, headers={"Authorization": f"Bearer {self.token}", **self.headers})

    def post(self, path: str, data: Any = None, **more: Any) -> Any:
        return self.call("post", path, {} if data is None else data, **more)

    def put(self, path: str, data: Any) -> Any:
        return self.call("put", path, data)

    def patch(self, path: str, data: Any) -> Any:
        return self.call("patch", path, data)

    def delete(self, path: str) -> Any:
        return self.call("delete", path)


def api_of(name: str, *scopes: Scope, within: Workstream | None = None, rate: int = 100_000) -> Api:
    """A new integration with these scopes (all of them, if none is named), limited to a workstream if one is."""
    now = timezone.now()
    given = list(scopes or Scope)
    integration = Integration.objects.create(name=name, scopes=given, created_at=now, requests_per_minute=rate)
    if within:
        integration.workstreams.add(within)
    return Api(integration, mint(integration, by=None, now=now)[1])


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem details of an answer with this status."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == status and found["title"] and found["detail"] and found["type"].startswith("urn:parley:")
    return found
