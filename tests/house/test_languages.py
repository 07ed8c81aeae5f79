"""Every word that customers read is there in every language, and what is compiled says the same."""

import re
import shutil

import polib
import pytest
from django.conf import settings
from django.utils.translation import gettext, override

from deploy import messages

PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|</?\w+>")


def said(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_there_is_a_catalog_for_every_language() -> None:
    assert {code for code, _name in settings.LANGUAGES} == {"en", *messages.LANGUAGES}


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs xgettext: install the package `gettext`")
def test_catalogs_hold_what_customers_read_and_nothing_else() -> None:
    wanted = {messages.key(entry) for entry in messages.source()}
    for language in messages.LANGUAGES:
        found = {messages.key(entry) for entry in messages.read(language)}
        missing, needless = sorted(wanted - found), sorted(found - wanted)
        assert not missing and not needless, f"`make messages`, then translate in {language}"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_everything_is_translated_with_its_places(language: str) -> None:
    for entry in messages.read(language):
        assert entry.translated() and "fuzzy" not in entry.flags, entry.msgid
        for text in said(entry):
            assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(entry.msgid)), entry.msgid


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_what_is_compiled_says_the_same(language: str) -> None:
    compiled = {messages.key(entry): said(entry) for entry in polib.mofile(str(messages.compiled(language)))}
    assert compiled == {messages.key(entry): said(entry) for entry in messages.read(language)}


def test_django_finds_them() -> None:
    with override("de"):
        assert gettext("Send me a new link") == "Neuen Link zusenden"
    with override("de-at"):
        assert gettext("Ended by the agent") == "Beendet durch die Ansprechperson"
