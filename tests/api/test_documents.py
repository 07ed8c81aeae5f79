"""Documents by the API: what can be sent, sending it, what became of it."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from policies_app.kinds import EndReason
from policies_app.models import Workstream
from sessions_app.api.models import KeptAnswer
from sessions_app.documents.actions import complete, record_result
from sessions_app.documents.kinds import FieldKind, FilledBy
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Document, LiveSession
from sessions_app.transitions import end
from tests.api.calling import Api, problem
from tests.cast import full_then_limited, kinds, new_session
from tests.documents.papers import COMPLETE, CONSENT, EVERY_KIND, a_field, new_version, sent, typed
from tests.moments import ENDED, STARTED

pytestmark = pytest.mark.django_db


def path(session: LiveSession, *rest: object) -> str:
    return "/".join(["sessions", str(session.public_id), *map(str, rest), ""])


def test_what_can_be_sent_is_told_with_its_fields(api: Api, session: LiveSession) -> None:
    version = new_version()
    new_version("Hidden", []).template.workstreams.add(Workstream.objects.create(name="Sales"))
    (told,) = api.get(path(session, "document-templates")).json()["results"]
    assert (told["id"], told["name"], told["version"], told["pages"]) == (version.template_id, "Order", 1, 1)
    assert [one["name"] for one in told["form_fields"]] == [field.name for field in EVERY_KIND]
    insured = next(one for one in told["form_fields"] if one["name"] == "insured")
    assert insured["options"] == [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]


def test_a_document_is_sent_with_what_the_agent_fills_in(api: Api, anna: Agent, session: LiveSession) -> None:
    version = new_version(fields=[*EVERY_KIND, a_field("seen", FieldKind.SIGNATURE, by=FilledBy.AGENT)])
    given = {
        "template": version.template_id,
        "values": {"number": "A-7", "born": "2000-02-29", "terms": "on", "seen": "Anna Agent"},
        "note": "Today, please",
    }
    answer = api.named(anna).post(path(session, "documents"), given)
    told = answer.json()
    assert answer.status_code == 201, told
    assert (told["state"], told["template"], told["note"]) == ("open", version.template_id, "Today, please")
    assert (told["fields_asked"], told["fields_filled"]) == (8, 3)
    detail = api.get(path(session, "documents", told["id"])).json()
    said = {one["name"]: (one["value"], one["text"]) for one in detail["values"]}
    assert said["number"] == ("A-7", "A-7") and said["born"][0] == "2000-02-29" and said["name"][0] == "Carla"
    assert said["seen"] == ("", "Anna Agent")


def test_a_document_is_sent_once_even_if_the_answer_was_lost(api: Api, anna: Agent, session: LiveSession) -> None:
    given = {"template": new_version().template_id}
    first = api.named(anna).once("d1").post(path(session, "documents"), given).json()
    KeptAnswer.objects.all().delete()
    assert api.named(anna).once("d1").post(path(session, "documents"), given).json() == first
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"born": "2000-02-30"}, "values.born"),
        ({"insured": "perhaps"}, "values.insured"),
        ({"no such": "x"}, "values.no such"),
        ({"born": ["a"]}, "values.born"),
        ({"remarks": "x" * 10_001}, "values.remarks"),
        ({"remarks": "\ud800"}, "values.remarks"),
        ({"\ud800": "x"}, "values.?"),
        ({}, "values.number"),
        ("x", "values"),
    ],
)
def test_values_that_are_wrong_are_named(api: Api, anna: Agent, session: LiveSession, values: Any, field: str) -> None:
    fields = [one.changed(required=True) if one.name == "number" and values == {} else one for one in EVERY_KIND]
    given = {"template": new_version(fields=fields).template_id, "values": values}
    told = problem(api.named(anna).post(path(session, "documents"), given), 400)
    assert [one["field"] for one in told["errors"]] == [field]
    assert kinds(session) == ["started"]


def test_a_template_that_is_not_offered_here_is_refused(api: Api, anna: Agent, session: LiveSession) -> None:
    version = new_version()
    version.template.workstreams.add(Workstream.objects.create(name="Sales"))
    for template in (version.template_id, 10**9):
        told = problem(api.named(anna).post(path(session, "documents"), {"template": template}), 400)
        assert told["errors"][0]["field"] == "template"


def test_files_are_asked_for_and_recalled(api: Api, anna: Agent, session: LiveSession) -> None:
    answer = api.named(anna).post(path(session, "file-requests"), {"name": "Photo of your ID", "most_files": 2})
    told = answer.json()
    assert (answer.status_code, told["kind"], told["most_files"], told["template"]) == (201, "files", 2, None)
    for _ in range(2):
        told = api.named(anna).post(path(session, "documents", told["id"], "recall")).json()
        assert told["state"] == "recalled"
    assert kinds(session) == ["started", "document_sent", "document_recalled"]


def test_no_more_files_are_asked_for_than_the_workstream_allows(api: Api, anna: Agent, session: LiveSession) -> None:
    Workstream.objects.update(most_files=3)
    given = {"name": "Photos", "most_files": 4}
    told = problem(api.named(anna).post(path(session, "file-requests"), given), 400)
    assert told["errors"][0]["field"] == "most_files"


def test_a_completed_document_is_downloaded_and_cannot_be_recalled(api: Api, anna: Agent, session: LiveSession) -> None:
    document = sent(session, anna)
    pdf = path(session, "documents", document.public_id, "pdf")
    problem(api.get(pdf), 409)
    complete(document.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    problem(api.get(pdf), 409)
    problem(api.named(anna).post(path(session, "documents", document.public_id, "recall")), 403)
    stored = default_storage.save("results/a.pdf", ContentFile(b"%PDF-1.7 sealed"))
    record_result(document.pk, stored=stored, size=15, sha256="0" * 64, now=STARTED)
    found = api.get(pdf)
    assert b"".join(found.streaming_content) == b"%PDF-1.7 sealed" and found["Content-Type"] == "application/pdf"
    (told,) = api.get(path(session, "documents")).json()["results"]
    assert (told["state"], told["pdf_bytes"], told["pdf_sha256"]) == ("ready", 15, "0" * 64)


def test_where_the_customer_could_not_complete_it_nothing_is_sent(api: Api, anna: Agent, session: LiveSession) -> None:
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=ENDED)
    problem(api.named(anna).post(path(session, "documents"), {"template": new_version().template_id}), 403)


def test_a_document_of_another_session_is_not_there(
    api: Api, anna: Agent, ben: Agent, session: LiveSession, dan: Any
) -> None:
    other = sent(new_session(anna, dan), anna)
    for rest in ((), ("pdf",)):
        problem(api.get(path(session, "documents", other.public_id, *rest)), 404)
    problem(api.named(anna).post(path(session, "documents", other.public_id, "recall")), 404)


def test_a_list_takes_as_many_queries_for_many_as_for_one(
    api: Api, anna: Agent, session: LiveSession, django_assert_max_num_queries: Any
) -> None:
    full_then_limited()
    version = new_version()
    for _ in range(10):
        sent(session, anna, version)
    with django_assert_max_num_queries(8):
        assert len(api.get(path(session, "documents")).json()["results"]) == 10
