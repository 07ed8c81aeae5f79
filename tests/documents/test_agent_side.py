"""What agents do with documents in their rooms: send, ask, look, recall; and who of them may."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from policies_app.kinds import AccessSetting, EndReason
from policies_app.models import Workstream
from sessions_app.actions import Refused
from sessions_app.documents import actions
from sessions_app.documents.fields import Option
from sessions_app.documents.kinds import (
    MOST_FAILURES,
    DocumentKind,
    DocumentState,
    FieldKind,
    FilledBy,
    Prefill,
    VersionState,
)
from sessions_app.kinds import Actor, Audience, EntryKind
from sessions_app.models import Agent, Customer, Document, LiveSession, TemplateVersion
from sessions_app.rows import row_html
from sessions_app.transitions import end
from tests import cast
from tests.cast import AS_SCRIPT, address, browser_of, fresh, kinds, set_policy
from tests.documents.papers import COMPLETE, CONSENT, EVERY_KIND, a_field, new_version, sent, typed
from tests.moments import DAY, MINUTE, STARTED


@pytest.fixture
def annas(anna: Agent) -> Client:
    return browser_of(anna)


def send_url(session: LiveSession) -> str:
    return address(session, "agent", "documents", "send")


def files_url(session: LiveSession) -> str:
    return address(session, "agent", "documents", "ask-for-files")


def url_of(document: Document, *rest: str) -> str:
    return address(document.session, "agent", "documents", str(document.public_id), *rest)


def form_data(*versions: TemplateVersion, **fields: str) -> dict[str, str]:
    """What the page posts: by the names of the fields of the document, of the first version."""
    data = {"templates": ",".join(str(one.template_id) for one in versions)}
    for one in versions:
        prefix = f"t{one.template_id}"
        data |= {f"{prefix}-key": str(uuid4()), f"{prefix}-version": str(one.public_id)}
    first = versions[0]
    names = [field.name for field in first.all_fields]
    for name, value in fields.items():
        at = name if name == "note" else f"f{names.index(name)}"
        data[f"t{first.template_id}-{at}"] = value
    return data


def values_of(document: Document) -> dict[str, str]:
    return actions.entered(document)


def ended(session: LiveSession) -> LiveSession:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=session.agent, now=STARTED)
    return fresh(session)


# Sending -----------------------------------------------------------------------------------------------------------


def test_the_agent_chooses_of_what_is_offered_to_the_workstream(session: LiveSession, annas: Client) -> None:
    new_version("Order")
    elsewhere = new_version("For others")
    elsewhere.template.workstreams.add(Workstream.objects.create(name="Elsewhere"))
    new_version("Broken", state=VersionState.REFUSED)
    page = annas.get(send_url(session)).content.decode()
    assert "Order" in page
    assert "For others" not in page and "Broken" not in page


def test_where_nothing_is_offered_the_page_says_who_can_add_some(session: LiveSession, annas: Client) -> None:
    page = annas.get(send_url(session)).content.decode()
    assert "No document is offered in General" in page and "An administrator adds them" in page


def test_nothing_chosen_is_said(session: LiveSession, annas: Client) -> None:
    new_version()
    assert "Choose a document first." in annas.get(send_url(session), {"continue": "1"}).content.decode()


def test_what_is_known_is_filled_in_already(session: LiveSession, annas: Client) -> None:
    fields = [
        a_field("name", prefill=Prefill.CUSTOMER_NAME),
        a_field("country", FieldKind.CHOICE, row=1, options=(Option("at", "Austria"),), default="at"),
        a_field("remarks", row=2),
    ]
    version = new_version(fields=fields)
    page = annas.get(send_url(session), {"template": version.template_id}).content.decode()
    assert 'value="Carla"' in page and '<option value="at" selected>' in page
    assert "Remarks" not in page, "what only the customer knows is no matter of the agent"


def test_what_the_agent_fills_in_and_changes_is_sent(session: LiveSession, annas: Client) -> None:
    version = new_version()
    data = form_data(version, name="Carla Customer", number=" A-7", note="Please by Friday")
    answer = annas.post(send_url(session), data, **AS_SCRIPT)
    assert answer.status_code == 200, answer.content
    document = session.documents.get()
    assert (document.name, document.note, document.asked) == ("Order", "Please by Friday", 8)
    assert values_of(document) == {"name": "Carla Customer", "number": " A-7"}
    assert "Order" in answer.json()["parts"]["documents"]


def test_what_was_prefilled_can_be_emptied(session: LiveSession, annas: Client) -> None:
    annas.post(send_url(session), form_data(new_version(), name="", number="1"), **AS_SCRIPT)
    assert values_of(session.documents.get()) == {"number": "1"}


# Kind and settings of a field that the agent fills in, what they enter, what is kept or what is wrong.
OWN_FIELDS: list[tuple[FieldKind, Mapping[str, Any], str, str]] = [
    (FieldKind.TEXT, {}, "A-7", "A-7"),
    (FieldKind.MULTILINE, {}, "one\r\ntwo", "one\ntwo"),
    (FieldKind.NUMBER, {}, "1.234,50", "1234.50"),
    (FieldKind.DATE, {}, "2026-12-31", "2026-12-31"),
    (FieldKind.CHECKBOX, {}, "on", "on"),
    (FieldKind.RADIO, {}, "no", "no"),
    (FieldKind.CHOICE, {}, "b", "b"),
    (FieldKind.SIGNATURE, {}, "Anna", '{"name": "Anna"}'),
]


@pytest.mark.parametrize(("kind", "settings", "given", "kept"), OWN_FIELDS)
def test_agents_fill_in_every_kind(
    session: LiveSession, annas: Client, kind: FieldKind, settings: Mapping[str, Any], given: str, kept: str
) -> None:
    version = new_version(fields=[a_field("own", kind, by=FilledBy.AGENT, required=True, **settings)])
    answer = annas.post(send_url(session), form_data(version, own=given), **AS_SCRIPT)
    assert answer.status_code == 200, answer.json().get("problem")
    assert values_of(session.documents.get()) == {"own": kept}


WRONG = [
    (FieldKind.TEXT, "", "Own: Fill this in, please."),
    (FieldKind.CHECKBOX, "", "Own: Tick this box to go on."),
    (FieldKind.NUMBER, "many", "Own: Enter a number, such as 1234.50."),
    (FieldKind.DATE, "2026-02-30", "Own: Enter a date that exists, such as 2026-12-31."),
    (FieldKind.CHOICE, "z", "Own: Choose one of the options."),
    (FieldKind.SIGNATURE, "", "Own: Sign with your finger or type your name."),
]


@pytest.mark.parametrize(("kind", "given", "said"), WRONG)
def test_a_mistake_names_its_field_and_loses_nothing(
    session: LiveSession, annas: Client, kind: FieldKind, given: str, said: str
) -> None:
    fields = [
        a_field("own", kind, by=FilledBy.AGENT, required=True),
        a_field("other", row=1, by=FilledBy.AGENT),
    ]
    data = form_data(new_version(fields=fields), own=given, other="Stays", note="Stays, too")
    answer = annas.post(send_url(session), data, **AS_SCRIPT)
    assert (answer.status_code, answer.json()["problem"]) == (422, said)
    form = answer.json()["form"]
    assert 'value="Stays"' in form and "Stays, too" in form and 'aria-invalid="true"' in form
    assert next(value for name, value in data.items() if name.endswith("-key")) in form
    assert not session.documents.exists()
    page = annas.post(send_url(session), data)
    assert page.status_code == 422 and 'value="Stays"' in page.content.decode()


def test_a_wrong_value_for_the_customer_is_refused_but_an_empty_one_is_theirs(
    session: LiveSession, annas: Client
) -> None:
    fields = [a_field("day", FieldKind.DATE, required=True, prefill=Prefill.TODAY)]
    version = new_version(fields=fields)
    wrong = annas.post(send_url(session), form_data(version, day="soon"), **AS_SCRIPT)
    assert (wrong.status_code, wrong.json()["problem"]) == (422, "Day: Enter a date that exists, such as 2026-12-31.")
    assert annas.post(send_url(session), form_data(version, day=""), **AS_SCRIPT).status_code == 200


def test_several_documents_go_together(session: LiveSession, annas: Client) -> None:
    versions = [new_version("Order"), new_version("Terms", fields=EVERY_KIND[:2])]
    assert annas.post(send_url(session), form_data(*versions), **AS_SCRIPT).status_code == 200
    assert list(session.documents.order_by("pk").values_list("name", flat=True)) == ["Order", "Terms"]


def test_of_several_documents_none_is_sent_while_one_has_a_mistake(session: LiveSession, annas: Client) -> None:
    own = new_version("Own", fields=[a_field("own", by=FilledBy.AGENT, required=True)])
    answer = annas.post(send_url(session), form_data(new_version("Order"), own), **AS_SCRIPT)
    assert answer.json()["problem"] == "Own: Own: Fill this in, please."
    assert not session.documents.exists()


def test_sending_twice_sends_once(session: LiveSession, annas: Client) -> None:
    data = form_data(new_version("Order"), new_version("Terms"))
    for _time in range(2):
        assert annas.post(send_url(session), data, **AS_SCRIPT).status_code == 200
    assert session.documents.count() == 2
    assert kinds(session).count("document_sent") == 2


def test_what_was_sent_before_one_was_refused_is_said_and_not_sent_again(
    session: LiveSession, annas: Client, anna: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(actions.MOST_OPEN - 1):
        actions.ask_for_files(session.pk, anna, f"File {number}", key=uuid4(), now=STARTED)
    data = form_data(new_version("Order"), new_version("Terms"))
    for _time in range(2):
        answer = annas.post(send_url(session), data, **AS_SCRIPT)
        assert answer.status_code == 403
        assert answer.json()["problem"].startswith("Terms: The customer has enough to complete")
        assert "These were sent: Order." in answer.json()["problem"]
    assert session.documents.filter(kind=DocumentKind.FORM).count() == 1


def test_a_template_that_is_no_longer_offered_is_not_sent(session: LiveSession, annas: Client) -> None:
    version = new_version()
    data = form_data(version)
    version.template.is_offered = False
    version.template.save()
    answer = annas.post(send_url(session), data, **AS_SCRIPT)
    assert (answer.status_code, answer.json()["problem"]) == (422, "A document that you chose is no longer offered.")
    assert not session.documents.exists()


def test_a_newer_version_is_shown_before_it_is_sent(session: LiveSession, annas: Client) -> None:
    data = form_data(new_version(), number="A-7", note="Stays")
    newer = new_version(fields=[a_field("reference", by=FilledBy.AGENT), *EVERY_KIND])
    answer = annas.post(send_url(session), data, **AS_SCRIPT)
    assert answer.status_code == 422 and "was changed meanwhile" in answer.json()["problem"]
    form = answer.json()["form"]
    assert str(newer.public_id) in form and f'name="t{newer.template_id}-f8" value="A-7"' in form and "Stays" in form
    assert not session.documents.exists()


@pytest.mark.parametrize("said", ["", "nonsense", "01890f3e-7b5a-7c3e-9d2a-5e0f6a4b8c1d"])
def test_a_version_that_is_none_is_refused(session: LiveSession, annas: Client, said: str) -> None:
    version = new_version()
    data = form_data(version) | {f"t{version.template_id}-version": said}
    assert annas.post(send_url(session), data, **AS_SCRIPT).status_code == 422
    assert not session.documents.exists()


def test_asking_for_files(session: LiveSession, annas: Client) -> None:
    data = {"name": "Photo of your ID", "note": "Both sides", "most": "2", "key": str(uuid4())}
    for _time in range(2):
        assert annas.post(files_url(session), data, **AS_SCRIPT).status_code == 200
    document = session.documents.get()
    assert (document.kind, document.name, document.note, document.most_files) == (
        DocumentKind.FILES,
        "Photo of your ID",
        "Both sides",
        2,
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "What do you need?: Say what you need."),
        ({"most": "0"}, "Files at the most: Ensure this value is greater than or equal to 1."),
        ({"most": "21"}, "Files at the most: Ensure this value is less than or equal to 20."),
    ],
)
def test_asking_for_files_in_a_wrong_way_names_the_field(
    session: LiveSession, annas: Client, given: dict[str, str], said: str
) -> None:
    data = {"name": "Photo", "note": "Stays", "most": "1", "key": str(uuid4())} | given
    answer = annas.post(files_url(session), data, **AS_SCRIPT)
    assert (answer.status_code, answer.json()["problem"]) == (422, said)
    assert "Stays" in answer.json()["form"] and not session.documents.exists()


def test_without_script_the_room_comes_back(session: LiveSession, annas: Client) -> None:
    assert annas.post(send_url(session), form_data(new_version())).headers["Location"] == address(session, "agent")


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
