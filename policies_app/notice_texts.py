"""Which text of a notice holds for whom: the workstream's or the system-wide one, in which language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db.models import Q
from django.utils.translation import get_language, gettext, override
from django.utils.translation.trans_real import parse_accept_lang_header

from policies_app.models import Notices
from policies_app.notices import NOTICES

MOST_LANGUAGES = 10
"""How many languages of a browser count; nobody reads more."""


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A text with its placeholders still in it, and the language that it is in."""

    text: str
    language: str

    @property
    def direction(self) -> str:
        return direction(self.language)


def direction(language: str) -> str:
    """How a language is written, as HTML's `dir` has it."""
    return "rtl" if LANG_INFO.get(language, {}).get("bidi") else "ltr"


def language_name(language: str) -> str:
    """What a language is called, in English and in itself: "German (Deutsch)"."""
    known = LANG_INFO.get(language, {})
    if "name" not in known:
        return language
    return known["name"] if known["name"] == known["name_local"] else f"{known['name']} ({known['name_local']})"


def language_choices() -> list[tuple[str, str]]:
    """All languages that there can be notices in, by name."""
    named = [(code, language_name(code)) for code, known in LANG_INFO.items() if "name" in known]
    return sorted(named, key=lambda choice: choice[1])


def preferred_languages(header: str) -> tuple[str, ...]:
    """The languages that a browser asks for with Accept-Language, best first, in lower case."""
    wanted = [language for language, weight in parse_accept_lang_header(header) if weight and language != "*"]
    return tuple(wanted[:MOST_LANGUAGES])


def tried(languages: Iterable[str]) -> list[str]:
    """The languages in which a text is looked for, in this order: "de" also serves who asked for "de-at"."""
    found: dict[str, None] = {}
    for language in (*languages, settings.LANGUAGE_CODE.lower()):
        related = LANG_INFO.get(language, {}).get("fallback", [])
        found |= dict.fromkeys([language, *related, language.split("-")[0]])
    return list(found)


def texts(workstream_id: int | None, languages: Sequence[str], names: Iterable[str]) -> dict[str, NoticeText]:
    """The text that holds for each of these notices, for a viewer with these languages. One query."""
    rows = rows_for(workstream_id, languages)
    return {name: chosen(name, rows, languages) for name in names}


def rows_for(workstream_id: int | None, languages: Sequence[str]) -> list[Notices]:
    """What administrators wrote that may concern a viewer, the workstream's own before the system-wide. One query."""
    concerned = Q(workstream=None) if workstream_id is None else Q(workstream=None) | Q(workstream=workstream_id)
    rows = Notices.objects.filter(concerned, language__in=tried(languages))
    return sorted(rows, key=lambda row: row.workstream_id is None)


def chosen(name: str, rows: Sequence[Notices], languages: Iterable[str]) -> NoticeText:
    """The text of a notice: in the first language in which there is one, else what Parley says by itself.

    Within a language the first of the rows that has one decides. Of a notice that rests on another one, its own texts
    are looked for first.
    """
    fields = [field for field in (name, NOTICES[name].rests_on) if field]
    for language in tried(languages):
        speaking = [row for row in rows if row.language == language]
        for field in fields:
            for row in speaking:
                if text := getattr(row, field):
                    return NoticeText(text, language)
    return _by_itself(name, languages)


def _by_itself(name: str, languages: Iterable[str]) -> NoticeText:
    """What Parley says: to customers in a language of theirs if it speaks one, to agents in that of their page."""
    spoken = dict(settings.LANGUAGES) if NOTICES[name].audience == "customer" else {}
    here = get_language() or settings.LANGUAGE_CODE
    language = next((one for one in tried(languages) if one in spoken), here)
    with override(language):
        return NoticeText(gettext(NOTICES[name].default), language)
