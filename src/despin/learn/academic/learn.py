"""Listed tortured phrases → the dictionary of their makers, and proposals for what no list holds.

    terms       lines of a list → phrases as spun, and the terms they stand for
    monotone    phrases and terms → blocks: which words became which
    similar     blocks, word vectors and other dictionaries → what any word may stand for

This module puts them together. Entries are blocks with their counts, and the same words in their other forms; a listed
phrase as a whole becomes an entry only where it recurs inside others, so that the dictionary holds the makers' habits
and not the list. Start reading from `learn`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import regex

from ...dictionary.formats.detect import written
from ...text.characters import normalise
from ...text.tokens import tokenise
from ..dictionary.learn import Learned
from .monotone import FUNCTION, SHAPES, Aligner, Block
from .similar import CLOSED, Graph, Seen, Similar
from .terms import Listed
from .vectors import Vectors

Forms = Callable[[str], Iterable[tuple[str, str]]]  # word → (Penn tag, lemma) of each of its readings
Inflect = Callable[[str, str], Sequence[str]]  # lemma, Penn tag → its forms, the usual one first

FEWEST_CLOSED = 3  # times a pair with a function word must be seen: there lie the slips of the alignment
FORM_SHARE = 3  # a form that was not seen counts as a third of those that were
MOSTLY_KEPT = 0.1  # times a word was put for another, for each time that it was kept, from which that is an entry
SOFT = 1.5  # occurrences that similarity is worth beside counts
PROPOSED = 48  # originals proposed for a word …
MIN_PROPOSAL = 0.0008  # probability: … each at least this likely
SURE = 0.4  # probability from which a proposal for a word that was never seen becomes an entry
LONGEST_BLOCK = max(length for _, length in SHAPES)
PARADIGMS = (("NN", "NNS"), ("VB", "VBZ", "VBD", "VBN", "VBG"), ("JJ", "JJR", "JJS"))
_WORD = regex.compile(r"\p{L}[\p{L}']*|-|'s")


@dataclass(slots=True)
class Account:
    """What the learner did, for the table it prints."""

    phrases: int = 0
    dropped: int = 0
    """Lines without a phrase or a term."""
    blocks: int = 0
    distinct: int = 0
    entries: int = 0
    forms: int = 0
    """Entries that are other forms of words that were seen."""
    guessed: int = 0
    """Entries for words that were never seen, because similarity is sure of them."""
    words: int = 0
    """Words with proposals."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was learned."""

    entries: list[Learned]
    proposals: dict[str, dict[str, float]]
    """Word → original → P(original | word), the word itself among them; empty without vectors."""
    account: Account = field(default_factory=Account)


def learn(
    listed: Sequence[Listed],
    forms: Forms,
    inflect: Inflect,
    vectors: Vectors | None = None,
    dictionaries: Sequence[Graph] = (),
    progress: Callable[[str], None] = lambda message: None,
    only: Collection[str] | None = None,
) -> Result:
    """The dictionary behind `listed`, and with `vectors` the proposals, for all words or `only` for some."""

    def lemma(word: str) -> str:
        return base_form(word, forms)

    progress(f"aligning: {len(listed):,} phrases")
    aligner = Aligner(((one.spun, one.term) for one in listed), lemma)
    aligned = [(one, aligner.align(one.spun, one.term)) for one in listed]
    counts = block_counts(aligned)
    account = Account(len(listed), 0, sum(counts.values()), len(counts))
    proposals: dict[str, dict[str, float]] = {}
    guesses: list[tuple[str, str]] = []
    if vectors is not None:
        similar = Similar(vectors, dictionaries, lemma)
        progress("weighing: what is known of similar words")
        ranker = similar.fit(parts(aligned, lemma))
        progress("proposing: originals for all words")
        seen = similar.seen(block for _, blocks in aligned for block in blocks)
        words = [word for word in similar.words if _proposable(word) and (only is None or word in only)]
        soft = dict(similar.weighed(words, seen, ranker))
        proposals = blend(soft, aligned)
        guesses = _guesses(soft, seen, counts)
    stands = occurrences(one.term for one, _ in _distinct(aligned))
    entries = _entries(counts, stands, _whole(aligned), guesses, forms, inflect, account)
    account.entries, account.words = len(entries), len(proposals)
    return Result(entries, proposals, account)


def base_form(word: str, forms: Forms) -> str:
    """The lemma of `word`, as a noun if it can be one, else as a verb or an adjective."""
    if len(word) < 4 or not word.isalpha():
        return word
    readings = {tag[0]: lemma for tag, lemma in forms(word)}
    return next((readings[part] for part in "NVJ" if part in readings), word)


def parts(aligned: Iterable[tuple[Listed, Sequence[Block]]], lemma: Callable[[str], str]) -> list[list[Block]]:
    """The blocks in three parts that share no term."""
    groups: list[list[Block]] = [[], [], []]
    known: dict[str, int] = {}
    for one, blocks in aligned:
        term = " ".join(lemma(word) for word in one.terms[0] if word != "-")
        groups[known.setdefault(term, len(known)) % len(groups)].extend(blocks)
    return groups


def block_counts(aligned: Iterable[tuple[Listed, Sequence[Block]]]) -> Counter[Block]:
    """In how many distinct phrases each block stands."""
    return Counter(block for _, blocks in _distinct(aligned) for block in dict.fromkeys(blocks))


def occurrences(terms: Iterable[Sequence[str]]) -> Counter[str]:
    """How often each phrase of up to `LONGEST_BLOCK` words stands in `terms`."""
    return Counter(
        written(term[at : at + length])
        for term in terms
        for length in range(1, LONGEST_BLOCK + 1)
        for at in range(len(term) - length + 1)
    )


