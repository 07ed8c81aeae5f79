"""What is sent: a row of a timeline as a webhook, and the webhook of a test."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.shapes import moment_shape, row_shape
from sessions_app.webhooks.models import WebhookEndpoint

TEST = "parley.test"


@dataclass(frozen=True, slots=True)
class Event:
    """A webhook: `id` is the same however often it is sent, and no other one has it."""

    id: str
    body: str


def event_of(endpoint: WebhookEndpoint, session: LiveSession, entry: TimelineEntry) -> Event:
    """The webhook by which an endpoint hears of a row."""
    name = f"evt_{session.public_id.hex}_{entry.number}_{endpoint.pk}"
    data = row_shape(session.public_id, entry, notes=endpoint.with_notes)
    return Event(name, _body(name, f"session.{entry.kind}", entry.recorded_at, data))


def trial_event(endpoint: WebhookEndpoint, now: datetime) -> Event:
    """One that only says that it is a test; each has an id of its own."""
    name = f"evt_test_{uuid4().hex}_{endpoint.pk}"
    return Event(name, _body(name, TEST, now, {"webhook": endpoint.name}))


def _body(name: str, kind: str, at: datetime, data: dict[str, object]) -> str:
    return json.dumps({"id": name, "type": kind, "timestamp": moment_shape(at), "data": data}, ensure_ascii=False)
