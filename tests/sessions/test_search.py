"""Search: who finds what, in which order, and that the indexes are used (product.md C)."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import Client

from policies_app.kinds import EndReason
from policies_app.models import Workstream
from sessions_app import search
from sessions_app.actions import add_note, send_message
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.search import Wanted, find
from sessions_app.search_terms import terms
from sessions_app.timeline import Row, append
from sessions_app.transitions import end, lock
from tests.cast import CUSTOMER, address, browser_of, fresh, general, new_agent, new_customer, new_session, waiting
from tests.moments import DAY, STARTED


def say(session: LiveSession, text: str) -> LiveSession:
    send_message(session.pk, CUSTOMER, text, key=uuid4(), now=STARTED)
    return session


def file(session: LiveSession, name: str) -> LiveSession:
    with transaction.atomic():
        row = Row(
            kind=EntryKind.ATTACHED, actor=Actor.CUSTOMER, payload={"file": str(uuid4()), "name": name, "size": 1}
        )
        append(lock(session.pk, STARTED), row, now=STARTED)
    return session


def ended(session: LiveSession, reason: EndReason = EndReason.ENDED_BY_AGENT) -> LiveSession:
    end(session.pk, reason, actor=Actor.AGENT, now=STARTED)
    return fresh(session)


def found(by: Agent, typed: str = "", **facts: Any) -> list[LiveSession]:
    return find(by, Wanted(terms=terms(typed), **facts)).sessions


@pytest.fixture(params=["near", "far"])
def strategy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Sessions are found by looking through the newest, and (where there is one) by the index."""
    if request.param == "far":
        monkeypatch.setattr(search, "NEAR", 1)
    return str(request.param)


# What is found -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Carla", "carl", "carla@example", "CARLA@EXAMPLE.COM", "arl", "ca", "C"])
def test_by_the_customer(anna: Agent, session: LiveSession, strategy: str, typed: str) -> None:
    new_session(anna, new_customer("Dora"))
    assert found(anna, typed) == [session]


def test_by_the_phone(anna: Agent, strategy: str) -> None:
    session = new_session(anna, Customer.objects.create(name="Phil", phone="+431234567"))
    assert found(anna, "+4312345") == found(anna, "234567") == [session]


@pytest.mark.parametrize("typed", ["annual statement", "statement annual", "STATEMENT", "annual stat", "statem"])
def test_by_what_was_written(anna: Agent, session: LiveSession, dan: Customer, strategy: str, typed: str) -> None:
    say(session, "Where is my annual Statement?")
    say(new_session(anna, dan), "Where is my loan, and what about the annual fee?")
    assert found(anna, typed) == [session]


def test_by_a_note_and_by_the_name_of_a_file(anna: Agent, session: LiveSession, dan: Customer, strategy: str) -> None:
    add_note(session.pk, anna, "Wants a mortgage", key=uuid4(), now=STARTED)
    other = file(new_session(anna, dan), "passport-scan.pdf")
    assert found(anna, "mortgage") == [session]
    assert found(anna, "passport") == [other]


def test_what_else_is_recorded_is_not_searched(anna: Agent, session: LiveSession, strategy: str) -> None:
    ended(session)
    assert found(anna, "ended_by_agent") == []


@pytest.mark.postgresql
def test_phrases_and_exclusions(anna: Agent, session: LiveSession, dan: Customer, strategy: str) -> None:
    say(session, "the annual statement")
    other = say(new_session(anna, dan), "a statement, not annual")
    assert found(anna, '"annual statement"') == [session]
    assert found(anna, "statement -the") == [other]
    assert found(anna, "the or not") == [other, session]


ODD = [
    "'",
    '"',
    '"open phrase',
    "a:*",
    "a & b",
    "!",
    "\\",
    "a\\'b:*",
    "(",
    "<b>",
    "-",
    "--",
    "%",
    "_",
    "or or",
    "\x00",
    "🙂",
]


