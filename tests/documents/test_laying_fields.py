"""Laying fields on a document template in Django admin: what becomes a new version, and what is refused."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sessions_app.documents.kinds import FieldKind, VersionState
from sessions_app.models import Agent, LiveSession, TemplateVersion
from tests.documents.pages import LAID, change, editor, lay, page, upload, version_with_picture
from tests.documents.papers import A4, a_field, new_version, sent
from tests.moments import STARTED

pytestmark = pytest.mark.usefixtures("_standing_still")


def test_fields_that_were_laid_make_a_version_that_shares_the_file(admin: Client, admin_user: User) -> None:
    first = version_with_picture(fields=())
    answer = lay(admin, first, LAID, LAID | {"kind": "date", "label": "Day"})
    assert answer.json() == {"next": change(first.template)}
    second = TemplateVersion.objects.get(number=2)
    assert [(one.name, one.kind) for one in second.all_fields] == [("city", FieldKind.TEXT), ("day", FieldKind.DATE)]
    assert (second.state, second.saved_by, second.saved_at) == (VersionState.READY, admin_user, STARTED)
    assert (second.file.name, second.sha256, second.pages) == (first.file.name, first.sha256, [A4])
    assert second.picture(0) == first.picture(0)
    assert admin.get(page(second, "page/0/")).status_code == 200


def test_a_document_that_was_sent_keeps_its_fields(admin: Client, session: LiveSession, anna: Agent) -> None:
    version = version_with_picture(fields=(a_field("name"),))
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
    base = version_with_picture(fields=())
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
    base = version_with_picture(fields=())
    admin.post(change(base.template), {"name": "Order", "is_offered": "on", "file": upload()})
    told = lay(admin, base, LAID).json()["stale"]
    assert "another file" in told["text"]


def test_a_file_that_was_refused_makes_nothing_stale(admin: Client) -> None:
    base = version_with_picture(fields=())
    new_version(state=VersionState.REFUSED)
    assert lay(admin, base, LAID).status_code == 200
    assert base.template.versions.order_by("-number")[0].number == 3


def test_saving_what_is_there_already_makes_no_version(admin: Client) -> None:
    version = new_version()
    assert lay(admin, version, *version.fields).status_code == 200
    assert version.template.versions.count() == 1
