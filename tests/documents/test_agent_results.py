"""What agents get of a document beside its words: pictures of its pages, the sealed PDF, another try to prepare it."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from sessions_app.documents import actions, kinds, results, storing
from sessions_app.documents.kinds import MOST_FAILURES
from sessions_app.models import Agent, Document, LiveSession
from tests.cast import AS_SCRIPT, browser_of
from tests.documents.pages import url_of
from tests.documents.papers import COMPLETE, CONSENT, sent, typed
from tests.moments import STARTED

SEALED = b"%PDF-1.7 sealed"


def body(browser: Client, path: str) -> bytes:
    answer = browser.get(path)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.fixture
def completed(session: LiveSession, anna: Agent) -> Document:
    document = sent(session, anna)
    actions.complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    document.refresh_from_db()
    return document


@pytest.fixture
def monitor(ben: Agent) -> Agent:
    ben.user.user_permissions.set(Permission.objects.filter(codename="monitor_session"))
    return ben


def test_who_may_look_gets_the_same_bytes_each_time(completed: Document, anna: Agent, monitor: Agent) -> None:
    stored = storing.store(f"results/{completed.public_id}/a.pdf", SEALED)
    actions.record_result(completed.pk, stored=stored, size=len(SEALED), sha256="a" * 64, now=STARTED)
    path = url_of(completed, "pdf")
    assert [body(browser_of(who), path) for who in (anna, anna, monitor)] == [SEALED] * 3
    assert "attachment" in browser_of(anna).get(path).headers["Content-Disposition"]


def test_pictures_of_its_pages_and_of_no_others(session: LiveSession, anna: Agent) -> None:
    document, browser = sent(session, anna), browser_of(anna)
    assert document.version
    assert browser.get(url_of(document, "pages", "0")).status_code == 404, "it is not stored"
    storing.store(document.version.picture(0), b"picture")
    storing.store(document.version.picture(1), b"of no page")
    assert body(browser, url_of(document, "pages", "0")) == b"picture"
    assert browser.get(url_of(document, "pages", "1")).status_code == 404


def test_the_holder_has_it_tried_again(completed: Document, anna: Agent, monitor: Agent) -> None:
    Document.objects.filter(pk=completed.pk).update(failures=MOST_FAILURES)
    assert browser_of(monitor).post(url_of(completed, "try-again"), **AS_SCRIPT).status_code == 403
    answer = browser_of(anna).post(url_of(completed, "try-again"), **AS_SCRIPT)
    assert "Being prepared</span>" in answer.json()["parts"]["documents"]
    completed.refresh_from_db()
    assert completed.failures == 0


def test_the_room_and_the_workers_agree_on_when_nobody_tries_any_more() -> None:
    assert kinds.MOST_FAILURES == results.MOST_FAILURES
