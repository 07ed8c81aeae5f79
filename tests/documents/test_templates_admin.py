"""Document templates in Django admin: uploading, versions, laying fields on, who may, and what is kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from fpdf import FPDF

from sessions_app.admin.documents import DocumentTemplateAdmin
from sessions_app.documents import tasks, templates
from sessions_app.documents.kinds import FieldKind, FilledBy, VersionState
from sessions_app.models import Agent, Document, DocumentTemplate, LiveSession, TemplateVersion
from tests.cast import general
from tests.documents.papers import A4, EVERY_KIND, a_field, new_version, sent
from tests.moments import HOUR, STARTED

LIST = "/admin/sessions_app/documenttemplate/"
ADD = LIST + "add/"
MAY_LOOK = ["view_documenttemplate", "view_templateversion", "view_document"]
BOX = {"page": 0, "left": 50, "bottom": 700, "right": 250, "top": 720}
LAID = {"name": "", "kind": "text", "label": "City", "places": [BOX]}


def a_pdf(text: str = "Order") -> bytes:
    paper = FPDF(format="A4")
    paper.add_page()
    paper.set_font("helvetica", size=14)
    paper.cell(text=text)
    return bytes(paper.output())


def upload(content: bytes | None = None, name: str = "order.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_pdf() if content is None else content)


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def supervisor(db: None) -> Client:
    """Somebody with the rights of supervisors (that the role gives them is in house/test_roles)."""
    user = User.objects.create_user("sara", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=MAY_LOOK))
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture(autouse=True)
def _now(time_machine: Any, settings: Any, tmp_path: Path) -> None:
    time_machine.move_to(STARTED, tick=False)
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The versions that a worker was told to read: no worker is at work here."""
    told: list[int] = []
    monkeypatch.setattr(tasks, "order_reading", told.append, raising=False)
    return told


def change(template: DocumentTemplate) -> str:
    return f"{LIST}{template.pk}/change/"


def editor(template: DocumentTemplate) -> str:
    return f"{LIST}{template.pk}/fields/"


def page(version: TemplateVersion, name: str = "") -> str:
    return f"{LIST}version/{version.pk}/{name}"


def stored_version(**more: Any) -> TemplateVersion:
    """A version whose file and picture are stored."""
    version = new_version(**more)
    version.file.name = default_storage.save(f"{version.folder}/source.pdf", ContentFile(a_pdf()))
    version.save()
    default_storage.save(version.picture(0), ContentFile(b"a picture"))
    return version


def lay(browser: Client, base: TemplateVersion, *fields: dict[str, Any], newest: int | None = None) -> Any:
    """Save fields in the editor, as its script does."""
    known = base.number if newest is None else newest
    posted = {"base": base.pk, "newest": known, "layout": json.dumps(fields)}
    return browser.post(editor(base.template), posted)


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
    first = stored_version()
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
    version = stored_version()
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


# Laying fields on ----------------------------------------------------------------------------------------------------


def test_fields_that_were_laid_make_a_version_that_shares_the_file(admin: Client, admin_user: User) -> None:
    first = stored_version(fields=())
    answer = lay(admin, first, LAID, LAID | {"kind": "date", "label": "Day"})
    assert answer.json() == {"next": change(first.template)}
    second = TemplateVersion.objects.get(number=2)
    assert [(one.name, one.kind) for one in second.all_fields] == [("city", FieldKind.TEXT), ("day", FieldKind.DATE)]
    assert (second.state, second.saved_by, second.saved_at) == (VersionState.READY, admin_user, STARTED)
    assert (second.file.name, second.sha256, second.pages) == (first.file.name, first.sha256, [A4])
    assert second.picture(0) == first.picture(0)
    assert admin.get(page(second, "page/0/")).status_code == 200


def test_a_document_that_was_sent_keeps_its_fields(admin: Client, session: LiveSession, anna: Agent) -> None:
    version = stored_version(fields=(a_field("name"),))
    document = sent(session, anna, version)
    assert lay(admin, version, LAID).status_code == 200
    document.refresh_from_db()
    assert document.version == version
    assert document.version.all_fields == (a_field("name"),)


def test_the_editor_begins_with_the_newest_version_that_is_ready(admin: Client) -> None:
    version = new_version()
    new_version(state=VersionState.REFUSED)
    version.refresh_from_db()
    told = admin.get(editor(version.template)).context["editor"]
    assert (told["base"], told["newest"], told["fields"]) == (version.pk, 1, version.fields)


