"""A hand-written thesaurus of lemmas → a dictionary of all their forms.

What a person writes down is short: sections by part of speech, and in them lines of an original and what rewriters put
for it,

    [verb]
    help, assist: lend* a hand, facilitate, ~support      # ~: either stands for the other
    [noun]
    algorithm: set* of rules {set of rules for; new set of rules}

What a text holds are forms: *lent a hand* for *helped*, *sets of rules* for *algorithms*. `build` makes them, so that
both sides agree (third person with third person, plural with plural, comparative with comparative), and leaves out
those that nobody writes. Which forms a word has is asked of an `Inflector`, how common they are of a function, so that
nothing here depends on a library or its data.

Start reading from `build`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex

from ...dictionary.formats.detect import written
from ...dictionary.substitution import why_not
from ...text.characters import normalise
from ...text.tokens import tokenise
from ..errors import LearningError

Inflector = Callable[[str, str], Sequence[str]]
"""(lemma, Penn Treebank tag) → its forms, the usual one first; none: there is no such form."""
Frequency = Callable[[str], float]
"""Word → how common it is, on the Zipf scale: log10 of its occurrences in a thousand million words."""

FORMS: Mapping[str, tuple[str, ...]] = {
    "verb": ("VB", "VBZ", "VBG", "VBD", "VBN"),
    "noun": ("NN", "NNS"),
    "adjective": ("JJ", "JJR", "JJS"),
    "mass noun": ("",),
    "adverb": ("",),
    "phrase": ("",),
}
"""Part of speech → the tags of its forms; "": as it is written."""
RAREST = 1.0  # Zipf: a form that is rarer than ten in a thousand million words is an error of the inflector
RARELY = 2.6  # a form so many decades rarer than its lemma is not in use (informations, musics)
COMPARED = 2.7  # Zipf: adjectives whose -er is rarer than this are compared with more and most
_GRADES = {"JJR": "more", "JJS": "most"}
_AFTER_HEAD = frozenset(["of", "for", "with", "in", "on", "to", "from", "at", "by"])
_IRREGULAR = {("get", "VBN"): ("got", "gotten"), ("lie", "VBD"): ("lay",), ("lie", "VBN"): ("lain",)}


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """`spun` may stand for `original`, unless one of the phrases `unless` stands there."""

    spun: str
    original: str
    unless: tuple[str, ...] = ()
    seen: int | None = None
    """Where it was counted: so many occurrences of the original became this, …"""
    of: int | None = None
    """… of so many."""


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase as it was written down: its words, and which of them has the forms."""

    words: tuple[str, ...]
    head: int | None = None
    """None: the usual place for the part of speech."""

    def place(self, part: str) -> int:
        """Which word has the forms: of verbs the first, of nouns the last before a preposition, else the last."""
        if self.head is not None or part == "verb":
            return self.head or 0
        if part == "noun":
            stops = [k for k, word in enumerate(self.words) if k and word in _AFTER_HEAD]
            return stops[0] - 1 if stops else len(self.words) - 1
        return len(self.words) - 1

    def with_form(self, form: str, part: str) -> str:
        place = self.place(part)
        return " ".join([*self.words[:place], form, *self.words[place + 1 :]])

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a thesaurus, before its forms are made."""

    spun: Term
    original: Term
    part: str
    unless: tuple[str, ...] = ()


def build(texts: Iterable[tuple[str, str]], inflect: Inflector, frequency: Frequency) -> list[Pair]:
    """The pairs of a dictionary, sorted and unique, from thesauri given as (name, text).

    Raises
    ------
    LearningError
        A line is not of the format, or holds a phrase that would not be found in a text; the message begins with the
        name and the line's number.
    """
    forms = Forms(inflect, frequency)
    made: dict[tuple[str, str], set[str]] = {}
    places: dict[str, str] = {}
    for name, text in texts:
        for number, line in parse(name, text):
            for spun, original in forms.pairs(line):
                if not why_not(spun, original):
                    made.setdefault((spun, original), set()).update(line.unless)
                    places.setdefault(spun, f"{name}:{number}")
                    places.setdefault(original, f"{name}:{number}")
    _check(places)
    return [Pair(spun, original, tuple(sorted(made[spun, original]))) for spun, original in sorted(made)]


def _check(places: Mapping[str, str]) -> None:
    """Every phrase, given with its place, can be found in a text."""
    phrases = list(places)
    tokens = tokenise(phrases)
    words: list[list[str]] = [[] for _ in phrases]
    for row, document in enumerate(tokens.document.tolist()):
        words[document].append(tokens.found(row, row + 1))
    for phrase, found in zip(phrases, words, strict=True):
        if phrase != written(found) or phrase != normalise(phrase):
            raise LearningError(
                f"{places[phrase]}: {phrase!r} would not be found in a text; write lower-case words, one blank between "
                "them, and no punctuation around them"
            )


def render(pairs: Iterable[Pair], header: Mapping[str, str]) -> str:
    """A dictionary file (dictionaries/README.md)."""
    lines = [f"#: {key}: {value}" for key, value in header.items()]
    for pair in pairs:
        columns = [pair.spun, pair.original, str(pair.seen or ""), str(pair.of or ""), "; ".join(pair.unless)]
        lines.append("\t".join(columns).rstrip("\t"))
    return "".join(line + "\n" for line in lines)


# --- the format ------------------------------------------------------------------------------------------------


def parse(name: str, text: str) -> Iterator[tuple[int, Line]]:
    """The facts of a thesaurus with their line numbers.

    Raises
    ------
    LearningError
        A line is not of the format.
    """
    part = ""
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        where = f"{name}:{number}"
        if line.startswith("["):
            part = line.strip("[] ")
            if part not in FORMS:
                raise LearningError(f"{where}: there is no part of speech {part!r}; known: {', '.join(FORMS)}")
            continue
        originals, colon, substitutes = line.partition(":")
        if not colon or not originals.strip() or not substitutes.strip():
            raise LearningError(f"{where}: a line is 'original: spun, spun, …'; this one is {raw.strip()!r}")
        if not part:
            raise LearningError(f"{where}: say first of which part of speech the words are, as in [noun]")
        for original in _split(originals):
            for spun in _split(substitutes):
                yield from ((number, fact) for fact in _facts(original, spun, part, where))


def _split(text: str) -> list[str]:
    return [piece.strip() for piece in text.split(",") if piece.strip()]


_SPUN = regex.compile(r"(?P<both>~?)(?P<phrase>[^{}~]+)(?:\{(?P<unless>[^{}]*)\})?")


def _facts(original: str, spun: str, part: str, where: str) -> list[Line]:
    found = _SPUN.fullmatch(spun)
    if not found:
        raise LearningError(f"{where}: {spun!r} is not '~phrase {{excuse; excuse}}'")
    unless = tuple(filter(None, map(str.strip, (found["unless"] or "").split(";"))))
    there, here = _term(found["phrase"], where), _term(original, where)
    facts = [Line(there, here, part, unless)]
    return [*facts, Line(here, there, part)] if found["both"] else facts


def _term(text: str, where: str) -> Term:
    words = text.split()
    stars = [k for k, word in enumerate(words) if word.endswith("*")]
    plain = tuple(word.removesuffix("*") for word in words)
    if len(stars) > 1 or not all(plain):
        raise LearningError(f"{where}: {text.strip()!r} has one head at most: a word with a star behind it")
    return Term(plain, stars[0] if stars else None)


# --- forms -----------------------------------------------------------------------------------------------------


class Forms:
    """What the facts of lemmas say of their forms."""

    def __init__(self, inflect: Inflector, frequency: Frequency) -> None:
        self._inflect, self._frequency = inflect, frequency
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def pairs(self, line: Line) -> Iterator[tuple[str, str]]:
        """(spun, original) in all forms that both have, in American and in British spelling."""
        for tag in FORMS[line.part]:
            if tag in _GRADES:
                graded = self._graded(line, tag)
            else:
                originals = self.of(line.original, line.part, tag)[:1]
                graded = [(spun, original) for spun in self.of(line.spun, line.part, tag) for original in originals]
            for spun, original in graded:
                yield spun, original
                british = self.british(spun), self.british(original)
                if british != (spun, original):
                    yield british

    def of(self, term: Term, part: str, tag: str) -> list[str]:
        """The forms `tag` of a phrase, the commonest first."""
        if tag in ("", "NN", "VB", "JJ"):
            return [str(term)]
        return [term.with_form(form, part) for form in self._word(term.words[term.place(part)], tag)]

    def _word(self, lemma: str, tag: str) -> tuple[str, ...]:
        if (lemma, tag) not in self._known:
            front, hyphen, last = lemma.rpartition("-")
            forms = _IRREGULAR.get((last, tag)) or tuple(self._inflect(last, tag))
            least = max(RAREST, self._frequency(last) - RARELY) if tag != "JJR" and tag != "JJS" else COMPARED
            common = [form for form in forms if self._frequency(form) >= least and "-" not in form and " " not in form]
            used = sorted(dict.fromkeys(common), key=lambda form: -self._frequency(form))
            self._known[lemma, tag] = tuple(front + hyphen + form for form in used)
        return self._known[lemma, tag]

    def _graded(self, line: Line, tag: str) -> list[tuple[str, str]]:
        """Comparatives and superlatives; nothing where both are made with more and most, since these words stay."""
        spun, original = (self.of(term, "adjective", tag) if len(term.words) == 1 else [] for term in _both(line))
        if not spun and not original:
            return []
        periphrastic = [f"{_GRADES[tag]} {term}" for term in _both(line)]
        return [(left, right) for left in spun or periphrastic[:1] for right in (original or periphrastic[1:])[:1]]

    def british(self, phrase: str) -> str:
        """`phrase` in British spelling, where its words have one that is in use."""
        return " ".join(map(self._british, phrase.split(" ")))

    def _british(self, word: str) -> str:
        for american, british in _BRITISH:
            other = american.sub(british, word)
            if other != word and self._frequency(other) >= max(2.0, self._frequency(word) - 1.5):
                return other
        return word


def _both(line: Line) -> tuple[Term, Term]:
    return line.spun, line.original


_BRITISH = (
    (regex.compile(r"(?<=[a-z]{3})iz(?=e|es|ed|ing|ation|ations|ers?)(?=\p{L}+$)"), "is"),
    (regex.compile(r"yz(?=e|ing)"), "ys"),
    (regex.compile(r"(?<=^(?:col|fav|behavi|hon|neighb|lab|flav|hum|endeav|sav|od|rum|vig|arm))or"), "our"),
    (regex.compile(r"^(cent|theat|fib)er"), r"\1re"),
    (regex.compile(r"^(def|off|lic)ense"), r"\1ence"),
    (regex.compile(r"(?<=^(?:trave|labe|mode|cance|fue|signa|leve))l(?=ed|ing|er)"), "ll"),
)
