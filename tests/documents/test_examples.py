"""The examples of the demo: always the same, and what is said of their fields is what is in them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from sessions_app.documents.examples import ADDRESS, AGREEMENT, EXAMPLES, change_of_address, load, service_agreement
from sessions_app.documents.fields import Field
from sessions_app.documents.kinds import FieldKind, FilledBy, VersionState
from sessions_app.documents.layout import laid
from sessions_app.documents.pdf import engine
from sessions_app.documents.selectors import offered
from sessions_app.models import TemplateVersion
from tests.cast import general
from tests.moments import STARTED


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return tmp_path / "paper.pdf"


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_is_the_same_every_time(name: str) -> None:
    assert EXAMPLES[name]() == EXAMPLES[name]()


def test_every_kind_of_field_is_in_the_agreement() -> None:
    fields = service_agreement().fields
    assert {field.kind for field in fields} == set(FieldKind)
    assert [field.label for field in fields if field.by is FilledBy.AGENT] == ["Customer number"]


def test_the_form_of_the_agreement_is_recognised_as_what_it_is(paper: Path) -> None:
    example = service_agreement()
    paper.write_bytes(example.content)
    found = engine.read(paper)
    assert len(found.pages) == example.pages == 4
    assert sorted(map(_what, found.fields)) == sorted(map(_what, example.fields))


def _what(field: Field) -> tuple[Any, ...]:
    """What the PDF says of a field; a date or a number is a text to it."""
    written = {FieldKind.DATE, FieldKind.NUMBER}
    kind = FieldKind.TEXT if field.kind in written else field.kind
    return field.name, str(kind), field.label, [(place.page, place.option) for place in field.places]


def test_the_change_of_address_is_flat_and_its_fields_can_be_laid_onto_it(paper: Path) -> None:
    example = change_of_address()
    paper.write_bytes(example.content)
    found = engine.read(paper)
    assert found.fields == ()
    assert laid([field.to_json() for field in example.fields], example.fields, found.pages) == example.fields


def test_they_are_ready_to_be_sent_once_the_demo_is_loaded(db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    load(by=None, now=STARTED)
    assert [version.template.name for version in offered(general())] == [ADDRESS, AGREEMENT]
    for version in TemplateVersion.objects.all():
        assert version.state == VersionState.READY
        assert version.all_fields == EXAMPLES[version.template.name]().fields
        assert all(default_storage.exists(version.picture(page)) for page in range(len(version.pages)))
