"""What is too large is refused in words, and before it is read as far as that can be told."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadhandler import StopUpload
from django.test import Client, RequestFactory

from config.errors import bad_request, failed
from sessions_app.models import LiveSession, TimelineEntry
from sessions_app.uploads import MEGABYTE, NothingHuge
from tests.cast import AS_SCRIPT, address, come_in

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("sent", ["text=" + "x" * (3 * MEGABYTE), "&".join(f"a{number}=" for number in range(3_001))])
def test_a_form_that_is_too_large_is_refused_in_words(session: LiveSession, sent: str) -> None:
    customer = come_in(session)
    rows = TimelineEntry.objects.filter(session=session).count()
    page = customer.post(address(session, "customer", "message"), sent, content_type=FORM)
    assert page.status_code == 413 and b"too large" in page.content and b"<h1" in page.content
    told = customer.post(address(session, "customer", "message"), sent, content_type=FORM, **AS_SCRIPT)
    assert told.status_code == 413 and "at most 10 MB" in told.json()["problem"]
    assert TimelineEntry.objects.filter(session=session).count() == rows


class Unread(BytesIO):
    """A body of which nobody may read a byte."""

    def read(self, *size: Any) -> bytes:
        raise AssertionError("It was read though its length was announced.")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(session: LiveSession, settings: Any) -> None:
    customer = come_in(session)
    length = settings.UPLOAD_MAX_BYTES + 2 * MEGABYTE
    announced = {
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(length),
        "wsgi.input": Unread(),
    }
    answer = customer.generic("POST", address(session, "customer", "file"), **announced, **AS_SCRIPT)
    assert answer.status_code == 413 and "nothing was stored" in answer.json()["problem"]


def test_a_length_that_is_a_lie_stops_where_the_largest_file_ends(settings: Any) -> None:
    handler = NothingHuge()
    handler.new_file("file", "a.txt", "text/plain", 1)
    piece = b"x" * MEGABYTE
    for number in range(settings.UPLOAD_MAX_BYTES // MEGABYTE + 1):
        assert handler.receive_data_chunk(piece, number * MEGABYTE) == piece
    with pytest.raises(StopUpload):
        handler.receive_data_chunk(piece, 0)


def test_what_is_merely_not_understood_is_no_matter_of_size() -> None:
    answer = bad_request(RequestFactory().get("/", **AS_SCRIPT), ValueError("odd"))
    assert answer.status_code == 400


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_what_goes_wrong_before_the_api_has_its_form_all_the_same(accept: str) -> None:
    """A script need not say what it takes; no page is of use to it."""
    request = RequestFactory().post("/api/v1/sessions/", headers={"accept": accept})
    for answer, status in ((bad_request(request, ValueError("odd")), 400), (failed(request), 500)):
        told = json.loads(answer.content)
        assert answer.status_code == told["status"] == status and told["detail"] and told["title"]
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_host_that_is_not_ours_gets_problem_details_from_the_api() -> None:
    answer = Client(headers={"host": "evil.example"}).get("/api/v1/sessions/")
    assert answer.status_code == 400 and answer.json()["type"] == "urn:parley:problem:parse_error"
