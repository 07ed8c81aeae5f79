"""The page in admin that verifies a file: for who may explain sessions."""

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from fpdf import FPDF

from sessions_app.documents.evidence import IN_TRANSCRIPT
from sessions_app.documents.sealed_transcript import sealed_transcript
from sessions_app.kinds import Audience
from sessions_app.models import LiveSession
from tests.cast import fresh
from tests.documents.sealed import in_sql
from tests.documents.test_evidence import transcript
from tests.moments import STARTED

PAGE = "admin:sessions_app_livesession_verify"


@pytest.fixture
def supervisor(db: None) -> Client:
    user = User.objects.create_user("sara", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_livesession", "explain_session"]))
    browser = Client(enforce_csrf_checks=False)
    browser.force_login(user)
    return browser


def post(browser: Client, content: bytes, name: str = "conversation.pdf") -> str:
    answer = browser.post(reverse(PAGE), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_that_file_and_database_agree_and_links_to_the_session(
    supervisor: Client, session: LiveSession
) -> None:
    pdf = sealed_transcript(transcript(fresh(session), Audience.CUSTOMER), now=STARTED)
    page = post(supervisor, pdf)
    assert "File and database agree</h2>" in page and "The seal is intact" in page
    assert reverse("admin:sessions_app_livesession_change", args=[session.pk]) in page
    in_sql("UPDATE sessions_app_timelineentry SET actor = 'admin' WHERE session_id = %s", session.pk)
    page = post(supervisor, pdf)
    assert "do not vouch for each other" in page and "Row 1 is the first that does not agree" in page


def test_garbage_and_nothing_are_answered_in_words(supervisor: Client) -> None:
    assert "cannot be read as a PDF" in post(supervisor, b"<script>", "<b>.pdf")
    assert "<b>.pdf" not in post(supervisor, b"x", "<b>.pdf")
    assert "This field is required" in supervisor.post(reverse(PAGE)).content.decode()
    assert "submitted file is empty" in post(supervisor, b"")


def test_a_bomb_of_rows_never_gets_to_whoever_asked(supervisor: Client) -> None:
    paper = FPDF()
    paper.add_page()
    rows = b'{"parley":"transcript","session":"x","rows":[' + b"{}," * 6_000_000 + b"{}]}"
    paper.embed_file(bytes=rows, basename=IN_TRANSCRIPT, compress=True)
    assert "cannot be read as a PDF" in post(supervisor, bytes(paper.output()))


def test_it_is_linked_from_the_navigation_and_from_a_session(supervisor: Client, session: LiveSession) -> None:
    page = supervisor.get(reverse("admin:sessions_app_livesession_change", args=[session.pk])).content.decode()
    assert page.count(reverse(PAGE)) >= 2


def test_only_for_who_may_explain(session: LiveSession, client: Client) -> None:
    user = User.objects.create_user("sam", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_livesession"))
    client.force_login(user)
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.post(reverse(PAGE), {"file": SimpleUploadedFile("x.pdf", b"x")}).status_code == 403
    client.logout()
    assert client.get(reverse(PAGE)).status_code == 302


def test_a_post_needs_its_token(supervisor: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = supervisor.cookies
    assert strict.post(reverse(PAGE), {"file": SimpleUploadedFile("x.pdf", b"x")}).status_code == 403
