"""What a chat widget asks the database, however many sessions there are: an index answers it."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from policies_app.kinds import SignIn
from policies_app.models import ChatWidget, Workstream
from sessions_app.assigning import assign_waiting
from sessions_app.widget.links import reconnect_address
from sessions_app.widget.watching import look_for_unheard, watch
from tests.cast import available, general, new_agent, set_policy
from tests.moments import MINUTE, STARTED
from tests.widget.portal import (
    ANONYMOUS,
    GONE,
    SIGNED_IN,
    SIGNED_IN_ON_PHONE,
    dropped,
    entered,
    new_widget,
    started,
    token_of,
)

pytestmark = pytest.mark.postgresql

CUSTOMERS = """INSERT INTO sessions_app_customer (public_id, name, email, phone, language)
SELECT gen_random_uuid(), 'Old', n || '@example.com', '', '' FROM generate_series(1, 20000) n"""
LARGE = re.compile("sessions_app_(customer|livesession)")
WHOLE = re.compile("Seq Scan on sessions_app_(customer|livesession)")
SESSIONS = """INSERT INTO sessions_app_livesession (public_id, channel, workstream_id, widget_id, customer_id, state,
    started_at, ended_at, end_reason, end_policy_id, full_until, limited_until, is_prepared, passed_by, seen_by_agent,
    seen_by_customer, last_number, last_hash, next_due_kind, clock_seen)
SELECT gen_random_uuid(), 'widget', %(workstream)s, CASE WHEN pk %% 2 = 0 THEN %(widget)s END, pk, 'ended',
    now(), now(), 'abandoned', %(policy)s, now(), now(), false, '[]', 0, 0, 0, '', '', 0
FROM (SELECT id AS pk FROM sessions_app_customer WHERE name = 'Old') customers"""


@pytest.fixture
def shop(db: None) -> ChatWidget:
    """A widget with few sessions. By another one came 10,000 customers, and as many by none."""
    busy, policy = new_widget(name="Busy"), set_policy().version
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS)
        cursor.execute(SESSIONS, {"workstream": general().pk, "widget": busy.pk, "policy": policy})
        cursor.execute("ANALYZE sessions_app_customer, sessions_app_livesession")
    return new_widget(sign_in=SignIn.OPTIONAL, audience="parley")


def whole_reads(act: Callable[[], object]) -> list[str]:
    """Which queries of what is done read all customers or all sessions; there is at least one that does not."""
    with CaptureQueriesContext(connection) as captured:
        act()
    asked = [one["sql"] for one in captured if re.match("SELECT|UPDATE", one["sql"]) and LARGE.search(one["sql"])]
    assert asked, "nothing was asked"
    return [sql for sql in asked if WHOLE.search(_plan(sql))]


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"), [])
        return "\n".join(line for (line,) in cursor.fetchall())


def test_who_comes_is_found_by_an_index(shop: ChatWidget) -> None:
    Workstream.objects.update(answer_within=None)
    available(new_agent("Anna"))
    session = started(shop, SIGNED_IN)
    assign_waiting(session.workstream_id, STARTED)
    session = dropped(session)
    link = token_of(reconnect_address(session, by=None, now=GONE))
    assert whole_reads(lambda: entered(shop, SIGNED_IN, remembered=session)) == []
    assert whole_reads(lambda: entered(shop, SIGNED_IN_ON_PHONE)) == []
    assert whole_reads(lambda: entered(shop, SIGNED_IN_ON_PHONE, link=link)) == []
    assert whole_reads(lambda: started(shop, ANONYMOUS, now=GONE)) == []
    assert whole_reads(lambda: watch(GONE)) == []
    assert whole_reads(lambda: look_for_unheard(GONE + MINUTE)) == []


def test_the_pages_of_an_administrator_count_by_an_index(shop: ChatWidget, client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    page = reverse("admin:policies_app_chatwidget_delete", args=[shop.pk])
    assert whole_reads(lambda: client.get(page)) == []
    assert whole_reads(lambda: client.post(page, {"post": "yes"})) == []
    assert not ChatWidget.objects.filter(pk=shop.pk).exists()
