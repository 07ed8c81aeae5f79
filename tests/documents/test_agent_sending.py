"""How agents send documents and ask for files: what they choose and fill in, and how mistakes are told."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from policies_app.models import Workstream
from sessions_app.documents import actions
from sessions_app.documents.fields import Option
from sessions_app.documents.kinds import DocumentKind, FieldKind, FilledBy, Prefill, VersionState
from sessions_app.models import Agent, Document, LiveSession
from tests.cast import AS_SCRIPT, address, kinds
from tests.documents.pages import files_url, form_data, send_url
from tests.documents.papers import EVERY_KIND, a_field, new_version
from tests.moments import STARTED


def values_of(document: Document) -> dict[str, str]:
    return actions.entered(document)


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
