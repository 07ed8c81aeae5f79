"""What a file carries beside pages and fields: found and named, never run, never passed on into results."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from pypdf.generic import DictionaryObject

from sessions_app.documents.pdf.looks import look_of
from sessions_app.documents.pdf.objects import dictionary, entries, entry, identity, items, numbers, text, with_keys
from sessions_app.documents.pdf.tree import Terminal, annotations

SCRIPTS = "The file carries JavaScript. It is not run here and not in what customers get; what it calculated is not."
STARTS = "The file would start other programs or open other files. That is left out."
SENDS = "The file would send what is entered to an address, or load data. That is left out."
EMBEDDED = "Other files are embedded in this one. They are left out of what customers get."
MEDIA = "The file carries sound, film or 3D. That is left out of what customers get."
OPENS = "The file does something by itself when it is opened. That is left out."
SIGNED = "The file is signed. Filling it in makes another file, to which that signature no longer belongs."
HYBRID_XFA = "The file has an XFA form beside its plain one. The plain one is used; the other is left out."

_BY_ACTION = {
    "JavaScript": SCRIPTS,
    "Rendition": MEDIA,
    "Launch": STARTS,
    "GoToE": STARTS,
    "GoToR": STARTS,
    "SubmitForm": SENDS,
    "ImportData": SENDS,
    "Movie": MEDIA,
    "Sound": MEDIA,
}
_BY_ANNOTATION = {
    "FileAttachment": EMBEDDED,
    "RichMedia": MEDIA,
    "Movie": MEDIA,
    "Sound": MEDIA,
    "Screen": MEDIA,
    "3D": MEDIA,
}
_MOST_CHAINED = 20


def carried(root: DictionaryObject, pages: Sequence[DictionaryObject], fields: Sequence[Terminal]) -> list[str]:
    """A sentence for each kind of thing, in no particular order but always the same."""
    found = list(chain(_of_root(root), _of_pages(pages), _of_fields(fields)))
    if is_signed(root, fields):
        found.append(SIGNED)
    if entry(entries(root, "/AcroForm"), "/XFA") is not None:
        found.append(HYBRID_XFA)
    return list(dict.fromkeys(found))


def is_signed(root: DictionaryObject, fields: Sequence[Terminal]) -> bool:
    """Whether somebody has signed the file, or certified it."""
    signed = (one.get("/V") for one in fields if text(one.get("/FT")) == "Sig")
    return any(numbers(dictionary(value).get("/ByteRange")) for value in signed) or with_keys(
        entries(root, "/Perms"), ["/DocMDP"]
    )


def _of_root(root: DictionaryObject) -> Iterator[str]:
    names = entries(root, "/Names")
    if entry(names, "/JavaScript") is not None:
        yield SCRIPTS
    if with_keys(names, ["/EmbeddedFiles"]) or with_keys(root, ["/AF", "/Collection"]):
        yield EMBEDDED
    if action := dictionary(root.get("/OpenAction")):
        yield from _of_actions([action]) if text(action.get("/S")) in _BY_ACTION else [OPENS]
    yield from _of_actions(entries(root, "/AA").values())


def _of_pages(pages: Sequence[DictionaryObject]) -> Iterator[str]:
    for page in pages:
        yield from _of_actions(entries(page, "/AA").values())
        for _raw, node in annotations(page):
            if said := _BY_ANNOTATION.get(text(node.get("/Subtype"))):
                yield said
            if text(node.get("/Subtype")) != "Widget":
                yield from _of_actions([node.get("/A"), *entries(node, "/AA").values()])


def _of_fields(fields: Sequence[Terminal]) -> Iterator[str]:
    for one in fields:
        nodes = [*one.lineage, *(widget.node for widget in one.widgets)]
        every = [action for node in nodes for action in [node.get("/A"), *entries(node, "/AA").values()]]
        yield from (said for said in _of_actions(every) if said != SCRIPTS)
        if look_of(one).is_script:
            yield SCRIPTS


def _of_actions(actions: Iterable[object]) -> Iterator[str]:
    """What these actions would do, and those that follow them."""
    waiting = [dictionary(one) for one in actions]
    seen: set[tuple[str, int]] = set()
    while waiting and len(seen) < _MOST_CHAINED:
        action = waiting.pop()
        if (key := identity(None, action)) in seen:
            continue
        seen.add(key)
        if said := _BY_ACTION.get(text(action.get("/S"))):
            yield said
        following = action.get("/Next")
        waiting += [dictionary(one) for one in items(following) or [following]]
