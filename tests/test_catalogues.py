"""What is translated is translated whole. What the code has got since then is told by `make messages`, not by these."""

import re
from collections import Counter
from collections.abc import Iterator

import polib
import pytest
from django.conf import settings

TRANSLATED = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
CATALOGUES = [f"{code}/LC_MESSAGES/{domain}.po" for code in TRANSLATED for domain in ("django", "djangojs")]
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd%]|%\d|\{\w*\}|</?\w+")
NUMBER_OF_FORMS = re.compile(r"nplurals=(\d)")
# Forms for one number alone, which may say it as a word or leave it out: "أغنيتان" are two tracks.
OF_ONE_NUMBER = {"de": {0}, "es": {0}, "fr": {0}, "ja": set(), "ar": {0, 1, 2}}


def catalogue(path: str) -> polib.POFile:
    return polib.pofile(str(settings.LOCALE_PATHS[0] / path))


def said_in(path: str) -> list[polib.POEntry]:
    return [entry for entry in catalogue(path) if not entry.obsolete]


def places_in(text: str) -> Counter[str]:
    return Counter(PLACES.findall(text))


def pairs_of(entry: polib.POEntry, language: str) -> Iterator[tuple[str, str, bool]]:
    """Text, its translation, and whether that may go without the number."""
    if not entry.msgid_plural:
        yield entry.msgid, entry.msgstr, False
        return
    for form, text in entry.msgstr_plural.items():
        yield entry.msgid_plural, text, form in OF_ONE_NUMBER[language]


@pytest.mark.parametrize("path", CATALOGUES)
def test_each_text_of_a_catalogue_is_translated_and_none_by_guess(path: str) -> None:
    entries = said_in(path)
    assert entries
    assert [entry.msgid for entry in entries if entry.fuzzy or not entry.translated()] == []


@pytest.mark.parametrize("path", CATALOGUES)
def test_a_translation_has_each_plural_of_its_language(path: str) -> None:
    [number] = NUMBER_OF_FORMS.findall(catalogue(path).metadata["Plural-Forms"])
    forms = set(range(int(number)))
    assert [entry.msgid for entry in said_in(path) if entry.msgid_plural and set(entry.msgstr_plural) != forms] == []


@pytest.mark.parametrize("path", CATALOGUES)
def test_a_translation_has_the_places_of_its_text(path: str) -> None:
    assert [wrong for entry in said_in(path) for wrong in misplaced(entry, path[:2])] == []


def misplaced(entry: polib.POEntry, language: str) -> Iterator[str]:
    for text, translation, may_lack_number in pairs_of(entry, language):
        missing = places_in(text) - places_in(translation)
        added = places_in(translation) - places_in(text)
        if added or (missing and not (may_lack_number and missing.total() == 1)):
            yield f"{text!r}: {translation!r}"
