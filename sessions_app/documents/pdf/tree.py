"""The form of a PDF as a list: every field with the boxes (widgets) in which it is shown. Endless trees are refused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pypdf.generic import DictionaryObject

from sessions_app.documents.pdf import bad, limits
from sessions_app.documents.pdf.bad import BadFile
from sessions_app.documents.pdf.geometry import Box, Sheet
from sessions_app.documents.pdf.objects import dictionary, entries, entry, identity, items, numbers, text, whole

HIDDEN, NO_VIEW = 1 << 1, 1 << 5
"""Flags of a widget that nobody sees."""

SMALLEST = 1.0
"""Points. Smaller boxes are there for programs, such as those of invisible signatures."""


@dataclass
class Widget:
    """A box in which a field is shown: on which page (from 0), and where as shown."""

    node: DictionaryObject
    page: int
    box: Box

    @property
    def is_seen(self) -> bool:
        flags = whole(self.node.get("/F"))
        left, bottom, right, top = self.box
        return not flags & (HIDDEN | NO_VIEW) and right - left >= SMALLEST and top - bottom >= SMALLEST


@dataclass
class Terminal:
    """A field that holds a value: its full name, itself and its ancestors (nearest first), and its widgets."""

    name: str
    lineage: list[DictionaryObject]
    widgets: list[Widget] = field(default_factory=list)
    lost: int = 0
    """Widgets that are on no page."""

    def get(self, key: str) -> Any:
        """An attribute, its own or inherited, resolved. Some programs give it to the widget only."""
        found = (entry(node, key) for node in [*(widget.node for widget in self.widgets[:1]), *self.lineage])
        return next((one for one in found if one is not None), None)

    @property
    def flags(self) -> int:
        return whole(self.get("/Ff"))


def form_of(root: DictionaryObject) -> DictionaryObject:
    """The AcroForm; empty if there is none."""
    return entries(root, "/AcroForm")


def terminals(root: DictionaryObject, pages: Sequence[DictionaryObject], sheets: Sequence[Sheet]) -> list[Terminal]:
    """Every field of the form, also those that only a page knows of; several of one name are one field.

    Raises BadFile if they are too many, or refer to each other in circles.
    """
    on_pages = _on_pages(pages, sheets)
    walk = _Walk(on_pages)
    for raw in items(form_of(root).get("/Fields")):
        walk.visit(raw, "", [], 0)
    for key, (_page, _box, raw) in on_pages.items():
        if key not in walk.seen and entry(dictionary(raw), "/Subtype") == "/Widget":
            walk.visit(*_topmost(raw, walk.seen))
    return list(walk.found.values())


@dataclass
class _Walk:
    """Down the tree, each node once."""

    on_pages: dict[tuple[str, int], tuple[int, Box, Any]]
    seen: set[tuple[str, int]] = field(default_factory=set)
    found: dict[str, Terminal] = field(default_factory=dict)

    def visit(self, raw: Any, above: str, lineage: list[DictionaryObject], depth: int) -> None:
        node = dictionary(raw)
        key = identity(raw, node)
        if not node or key in self.seen:
            return
        self.seen.add(key)
        if depth > limits.DEEPEST or len(self.seen) > limits.MOST_NODES:
            raise BadFile(bad.TANGLED)
        own = text(node.get("/T"))
        name = ".".join(part for part in (above, own) if part)
        kids = items(node.get("/Kids"))
        if own or not lineage or kids:
            lineage = [node, *lineage]
        fields = [kid for kid in kids if text(dictionary(kid).get("/T")) or items(dictionary(kid).get("/Kids"))]
        for kid in fields:
            self.visit(kid, name, lineage, depth + 1)
        widgets = [kid for kid in kids if kid not in fields] if kids else [raw]
        if widgets:
            self._keep(name, lineage, widgets)

    def _keep(self, name: str, lineage: list[DictionaryObject], widgets: list[Any]) -> None:
        terminal = self.found.setdefault(name, Terminal(name, lineage))
        if len(self.found) > limits.MOST_FIELDS:
            raise BadFile(bad.FIELDS)
        for raw in widgets:
            node = dictionary(raw)
            key = identity(raw, node)
            self.seen.add(key)
            if where := self.on_pages.get(key):
                terminal.widgets.append(Widget(node, where[0], where[1]))
            else:
                terminal.lost += 1


def _on_pages(
    pages: Sequence[DictionaryObject], sheets: Sequence[Sheet]
) -> dict[tuple[str, int], tuple[int, Box, Any]]:
    """Every annotation that is on a page: on which, and where as shown."""
    found: dict[tuple[str, int], tuple[int, Box, Any]] = {}
    for number, (page, sheet) in enumerate(zip(pages, sheets, strict=True)):
        for raw, node in annotations(page):
            rect = numbers(node.get("/Rect"))
            box = (rect[0], rect[1], rect[2], rect[3]) if len(rect) == 4 else (0.0, 0.0, 0.0, 0.0)
            found.setdefault(identity(raw, node), (number, sheet.shown(box), raw))
            if len(found) > limits.MOST_NODES:
                raise BadFile(bad.TANGLED)
    return found


def annotations(page: DictionaryObject) -> Iterator[tuple[Any, DictionaryObject]]:
    """What lies on a page, unresolved and resolved."""
    for raw in items(page.get("/Annots")):
        if node := dictionary(raw):
            yield raw, node


def _topmost(raw: Any, seen: set[tuple[str, int]]) -> tuple[Any, str, list[DictionaryObject], int]:
    """Where to begin for a widget that the form does not list: at the highest of its parents that is not known yet."""
    for _step in range(limits.DEEPEST):
        parent = dictionary(raw).raw_get("/Parent") if "/Parent" in dictionary(raw) else None
        if parent is None or not dictionary(parent) or identity(parent, dictionary(parent)) in seen:
            break
        raw = parent
    return raw, "", [], 0