def test_without_a_version_that_is_ready_there_is_nothing_to_edit(admin: Client) -> None:
    template = new_version(state=VersionState.READING).template
    assert admin.get(editor(template)).headers["Location"] == change(template)


def test_what_is_wrong_is_told_field_by_field_and_nothing_is_stored(admin: Client) -> None:
    version = new_version(fields=())
    answer = lay(admin, version, LAID, LAID | {"label": ""})
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["at"] == 1
    assert "label" in problem["text"]
    assert version.template.versions.count() == 1


@pytest.mark.parametrize("layout", ["", "{", "null", "[" * 100_000, '[{"places": [NaN]}]'])
def test_nonsense_is_refused(admin: Client, layout: str) -> None:
    version = new_version(fields=())
    answer = admin.post(editor(version.template), {"base": version.pk, "newest": 1, "layout": layout})
    assert answer.status_code == 422
    assert version.template.versions.count() == 1


@pytest.mark.parametrize("base", ["", "0", "x", "9" * 30])
def test_a_base_that_is_not_there_is_refused(admin: Client, base: str) -> None:
    version = new_version()
    assert admin.post(editor(version.template), {"base": base, "layout": "[]"}).status_code == 422


def test_the_version_of_another_template_is_no_base(admin: Client) -> None:
    version, other = new_version("Order"), new_version("Letter")
    answer = admin.post(editor(version.template), {"base": other.pk, "newest": 1, "layout": "[]"})
    assert answer.status_code == 422


def test_who_saves_what_is_stale_is_told_and_can_still_save(admin: Client, admin_user: User) -> None:
    base = stored_version(fields=())
    lay(admin, base, LAID | {"label": "Theirs"})
    stale = lay(admin, base, LAID | {"label": "Mine"})
    assert stale.status_code == 409
    told = stale.json()["stale"]
    assert told["number"] == 2
    assert "ada saved version 2" in told["text"]
    assert base.template.versions.count() == 2
    assert lay(admin, base, LAID | {"label": "Mine"}, newest=told["number"]).status_code == 200
    assert [one.all_fields[0].label for one in base.template.versions.order_by("number")[1:]] == ["Theirs", "Mine"]


def test_a_file_that_came_meanwhile_makes_it_stale_too(admin: Client, ordered: list[int]) -> None:
    base = stored_version(fields=())
    admin.post(change(base.template), {"name": "Order", "is_offered": "on", "file": upload()})
    told = lay(admin, base, LAID).json()["stale"]
    assert "another file" in told["text"]


def test_a_file_that_was_refused_makes_nothing_stale(admin: Client) -> None:
    base = stored_version(fields=())
    new_version(state=VersionState.REFUSED)
    assert lay(admin, base, LAID).status_code == 200
    assert base.template.versions.order_by("-number")[0].number == 3


def test_saving_what_is_there_already_makes_no_version(admin: Client) -> None:
    version = new_version()
    assert lay(admin, version, *version.fields).status_code == 200
    assert version.template.versions.count() == 1


# Who may -------------------------------------------------------------------------------------------------------------


def test_a_supervisor_looks_and_changes_nothing(supervisor: Client) -> None:
    version = stored_version()
    looks = [LIST, change(version.template), page(version), page(version, "page/0/"), page(version, "file/")]
    assert {supervisor.get(address).status_code for address in looks} == {200}
    assert supervisor.get(page(version, "try/")).status_code == 200
    assert "Edit fields" not in supervisor.get(change(version.template)).content.decode()
    assert supervisor.get(editor(version.template)).status_code == 403
    assert lay(supervisor, version, LAID).status_code == 403
    assert supervisor.post(change(version.template), {"name": "Mine", "file": upload()}).status_code == 403
    assert version.template.versions.count() == 1


def test_nobody_else_sees_anything_of_it(db: None, stranger: User) -> None:
    version = stored_version()
    browser = Client()
    for status in (302, 403):
        names = ["", "state/", "page/0/", "file/", "try/"]
        addresses = [*(page(version, name) for name in names), editor(version.template)]
        assert {browser.get(address, follow=status == 403).status_code for address in addresses} == {status}
        browser.force_login(stranger)


def test_what_was_sent_is_not_deleted_but_offered_no_more(admin: Client, session: LiveSession, anna: Agent) -> None:
    version = stored_version()
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
    version = stored_version()
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
    version = stored_version()
    lay(admin, version, LAID)
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"{LIST}{version.template_id}/delete/", {"post": "yes"})
    assert not DocumentTemplate.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
