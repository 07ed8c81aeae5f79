"""A version of a template as pages of Django admin show it: its pages with the boxes of its fields, and the fields."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from sessions_app.documents.fields import Field, Place
from sessions_app.documents.kinds import VersionState
from sessions_app.explain.words import clock_time
from sessions_app.models import DocumentTemplate, TemplateVersion

STATE_COLOURS = {VersionState.READING: "warning", VersionState.READY: "success", VersionState.REFUSED: "danger"}
"""Django-unfold's names."""

VERSION = "admin:sessions_app_documenttemplate_version"


@dataclass(frozen=True, slots=True)
class Box:
    """A place of a field on the picture of its page: in points from the upper left corner, as pictures count."""

    number: int
    title: str
    kind: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page, numbered as people count, with its size in points and the address of its picture."""

    number: int
    width: float
    height: float
    picture: str
    boxes: list[Box]


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field in words, numbered in the order in which fields are filled in."""

    number: int
    field: Field
    kind: str
    by: str
    prefill: str
    options: list[str]
    pages: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of versions."""

    version: TemplateVersion
    state: str
    colour: str
    saved: str
    who: str
    fields: int
    sent: int


def shown_pages(version: TemplateVersion, fields: Sequence[Field]) -> list[ShownPage]:
    """The pages with what stands on each. Only of a version that is ready are there pictures."""
    return [
        ShownPage(
            number=page + 1,
            width=width,
            height=height,
            picture=reverse(f"{VERSION}_page", args=[version.pk, page]),
            boxes=[
                _box(number, field, place, height)
                for number, field in enumerate(fields, start=1)
                for place in field.places
                if place.page == page
            ],
        )
        for page, (width, height) in enumerate(version.pages)
    ]


def shown_fields(fields: Sequence[Field]) -> list[ShownField]:
    """The fields, in words."""
    return [
        ShownField(
            number=number,
            field=field,
            kind=_(field.kind.label),
            by=_(field.by.label),
            prefill=_(field.prefill.label) if field.prefill else "",
            options=[option.label for option in field.options],
            pages=", ".join(str(page + 1) for page in sorted({place.page for place in field.places})),
        )
        for number, field in enumerate(fields, start=1)
    ]


def versions_of(template: DocumentTemplate) -> list[Listed]:
    """Its versions, newest first, with how often each was sent. One query."""
    found = template.versions.select_related("saved_by").annotate(sent=Count("documents")).order_by("-number")
    return [_listed(version) for version in found]


def _listed(version: TemplateVersion) -> Listed:
    state = VersionState(version.state)
    return Listed(
        version=version,
        state=_(state.label),
        colour=STATE_COLOURS[state],
        saved=clock_time(version.saved_at),
        who=str(version.saved_by or _("Nobody signed in")),
        fields=len(version.fields),
        sent=vars(version)["sent"],
    )


def _box(number: int, field: Field, place: Place, height: float) -> Box:
    chosen = next((option.label for option in field.options if option.value == place.option), "")
    return Box(
        number=number,
        title=f"{field.label}: {chosen}" if chosen else field.label,
        kind=str(field.kind),
        left=round(place.left, 2),
        top=round(height - place.top, 2),
        width=round(place.right - place.left, 2),
        height=round(place.top - place.bottom, 2),
    )
