"""Keys of rows as addresses and forms name them, which anybody can write by hand."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import ForeignKey, ManyToManyField
from django.http import HttpRequest

MOST_DIGITS = 18
"""What is longer is no key of a row, and may be too long to be read as a number at all."""


def key_of(text: object) -> int | None:
    """The key that is named; None for anything that is none."""
    said = str(text)
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS else None


class _OnlyKeys:
    """Django's own looks up whatever was posted, and fails on what is no key. The field has said so already."""

    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> Any:
        return super().optgroups(name, [one for one in value if key_of(one) is not None], attr)  # type: ignore[misc] # of the widget


class _One(_OnlyKeys, AutocompleteSelect):
    pass


class _Many(_OnlyKeys, AutocompleteSelectMultiple):
    pass


class Autocompletion:
    """For pages with `autocomplete_fields`, to stand before ModelAdmin: nonsense in one is answered in words."""

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        return self._made("foreignkey", _One, db_field, request, kwargs)

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        return self._made("manytomany", _Many, db_field, request, kwargs)

    def _made(self, kind: str, widget: Any, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> Any:
        here: Any = self
        if db_field.name in here.get_autocomplete_fields(request):
            kwargs.setdefault("widget", widget(db_field, here.admin_site))
        return getattr(super(), f"formfield_for_{kind}")(db_field, request, **kwargs)
