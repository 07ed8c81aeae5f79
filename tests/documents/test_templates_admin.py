"""Document templates in Django admin: uploading, versions, who may, and what is kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.storage import default_storage
from django.test import Client

from sessions_app.admin.documents import DocumentTemplateAdmin
from sessions_app.documents import templates
from sessions_app.documents.kinds import FilledBy, VersionState
from sessions_app.models import Agent, Document, DocumentTemplate, LiveSession, TemplateVersion
from tests.cast import general
from tests.documents.pages import LAID, LIST, change, editor, lay, page, upload, version_with_picture
from tests.documents.papers import EVERY_KIND, new_version, sent
from tests.documents.sealed import a_pdf
from tests.moments import HOUR, STARTED

pytestmark = pytest.mark.usefixtures("_standing_still")

ADD = LIST + "add/"
MAY_LOOK = ["view_documenttemplate", "view_templateversion", "view_document"]


@pytest.fixture
def supervisor(db: None) -> Client:
    """Somebody with the rights of supervisors (that the role gives them is in house/test_roles)."""
    user = User.objects.create_user("sara", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=MAY_LOOK))
    browser = Client()
    browser.force_login(user)
    return browser


# Uploading -----------------------------------------------------------------------------------------------------------


def test_an_upload_is_stored_and_read_by_a_worker(
    admin: Client,
    admin_user: User,
    ordered: list[int],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin.post(
            ADD,
            {"name": "Order", "workstreams": [general().pk], "is_offered": "on", "file": upload(name="../Ord?er.PDF")},
        )
    version = TemplateVersion.objects.get()
    assert answer.headers["Location"] == change(version.template)
    assert (version.number, version.state, version.file_name) == (1, VersionState.READING, "Ord_er.PDF")
    assert (version.saved_by, version.saved_at) == (admin_user, STARTED)
    assert version.file.read()[:4] == b"%PDF"
    assert list(version.template.workstreams.all()) == [general()]
    assert ordered == [version.pk]


BAD = {
    "nothing chosen": (None, "Choose the PDF"),
    "empty": (b"", "is empty"),
    "a picture that is called PDF": (b"\x89PNG\r\n\x1a\n" + b"0" * 40, "Allowed are: PDF."),
    "an office document": (b"PK\x03\x04" + b"0" * 40, "Allowed are: PDF."),
    "text": (b"%HTML nothing", "Allowed are: PDF."),
    "too large": (b"%PDF-1.7" + b"0" * 1200 * 1024, "larger than 1 MB"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_told_what_is_wrong_and_nothing_is_stored(
    admin: Client, settings: Any, tmp_path: Path, ordered: list[int], what: str
) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    content, says = BAD[what]
    file = {} if content is None else {"file": upload(content)}
    answer = admin.post(ADD, {"name": "My order", "is_offered": "on"} | file)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert 'value="My order"' in answer.content.decode()
    assert not DocumentTemplate.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_cannot_be_checked_for_viruses_is_not_stored(
    admin: Client, settings: Any, tmp_path: Path, ordered: list[int]
) -> None:
    settings.CLAMAV = str(tmp_path / "no-daemon")
    answer = admin.post(ADD, {"name": "Order", "is_offered": "on", "file": upload()})
    assert "cannot be checked for viruses right now" in answer.content.decode()
    assert not DocumentTemplate.objects.exists()


def test_two_templates_cannot_have_one_name(admin: Client, ordered: list[int]) -> None:
    new_version("Order")
    answer = admin.post(ADD, {"name": "Order", "is_offered": "on", "file": upload()})
    assert "There is a document template with this name already." in answer.content.decode()


def test_another_file_makes_another_version(admin: Client, ordered: list[int]) -> None:
    first = version_with_picture()
    admin.post(change(first.template), {"name": "Order", "is_offered": "on", "file": upload(a_pdf("New"), "new.pdf")})
    newest, before = TemplateVersion.objects.order_by("-number")
    assert (newest.number, newest.state, newest.file_name) == (2, VersionState.READING, "new.pdf")
    assert newest.file.name != before.file.name
    assert before == first and before.all_fields == EVERY_KIND


def test_a_setting_is_changed_without_a_new_version(admin: Client, ordered: list[int]) -> None:
    template = new_version().template
    admin.post(change(template), {"name": "Big order"})
    template.refresh_from_db()
    assert (template.name, template.is_offered, template.versions.count()) == ("Big order", False, 1)


def test_what_was_made_is_in_the_history_with_who_and_when(admin: Client, ordered: list[int]) -> None:
    admin.post(ADD, {"name": "Order", "workstreams": [general().pk], "is_offered": "on", "file": upload()})
    template = DocumentTemplate.objects.get()
    admin.post(change(template), {"name": "Big order", "is_offered": "on", "file": upload(name="new.pdf")})
    shown = admin.get(f"{LIST}{template.pk}/history/").content.decode()
    assert all(words in shown for words in ("Big order", "order.pdf", "new.pdf", general().name, "ada"))
    told = LogEntry.objects.get_for_model(TemplateVersion)
    assert {(entry.actor.username, entry.action) for entry in told} == {("ada", LogEntry.Action.CREATE)}
    assert len(told) == 2


# What is shown -------------------------------------------------------------------------------------------------------


def test_the_list_says_what_there_is(admin: Client, session: LiveSession, anna: Agent) -> None:
    sent(session, anna, new_version("Order"))
    new_version("Order", state=VersionState.REFUSED)
    shown = admin.get(LIST)
    (row,) = shown.context["cl"].result_list
    assert (row.newest_number, row.newest_state, row.sent) == (2, "refused", 1)
    assert "Cannot be used" in shown.content.decode()
    assert "There is no template yet" not in shown.content.decode()


def test_an_empty_list_says_what_to_do(admin: Client, supervisor: Client) -> None:
    assert "Upload the first PDF" in admin.get(LIST).content.decode()
    assert "An administrator can upload the first one" in supervisor.get(LIST).content.decode()


def test_a_version_is_shown_with_its_fields_where_they_stand(admin: Client) -> None:
    version = new_version(problems=["A script was left out."])
    for address in (page(version), change(version.template)):
        shown = admin.get(address)
        (first,) = shown.context["pages"]
        box = first.boxes[0]
        assert (box.left, box.top, box.width, box.height) == (200, 60, 300, 20)
        assert len(first.boxes) == len(EVERY_KIND) + 1  # the radio has two
        assert [one.field for one in shown.context["fields"]] == list(EVERY_KIND)
        assert all(words in shown.content.decode() for words in ("A script was left out.", "Customer&#x27;s name"))


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (VersionState.READING, "is being read"),
        (VersionState.REFUSED, "It is encrypted."),
        (VersionState.READY, "No fields"),
    ],
)
def test_every_state_is_told_in_words(admin: Client, state: VersionState, says: str) -> None:
    version = new_version(fields=(), state=state, problems=["It is encrypted."])
    assert says in admin.get(change(version.template)).content.decode()
    assert admin.get(page(version, "state/")).json() == {"state": state}


def test_earlier_versions_say_when_who_and_how_often(admin: Client, session: LiveSession, anna: Agent) -> None:
    first = new_version()
    sent(session, anna, first)
    sent(session, anna, first)
    new_version(now=STARTED + HOUR)
    newest, earlier = admin.get(change(first.template)).context["versions"]
    assert (newest.version.number, newest.sent, earlier.version.number, earlier.sent) == (2, 0, 1, 2)
    assert "This is an earlier version" in admin.get(page(first)).content.decode()


def test_pictures_and_files_come_from_the_store_privately(admin: Client) -> None:
    version = version_with_picture()
    picture = admin.get(page(version, "page/0/"))
    assert b"".join(picture.streaming_content) == b"a picture"
    assert picture.headers["Cache-Control"].startswith("private")
    file = admin.get(page(version, "file/"))
    assert b"".join(file.streaming_content)[:4] == b"%PDF"
    assert file.headers["Content-Disposition"] == 'attachment; filename="order.pdf"'
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert admin.get(page(version, "page/1/")).status_code == 404


def test_what_is_no_longer_stored_is_not_found(admin: Client) -> None:
    version = new_version()
    assert [admin.get(page(version, name)).status_code for name in ("page/0/", "file/")] == [404, 404]


def test_trying_shows_what_customers_are_asked_and_stores_nothing(admin: Client) -> None:
    version = new_version()
    shown = admin.get(page(version, "try/"))
    assert [one["field"] for one in shown.context["asked"]] == [
        one for one in EVERY_KIND if one.by == FilledBy.CUSTOMER
    ]
    assert "Carla Customer" in shown.content.decode()
    refused = admin.post(page(version, "try/"), {"field-1": "Carla", "field-3": "many"})
    assert refused.context["problems"] == 3
    assert "Enter a number" in refused.content.decode()
    fine = admin.post(page(version, "try/"), {"field-1": "Carla", "field-5": "on", "field-8": "Carla C."})
    assert "A customer could complete it like this." in fine.content.decode()
    assert not Document.objects.exists()


# Who may -------------------------------------------------------------------------------------------------------------


def test_a_supervisor_looks_and_changes_nothing(supervisor: Client) -> None:
    version = version_with_picture()
    looks = [LIST, change(version.template), page(version), page(version, "page/0/"), page(version, "file/")]
    assert {supervisor.get(address).status_code for address in looks} == {200}
    assert supervisor.get(page(version, "try/")).status_code == 200
    assert "Edit fields" not in supervisor.get(change(version.template)).content.decode()
    assert supervisor.get(editor(version.template)).status_code == 403
    assert lay(supervisor, version, LAID).status_code == 403
    assert supervisor.post(change(version.template), {"name": "Mine", "file": upload()}).status_code == 403
    assert version.template.versions.count() == 1


def test_nobody_else_sees_anything_of_it(db: None, stranger: User) -> None:
    version = version_with_picture()
    browser = Client()
    for status in (302, 403):
        names = ["", "state/", "page/0/", "file/", "try/"]
        addresses = [*(page(version, name) for name in names), editor(version.template)]
        assert {browser.get(address, follow=status == 403).status_code for address in addresses} == {status}
        browser.force_login(stranger)


def test_what_was_sent_is_not_deleted_but_offered_no_more(admin: Client, session: LiveSession, anna: Agent) -> None:
    version = version_with_picture()
    sent(session, anna, version)
    address = f"{LIST}{version.template_id}/delete/"
    assert "it was sent once" in admin.get(address).content.decode()
    assert admin.post(address, {"post": "yes"}).headers["Location"] == change(version.template)
    version.template.refresh_from_db()
    assert not version.template.is_offered
    assert default_storage.exists(str(version.file.name))


def test_what_is_sent_while_it_is_deleted_stays(
    admin: Client, session: LiveSession, anna: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = version_with_picture()
    sent(session, anna, version)
    monkeypatch.setattr(templates, "sent_count", lambda template: 0)  # as if it was asked a moment before
    address = f"{LIST}{version.template_id}/delete/"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DocumentTemplateAdmin, "get_deleted_objects", lambda *_given: ([], {}, set(), []))
        assert admin.post(address, {"post": "yes"}).headers["Location"] == address
    assert TemplateVersion.objects.filter(pk=version.pk).exists()
    assert default_storage.exists(str(version.file.name))


def test_what_was_never_sent_is_deleted_with_its_files(
    admin: Client, tmp_path: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    version = version_with_picture()
    lay(admin, version, LAID)
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"{LIST}{version.template_id}/delete/", {"post": "yes"})
    assert not DocumentTemplate.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
