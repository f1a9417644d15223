"""Tokens → damage that shows without any dictionary: what a spinner breaks and an honest writer hardly ever does.

Six kinds, each a rule about neighbouring tokens, with the weight that was measured for it:

    article      an article that does not fit the word after it: *a extra seat*, *an company*
    possessive   a regular plural with 's (*kids's*), a lone apostrophe where none belongs (*Women' Generation*)
    doubled      a word twice in a row, where nobody says it twice: *tons of of*, *it looks like like*
    digits       a number word where digits belong: *seven.8*, *three,000*, *two%*
    spintax      what a spinner writes for itself, left over: *{big|large}*
    sense        what WordNet marks adjectives with, likewise: *skillful(a)*, *poor (prenominal)*

They tell that a text was spun, not what stood there before; only a doubled word, a number and left-over spintax can be
mended (`repairs`). Start reading from `find_damage`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..results.finding import Evidence, Finding, Reading
from ..text.characters import normalise
from ..text.hashing import hash_phrases, hash_words
from ..text.language import LanguageRules
from ..text.numerals import inside
from ..text.token_features import Shape
from ..text.tokens import Tokens
from ..util.array_types import F64, I32, I64, U64, Bool
from ..util.lazy_regex import lazy
from . import leftovers

if TYPE_CHECKING:
    import regex


FAMILY = "damage"  # of its findings: no dictionary, and no kind of spinner
KINDS = ("article", "possessive", "doubled", "digits", "spintax", "sense")
_DOUBLED, _DIGITS, _SPINTAX = (KINDS.index(kind) for kind in ("doubled", "digits", "spintax"))

# Log-odds, natural, of one mistake. How they were measured: different mistakes of a text in 10,000 words, in the 23,669
# training pairs, spun against original, one half of the pairs at a time; the honest rate is the worst of the originals
# and of the 18 clean registers, each register's count joined by 20,000 words of originals, since some are small. Here
# stands the lower half's, rounded down. At spin rate 0.25 an article is worth 1.7, not 2.8: thence `MAX_OF_KIND`.
#
#                  spun   originals   worst register, joined   ln, one half   ln, the other
#     article     14.0      0.39        0.76 student essays        2.91           2.88
#     possessive   1.61     0.06        none in any                3.37           3.07
#     doubled      3.64     0.72        0.90 old fiction           1.39           1.43
#     digits       0.29     0.014       none in any                3.14           2.84
#     spintax      one place in 12 million words, in the original too: nothing to measure, so no weight
#     sense        none in either: as heavy as the heaviest
#
# Tried and left out, their weight being below 0.7: a word beside its own plural (*days day*), two articles or
# possessives in a row (*the a*), two comparatives in one (*more simpler*), two words said twice (*of the of the*).
WEIGHTS = {"article": 2.8, "possessive": 3.0, "doubled": 1.35, "digits": 2.8, "spintax": 0.0, "sense": 3.0}
REMEMBERED_WORDS = 1 << 17  # words remembered for each pattern
MAX_OF_KIND = 2.0  # of one kind in one text: a writer with one bad habit is not a spinner

# Share of the doubled `mendable` words in spun text where taking one away brings the text nearer to its original: 0.934
# of 1,409, in the half of the training pairs that did not choose the words; 8 of 9 in the development set.
DOUBLED_RIGHT = 0.93

# Share of the numbers that `in_digits` mends in the 23,669 training pairs that stand so in the original: all of 319.
DIGITS_RIGHT = 0.98

_INSIDE = frozenset(".,:")  # what stands inside numbers
_NUMBER = lazy(r"(?:[$£€] ?)?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d{1,2}:\d\d|(?<=[$£€] ?)\d+|\d+(?= ?%))(?: ?%)?")
_WORD = lazy(r"(\p{L}+)")


@dataclass(frozen=True, slots=True, eq=False)
class Damage:
    """Damaged places of a batch, one row each, by place; two kinds may share a token."""

    first: I64
    """First token."""
    last: I64
    """Last token + 1."""
    kind: NDArray[np.uint8]
    """Index into `KINDS`."""
    document: I32
    """The text each lies in."""
    phrase: U64
    """Hash of the first and the last token: the same mistake made twice has one number."""

    def __len__(self) -> int:
        return len(self.first)


def find_damage(tokens: Tokens, rules: LanguageRules) -> Damage:
    """All damage in a batch. Protected tokens and the borders of paragraphs are left alone."""
    # What the rules begin with is few of the tokens. They are found by one search, by sixteen bits of their words,
    # which are compared four times as fast as all 64.
    short = tokens.word.astype(np.uint16)
    wanted = _hashes((*rules.misfits, rules.genitive, "'", "%", "$", "£", "€"))
    begins = tokens.shape == Shape.NUMBER
    for word in wanted.astype(np.uint16):
        begins |= short == word
    rows = np.flatnonzero(begins)
    here = tokens.word.take(rows)
    *articles, clitic, quote, percent, dollar, pound, euro = (rows.compress(here == word) for word in wanted)
    number = rows.compress(tokens.shape.take(rows) == Shape.NUMBER)
    twice = np.flatnonzero(short[1:] == short[:-1])
    found = [
        _articles(tokens, rules, articles),
        _possessives(tokens, rules, clitic, quote),
        _doubled(tokens, rules, twice.compress(tokens.word.take(twice) == tokens.word.take(twice + 1))),
        _digits(tokens, rules, number, percent, np.concatenate([dollar, pound, euro])),
        leftovers.spintax(tokens),
        leftovers.sense_marks(tokens),
    ]
    first = np.concatenate([spans[0] for spans in found])
    last = np.concatenate([spans[1] for spans in found])
    kind = np.repeat(np.arange(len(KINDS), dtype=np.uint8), [len(spans[0]) for spans in found])
    order = np.lexsort((kind, first))
    first, last, kind = first[order], last[order], kind[order]
    phrase = hash_phrases([tokens.word[first], tokens.word[last - 1]]) if len(first) else np.zeros(0, np.uint64)
    return Damage(first, last, kind, tokens.document[first], phrase)


def _beside(tokens: Tokens, rows: I64) -> tuple[Bool, I64]:
    """(rows,): whether each token and the next have to do with each other; and where the next begins."""
    follows = np.minimum(rows + 1, len(tokens) - 1)
    apart = tokens.opens.take(follows) | tokens.protected.take(follows) | tokens.protected.take(rows)
    apart |= follows == rows  # the last token
    return ~apart, tokens.start.take(follows)


def _glued(tokens: Tokens, rows: I64) -> Bool:
    """(rows,): whether nothing stands between each token and the next."""
    if not len(rows):
        return np.zeros(0, np.bool_)
    beside, begin = _beside(tokens, rows)
    return beside & ~tokens.space.take(begin - 1, mode="clip")


def _spaced(tokens: Tokens, rows: I64) -> Bool:
    """(rows,): whether one character, and no line break, stands between each token and the next."""
    if not len(rows):
        return np.zeros(0, np.bool_)
    beside, begin = _beside(tokens, rows)
    return beside & tokens.space.take(begin - 1, mode="clip") & ~tokens.space.take(begin - 2, mode="clip")


def _matching(tokens: Tokens, rows: I64, pattern: regex.Pattern[str]) -> Bool:
    """(rows,): whether `pattern` matches the normalised form of each token; asked once for each distinct word."""
    if not len(rows):
        return np.zeros(0, np.bool_)
    answers, words = _answers(pattern), tokens.word.take(rows)
    place = ((words >> np.uint64(1)) & np.uint64(REMEMBERED_WORDS - 1)).view(np.int64)
    said = answers.take(place)
    asked = np.flatnonzero(said ^ words > 1)  # another word has the place, or none
    if len(asked):
        which = rows.take(asked)
        spans = zip(tokens.start.take(which).tolist(), tokens.ends(which).tolist(), strict=True)
        forms = normalise("\n".join([tokens.text[start:end] for start, end in spans])).split("\n")
        matches = (pattern.match(form) is not None for form in forms)
        said[asked] = words.take(asked) & ~np.uint64(1) | np.fromiter(matches, np.uint64, len(asked))
        answers[place.take(asked)] = said.take(asked)
    answer: Bool = (said & np.uint64(1)).astype(np.bool_)
    return answer


@cache
def _answers(pattern: regex.Pattern[str]) -> U64:
    """(REMEMBERED_WORDS,): which words `pattern` is known to match, since texts are made of the same words. Each word
    has one place, where its hash stands, the lowest bit of it being the answer."""
    return np.zeros(REMEMBERED_WORDS, np.uint64)


@cache
def _hashes(words: tuple[str, ...]) -> U64:
    return hash_words(words)


@cache
def _sorted(words: frozenset[str]) -> U64:
    return np.sort(hash_words(tuple(words)))


def _among(tokens: Tokens, rows: I64, words: frozenset[str]) -> Bool:
    """(rows,): whether each token is one of `words`."""
    if not len(rows):
        return np.zeros(0, np.bool_)
    known, here = _sorted(words), tokens.word.take(rows)
    found: Bool = known.take(np.searchsorted(known, here), mode="clip") == here
    return found


def _form(tokens: Tokens, row: int) -> str:
    return tokens.text[int(tokens.start[row]) : int(tokens.end[row])]


def _articles(tokens: Tokens, rules: LanguageRules, articles: Sequence[I64]) -> tuple[I64, I64]:
    """`articles` are those of each kind, in the order of `rules.misfits`."""
    found = []
    for rows, pattern in zip(articles, rules.misfits.values(), strict=True):
        rows = rows[: len(rows) - bool(len(rows) and rows[-1] == len(tokens) - 1)]
        # Names, abbreviations and single letters are read aloud in more than one way.
        rows = rows.compress((tokens.shape.take(rows) <= Shape.TITLE) & (tokens.shape.take(rows + 1) == Shape.LOWER))
        rows = rows.compress(_matching(tokens, rows + 1, pattern))
        rows = rows.compress(_spaced(tokens, rows))
        found.append(rows.compress(tokens.ends(rows + 1) - tokens.start.take(rows + 1) > 1))
    first = np.concatenate([np.zeros(0, np.int64), *found])
    return first, first + 2


def _possessives(tokens: Tokens, rules: LanguageRules, clitic: I64, quote: I64) -> tuple[I64, I64]:
    clitic = clitic[clitic > 0] - 1
    # Names end as they like: James's.
    clitic = clitic.compress(_glued(tokens, clitic) & (tokens.shape.take(clitic) == Shape.LOWER))
    clitic = clitic.compress(_matching(tokens, clitic, rules.never_genitive))

    before = np.maximum(quote - 1, 0)
    follows = _glued(tokens, before) & (tokens.shape.take(before) >= Shape.LOWER) & (quote > 0)
    lone, begins = quote.compress(follows & _spaced(tokens, quote)) - 1, quote.compress(~follows)
    lone = lone.compress((tokens.shape.take(lone) <= Shape.TITLE) & (tokens.shape.take(lone + 2) >= Shape.LOWER))
    if len(lone) and len(begins):
        # Where a quotation may have begun in the same paragraph, the apostrophe may be its end.
        opens = np.flatnonzero(tokens.opens)
        place = np.searchsorted(begins, lone)
        begun = np.searchsorted(opens, begins.take(place - 1), "right") == np.searchsorted(opens, lone, "right")
        lone = lone.compress(~begun | (place == 0))
    lone = lone.compress(~_matching(tokens, lone, rules.apostrophe_at_home))
    first = np.concatenate([clitic, lone])
    return first, first + 2


def _doubled(tokens: Tokens, rules: LanguageRules, rows: I64) -> tuple[I64, I64]:
    """`rows` are the tokens of which the next is the same word."""
    rows = rows.compress(_spaced(tokens, rows))
    thrice = np.diff(rows) == 1
    # Three times is a song.
    once = ~(np.concatenate([thrice, [False]]) | np.concatenate([[False], thrice])) if len(rows) else rows > 0
    lower = (tokens.shape.take(rows) == Shape.LOWER) & (tokens.shape.take(rows + 1) == Shape.LOWER)
    rows = rows.compress(once & lower)
    rows = rows.compress(~_among(tokens, rows, rules.repeatable))
    return rows, rows + 2


def _digits(tokens: Tokens, rules: LanguageRules, number: I64, percent: I64, money: I64) -> tuple[I64, I64]:
    def word(rows: I64) -> Bool:
        return _among(tokens, rows, frozenset(rules.digits)) & (tokens.shape.take(rows) <= Shape.TITLE)

    # Most numbers stand between words; a sign glued to a number and to a word is rare.
    middle = np.sort(np.concatenate([number[number >= 2] - 2, number[number + 2 < len(tokens)]]))
    middle = middle.compress(tokens.shape.take(middle + 1) == Shape.OTHER)
    middle = middle.compress(np.maximum(tokens.shape.take(middle), tokens.shape.take(middle + 2)) >= Shape.LOWER)
    apart = percent[percent >= 3] - 3  # *eight.Three %*
    percent, behind = percent[percent > 0] - 1, np.minimum(money + 1, len(tokens) - 1)
    percent = percent.compress(tokens.shape.take(percent) >= Shape.LOWER)
    money = money.compress(tokens.shape.take(behind) >= Shape.LOWER)
    apart = apart.compress((tokens.shape.take(apart) >= Shape.LOWER) & (tokens.shape.take(apart + 2) >= Shape.LOWER))
    if not len(middle) + len(percent) + len(money) + len(apart):
        return middle, middle
    middle = np.concatenate([middle, apart])
    middle = middle.compress(_glued(tokens, middle) & _glued(tokens, middle + 1))
    middle = middle.compress(_among(tokens, middle + 1, _INSIDE) & (word(middle) | word(middle + 2)))
    percent = percent.compress(_glued(tokens, percent) & word(percent))
    price = money.compress(_glued(tokens, money))
    price = price.compress(word(price + 1))
    first = np.concatenate([middle, percent, price])
    return first, first + np.repeat([3, 2, 2], [len(middle), len(percent), len(price)])


def log_odds(damage: Damage, documents: int) -> F64:
    """(documents,): what the damage adds to the log-odds, natural logarithm, that each text was spun; never negative.

    Different mistakes of a kind add up to `MAX_OF_KIND`; the same mistake made again adds nothing.
    """
    rows = zip(damage.document.tolist(), damage.kind.tolist(), damage.phrase.tolist(), strict=True)
    distinct = [document * len(KINDS) + kind for document, kind, _ in set(rows)]
    times = np.bincount(np.array(distinct, np.int64), minlength=documents * len(KINDS))
    weights = np.array([WEIGHTS[kind] for kind in KINDS])
    summed: F64 = np.minimum(times.reshape(documents, len(KINDS)) * weights, MAX_OF_KIND).sum(axis=1)
    return summed


def repairs(tokens: Tokens, damage: Damage, texts: Sequence[str], rules: LanguageRules) -> list[list[Finding]]:
    """What can be mended with certainty, for each text, sorted by place, disjoint; meant for texts that were spun.

    Of a doubled word one is taken away, where it is one of those that nobody says twice. A number partly in words is
    put into digits as a whole. Left-over spintax is only suggested to be its first choice: which of them the original
    had, nobody can tell.
    """
    found: list[list[Finding]] = [[] for _ in texts]
    mendable = _among(tokens, damage.first, rules.mendable)
    certain = np.flatnonzero(
        (damage.kind == _DOUBLED) & mendable | (damage.kind == _DIGITS) | (damage.kind == _SPINTAX)
    )
    done = 0
    for row in certain.tolist():
        first, last, document = int(damage.first[row]), int(damage.last[row]), int(damage.document[row])
        if first < done:
            continue
        begin = int(tokens.offset[document])
        number = ""
        if damage.kind[row] == _DIGITS:
            first, last = _whole_number(tokens, first, last, rules)
            number = in_digits(tokens.found(first, last), rules)
            if not number or first < done or _goes_on_before(tokens, first, rules):
                continue
        start, end = int(tokens.start[first]) - begin, int(tokens.end[last - 1]) - begin
        text = texts[document][start:end]
        if damage.kind[row] == _DOUBLED:
            finding = _finding(start, text, (_form(tokens, first),), DOUBLED_RIGHT, "doubled", "a word twice in a row")
        elif number:
            finding = _finding(start, text, (number,), DIGITS_RIGHT, "digits", "a number partly in words")
        else:
            choices = tuple(dict.fromkeys(choice.strip() for choice in text[1:-1].split("|") if choice.strip()))
            finding = _finding(start, text, choices, 1 / (len(choices) + 1), "spintax", "a choice left over")
        found[document].append(finding)
        done = last
    return found


def _whole_number(tokens: Tokens, first: int, last: int, rules: LanguageRules) -> tuple[int, int]:
    """The first token, and the last + 1, of the number of which some are damaged; with a percent sign behind it."""
    opens = int(tokens.offset[tokens.document[first]])
    while tokens.start[first] > opens and inside(tokens, np.array([first]), rules)[0]:
        first -= 1
    while last < len(tokens) and inside(tokens, np.array([last]), rules)[0] and tokens.shape[last] <= Shape.TITLE:
        if tokens.found(last, last + 1)[0].isalpha() and tokens.found(last, last + 1).lower() not in rules.numerals:
            break  # *8.3bn*, *8.3 per cent*: these words stay
        last += 1
    return first, last


def _goes_on_before(tokens: Tokens, first: int, rules: LanguageRules) -> bool:
    """Whether the word before a number is a part of it: *fifty five%*."""
    same = first > 0 and not tokens.opens[first]
    return same and tokens.found(first - 1, first).lower() in rules.numerals


def in_digits(text: str, rules: LanguageRules) -> str:
    """A number that is partly in words, in digits; empty where it would be none.

    >>> from despin.text.language import ENGLISH
    >>> in_digits("eight.Three %", ENGLISH), in_digits("two,801", ENGLISH), in_digits("1999.Three", ENGLISH)
    ('8.3 percent', '2,801', '')
    """
    parts = _WORD.split(text)
    capital = any(part[:1].isupper() for part in parts[1 if parts[0] else 2 :])
    if capital and not text.endswith("%"):
        return ""  # the next sentence may have begun
    number = "".join(rules.digits.get(part.lower(), part) for part in parts)
    if not _NUMBER.fullmatch(number):
        return ""
    return f"{number[:-2]} {rules.percent}" if number.endswith(" %") else number


def _finding(start: int, found: str, originals: tuple[str, ...], confidence: float, kind: str, note: str) -> Finding:
    """A finding whose one term of evidence is its confidence; all of `originals` are equally likely."""
    return Finding(
        start, start + len(found), found, originals[0], confidence,
        "suggest" if kind == "spintax" else "restore", FAMILY, f"{FAMILY}:{kind}",
        (Evidence("damage", math.log(confidence / (1 - confidence)), note),),
        substituted=min(confidence * len(originals), 1.0),
        readings=tuple(Reading(original, confidence) for original in originals),
    )  # fmt: skip
