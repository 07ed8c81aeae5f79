"""What somebody typed into a search: its words, what of it is a query, and where the words stand in a text."""

import re
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MOST_TYPED = 200
"""Longer than this nobody's question is."""

_LAST_WORD = re.compile(r"(?<!\S)[^\s\"-][^\s\"]*$")
_BESIDE_OR = re.compile(r"(?<!\S)or(\s+\S+)?$", re.IGNORECASE)
_AROUND = 60
"""So many characters are shown before what was found, and twice as many after it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A search, as PostgreSQL's `websearch_to_tsquery` understands it: words, "phrases", -without, or.

    The last word may be the beginning of one: it stands alone in `beginning`, and everything before it in `whole`.
    """

    typed: str

    @property
    def beginning(self) -> str:
        """The last word; empty if it is part of a phrase, or too short to say anything."""
        found = _LAST_WORD.search(self.typed)
        inside_phrase = self.typed.count('"') % 2 == 1
        if not found or inside_phrase or len(found.group()) < 2 or _BESIDE_OR.search(self.typed):
            return ""
        return found.group()

    @property
    def whole(self) -> str:
        return self.typed[: len(self.typed) - len(self.beginning)].strip()

    @property
    def words(self) -> list[str]:
        """What is looked for, one by one: without what is excluded, and without signs that say nothing."""
        plain = (word.strip("\"',;:!?()") for word in self.typed.split() if not word.startswith("-"))
        return [word for word in plain if word.lower() != "or" and any(map(str.isalnum, word))]


def terms(typed: str) -> Terms:
    """The terms of a search as it was typed, however odd."""
    return Terms(" ".join(typed.replace("\0", " ").split())[:MOST_TYPED])


def marked(text: str, words: list[str]) -> SafeString:
    """The text as HTML, with the words marked wherever they stand."""
    return _as_html(text, _hits(text, words))


def snippet(text: str, words: list[str]) -> SafeString:
    """What stands around the first of the words in a text, in one line, as HTML; marked where words begin."""
    line = " ".join(text.split())
    return _as_html(*_cut(line, _hits(line, words, at=r"(?<!\w)") or _hits(line, words)))


def _as_html(text: str, hits: list[tuple[int, int]]) -> SafeString:
    pieces, place = [], 0
    for start, end in hits:
        pieces.append(format_html("{}<mark>{}</mark>", text[place:start], text[start:end]))
        place = end
    return format_html("{}{}", format_html_join("", "{}", ((piece,) for piece in pieces)), text[place:])


def _hits(text: str, words: list[str], at: str = "") -> list[tuple[int, int]]:
    if not words:
        return []
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return [hit.span() for hit in re.finditer(f"{at}(?:{longest_first})", text, re.IGNORECASE)]


def _cut(text: str, hits: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    first, end = hits[0] if hits else (0, 0)
    start, stop = max(0, first - _AROUND), min(len(text), end + 2 * _AROUND)
    before, after = "… " if start else "", " …" if stop < len(text) else ""
    moved = [(one - start + len(before), two - start + len(before)) for one, two in hits if two <= stop]
    return f"{before}{text[start:stop]}{after}", moved
