"""Reads a PDF: its pages, the fields of its form, and what an administrator should know. Runs in the worker only."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pypdf.generic import DictionaryObject

from sessions_app.documents.fields import Field
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.pdf import bad, risks
from sessions_app.documents.pdf.bad import BadFile
from sessions_app.documents.pdf.geometry import Box
from sessions_app.documents.pdf.labels import Surroundings, clean, in_words, in_words_with_parents
from sessions_app.documents.pdf.objects import dictionary, entry, is_true, text
from sessions_app.documents.pdf.opening import opened
from sessions_app.documents.pdf.ordering import in_reading_order
from sessions_app.documents.pdf.recognising import LeftOut, Recognised, recognised
from sessions_app.documents.pdf.tree import Terminal, form_of, terminals

_MOST_NAMED = 5


@dataclass(frozen=True)
class Found:
    """What is in a file."""

    pages: list[list[float]]
    fields: list[Field]
    problems: list[str]

    def to_json(self) -> dict[str, Any]:
        """For the way out of the worker."""
        return asdict(self) | {"fields": [field.to_json() for field in self.fields]}


def read(source: Path) -> Found:
    """Everything of the file. Raises BadFile."""
    file = opened(source)
    root, pages = dictionary(file.reader.root_object), list(file.reader.pages)
    form = terminals(root, pages, file.sheets)
    _refuse_dynamic_xfa(root, form)
    words = Surroundings(file.drawn, file.sheets, [(it.page, it.box) for one in form for it in one.widgets])
    kept, left_out = _sorted_out(form, words)
    fields = [one.field for one in _labelled(kept, words)]
    columns = [text(page.get("/Tabs")) == "C" for page in pages]
    problems = [*file.problems, *risks.carried(root, pages, form), *left_out]
    if not fields:
        problems.append(bad.NO_FIELDS)
    sizes = [[round(side, 2) for side in sheet.size] for sheet in file.sheets]
    return Found(sizes, in_reading_order(fields, columns), problems)


def _refuse_dynamic_xfa(root: DictionaryObject, form: Sequence[Terminal]) -> None:
    """Its pages are drawn by Adobe's programs; what the file itself shows is a request to install one."""
    if entry(form_of(root), "/XFA") is not None and (is_true(root.get("/NeedsRendering")) or not form):
        raise BadFile(bad.XFA)


def _sorted_out(form: Sequence[Terminal], words: Surroundings) -> tuple[list[Recognised], list[str]]:
    """The fields that are asked for, and sentences about the others: one for each reason."""
    kept: list[Recognised] = []
    reasons: dict[str, list[str]] = {}
    for terminal in form:
        try:
            found = recognised(terminal, words)
        except LeftOut as why:
            if str(why):
                reasons.setdefault(str(why), []).append(terminal.name)
            continue
        kept.append(found)
        for note in found.notes:
            reasons.setdefault(note, []).append(terminal.name)
    return kept, [_sentence(names, reason) for reason, names in reasons.items()]


def _sentence(names: list[str], reason: str) -> str:
    named = ", ".join(f"“{clean(name)[:80]}”" if name else "A field" for name in names[:_MOST_NAMED])
    if len(names) > _MOST_NAMED:
        named += f" and {len(names) - _MOST_NAMED} more"
    return f"{named} {reason}." if len(names) == 1 else f"{named}: each {reason}."


def _labelled(found: Sequence[Recognised], words: Surroundings) -> Iterator[Recognised]:
    alike = Counter(in_words(one.field.name) for one in found)
    for one in found:
        one.field = one.field.changed(label=one.tooltip or _label(one.field, alike, words))
        yield one


def _label(field: Field, alike: Counter[str], words: Surroundings) -> str:
    """A name that says something, else the words beside the box, else the name as it is."""
    name, (page, box) = in_words(field.name), _first_box(field)
    if name and alike[name] > 1:
        return in_words_with_parents(field.name)
    if name:
        return words.printed(page, box, name)
    return _beside(field, words) or clean(field.name.rpartition(".")[2] or field.name)


def _first_box(field: Field) -> tuple[int, Box]:
    place = field.places[0]
    return place.page, (place.left, place.bottom, place.right, place.top)


def _beside(field: Field, words: Surroundings) -> str:
    page, box = _first_box(field)
    after = words.after(page, box) if field.kind is FieldKind.CHECKBOX else ""
    return after or words.before(page, box)
