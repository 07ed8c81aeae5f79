"""A small client of Parley's REST API: one session from its start to its transcript.

    PARLEY_URL=http://localhost:8000 PARLEY_TOKEN=parley_… PARLEY_AGENT=anna python docs/api_example.py

Needs the package `requests`, and a token with the scopes sessions:read, sessions:write and sessions:end. It starts a
session in the name of the agent, sends a message and a file, reads the timeline to its end, ends the session, and
prints the transcript.
"""

import os
import uuid
from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry


class Parley:
    """The API of one installation, with the token of one integration."""

    def __init__(self, url: str, token: str) -> None:
        self.root = f"{url.rstrip('/')}/api/v1/"
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {token}"
        again = Retry(3, allowed_methods=None, status_forcelist=(429, 503), backoff_factor=0.5, raise_on_status=False)
        self.http.mount("http", HTTPAdapter(max_retries=again))

    def get(self, path: str, **asked: Any) -> requests.Response:
        """Read something. Raises RuntimeError with the problem in words."""
        return self._checked(self.http.get(self._address(path), params=asked, timeout=30))

    def post(self, path: str, agent: str = "", **body: Any) -> Any:
        """Do something, perhaps in the name of an agent. It has a key, so that however often it is tried, it is done
        once."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} | ({"Parley-Agent": agent} if agent else {})
        return self._checked(self.http.post(self._address(path), headers=headers, timeout=30, **body)).json()

    def timeline(self, session: str, after: int = 0) -> Iterator[dict[str, Any]]:
        """The rows of a session that follow a number, one by one, to the newest. Keep the number of the last one."""
        page = self.get(f"sessions/{session}/timeline/", after=after).json()
        while True:
            yield from page["results"]
            if page["next"] is None:
                return
            page = self.get(page["next"]).json()

    def _address(self, path: str) -> str:
        return path if path.startswith(("http://", "https://")) else self.root + path

    @staticmethod
    def _checked(answer: requests.Response) -> requests.Response:
        """Every error is problem details: `detail` says in words what is wrong."""
        if not answer.ok:
            raise RuntimeError(f"{answer.status_code}: {answer.json()['detail']}")
        return answer


def main() -> None:
    parley = Parley(os.environ["PARLEY_URL"], os.environ["PARLEY_TOKEN"])
    agent = os.environ["PARLEY_AGENT"]
    customer = {"name": "Carla Customer", "email": "carla@example.com"}
    wanted = {"customer": customer, "invite_by": "none", "even_if_open": True}

    session = parley.post("sessions/", agent, json=wanted)
    here = f"sessions/{session['id']}/"
    parley.post(f"{here}messages/", agent, json={"text": "Hello, here is your offer."})
    parley.post(f"{here}files/", agent, files={"file": ("offer.txt", b"1 chair, 1 table")})
    for row in parley.timeline(session["id"]):
        print(row["number"], row["kind"], row["payload"].get("text") or row["payload"].get("name", ""))
    ended = parley.post(f"{here}end/", agent)
    print("Ended:", ended["end_reason"], "- the customer now has", ended["access"]["level"])
    print(parley.get(f"{here}transcript/", zone="Europe/Vienna").text)


if __name__ == "__main__":
    main()
