"""What is written, added and read by the API: timelines, messages, notes, files, transcripts."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.utils import timezone

from policies_app.kinds import AccessSetting, EndReason
from sessions_app.actions import add_note, send_message
from sessions_app.api.models import KeptAnswer
from sessions_app.documents import kept_transcripts
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Attachment, Customer, LiveSession
from sessions_app.transitions import end
from tests.api.calling import Api, api_of, problem
from tests.cast import CUSTOMER, author, fresh, full_then_limited, kinds, new_session, set_policy
from tests.moments import MINUTE, STARTED

pytestmark = pytest.mark.django_db


def path(session: LiveSession, *rest: str) -> str:
    return "/".join(["sessions", str(session.public_id), *rest, ""])


def _noting(made: list[Any]) -> Callable[[Any], bool]:
    """What notes the orders that it gets, as a worker would take them."""

    def note(order: Any) -> bool:
        made.append(order)
        return True

    return note


def texts(session: LiveSession, kind: str = "message") -> list[str]:
    rows = session.timeline.filter(kind=kind).order_by("number")
    return [row.payload["text"] for row in rows]


def attached(api: Api, session: LiveSession, content: bytes = b"Hello, file", name: str = "a.txt") -> Any:
    return api.post(path(session, "files"), {"file": SimpleUploadedFile(name, content)}, content_type=MULTIPART_CONTENT)


# Messages and notes ------------------------------------------------------------------------------------------------


def test_a_message_is_sent_in_the_name_of_the_agent_and_is_their_activity(
    api: Api, anna: Agent, session: LiveSession
) -> None:
    answer = api.named(anna).post(path(session, "messages"), {"text": "Line one\r\n  line two"})
    told = answer.json()
    assert answer.status_code == 201
    assert (told["number"], told["kind"], told["actor"], told["agent"]) == (2, "message", "agent", "Anna")
    assert told["payload"] == {"text": "Line one\n  line two"}
    assert fresh(session).last_agent_activity_at > STARTED


def test_a_retry_never_doubles_even_if_the_answer_was_lost(api: Api, anna: Agent, session: LiveSession) -> None:
    first = api.named(anna).once("m1").post(path(session, "messages"), {"text": "Hello"}).json()
    KeptAnswer.objects.all().delete()
    assert api.named(anna).once("m1").post(path(session, "messages"), {"text": "Hello"}).json() == first
    assert texts(session) == ["Hello"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": " \n "},
        {"text": "x" * 10_001},
        {"text": "a\x00b"},
        {"text": "\ud800"},
        {"text": ["a"]},
        {"text": {"a": 1}},
        {"text": True},
        {"text": None},
    ],
)
def test_a_message_that_is_none_is_refused_by_name(
    api: Api, anna: Agent, session: LiveSession, body: dict[str, Any]
) -> None:
    told = problem(api.named(anna).post(path(session, "messages"), body), 400)
    assert [one["field"] for one in told["errors"]] == ["text"]
    assert kinds(session) == ["started"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[" * 100_000, 400),
        ('{"text": ' * 50_000, 400),
        ('{"text": NaN}', 400),
        ('{"text": ' + "9" * 5000 + "}", 400),
        (b"\xff\xfe", 400),
        ("null", 400),
        ("", 400),
        ('{"text": "' + "x" * 3_000_000 + '"}', 413),
    ],
)
def test_a_body_that_cannot_be_read_is_no_error_of_ours(
    api: Api, anna: Agent, session: LiveSession, body: Any, status: int
) -> None:
    problem(api.named(anna).post(path(session, "messages"), body), status)


def test_a_form_where_json_is_expected_is_not_taken(api: Api, anna: Agent, session: LiveSession) -> None:
    answer = api.named(anna).post(path(session, "messages"), "text=a", content_type="application/x-www-form-urlencoded")
    problem(answer, 415)


def test_a_colleague_writes_notes_to_an_ended_session_and_no_messages(
    api: Api, anna: Agent, ben: Agent, session: LiveSession
) -> None:
    full_then_limited()
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=timezone.now())
    assert api.named(ben).post(path(session, "notes"), {"text": "Called back"}).status_code == 201
    problem(api.named(ben).post(path(session, "messages"), {"text": "Hello"}), 403)
    assert (texts(session), texts(session, "note")) == ([], ["Called back"])


def test_when_the_customer_can_get_nothing_any_more_the_agent_is_told_so(
    api: Api, anna: Agent, session: LiveSession
) -> None:
    set_policy(access="")
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=timezone.now())
    told = problem(api.named(anna).post(path(session, "messages"), {"text": "Hello"}), 403)
    assert "can no longer get what you send" in told["detail"]


def test_without_an_agent_nothing_is_written(api: Api, session: LiveSession) -> None:
    for what in ("messages", "notes"):
        problem(api.post(path(session, what), {"text": "Hello"}), 403)
    assert kinds(session) == ["started"]


# The timeline ----------------------------------------------------------------------------------------------------


def test_the_timeline_is_read_to_its_end_without_gaps(api: Api, anna: Agent, session: LiveSession) -> None:
    for at in range(7):
        send_message(session.pk, author(anna), f"Number {at}", key=uuid4(), now=STARTED + at * MINUTE)
    found, address = [], path(session, "timeline") + "?limit=3"
    while address:
        page = api.get(address.split("/api/v1/")[-1]).json()
        assert page["last_number"] == 8
        found += [row["number"] for row in page["results"]]
        address = page["next"]
    assert found == [1, 2, 3, 4, 5, 6, 7, 8]
    after = api.get(path(session, "timeline"), {"after": 8}).json()
    assert (after["results"], after["next"]) == ([], None)


def test_the_timeline_is_what_agents_see_but_for_tokens_in_links(api: Api, anna: Agent, session: LiveSession) -> None:
    add_note(session.pk, anna, "She called", key=uuid4(), now=STARTED)
    send_message(session.pk, author(anna), "See https://x.example/join/s3cret/ now", key=uuid4(), now=STARTED)
    rows = api.get(path(session, "timeline")).json()["results"]
    assert rows[1]["kind"] == "note" and rows[1]["payload"] == {"text": "She called"}
    assert "s3cret" not in str(rows[2]) and rows[2]["session"] == str(session.public_id)
    assert rows[2]["recorded_at"] == "2026-03-02T09:00:00.250000Z"


@pytest.mark.parametrize(
    "asked", [{"after": "-1"}, {"after": "x"}, {"after": str(2**40)}, {"limit": "0"}, {"limit": "201"}]
)
def test_a_question_that_is_none_is_named(api: Api, session: LiveSession, asked: dict[str, str]) -> None:
    told = problem(api.get(path(session, "timeline"), asked), 400)
    assert [one["field"] for one in told["errors"]] == [*asked]


def test_a_long_timeline_takes_as_many_queries_as_a_short_one(
    api: Api, anna: Agent, session: LiveSession, django_assert_max_num_queries: Any
) -> None:
    for at in range(60):
        send_message(session.pk, author(anna), f"Number {at}", key=uuid4(), now=STARTED)
    with django_assert_max_num_queries(8):
        assert len(api.get(path(session, "timeline"), {"limit": 200}).json()["results"]) == 61


# Files -----------------------------------------------------------------------------------------------------------


def test_a_file_is_added_and_downloaded_as_it_was(api: Api, anna: Agent, session: LiveSession) -> None:
    answer = attached(api.named(anna), session, b"Hello, file", "../no te.txt")
    told = answer.json()
    assert answer.status_code == 201 and told["payload"]["name"] == "no te.txt"
    found = api.get(path(session, "files", told["payload"]["file"]))
    assert b"".join(found.streaming_content) == b"Hello, file"
    assert "attachment" in found["Content-Disposition"] and found["Content-Type"] == "text/plain"
    assert "no-store" in found["Cache-Control"]


def test_a_file_is_stored_once_even_if_the_answer_was_lost(api: Api, anna: Agent, session: LiveSession) -> None:
    first = attached(api.named(anna).once("f1"), session).json()
    KeptAnswer.objects.all().delete()
    assert attached(api.named(anna).once("f1"), session).json() == first
    assert Attachment.objects.count() == 1


def test_the_limits_of_uploads_hold(api: Api, anna: Agent, session: LiveSession, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    for content, said in [(b"", "is empty"), (b"x" * 101, "larger than"), (b"\x7fELF\x00\x01", "not allowed")]:
        told = problem(attached(api.named(anna), session, content), 400)
        assert told["errors"][0]["field"] == "file" and said in told["detail"]
    assert not Attachment.objects.exists() and kinds(session) == ["started"]


def test_a_body_larger_than_any_file_is_not_read(api: Api, anna: Agent, session: LiveSession, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    problem(attached(api.named(anna), session, b"x" * (2 * 1024 * 1024)), 413)


PART = 'Content-Disposition: form-data; name="file"'


@pytest.mark.parametrize("body", ["", "--x", f"--{BOUNDARY}--", f"--{BOUNDARY}\r\n{PART}\r\n\r\nx"])
def test_a_form_without_a_file_is_told_so(api: Api, anna: Agent, session: LiveSession, body: str) -> None:
    problem(
        api.named(anna).post(path(session, "files"), body.encode(), content_type=f"{MULTIPART_CONTENT}; charset=utf-8"),
        400,
    )


def test_a_file_where_json_comes_is_not_taken(api: Api, anna: Agent, session: LiveSession) -> None:
    problem(api.named(anna).post(path(session, "files"), {"file": "x"}), 415)


def test_a_file_of_another_session_is_not_there(api: Api, anna: Agent, session: LiveSession, dan: Customer) -> None:
    file = attached(api.named(anna), session).json()["payload"]["file"]
    problem(api.get(path(new_session(anna, dan), "files", file)), 404)
    problem(api.get(path(session, "files", str(uuid4()))), 404)


def test_a_file_that_is_gone_is_told_of(api: Api, anna: Agent, session: LiveSession) -> None:
    file = attached(api.named(anna), session).json()["payload"]["file"]
    default_storage.delete(str(Attachment.objects.get().file.name))
    problem(api.get(path(session, "files", file)), 404)


# Transcripts -----------------------------------------------------------------------------------------------------


def test_the_transcript_as_text_is_the_whole_record_in_the_zone_asked_for(
    api: Api, anna: Agent, session: LiveSession
) -> None:
    send_message(session.pk, CUSTOMER, "Good morning", key=uuid4(), now=STARTED)
    add_note(session.pk, anna, "She called", key=uuid4(), now=STARTED)
    answer = api.get(path(session, "transcript"), {"zone": "Asia/Tokyo"})
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "18:00  Carla: Good morning" in text and "Note by Anna: She called" in text


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../etc/passwd", "x" * 65, "/etc", "a\x00"])
def test_a_zone_that_is_none_is_named(api: Api, session: LiveSession, zone: str) -> None:
    for answer in (
        api.get(path(session, "transcript"), {"zone": zone}),
        api.post(path(session, "transcript", "order"), {"zone": zone}),
    ):
        assert problem(answer, 400)["errors"][0]["field"] == "zone"


def test_the_sealed_pdf_is_ordered_and_fetched(api: Api, session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    monkeypatch.setattr("sessions_app.documents.tasks.order_transcript", _noting(made))
    order = path(session, "transcript", "order")
    problem(api.get(order), 404)
    answer = api.post(order, {"zone": "Europe/Vienna"})
    assert (answer.status_code, answer.json()["state"], answer.json()["zone"]) == (202, "waits", "Europe/Vienna")
    problem(api.get(path(session, "transcript", "pdf")), 409)
    kept_transcripts.make(made[0], now=timezone.now())
    assert api.get(order).json()["state"] == "ready"
    pdf = api.get(path(session, "transcript", "pdf"))
    assert pdf["Content-Type"] == "application/pdf" and b"".join(pdf.streaming_content).startswith(b"%PDF")
    problem(api_of("Another").get(path(session, "transcript", "pdf")), 404)


def test_limited_access_after_the_end_closes_chat_by_the_api_too(api: Api, anna: Agent, session: LiveSession) -> None:
    set_policy(access=AccessSetting.LIMITED, access_for=60 * MINUTE)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=timezone.now())
    problem(api.named(anna).post(path(session, "messages"), {"text": "Hello"}), 403)
    problem(attached(api.named(anna), session), 403)
    assert not Attachment.objects.exists()
