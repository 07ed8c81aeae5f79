"""The journey of webhooks: a real receiver is down for an hour, then back, and gets every row once, in order."""

from collections import defaultdict
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import time_machine

from policies_app.kinds import EndReason
from sessions_app.actions import send_message
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession, TimelineEntry, WebhookEndpoint
from sessions_app.transitions import end
from sessions_app.webhooks import actions, delivering, marking
from tests.cast import CUSTOMER, new_session
from tests.moments import MINUTE, STARTED
from tests.stack import free_ports
from tests.webhooks.receiving import Got, secrets_of
from tests.webhooks.servers import http_server

SESSIONS = 6
OUTAGE = range(10, 70)
BACK = range(OUTAGE.stop, OUTAGE.stop + 12)
"""Minutes. When the first try falls due after the outage is up to chance (`schedule.SPREAD`); that one does for sure:
six minutes of spread on a wait of half an hour, and five of rest after a failure at the very end."""


def workers(endpoint: WebhookEndpoint, now: Any) -> None:
    """What workers do in this minute, over the network."""
    marking.mark(endpoint, LiveSession.objects.values_list("pk", flat=True), now)
    while cursor := delivering.claim(endpoint.pk, now):
        while delivering.deliver_next(cursor, now=now):
            pass


def test_a_receiver_that_was_down_for_an_hour_gets_every_row_once_and_in_order(
    anna: Agent, carla: Customer, settings: Any
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    taken: list[Got] = []
    with http_server(taken, port=free_ports()) as port:  # nobody else is given it during the outage
        endpoint, secret = actions.create(actions.Settings("CRM", f"http://127.0.0.1:{port}/hook"), now=STARTED)
        sessions = [new_session(anna, carla) for _ in range(SESSIONS)]
        for minute in range(OUTAGE.start):
            _say(sessions, minute)
            workers(endpoint, STARTED + minute * MINUTE)
    before = len(taken)
    assert before == TimelineEntry.objects.count()

    for minute in OUTAGE:
        if minute % 5 == 0:
            _say(sessions, minute)
        workers(endpoint, STARTED + minute * MINUTE)
    assert len(taken) == before
    now = STARTED + BACK.start * MINUTE
    end(sessions[0].pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=now)

    with http_server(taken, port=port):
        while len(taken) == before and now < STARTED + BACK.stop * MINUTE:
            workers(endpoint, now)
            now += MINUTE

    numbers = defaultdict(list)
    for got in taken:
        numbers[got.row[0]].append(got.row[1])
    assert numbers == {str(one.public_id): list(range(1, _last(one) + 1)) for one in sessions}
    ids = [got.headers["webhook-id"] for got in taken]
    assert len(set(ids)) == len(ids) == TimelineEntry.objects.count()
    assert secrets_of(endpoint) == [secret]
    with time_machine.travel(now, tick=False):  # a minute after all were sent: libraries want it to be recent
        assert all(got.is_signed_with(secret) for got in taken[before:])


def _say(sessions: list[LiveSession], minute: int) -> None:
    for session in sessions:
        send_message(session.pk, CUSTOMER, f"minute {minute}", key=uuid4(), now=STARTED + minute * MINUTE)


def _last(session: LiveSession) -> int:
    session.refresh_from_db()
    return session.last_number