@pytest.mark.parametrize("typed", [*ODD, "x" * 5000])
def test_nothing_that_is_typed_is_an_error(anna: Agent, session: LiveSession, strategy: str, typed: str) -> None:
    say(session, "nothing to see")
    assert browser_of(anna).get(f"/search/?q={quote(typed[:200])}").status_code == (422 if "\0" in typed else 200)
    assert found(anna, typed) in ([], [session])


def test_the_newest_come_first_and_pages_follow_each_other(anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PAGE", 2)
    sessions = [say(new_session(anna, new_customer(f"C{one}")), "about the loan") for one in range(5)][::-1]
    for typed in ("", "loan"):
        seen, before = [], None
        while True:
            page = find(anna, Wanted(terms=terms(typed)), before)
            seen += page.sessions
            before = page.older
            if before is None:
                break
        assert seen == sessions


def test_where_the_newest_do_not_have_it_one_can_look_further_back(
    anna: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where there is no index, or where it does not help."""
    monkeypatch.setattr(search, "NEAR", 1)
    monkeypatch.setattr(search, "FAR", (1, 2))
    monkeypatch.setattr(search, "_by_index", lambda *given: None)
    old = say(new_session(anna, new_customer("Old")), "about the loan")
    for one in range(3):
        new_session(anna, new_customer(f"C{one}"))
    first = find(anna, Wanted(terms=terms("loan")))
    assert first.sessions == [] and first.is_partial
    assert find(anna, Wanted(terms=terms("loan")), first.older).sessions == [old]


def test_facts(anna: Agent, ben: Agent, carla: Customer, dan: Customer) -> None:
    loans = Workstream.objects.create(name="Loans")
    anna.workstreams.add(loans)
    early = ended(new_session(anna, carla, loans, now=STARTED - DAY), EndReason.ENDED_BY_CUSTOMER)
    late = ended(new_session(ben, dan))
    assert found(anna, since=STARTED) == found(anna, workstream=general()) == found(anna, agent=ben) == [late]
    assert found(anna, until=STARTED) == found(anna, reason=EndReason.ENDED_BY_CUSTOMER) == [early]
    assert found(anna, "dan", agent=anna) == []


# Who finds it --------------------------------------------------------------------------------------------------------


def test_agents_find_their_own_and_what_is_shared_in_their_workstreams(
    anna: Agent, ben: Agent, carla: Customer, strategy: str
) -> None:
    loans = Workstream.objects.create(name="Loans")
    ben.workstreams.add(loans)
    mine, his = say(new_session(anna, carla), "loan"), say(new_session(ben, carla), "loan")
    over, queued = ended(say(new_session(ben, carla), "loan")), say(waiting(carla), "loan")
    ended(say(new_session(ben, carla, loans), "loan"))
    assert found(anna, "loan") == [queued, over, mine]
    assert his not in found(anna)


def test_a_supervisor_finds_everything(anna: Agent, session: LiveSession) -> None:
    sara = new_agent("Sara")
    sara.workstreams.clear()
    sara.user.user_permissions.add(Permission.objects.get(codename="monitor_session"))
    assert found(Agent.objects.get(pk=sara.pk), "carla") == [session]


def test_who_is_no_agent_has_no_search(stranger: Any) -> None:
    browser = Client()
    browser.force_login(stranger)
    assert browser.get("/search/").status_code == 403


# The page ------------------------------------------------------------------------------------------------------------


def page(by: Agent, query: str = "") -> str:
    return str(browser_of(by).get(f"/search/?{query}").content.decode())


def test_what_was_found_is_marked_and_nothing_is_html(anna: Agent, session: LiveSession) -> None:
    Customer.objects.update(name="Carla <i>")
    say(session, "<script>alert(1)</script> my statement & more")
    shown = page(anna, "q=statement")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; my <mark>statement</mark> &amp; more" in shown
    assert address(session, "agent") in shown
    assert "<mark>Carla</mark> &lt;i&gt;" in page(anna, "q=carla")


def test_the_address_holds_the_whole_question(anna: Agent, carla: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PAGE", 1)
    for _ in range(2):
        ended(new_session(anna, carla))
    query = f"q=carla&since=2026-03-02&until=2026-03-02&reason=ended_by_agent&agent={anna.pk}&zone=Europe/Vienna"
    shown = page(anna, query)
    assert 'value="carla"' in shown and 'value="2026-03-02"' in shown
    older = f"q=carla&amp;since=2026-03-02&amp;until=2026-03-02&amp;reason=ended_by_agent&amp;agent={anna.pk}"
    assert f'href="?{older}&amp;zone=Europe%2FVienna&amp;before=' in shown


@pytest.mark.parametrize(
    ("zone", "count"), [("UTC", 0), ("Pacific/Kiritimati", 1), ("../etc/passwd", 0), ("No/Where", 0)]
)
def test_days_are_those_of_the_viewer(anna: Agent, session: LiveSession, zone: str, count: int) -> None:
    LiveSession.objects.update(started_at=STARTED.replace(hour=23) - timedelta(days=1))
    assert page(anna, f"since=2026-03-02&zone={zone}").count("search-hit") == count


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=soon", "Enter a date such as 2026-03-02."),
        ("since=0001-01-01", "Enter a date from 2000 to 2199."),
        ("until=9999-12-31", "Enter a date from 2000 to 2199."),
        ("since=2026-03-02&until=2026-03-01", "This day is before the first one."),
        ("reason=bored", "Select a valid choice."),
        ("agent=x", "Select a valid choice."),
    ],
)
def test_a_wrong_question_says_what_is_wrong_and_stays(anna: Agent, query: str, said: str) -> None:
    answer = browser_of(anna).get(f"/search/?q=loan&{query}")
    shown = answer.content.decode()
    assert answer.status_code == 422 and said in shown and 'value="loan"' in shown


@pytest.mark.parametrize("before", ["x", "-1", "9" * 60, "0"])
def test_an_odd_place_to_go_on_from_is_no_error(anna: Agent, session: LiveSession, before: str) -> None:
    assert browser_of(anna).get(f"/search/?before={before}").status_code == 200


def test_each_empty_answer_says_what_to_do(anna: Agent) -> None:
    assert "No session yet" in page(anna)
    assert "Try fewer words" in page(anna, "q=zebra")


# How quickly ----------------------------------------------------------------------------------------------------------


def test_queries(anna: Agent, carla: Customer, django_assert_max_num_queries: Any) -> None:
    for _ in range(30):
        say(new_session(anna, carla), "about the loan")
    anna = Agent.objects.select_related("user").get(pk=anna.pk)
    anna.user.has_perm("x")
    with django_assert_max_num_queries(6):
        find(anna, Wanted(terms=terms("loan")))


@pytest.mark.postgresql
def test_the_index_answers_for_what_few_rows_have(anna: Agent, session: LiveSession) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sessions_app_timelineentry"
            " (session_id, number, kind, actor, payload, due_at, recorded_at, hash)"
            " SELECT %s, 10 + n, 'message', 'customer', jsonb_build_object('text', md5(n::text)), now(), now(), ''"
            " FROM generate_series(1, 20000) n",
            [session.pk],
        )
        cursor.execute("ANALYZE sessions_app_timelineentry")
    for typed in ("c4ca4238a0b923820dcc509a6f75849b", "c4ca4238", '"c4ca4238a0b923820dcc509a6f75849b"', "one two"):
        plan = search._written(terms(typed)).explain()
        assert "timeline_words_search" in plan, plan


@pytest.mark.postgresql
def test_trigrams_answer_for_customers(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sessions_app_customer (public_id, name, email, phone, language)"
            " SELECT gen_random_uuid(), md5(n::text), md5(n::text) || '@example.com', '+43' || n, ''"
            " FROM generate_series(1, 20000) n"
        )
        cursor.execute("ANALYZE sessions_app_customer")
        cursor.execute("SET LOCAL enable_seqscan TO off")  # as with a million of them
    plan = Customer.objects.filter(search.customers(["c4ca4238"])).explain()
    for column in ("name", "email", "phone"):
        assert f"customer_{column}_search" in plan, plan
