"""A receiver of webhooks without a network, and the workers that send to it, as tests run them by hand."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from standardwebhooks import Webhook

from sessions_app.actions import send_message
from sessions_app.encrypted import decrypted
from sessions_app.models import LiveSession, WebhookCursor, WebhookEndpoint
from sessions_app.outgoing import Answer, NotSent, Target
from sessions_app.webhooks import actions, delivering, marking
from sessions_app.webhooks.actions import Settings
from sessions_app.webhooks.delivering import Outgoing
from tests.cast import CUSTOMER
from tests.moments import LONG_AGO, MINUTE, STARTED

PUBLIC = "93.184.216.34"
URL = "https://receiver.example.com/hook?for=parley"
SOON = STARTED + MINUTE


def new_endpoint(name: str = "CRM", *, now: datetime = LONG_AGO, url: str = URL, **more: Any) -> WebhookEndpoint:
    asked = Settings(name=name, url=url, **more)
    return actions.create(asked, now=now, resolve=lambda host, port: [PUBLIC])[0]


@dataclass(slots=True)
class Got:
    """One request, as it came."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def row(self) -> tuple[str, int]:
        """Session and number of the row that it is about."""
        return self.event["data"]["session"], self.event["data"]["number"]

    def is_signed_with(self, secret: str) -> bool:
        """By the library of Standard Webhooks. The clock has to stand at the moment of sending."""
        Webhook(secret).verify(self.body, dict(self.headers))
        return True


@dataclass
class Receiver:
    """`says` answers each request: with a status, an answer, or by raising NotSent."""

    says: Callable[[Got], int | Answer] = lambda got: 200
    asked: list[Got] = field(default_factory=list)
    taken: list[Got] = field(default_factory=list)

    @property
    def web(self) -> Outgoing:
        return Outgoing(resolve=lambda host, port: [PUBLIC], send=self._send)

    def is_down(self) -> None:
        self.says = _refuse

    def is_back(self) -> None:
        self.says = lambda got: 200

    @property
    def numbers(self) -> list[int]:
        """Of the rows that were taken, in the order in which they were."""
        return [got.row[1] for got in self.taken]

    def _send(self, target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
        got = Got(headers, body)
        self.asked.append(got)
        said = self.says(got)
        answer = said if isinstance(said, Answer) else Answer(said)
        if answer.status < 300:
            self.taken.append(got)
        return answer


def _refuse(got: Got) -> int:
    raise NotSent("The connection was refused.")


def heard(endpoint: WebhookEndpoint, *sessions: LiveSession, now: datetime) -> None:
    """It is known that these sessions have new rows."""
    marking.mark(endpoint, [session.pk for session in sessions], now)


def work(endpoint: WebhookEndpoint, receiver: Receiver, now: datetime) -> None:
    """What a worker does with an endpoint, until nothing is due, while the clock stands still."""
    while cursor := delivering.claim(endpoint.pk, now):
        while delivering.deliver_next(cursor, now=now, web=receiver.web):
            pass


def cursor_of(endpoint: WebhookEndpoint, session: LiveSession) -> WebhookCursor:
    return WebhookCursor.objects.get(endpoint=endpoint, session=session)


def secrets_of(endpoint: WebhookEndpoint) -> list[str]:
    """All that there are, oldest first."""
    return [decrypted(one.material) for one in endpoint.secrets.order_by("pk")]


def say(session: LiveSession, *texts: str, now: datetime = SOON) -> None:
    """The customer writes these."""
    for text in texts:
        send_message(session.pk, CUSTOMER, text, key=uuid4(), now=now)


def texts(receiver: Receiver) -> list[str]:
    """Of the messages that were taken, "" for other rows."""
    return [got.event["data"]["payload"].get("text", "") for got in receiver.taken]
