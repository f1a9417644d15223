"""How an original is written where a spun phrase stood: tables, read as the specification."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.restoration.wording import APOSTROPHES, acronyms, agrees, fit, fitted
from despin.text.characters import normalise
from despin.text.language import ENGLISH

# original, as the dictionary has it; what was found; how the original is written there
CASES = [
    # the case of the first letter
    ("together", "collectively", "together"),
    ("together", "Collectively", "Together"),
    ("in which", "By which", "In which"),
    ("in which", "by Which", "in which"),
    ("new", "Brand new", "New"),
    # titles
    ("tell", "Inform", "Tell"),
    ("wall street", "Wall Avenue", "Wall Street"),
    ("in the end", "After All", "In the End"),
    ("the end of days", "The Finish Of Days", "The End of Days"),
    ("girls' generation", "Women' Technology", "Girls' Generation"),
    ("behind-the-scenes", "Backstage-Look", "Behind-the-Scenes"),
    # shouted
    ("machine learning", "GADGET GETTING TO KNOW", "MACHINE LEARNING"),
    ("don't", "DO NOT", "DON'T"),
    ("seo", "WEBSITE POSITIONING", "SEO"),
    # one capital letter is a capital, not a shout
    ("one", "A", "One"),
    ("after", "A while later", "After"),
    # I and its kin
    ("i", "me", "I"),
    ("i'm glad", "happy", "I'm glad"),
    ("and i said", "plus me stated", "and I said"),
    ("when i'd left", "After leaving", "When I'd left"),
    ("if i'll come", "ONCE ME COMES", "IF I'LL COME"),
    ("island", "isle", "island"),
    # neither case to go by
    ("two", "2", "two"),
    ("percent", "%", "percent"),
    ("two", "2 pairs", "two"),
    ("2", "Two", "2"),
    ("'s", "’s", "'s"),
    # letters beyond a to z
    ("élan", "Verve", "Élan"),
    ("über", "VERY", "ÜBER"),
]


@pytest.mark.parametrize(("original", "found", "written"), CASES, ids=lambda case: case)
def test_an_original_is_written_as_what_was_found(original: str, found: str, written: str) -> None:
    assert fit(original, found, ENGLISH) == written


@pytest.mark.parametrize(("original", "found", "written"), CASES, ids=lambda case: case)
def test_apostrophes_are_those_of_the_text(original: str, found: str, written: str) -> None:
    assert fit(original, found, ENGLISH, "’") == written.replace("'", "’")


ACRONYMS = {"seo": "SEO", "tvs": "TVs", "pc": "PC", "ios": "iOS"}


@pytest.mark.parametrize(
    ("original", "found", "around", "written"),
    [
        ("seo", "search engine optimization", "aa", "SEO"),
        ("seo", "Search engine optimization", "Aa", "SEO"),
        ("seo", "Search Engine Optimization", "aa", "SEO"),
        ("good seo", "Proper search engine optimization", "Aa", "Good SEO"),
        ("seo", "Website positioning", "aa Aa", "Seo"),  # in the midst of a sentence: a name
        ("seo", "Website positioning", "aa", "Seo"),
        ("seo tips", "Search Engine Optimization Suggestions", "aa", "SEO Tips"),
        ("tvs", "Television sets", "Aa", "TVs"),
        ("tvs", "TELEVISION SETS", "aa", "TVS"),
        ("ios", "Apple software", "Aa", "iOS"),
        # what was found is an acronym itself: its neighbours tell the case of the place
        ("computer", "PC", "aa", "computer"),
        ("computer", "PC", "Aa", "Computer"),
        ("computer", "PC", "AA", "COMPUTER"),
        ("computer shops", "PC stores", "aa", "computer shops"),
        ("seo", "PC", "aa", "SEO"),
        ("computer", "LAPTOP", "aa", "COMPUTER"),
    ],
)
def test_an_acronym_is_written_as_one_wherever_it_stands(original, found, around, written):
    assert fit(original, found, ENGLISH, acronyms=ACRONYMS, around=around) == written


@given(st.sampled_from(sorted(acronyms("en"))), st.text(max_size=12))
def test_every_shipped_acronym_keeps_its_spelling_unless_all_is_shouted(word, found):
    spelling = acronyms("en")[word]
    assert fitted(word, found, "en", "'", "Aa") in (spelling, spelling.upper())


PHRASES = st.lists(st.sampled_from(["the", "old", "i", "don't", "long-term", "2", "über"]), min_size=1, max_size=4)


@given(PHRASES.map(" ".join), st.text(max_size=12), st.sampled_from(APOSTROPHES))
def test_only_case_and_apostrophes_change(original: str, found: str, apostrophe: str) -> None:
    written = fit(original, found, ENGLISH, apostrophe)
    assert normalise(written) == original


@given(PHRASES.map(" ".join), PHRASES.map(" ".join))
def test_what_is_lower_case_stays_so(original: str, found: str) -> None:
    written = fit(original, found, ENGLISH)
    kept = [word for word in written.split() if word != "I"]
    assert all(word == word.lower() for word in kept)


# --- a and an --------------------------------------------------------------------------------------------------------

CONSONANT = """
    boat house hero historic historical hotel human home year young 2 7 10 100 110 180 1,100 1980
    university uniform unit union unique unidirectional universal unanimous European eulogy euphoric ewe
    one one-time one-sided once-only useful user usual utensil utility utopia ubiquitous uranium Ugandan ukulele Utah
    UK U.S. US-led UN UN-backed UFO URL u-turn NASA NATO BBC Mr St lantern faith
"""
VOWEL = """
    adorable island ode umbrella uncle undo unto upper urban urgent usher uprising ulcer under-21
    unimportant uninteresting unimaginable unidentified unintended uninhabited unmatched un-American
    hour hourly heir heiress honest honestly honour honorary onerous only oneiric
    8 11 18 80 8,000 11,000 18th 11-year-old 1887 8-bit eight eleven
    MRI X-ray FBI MP MP3 NBA NFL HTML HIV SUV NGO F-16 L-shaped EU NHS RAF élan
"""
WORDS = [(word, "a") for word in CONSONANT.split()] + [(word, "an") for word in VOWEL.split()]


@pytest.mark.parametrize(("word", "article"), WORDS, ids=lambda case: case)
def test_the_article_fits_the_sound_of_the_next_word(word: str, article: str) -> None:
    for given_article in ("a", "an"):
        assert agrees(given_article, word, ENGLISH) == article
        assert agrees(given_article, f"{word} or two", ENGLISH) == article
        assert agrees(given_article.capitalize(), word, ENGLISH) == article.capitalize()


@pytest.mark.parametrize("word", ["the", "The", "some", "ab", ""])
def test_other_words_are_no_articles(word: str) -> None:
    assert agrees(word, "hour", ENGLISH) == word


def test_an_article_that_fits_is_left_as_it_is_written() -> None:
    assert agrees("AN", "hour", ENGLISH) == "AN"
    assert agrees("A", "boat", ENGLISH) == "A"


@pytest.mark.parametrize("word", ["", "'", "—", "🙂", "…"])
def test_before_what_has_no_sound_stands_a(word: str) -> None:
    assert agrees("an", word, ENGLISH) == "a"