def _distinct(aligned: Iterable[tuple[Listed, Sequence[Block]]]) -> Iterable[tuple[Listed, Sequence[Block]]]:
    return {(one.spun, one.term): (one, blocks) for one, blocks in aligned}.values()


def _whole(aligned: Iterable[tuple[Listed, Sequence[Block]]]) -> set[Block]:
    """Blocks that are a listed phrase and its term."""
    return {(one.spun, one.term) for one, _ in aligned}


# --- proposals -------------------------------------------------------------------------------------------------


def _proposable(word: str) -> bool:
    return word.isalpha() and len(word) > 2 and word not in CLOSED


def blend(
    soft: Mapping[str, Mapping[str, float]], aligned: Iterable[tuple[Listed, Sequence[Block]]]
) -> dict[str, dict[str, float]]:
    """Word → original → probability: counts of what the word became, backed off to similarity."""
    became: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, blocks in _distinct(aligned):
        for spun, original in blocks:
            if len(spun) == 1 and original and spun[0].isalnum():
                became[spun[0]][written(original)] += 1
    table: dict[str, dict[str, float]] = {}
    for word in sorted({*soft, *became}):
        counted = became.get(word, Counter())
        total = sum(counted.values()) + SOFT
        share = {original: SOFT * p / total for original, p in soft.get(word, {word: 1.0}).items()}
        for text, number in counted.items():
            share[text] = share.get(text, 0.0) + number / total
        share.setdefault(word, MIN_PROPOSAL)
        best = sorted(share.items(), key=lambda pair: (-pair[1], pair[0]))[:PROPOSED]
        table[word] = {original: p for original, p in best if p >= MIN_PROPOSAL or original == word}
        table[word].setdefault(word, share[word])
    return table


def _guesses(soft: Mapping[str, Mapping[str, float]], seen: Seen, counts: Mapping[Block, int]) -> list[tuple[str, str]]:
    """Pairs of words that similarity is sure of, the spun one never seen and the original a usual one."""
    known = {word for spun, _ in counts for word in spun}
    usual = {original[0] for spun, original in counts if len(original) == 1 and spun != original}
    return [
        (word, original)
        for word, those in soft.items()
        if word not in known
        for original, p in those.items()
        if p >= SURE and original != word and original in usual
    ]


# --- entries ---------------------------------------------------------------------------------------------------


def _entries(
    counts: Mapping[Block, int],
    stands: Mapping[str, int],
    whole: set[Block],
    guesses: Iterable[tuple[str, str]],
    forms: Forms,
    inflect: Inflect,
    account: Account,
) -> list[Learned]:
    seen: dict[tuple[str, str], int] = {}
    for (spun, original), number in counts.items():
        if _worth((spun, original), number, whole) and number >= MOSTLY_KEPT * counts.get((spun, spun), 0):
            seen[written(spun), written(original)] = number
    for pair, number in _other_forms(seen, forms, inflect).items():
        own = (pair[0],)
        if pair not in seen and number >= MOSTLY_KEPT * counts.get((own, own), 0):
            seen[pair] = number
            account.forms += 1
    for pair in guesses:
        if pair not in seen:
            seen[pair] = 1
            account.guessed += 1
    became: Counter[str] = Counter()
    for (_, text), number in seen.items():
        became[text] += number
    kept = {text: counts.get((tuple(text.split()), tuple(text.split())), 0) for text in became}
    lines = [
        Learned(one, two, number, max(stands.get(two, 0), became[two] + kept[two]))
        for (one, two), number in seen.items()
        if one != two and _findable(one, two)
    ]
    return sorted(lines, key=lambda line: (line.spun, line.original))


def _worth(block: Block, number: int, whole: set[Block]) -> bool:
    spun, original = block
    if not spun or not original or not all(_WORD.fullmatch(word) for side in block for word in side):
        return False
    if [w for w in spun if w != "-"] == [w for w in original if w != "-"]:
        return False
    if any(side[end] == "-" for side in block for end in (0, -1)):
        return False  # half of a compound
    if not any(word not in FUNCTION and len(word) > 1 for word in spun):
        return False  # *of* for *for*: everywhere, and telling nothing
    if any(len(side) == 1 and (side[0] in CLOSED or len(side[0]) < 3) for side in block):
        return number >= FEWEST_CLOSED
    return len(spun) == len(original) == 1 or number > 1 or block not in whole


def _other_forms(seen: Mapping[tuple[str, str], int], forms: Forms, inflect: Inflect) -> dict[tuple[str, str], int]:
    """The other forms of single words that agree: *networks* for *organizations* by *network* for *organization*."""
    made: dict[tuple[str, str], int] = {}
    for (spun, original), number in seen.items():
        if not (spun.isalpha() and original.isalpha()):
            continue
        readings = dict(forms(original))
        for tag, lemma in forms(spun):
            paradigm = next((tags for tags in PARADIGMS if tag in tags), ())
            if tag not in readings or (tag == "NN" and lemma.endswith("ing")):
                continue
            for other in paradigm:
                one, two = inflect(lemma, other)[:1], inflect(readings[tag], other)[:1]
                if other != tag and one and two and one[0] != two[0]:
                    pair = one[0], two[0]
                    made[pair] = max(made.get(pair, 0), 1, number // FORM_SHARE)
    return made


def _findable(*phrases: str) -> bool:
    """The words of each phrase tokenise back to themselves."""
    tokens = tokenise(phrases)
    texts: list[list[str]] = [[] for _ in phrases]
    for row in range(len(tokens)):
        texts[int(tokens.document[row])].append(normalise(tokens.found(row, row + 1)))
    return all(written(words) == phrase for words, phrase in zip(texts, phrases, strict=True))
