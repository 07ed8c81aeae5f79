"""An installation in which agents have much, or little, behind them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.test import Client
from django.utils import timezone

from bench.sweep import loading
from policies_app.kinds import EndReason
from policies_app.models import Workstream
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.transitions import end, start_invitation

PAST = """
INSERT INTO sessions_app_livesession (public_id, channel, state, workstream_id, clock_seen, agent_id, customer_id,
    started_at, joined_at, last_agent_activity_at, ended_at, end_reason, end_policy_id, full_until, limited_until,
    last_number, last_hash, next_due_kind, is_prepared, passed_by, seen_by_agent, seen_by_customer)
SELECT gen_random_uuid(), channel, state, workstream_id, clock_seen, %s, customer_id, started_at, joined_at,
    last_agent_activity_at, ended_at, end_reason, end_policy_id, full_until, limited_until, 1, last_hash, '', false,
    '[]', 0, 0
FROM sessions_app_livesession, generate_series(1, %s) WHERE id = %s
"""
ROWS = """
INSERT INTO sessions_app_timelineentry (session_id, number, kind, actor, agent_id, payload, due_at, recorded_at, hash)
SELECT %s, n, 'message', 'customer', NULL, '{"text": "A message of a usual length, as people write it."}', %s, %s, ''
FROM generate_series(2, %s) n
"""


class Place:
    """Two agents, each signed in: one with 10 past sessions, one with 10,000; the first has rooms of two lengths."""

    def __init__(self, many: int) -> None:
        loading.load_people_and_policy()
        self.many = many
        self._general = Workstream.objects.get()
        self._now = timezone.now()
        self._last = 0
        agents = Agent.objects.order_by("-pk")
        self._browsers = {past: self._agent(agents[n], past) for n, past in enumerate((10, 10_000))}
        first = self._browsers[10][1]
        self._rooms = {rows: self._room(first, rows) for rows in (10, 10_000)}
        loading.settle_down()

    def get(self, address: str) -> bytes:
        """What the first agent's browser gets."""
        return _body(self._browsers[10][0].get(address, HTTP_HOST="localhost"))

    def room(self, rows: int) -> bytes:
        return self.get(f"/room/{self._rooms[rows].public_id}/")

    def welcome(self, past: int) -> bytes:
        return _body(self._browsers[past][0].get("/", HTTP_HOST="localhost"))

    def send(self, key: UUID) -> bytes:
        """Send a message as the page does, which knows all rows so far."""
        fields = {"text": "A message of a usual length, as people write it.", "key": str(key), "after": self._last}
        self._last += 1
        address = f"/room/{self._rooms[10].public_id}/message/"
        post = self._browsers[10][0].post
        return _body(post(address, fields, HTTP_HOST="localhost", HTTP_ACCEPT="application/json"))

    def jump(self, number: int) -> None:
        """Let the timeline that messages are sent to go on from this number."""
        self._last = number
        LiveSession.objects.filter(pk=self._rooms[10].pk).update(last_number=number)

    def swaps(self, first: int) -> Callable[[], Mapping[Any, Any]]:
        """For the statements of the message that followed this number: what the next one has in place of its values."""

        recorded: list[UUID | None] = []

        def swap() -> Mapping[Any, Any]:
            if not recorded:
                recorded.append(self._rooms[10].timeline.get(number=first + 1).key)
            last = self._last
            self._last += 1
            return {first: last, first + 1: last + 1, recorded[0]: uuid4()}

        return swap

    def fill(self) -> None:
        """Add open sessions of other agents, as many as `many`."""
        loading.load_sessions(1, self.many)
        loading.settle_down()

    def _agent(self, agent: Agent, past: int) -> tuple[Client, Agent]:
        agent.workstreams.add(self._general)
        ended = self._open(agent)
        end(ended.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=agent, now=self._now)
        with connection.cursor() as cursor:
            cursor.execute(PAST, [agent.pk, past - 1, ended.pk])
        for _ in range(4):
            self._open(agent)
        browser = Client()
        browser.force_login(agent.user)
        return browser, agent

    def _open(self, agent: Agent) -> LiveSession:
        started = self._now - timedelta(minutes=2)
        return start_invitation(agent, Customer.objects.latest("pk"), self._general.pk, now=started)

    def _room(self, agent: Agent, rows: int) -> LiveSession:
        session = self._open(agent)
        with connection.cursor() as cursor:
            cursor.execute(ROWS, [session.pk, self._now, self._now, rows])
        LiveSession.objects.filter(pk=session.pk).update(last_number=rows)
        return session


def _body(response: Any) -> bytes:
    assert response.status_code == 200, f"{response.status_code}: {response.content[:500]!r}"
    return bytes(response.content)
