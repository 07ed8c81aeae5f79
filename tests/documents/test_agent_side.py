"""Who of the agents may do what with documents, also after the end; recalling them, and what agents see of them."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from policies_app.kinds import AccessSetting, EndReason
from sessions_app.actions import Refused
from sessions_app.documents import actions
from sessions_app.documents.kinds import MOST_FAILURES, DocumentState
from sessions_app.kinds import Actor, Audience, EntryKind
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.rows import row_html
from sessions_app.transitions import end
from tests import cast
from tests.cast import AS_SCRIPT, address, browser_of, fresh, kinds, set_policy
from tests.documents.pages import files_url, form_data, send_url, url_of
from tests.documents.papers import COMPLETE, CONSENT, new_version, sent, typed
from tests.moments import DAY, MINUTE, STARTED


def ended(session: LiveSession) -> LiveSession:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=session.agent, now=STARTED)
    return fresh(session)


# Who may -----------------------------------------------------------------------------------------------------------

# Who; what they get for looking at a document, and for asking what to send, sending, asking for files, recalling.
WHO_MAY = [
    ("holder", 200, (200, 200, 200, 200)),
    ("colleague", 404, (404, 404, 404, 404)),
    ("former holder", 404, (404, 404, 404, 404)),
    ("monitor", 200, (403, 403, 403, 403)),
]


@pytest.mark.parametrize(("who", "look", "act"), WHO_MAY)
def test_who_may_do_what(
    session: LiveSession, anna: Agent, ben: Agent, who: str, look: int, act: tuple[int, ...]
) -> None:
    version = new_version()
    document = sent(session, anna, version)
    if who == "former holder":
        LiveSession.objects.filter(pk=session.pk).update(agent=ben)
    if who == "monitor":
        ben.user.user_permissions.set(Permission.objects.filter(codename="monitor_session"))
    annas = browser_of({"holder": anna, "former holder": anna}.get(who, ben))
    before = kinds(session)
    assert annas.get(url_of(document)).status_code == look
    statuses = (
        annas.get(send_url(session)).status_code,
        annas.post(send_url(session), form_data(version), **AS_SCRIPT).status_code,
        annas.post(files_url(session), {"name": "ID", "most": 1, "key": uuid4()}, **AS_SCRIPT).status_code,
        annas.post(url_of(document, "recall"), **AS_SCRIPT).status_code,
    )
    assert statuses == act
    if who != "holder":
        assert kinds(session) == before


def test_the_new_holder_recalls_what_the_former_one_sent(session: LiveSession, anna: Agent, ben: Agent) -> None:
    document = sent(session, anna)
    LiveSession.objects.filter(pk=session.pk).update(agent=ben)
    assert browser_of(ben).post(url_of(document, "recall"), **AS_SCRIPT).status_code == 200
    document.refresh_from_db()
    assert document.state == DocumentState.RECALLED


def test_who_reads_along_sees_documents_without_buttons(session: LiveSession, anna: Agent, ben: Agent) -> None:
    sent(session, anna)
    ben.user.user_permissions.set(Permission.objects.filter(codename="monitor_session"))
    page = browser_of(ben).get(address(session, "agent")).content.decode()
    assert "Order" in page and "0 of 8 fields" not in page and "1 of 8 fields" in page
    assert "/recall/" not in page
    assert "documents-button" not in page


def test_nobody_gets_at_a_document_through_another_session(
    session: LiveSession, anna: Agent, dan: Customer, annas: Client
) -> None:
    document = sent(cast.new_session(anna, dan), anna)
    for rest in ((), ("recall",), ("pdf",), ("pages", "0")):
        path = address(session, "agent", "documents", str(document.public_id), *rest)
        assert annas.get(path).status_code == 404, rest


# Recalling ---------------------------------------------------------------------------------------------------------


def test_recalling_asks_first_and_then_does_it_once(session: LiveSession, anna: Agent, annas: Client) -> None:
    document = sent(session, anna)
    assert "Recall “Order”?" in annas.get(url_of(document, "recall")).content.decode()
    assert "document_recalled" not in kinds(session)
    for _time in range(2):
        answer = annas.post(url_of(document, "recall"), **AS_SCRIPT)
        assert 'data-state="recalled"' in answer.json()["parts"]["documents"]
    assert kinds(session).count("document_recalled") == 1


def test_what_is_completed_is_not_recalled(session: LiveSession, anna: Agent, annas: Client) -> None:
    document = sent(session, anna)
    actions.complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    answer = annas.post(url_of(document, "recall"), **AS_SCRIPT)
    said = "This document is completed: it can no longer be recalled."
    assert (answer.status_code, answer.json()["problem"]) == (403, said)
    assert said in annas.post(url_of(document, "recall")).content.decode()


# After the end -----------------------------------------------------------------------------------------------------

# The access that customers keep; whether documents can still be sent.
AFTERWARDS = [
    ({"access": AccessSetting.FULL_UNLIMITED}, True),
    ({"access": AccessSetting.FULL_RESTRICTED, "access_for": 3650 * DAY}, True),
    ({"access": AccessSetting.LIMITED, "access_for": 3650 * DAY}, False),
    ({}, False),
]


@pytest.mark.parametrize(("policy", "may"), AFTERWARDS)
def test_after_the_end_the_agent_sends_while_the_customer_could_complete(
    anna: Agent, carla: Customer, annas: Client, policy: dict[str, Any], may: bool
) -> None:
    set_policy(**policy)
    session = ended(cast.new_session(anna, carla))
    version = new_version()
    page = annas.get(address(session, "agent")).content.decode()
    assert ("documents-button" in page) == may
    assert ("Carla could not complete any now." in page) == (not may)
    asked = annas.get(send_url(session)).content.decode()
    assert ("Documents can be sent only while the customer has full access." in asked) == (not may)
    answer = annas.post(send_url(session), form_data(version), **AS_SCRIPT)
    assert answer.status_code == (200 if may else 403)
    assert session.documents.count() == int(may)


def test_what_a_customer_entered_too_late_is_told_by_document_and_field(
    anna: Agent, carla: Customer, annas: Client
) -> None:
    set_policy(access=AccessSetting.LIMITED, access_for=3650 * DAY)
    session = cast.new_session(anna, carla)
    document = sent(session, anna)
    ended(session)
    with pytest.raises(Refused):
        actions.save(document.pk, typed(name="Carla C.", remarks="Late"), now=STARTED + MINUTE)
    page = annas.get(address(session, "agent")).content.decode()
    assert '<div class="bubble-text">Order\nName: Carla C.\nRemarks: Late</div>' in page


# Looking -----------------------------------------------------------------------------------------------------------


def test_the_room_says_how_far_each_document_is(session: LiveSession, anna: Agent, annas: Client) -> None:
    document = sent(session, anna)

    def panel() -> str:
        said: str = annas.get(address(session, "agent", "updates"), **AS_SCRIPT).json()["parts"]["documents"]
        return said

    assert "Sent</span>" in panel() and "not opened yet" in panel()
    actions.note_opened(document.pk, now=STARTED)
    assert "Opened</span>" in panel()
    actions.save(document.pk, typed(remarks="More", amount="7"), now=STARTED)
    assert "Filling in</span>" in panel() and "3 of 8 fields" in panel()
    actions.complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    assert "Being prepared</span>" in panel() and "/recall/" not in panel()
    for number in range(MOST_FAILURES):
        assert "Try again" not in panel(), "it is tried again by itself"
        actions.record_failure(document.pk, final=number == MOST_FAILURES - 1, now=STARTED)
    assert "Could not be prepared</span>" in panel() and "Try again" in panel()
    actions.record_result(document.pk, stored="x.pdf", size=9, sha256="a" * 64, now=STARTED)
    assert "Completed</span>" in panel() and "/pdf/" in panel() and "Try again" not in panel()


def test_files_are_counted(session: LiveSession, anna: Agent, annas: Client) -> None:
    document = actions.ask_for_files(session.pk, anna, "ID", most=3, key=uuid4(), now=STARTED)
    actions.add_file(document.pk, SimpleUploadedFile("id.txt", b"Just text.\n"), key=uuid4(), now=STARTED)
    said = annas.get(address(session, "agent", "updates"), **AS_SCRIPT).json()["parts"]["documents"]
    assert "Files added: 1 of at most 3" in said and "Adding files" in said
    assert "id.txt" in annas.get(url_of(document)).content.decode()


def test_a_document_shows_what_was_entered_so_far(session: LiveSession, anna: Agent, annas: Client) -> None:
    document = sent(session, anna, number="A-7")
    drawn = '{"height":0.3,"lines":[[[0.1,0.1],[0.9,0.2]]]}'
    entered = {"remarks": "<b>Two</b>\nlines", "amount": "many", "terms": "on", "insured": "no", "signature": drawn}
    actions.save(document.pk, typed(**entered), now=STARTED)
    page = annas.get(url_of(document)).content.decode()
    assert "A-7" in page and "&lt;b&gt;Two&lt;/b&gt;\nlines" in page
    assert "Enter a number, such as 1234.50." in page
    assert 'points="0.1000,0.1000 0.9000,0.2000"' in page
    assert page.count("mark-filled") == 7, "each box with something in it, of the radios only the one that was chosen"
    assert "style=" not in page.split("<main")[1], "the content security policy allows none"


def test_looking_records_nothing_and_is_not_noticed(session: LiveSession, anna: Agent, annas: Client) -> None:
    document = sent(session, anna)
    before = kinds(session)
    annas.get(url_of(document))
    live = annas.get(url_of(document), {"part": "live"}).json()
    assert "Carla" in live["body"] and "ticket=" in live["line"]["stream"]
    document.refresh_from_db()
    assert kinds(session) == before and document.viewed_at is None


def test_a_completed_document_shows_its_certificate(session: LiveSession, anna: Agent, annas: Client) -> None:
    document = sent(session, anna)
    actions.complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    page = annas.get(url_of(document)).content.decode()
    for fact in (CONSENT.text, CONSENT.address, CONSENT.device, document.version.sha256 if document.version else ""):
        assert fact and fact in page
    assert annas.get(url_of(document, "pdf")).status_code == 404, "it is still being prepared"


def test_the_name_in_the_conversation_leads_to_the_document(session: LiveSession, anna: Agent) -> None:
    document = sent(session, anna, new_version("<Order>"))
    row = session.timeline.get(kind=EntryKind.DOCUMENT_SENT)
    shown = row_html(session, row, Audience.AGENT)
    assert f'href="{url_of(document)}"' in shown and "&lt;Order&gt;" in shown and "<Order>" not in shown
    assert str(document.public_id) not in row_html(session, row, Audience.CUSTOMER)


def test_the_lists_say_who_is_completing_what(session: LiveSession, anna: Agent, annas: Client) -> None:
    document = sent(session, anna)
    assert "of 8 fields" not in annas.get("/sessions/").json()["lists"]
    actions.note_opened(document.pk, now=STARTED)
    actions.save(document.pk, typed(remarks="More"), now=STARTED)
    said = annas.get("/sessions/").json()["lists"]
    assert "Order:" in said and "2 of 8 fields" in said


def test_ten_documents_cost_as_many_queries_as_one(
    session: LiveSession, anna: Agent, annas: Client, django_assert_max_num_queries: Any
) -> None:
    version = new_version()
    for _number in range(10):
        sent(session, anna, version)
    with django_assert_max_num_queries(8):
        annas.get(address(session, "agent", "updates"), **AS_SCRIPT)
    with django_assert_max_num_queries(19):
        annas.get(address(session, "agent"))
