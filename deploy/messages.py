"""`make messages`: brings the catalogs in `locale/` up to date with the words that customers read. Needs gettext.

Customers' pages, rows, transcripts and letters are translated; agents' pages and the settings are in English for now.
So only what customers may read is taken up: where that changes, a test says which words wait for a translation. What
is compiled is kept in the repository, too, since an installation has no gettext.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import polib

HERE = Path(__file__).resolve().parent.parent
LOCALE = HERE / "locale"
LANGUAGES = ("de", "es", "fr")

TEMPLATES = (
    "*.html",
    "components/*.html",
    "customer/*.html",
    "customer/documents/*.html",
    "mail/*",
    "rooms/*.html",
    "rows/*.html",
    "widget/*.html",
)
MODULES = (
    "policies_app/durations.py",
    "sessions_app/*.py",
    "sessions_app/documents/*.py",
    "sessions_app/rooms/*.py",
    "sessions_app/widget/*.py",
)
FOR_AGENTS_ONLY = {
    "agent_forms.py",
    "agent_looking.py",
    "agent_views.py",
    "apps.py",
    "asking.py",
    "assigning.py",
    "attendance.py",
    "away.py",
    "checks.py",
    "customer_card.py",
    "effect_words.py",
    "effects.py",
    "encrypted.py",
    "example_papers.py",
    "examples.py",
    "findings.py",
    "handing_over.py",
    "identity.py",
    "jwks.py",
    "keys.py",
    "kinds.py",
    "layout.py",
    "links.py",
    "looking.py",
    "models.py",
    "panel.py",
    "quick_replies.py",
    "reconnecting.py",
    "search.py",
    "seats.py",
    "start_form.py",
    "supervise.py",
    "templates.py",
    "transfer_form.py",
    "verifying.py",
}
"""Modules whose words no customer reads. A new one is taken up until it is named here."""

KEYWORDS = (
    "gettext_lazy",
    "gettext_noop",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "pgettext_lazy:1c,2",
    "npgettext:1c,2,3",
)

Key = tuple[str, str]
"""Context and source text of one message."""


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    words = source()
    for language in LANGUAGES:
        catalog = read(language)
        missing = bring_up_to_date(catalog, words)
        catalog.save()
        catalog.save_as_mofile(str(compiled(language)))
        print(f"{language}: {len(catalog)} messages, {missing} without a translation")
    return 0


def source() -> polib.POFile:
    """Everything that customers may read, in English."""
    with tempfile.TemporaryDirectory() as folder:
        found = list(_copies(Path(folder)))
        keywords = [f"--keyword={keyword}" for keyword in KEYWORDS]
        command = ["xgettext", "--language=Python", "--from-code=UTF-8", "--no-location", "--output=-", *keywords]
        text = subprocess.run([*command, *found], check=True, capture_output=True, encoding="utf-8").stdout
    words = polib.pofile(text)
    known = {key(entry) for entry in words}
    words.extend(polib.POEntry(msgid=label) for label in dict.fromkeys(_labels()) if ("", label) not in known)
    return words


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def read(language: str) -> polib.POFile:
    """The catalog of a language; a new one if there is none."""
    place = compiled(language).with_suffix(".po")
    if place.exists():
        return polib.pofile(str(place))
    place.parent.mkdir(parents=True, exist_ok=True)
    catalog = polib.POFile(wrapwidth=100)
    catalog.fpath = str(place)
    plural = "(n > 1)" if language == "fr" else "(n != 1)"
    catalog.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": f"nplurals=2; plural={plural};",
    }
    return catalog


def compiled(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.mo"


def bring_up_to_date(catalog: polib.POFile, words: polib.POFile) -> int:
    """Give a catalog exactly these words, in their order; those it knows keep their translation. Returns how many have
    none."""
    known = {key(entry): entry for entry in catalog}
    entries = [known.get(key(word), word) for word in words]
    for entry, word in zip(entries, words, strict=True):
        entry.flags, entry.msgid_plural = word.flags, word.msgid_plural
        entry.msgstr_plural = entry.msgstr_plural if word.msgid_plural else {}
    catalog[:] = entries
    return sum(not entry.translated() for entry in entries)


def _copies(folder: Path) -> Iterator[str]:
    """Python that says the same, of every file, where xgettext can read it."""
    from django.utils.translation.template import templatize

    for number, file in enumerate(_files()):
        text = file.read_text(encoding="utf-8")
        copy = folder / f"{number}.py"
        copy.write_text(text if file.suffix == ".py" else templatize(text, origin=str(file)), encoding="utf-8")
        yield str(copy)


def _files() -> Iterator[Path]:
    for pattern in TEMPLATES:
        yield from sorted((HERE / "templates").glob(pattern))
    for pattern in MODULES:
        yield from (file for file in sorted(HERE.glob(pattern)) if file.name not in FOR_AGENTS_ONLY)


def _labels() -> Iterator[str]:
    """What kinds are called, and what notices say: rules know no gettext, so their words stand here."""
    from policies_app.kinds import AccessLevel, EndReason, FileGroup
    from policies_app.notices import NOTICES
    from sessions_app.kinds import HIDDEN_FROM_CUSTOMERS, Actor, EntryKind

    for kinds in (EndReason, AccessLevel, FileGroup, Actor):
        yield from (kind.label for kind in kinds)
    yield from (kind.label for kind in EntryKind if kind not in HIDDEN_FROM_CUSTOMERS)
    yield from (notice.default for notice in NOTICES.values() if notice.audience == "customer")


if __name__ == "__main__":
    sys.exit(main())
