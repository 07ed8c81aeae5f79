"""How often the database is asked: as often for many fields, documents and rows as for few."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app.documents.actions import complete, note_opened, record_result, save, send_form
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.selectors import documents_of
from sessions_app.models import Agent, Document, LiveSession
from tests.cast import address, browser_of, come_in
from tests.documents.papers import CONSENT, a_field, new_version, sent, typed
from tests.moments import MINUTE, STARTED
from tests.sessions.test_query_budgets import lengthen, queries

LATER = STARTED + MINUTE


def asked(call: Callable[[], object]) -> int:
    """How many statements it takes, without those that begin and end transactions."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return sum("SAVEPOINT" not in one["sql"] for one in captured.captured_queries)


def of_fields(number: int) -> list[str]:
    return [f"f{at}" for at in range(number)]


def a_document(session: LiveSession, agent: Agent, number: int) -> Document:
    names = of_fields(number)
    version = new_version(f"Of {number}", [a_field(name, FieldKind.NUMBER, row=at) for at, name in enumerate(names)])
    return sent(session, agent, version)


@pytest.fixture
def small(session: LiveSession, anna: Agent) -> Document:
    return a_document(session, anna, 1)


@pytest.fixture
def large(session: LiveSession, anna: Agent, small: Document) -> Document:
    """Among many others, in a long session."""
    for _ in range(10):
        sent(session, anna, small.version)
    document = a_document(session, anna, 150)
    lengthen(session, 2000)
    return document


def test_saving_a_value_costs_the_same(small: Document, session: LiveSession, anna: Agent) -> None:
    few = asked(lambda: save(small.pk, typed(2**41, f0="1"), now=LATER))
    for _ in range(10):
        sent(session, anna, small.version)
    large = a_document(session, anna, 150)
    lengthen(session, 2000)
    whole = dict.fromkeys(of_fields(150), "1")
    assert asked(lambda: save(large.pk, typed(2**41, **whole), now=LATER + MINUTE)) == few
    assert asked(lambda: save(large.pk, typed(2**41 + 1, f7="2"), now=LATER + 2 * MINUTE)) == few
    # Which session; it is locked; edits of its policy; document, values; values and document saved; the clock: policies
    # in force, and the session.
    assert few <= 9


def test_saving_nothing_new_costs_less(small: Document) -> None:
    save(small.pk, typed(2**41, f0="1"), now=LATER)
    assert asked(lambda: save(small.pk, typed(2**41, f0="2"), now=LATER)) <= 5


def test_sending_opening_completing_and_recording_cost_the_same(
    small: Document, large: Document, session: LiveSession, anna: Agent
) -> None:
    costs = [
        whole_life(session, anna, small, of_fields(1), LATER),
        whole_life(session, anna, large, of_fields(150), LATER + MINUTE),
    ]
    assert costs[0] == costs[1]
    assert all(cost <= most for cost, most in zip(costs[0], (12, 9, 17, 8), strict=True)), costs


def whole_life(session: LiveSession, agent: Agent, document: Document, names: list[str], now: datetime) -> list[int]:
    values = typed(2**41, **dict.fromkeys(names, "1,0"))
    version = document.version
    assert version
    return [
        asked(lambda: send_form(session.pk, agent, version, {}, key=uuid4(), now=now)),
        asked(lambda: note_opened(document.pk, now=now)),
        asked(lambda: complete(document.pk, values, CONSENT, key=uuid4(), now=now)),
        asked(lambda: record_result(document.pk, stored="a", size=1, sha256="a", now=now)),
    ]


def test_listing_documents_is_one_question(session: LiveSession, small: Document, large: Document) -> None:
    assert asked(lambda: [one.version and one.version.number for one in documents_of(session)]) == 1


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_rooms_and_catching_up_cost_the_same_with_many_documents(
    session: LiveSession, anna: Agent, small: Document, side: str
) -> None:
    browser = browser_of(anna) if side == "agent" else come_in(session)
    for rest in ((), ("updates",)):
        path = address(session, side, *rest)
        few = queries(browser, path, after=0)
        for _ in range(6):
            sent(session, anna, small.version)
        assert queries(browser, path, after=0) == few
