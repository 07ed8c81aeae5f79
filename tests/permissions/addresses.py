"""Every address that this installation answers at, found by walking Django's resolver, and how to write one of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver

_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True, slots=True)
class Address:
    """`name` is that of the URL with its namespaces, else its route. `parameters` are in the route as `<kind:name>`."""

    name: str
    route: str

    @property
    def parameters(self) -> dict[str, str]:
        """What stands in the path, in order: names, and of which kind each is."""
        return {found["name"]: found["kind"] or "str" for found in _PARAMETER.finditer(self.route)}

    @property
    def is_of_api(self) -> bool:
        """Whether programs ask here, and no browser."""
        return self.name.startswith("api:")

    def path(self, values: dict[str, object]) -> str:
        """The path with these values in it."""
        return "/" + _PARAMETER.sub(lambda found: str(values[found["name"]]), self.route)


@cache
def addresses() -> tuple[Address, ...]:
    """All of them, in the order in which they are looked for."""
    return tuple(_below(get_resolver(), "", ()))


def _below(resolver: URLResolver, route: str, spaces: tuple[str, ...]) -> Iterator[Address]:
    for one in resolver.url_patterns:
        whole = route + _readable(one)
        if isinstance(one, URLResolver):
            yield from _below(one, whole, (*spaces, one.namespace) if one.namespace else spaces)
        else:
            yield Address(":".join((*spaces, one.name)) if one.name else whole, whole)


def _readable(one: URLPattern | URLResolver) -> str:
    """The part of the route; a regular expression as a route that it matches."""
    text = str(one.pattern)
    return simplify_regex(text).removeprefix("/") if "(?P<" in text else text
