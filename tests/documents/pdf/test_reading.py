"""An uploaded template is stored, read once, and never left as being read."""

import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from PIL import Image

from sessions_app.documents import reading, storing
from sessions_app.documents.kinds import VersionState
from sessions_app.documents.pdf import bad, engine
from sessions_app.models import DocumentTemplate, TemplateVersion
from tests.documents.papers import EVERY_KIND
from tests.documents.pdf import hostile
from tests.documents.pdf.looking import CORPUS, dark
from tests.moments import MINUTE, STARTED

pytestmark = pytest.mark.django_db

FOUR = (CORPUS / "four_pages.pdf").read_bytes()


@pytest.fixture(autouse=True)
def _own_store(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def uploaded(content: bytes = FOUR, name: str = "../Contract (new).PDF", **more: object) -> TemplateVersion:
    template = DocumentTemplate.objects.create(name="Contract")
    version = TemplateVersion(template=template, number=1, saved_at=STARTED, **more)
    storing.store_source(version, SimpleUploadedFile(name, content))
    version.save()
    return version


def read(version: TemplateVersion) -> TemplateVersion:
    reading.read_version(version.pk, now=STARTED)
    version.refresh_from_db()
    return version


def test_a_file_is_stored_with_its_name_and_hash_and_can_be_had_as_a_path() -> None:
    version = uploaded()
    assert version.file_name == "Contract (new).PDF"
    assert version.sha256 == hashlib.sha256(FOUR).hexdigest()
    assert str(version.file.name).startswith(version.folder)
    with storing.local_copy(str(version.file.name)) as path:
        assert path.read_bytes() == FOUR
    with storing.open_stored(str(version.file.name)) as file:
        assert file.read() == FOUR


def test_what_is_in_a_store_without_paths_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = InMemoryStorage()
    elsewhere.save("it.pdf", ContentFile(FOUR))
    monkeypatch.setattr(storing, "default_storage", elsewhere)
    with storing.local_copy("it.pdf") as path:
        assert path.read_bytes() == FOUR
    assert not path.exists()


def test_storing_never_overwrites_unless_told_to() -> None:
    first, second = (storing.store("documents/it.pdf", content) for content in (b"one", b"two"))
    assert first == "documents/it.pdf" != second
    storing.replace(first, b"three")
    assert [storing.open_stored(name).read() for name in (first, second)] == [b"three", b"two"]


def test_a_form_is_read_and_its_pages_are_drawn() -> None:
    version = read(uploaded())
    assert version.state == VersionState.READY
    assert version.pages == [[595.0, 842.0]] * 4
    assert len(version.all_fields) == 28
    assert version.problems == []
    for page in range(4):
        with storing.open_stored(version.picture(page)) as file:
            assert Image.open(io.BytesIO(file.read())).size == (1240, 1755)


def test_the_pictures_show_the_form_without_what_the_file_came_with() -> None:
    version = read(uploaded((CORPUS / "saved_by_pypdf.pdf").read_bytes()))
    picture = Image.open(io.BytesIO(storing.open_stored(version.picture(0)).read())).convert("L")
    scale = 1240 / 612
    inside = tuple(round(side * scale) for side in (203, 792 - 715, 417, 792 - 703))
    assert version.all_fields[0].default == "Grace"
    assert dark(picture.crop(inside)) == 0


@pytest.mark.parametrize(
    ("content", "sentence"), [(hostile.renamed(), bad.NOT_PDF), (hostile.user_password(), bad.ENCRYPTED)]
)
def test_a_bad_file_is_refused_with_the_reason(content: bytes, sentence: str) -> None:
    version = read(uploaded(content))
    assert version.state == VersionState.REFUSED
    assert version.problems == [sentence]
    assert not default_storage.exists(version.picture(0))


@override_settings(UPLOAD_MAX_BYTES=1024 * 1024)
def test_a_file_beyond_what_may_be_uploaded_is_refused() -> None:
    version = read(uploaded(FOUR + b"\n%" + b"x" * 1024 * 1024))
    assert version.state == VersionState.REFUSED
    assert version.problems == ["The file is larger than 1 MB, which is the most that is taken here."]


def test_a_file_that_is_gone_is_refused() -> None:
    version = uploaded()
    default_storage.delete(str(version.file.name))
    assert read(version).problems == [reading.GONE]
    assert version.state == VersionState.REFUSED


def test_fields_that_were_laid_by_hand_stay_as_they_are() -> None:
    laid = [field.to_json() for field in EVERY_KIND]
    version = read(uploaded((CORPUS / "flat.pdf").read_bytes(), fields=laid))
    assert version.state == VersionState.READY
    assert version.all_fields == EVERY_KIND
    assert version.problems == []
    assert default_storage.exists(version.picture(0))


def test_a_flat_file_is_ready_and_says_that_fields_can_be_laid() -> None:
    version = read(uploaded((CORPUS / "flat.pdf").read_bytes()))
    assert (version.state, version.fields, version.problems) == (VersionState.READY, [], [bad.NO_FIELDS])


def test_reading_again_changes_nothing() -> None:
    version = read(uploaded())
    TemplateVersion.objects.filter(pk=version.pk).update(problems=["as it was"])
    assert reading.read_version(version.pk, now=STARTED + 5 * MINUTE) == VersionState.READY
    version.refresh_from_db()
    assert version.problems == ["as it was"]


def test_a_call_that_failed_is_made_good_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    version = uploaded()
    drawn = engine.picture

    def ended_by_a_deploy(source: Path, page: int) -> bytes:
        if page == 2:
            raise engine.WorkerGone("ended")
        return drawn(source, page)

    monkeypatch.setattr(engine, "picture", ended_by_a_deploy)
    with pytest.raises(engine.WorkerGone):
        reading.read_version(version.pk, now=STARTED)
    version.refresh_from_db()
    assert version.state == VersionState.READING
    default_storage.delete(version.picture(1))
    storing.store(version.picture(1), b"half a pict")
    monkeypatch.undo()
    assert read(version).state == VersionState.READY
    with storing.open_stored(version.picture(1)) as file:
        assert Image.open(io.BytesIO(file.read())).size == (1240, 1755)


def test_the_faster_of_two_calls_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    version = uploaded()
    found = engine.read

    def overtaken(source: Path) -> engine.Reading:
        TemplateVersion.objects.filter(pk=version.pk).update(state=VersionState.READY, problems=["faster"])
        return found(source)

    monkeypatch.setattr(engine, "read", overtaken)
    assert reading.read_version(version.pk, now=STARTED) == VersionState.READY
    version.refresh_from_db()
    assert version.problems == ["faster"]
