"""Every language says everything: each sentence of the explorer has its translation, with the same places and markup."""

from __future__ import annotations

import re

import pytest

from api.http.pages.catalogues import messages
from api.http.pages.language import ENGLISH, NAMES, Language, catalogue, chosen
from api.http.pages.reader import Reader

OTHERS = [tag for tag in NAMES if tag != ENGLISH]
SENTENCES = {message.id: message for message in messages() if message.id}
PLACES = re.compile(r"%\(\w+\)s|%%")
TAGS = re.compile(r"</?[a-z][^>]*>")


def forms(string):
    return list(string) if isinstance(string, tuple | list) else [string]


def test_sentences_are_found_in_templates_and_in_code():
    assert "Skip to the page" in SENTENCES
    assert "How tasks end" in SENTENCES
    assert len(SENTENCES) > 200


@pytest.mark.parametrize("tag", OTHERS)
def test_a_language_has_a_translation_of_every_sentence_and_of_no_other(tag):
    told = {message.id: message for message in catalogue(tag) if message.id}
    assert set(told) == set(SENTENCES)
    waiting = [key for key, message in told.items() if not all(forms(message.string)) or message.fuzzy]
    assert waiting == []


@pytest.mark.parametrize("tag", OTHERS)
def test_a_translation_has_the_places_and_the_markup_of_the_english(tag):
    for message in catalogue(tag):
        if not message.id:
            continue
        english = forms(message.id)[-1]
        for translated in forms(message.string):
            assert sorted(set(PLACES.findall(translated))) == sorted(set(PLACES.findall(english))) or isinstance(
                message.id, tuple
            ), message.id
            assert set(PLACES.findall(translated)) <= set(PLACES.findall(english)), message.id
            assert sorted(TAGS.findall(translated)) == sorted(TAGS.findall(english)), message.id


@pytest.mark.parametrize("tag", OTHERS)
def test_a_catalogue_has_as_many_plurals_as_its_language(tag):
    told = catalogue(tag)
    assert all(len(message.string) == told.num_plurals for message in told if isinstance(message.id, tuple))


@pytest.mark.parametrize(
    ("asked", "accepted", "tag"),
    [
        ("ar", "es", "ar"),
        (None, "es-CO,es;q=0.9,en;q=0.8", "es"),
        (None, "en;q=0.2, ar-EG;q=0.7", "ar"),
        (None, "de-DE,de", "en"),
        (None, None, "en"),
        ("xx", "es", "es"),
        ("<script>", None, "en"),
        (None, "es;q=0, en", "en"),
        (None, "es;q=much, ar", "ar"),
    ],
)
def test_a_reader_gets_the_language_asked_for_or_the_best_that_the_browser_accepts(asked, accepted, tag):
    assert chosen(asked, accepted) == Language(tag)


def test_arabic_has_six_ways_to_count():
    arabic = Language("ar")
    said = {arabic.count("%(number)s row.", "%(number)s rows.", n) for n in (0, 1, 2, 5)}
    assert len(said) <= 4
    assert arabic.direction == "rtl"
    assert Language("es").say("How tasks end") == "Cómo acaban las tareas"


def test_a_language_asked_for_by_name_goes_along_in_every_link():
    reader = Reader(Language("es"), asked=(("lang", "es"),), path="/clients/practice/c-1", query=(("q", "7"),))
    assert reader.at("/method") == "/method?lang=es"
    assert reader.at("/search?q=x") == "/search?q=x&lang=es"
    assert reader.at("/tables#releases") == "/tables?lang=es#releases"
    assert reader.here_with(lang="ar") == "/clients/practice/c-1?q=7&lang=ar"
    assert Reader(Language("es")).at("/method") == "/method"
