"""Schemathesis against the real stack: examples made from the description of the API, right and wrong ones.

`make fuzz` runs ten thousand; the tests run a few of them, always the same. Who is let in is not asked here but in
`tests.permissions`: wrong tokens are limited to fewer than there are operations.
"""

import subprocess
import sys
from pathlib import Path

from tests.stack import Stack

CONFIG = Path(__file__).with_name("schemathesis.toml")
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


def token_of(stack: Stack) -> str:
    """A new token that may do everything."""
    return stack.run(_TOKEN).strip().splitlines()[-1]


def fuzz(stack: Stack, *options: str) -> subprocess.CompletedProcess[str]:
    """Run schemathesis with these options; what it found is in its output, and a failure in its exit code."""
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("st")),
            f"--config-file={CONFIG}",
            "run",
            f"{stack.url}/api/v1/openapi.json",
            "--checks",
            ",".join(CHECKS),
            "--header",
            f"Authorization: Bearer {token_of(stack)}",
            "--continue-on-failure",
            "--no-color",
            *options,
        ],
        capture_output=True,
        text=True,
        cwd=stack.data_dir,
    )
