"""Schemathesis against the real stack: examples made from the description of the API, right and wrong ones.

`make fuzz` runs ten thousand; the tests run a few of them, always the same. Who is let in is not asked here but in
`tests.permissions`: wrong tokens are limited to fewer than there are operations.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from tests.stack import Stack

CONFIG = Path(__file__).with_name("schemathesis.toml")
AGENT = "anna"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
)
_TOKEN = """
from django.utils import timezone
from sessions_app.api.models import Integration
from sessions_app.api.scopes import Scope
from sessions_app.api.tokens import mint
now = timezone.now()
made, _ = Integration.objects.get_or_create(
    name="Fuzz", defaults={"scopes": list(Scope), "created_at": now, "requests_per_minute": 100_000}
)
print(mint(made, by=None, now=now)[1])
"""

_WEBHOOKS = """
from uuid import uuid4
from django.utils import timezone
from sessions_app.webhooks.actions import start
from sessions_app.webhooks.models import WebhookEndpoint
for _ in range(5):
    made = WebhookEndpoint(name=f"Shop {uuid4()}", url="https://127.0.0.1/hook")
    start(made, timezone.now())
    print(made.pk)
"""
"""To this machine, so that nothing is sent anywhere: that is not allowed."""


def token_of(stack: Stack) -> str:
    """A new token that may do everything."""
    return stack.run(_TOKEN).strip().splitlines()[-1]


def fuzz(stack: Stack, *options: str) -> subprocess.CompletedProcess[str]:
    """Run schemathesis with these options; what it found is in its output, and a failure in its exit code."""
    token = token_of(stack)
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("st")),
            f"--config-file={_config(stack, token)}",
            "run",
            f"{stack.url}/api/v1/openapi.json",
            "--checks",
            ",".join(CHECKS),
            "--header",
            f"Authorization: Bearer {token}",
            "--continue-on-failure",
            "--no-color",
            *options,
        ],
        capture_output=True,
        text=True,
        cwd=stack.data_dir,
    )


def _config(stack: Stack, token: str) -> Path:
    """The settings, with lists of what there is in this stack."""
    lists = [f"[dictionaries.{name}]\nvalues = {json.dumps(ids)}\n" for name, ids in _there(stack, token).items()]
    made = stack.data_dir / CONFIG.name
    made.write_text("\n".join([CONFIG.read_text(encoding="utf-8"), *lists]), encoding="utf-8")
    return made


def _there(stack: Stack, token: str) -> dict[str, list[Any]]:
    """Makes some of everything, by the API where it can be. Ids, by the name of the list."""
    api = requests.Session()
    api.headers.update({"Authorization": f"Bearer {token}", "Parley-Agent": AGENT})

    def call(method: str, path: str, **body: Any) -> Any:
        answer = api.request(method, f"{stack.url}/api/v1/{path}", timeout=30, **body)
        assert answer.ok, answer.text
        return answer.json()

    workstreams = [one["id"] for one in call("GET", "workstreams/")["results"]]

    def session(name: str) -> dict[str, Any]:
        whom = {"customer": {"name": name, "email": f"{name}@example.com"}, "even_if_open": True}
        return dict(call("POST", "sessions/", json=whom | {"workstream": workstreams[0], "invite_by": "none"}))

    kept, spare = [session(f"kept-{n}") for n in range(3)], [session(f"spare-{n}") for n in range(9)]
    here = f"sessions/{kept[0]['id']}/"
    call("POST", f"{here}links/")
    webhooks = [int(key) for key in stack.run(_WEBHOOKS).split()]
    return {
        "session": [one["id"] for one in kept],
        "spare_session": [one["id"] for one in spare],
        "customer": [one["customer"]["id"] for one in kept],
        "spare_customer": [one["customer"]["id"] for one in spare],
        "file": [call("POST", f"{here}files/", files={"file": ("a.txt", b"Hello")})["payload"]["file"]],
        "document": [call("POST", f"{here}file-requests/", json={"name": "Card"})["id"]],
        "link": [one["id"] for one in call("GET", f"{here}links/")["results"]],
        "webhook": webhooks[:2],
        "spare_webhook": webhooks[2:],
        "widget": [one["id"] for one in call("GET", "widgets/")["results"]],
        "workstream": workstreams,
        "agent": [AGENT],
    }
