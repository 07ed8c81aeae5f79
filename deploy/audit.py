"""Asks whether a package that production runs on has a known weakness: what `make audit` executes.

Fails if one has. Where the data about weaknesses cannot be reached, it says so and does not fail; of packages that the
data does not know it says which.
"""

import json
import subprocess
import sys
from typing import Any

REQUIREMENTS = "requirements/production.txt"
# Hashes pin every package, so nothing need be installed or resolved to know which they are.
ASKED = ("--requirement", REQUIREMENTS, "--require-hashes", "--disable-pip", "--no-deps")
SAID = ("--format", "json", "--progress-spinner", "off", "--timeout", "20")


def main() -> int:
    """The exit code."""
    done = subprocess.run([sys.executable, "-m", "pip_audit", *ASKED, *SAID], capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        print(done.stderr.strip(), file=sys.stderr)
        return unreached(done.stderr)
    code, words = verdict(packages)
    print(words)
    return code


def verdict(packages: list[dict[str, Any]]) -> tuple[int, str]:
    """The exit code and what to say of what pip-audit found out about these packages."""
    weak = [f"{one['name']} {one['version']}: {_names(one)}" for one in packages if one.get("vulns")]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if weak:
        return 1, "\n".join([f"Of {len(packages)} packages these have known weaknesses:", *weak])
    if len(unknown) == len(packages):
        return 0, "NOT CHECKED: the data about known weaknesses cannot be reached from here."
    if unknown:
        return 0, f"No known weakness; but nothing is known about {', '.join(unknown)}."
    return 0, f"None of {len(packages)} packages has a known weakness."


def unreached(complaint: str) -> int:
    """The exit code when pip-audit found nothing out: only if nobody could be asked is that nobody's fault."""
    if any(sign in complaint for sign in ("onnection", "timed out", "Timeout", "HTTP", "ServiceError")):
        print("NOT CHECKED: the data about known weaknesses cannot be reached from here.")
        return 0
    return 1


def _names(package: dict[str, Any]) -> str:
    found = [f"{one['id']} (fixed in {', '.join(one['fix_versions']) or 'no version yet'})" for one in package["vulns"]]
    return "; ".join(found)


if __name__ == "__main__":
    sys.exit(main())
