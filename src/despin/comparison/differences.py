"""Passages → the differences in them, each of a kind, and the runs of words that were kept.

Start reading from `told`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from ..text.characters import normalise
from .alignment import Passage
from .known import Known
from .regions import SAME, Step
from .result import Difference, Kind, Run
from .words import Words

LONGEST_NEW = 6  # tokens of a substitution that no dictionary knows; more words for others are a rewrite
QUOTED = 0.8  # share of quotation of what is put in or left out, from which it is a quotation


def told(passages: Sequence[Passage], text: Words, source: Words, known: Known) -> tuple[Difference, ...]:
    """All differences, by place: those inside the passages, and what stands beside none of them in either text."""
    found = [
        _difference(block, text, source, known)
        for passage in passages
        for step in passage.steps
        if step.entry == SAME
        for block in _recased(step, text, source)
    ]
    found += [_difference(block, text, source, known) for passage in passages for block in blocks(passage)]
    found += [_difference(Step(a, b, 0, 0), text, source, known) for a, b in _uncovered(_spans(passages), len(text))]
    # What was left out stands behind what it stood behind in the source.
    behind = sorted((passage.end, passage.last) for passage in passages)
    ends = [end for end, _ in behind]
    there = sorted((passage.begin, passage.end) for passage in passages)
    for begin, end in _uncovered(there, len(source)):
        place = int(np.searchsorted(ends, begin, side="right"))
        at = behind[place - 1][1] if place else 0
        found.append(_difference(Step(at, at, begin, end), text, source, known))
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.source_start)))


def blocks(passage: Passage) -> Iterator[Step]:
    """What differs in `passage`: known substitutions, single words for single words, and what cannot be told apart."""
    waiting: list[Step] = []
    for step in passage.steps:
        if step.entry == -1:
            waiting.append(step)
            continue
        yield from _told_apart(waiting)
        waiting = []
        if step.entry != SAME:
            yield step
    yield from _told_apart(waiting)


def runs(passages: Iterable[Passage], text: Words, source: Words) -> tuple[Run, ...]:
    """The words in a row that were kept, by place; signs alone are none."""
    found = []
    for step in (step for passage in passages for step in passage.steps if step.entry == SAME):
        if number := text.number(step.first, step.last):
            counted = text.counted[step.first : step.last]
            quoted = bool(text.quoted[step.first : step.last][counted].all())
            head, tail = int(counted.argmax()), int(counted[::-1].argmax())  # signs at either end are none of a run
            here = text.span(step.first + head, step.last - tail)
            found.append(Run(*here, *source.span(step.begin + head, step.end - tail), number, quoted))
    return tuple(found)


def _told_apart(steps: list[Step]) -> Iterator[Step]:
    """`steps`, none of them known and all beside each other, as they are if each is a word for a word; else as one, or
    as two, what was put in and what was left out, where that is too long for a substitution."""
    single = all(step.last - step.first == 1 == step.end - step.begin for step in steps)
    if single and len(steps) <= LONGEST_NEW:
        yield from steps
    elif steps:
        first, last, begin, end = steps[0].first, steps[-1].last, steps[0].begin, steps[-1].end
        if max(last - first, end - begin) > LONGEST_NEW and first < last and begin < end:
            yield Step(first, last, begin, begin)
            yield Step(last, last, begin, end)
        else:
            yield Step(first, last, begin, end)


def _recased(step: Step, text: Words, source: Words) -> Iterator[Step]:
    """Words of a kept step that are written otherwise, in capitals say, and begin no sentence."""
    here, there = slice(step.first, step.last), slice(step.begin, step.end)
    otherwise = text.tokens.shape[here] != source.tokens.shape[there]
    for at in np.flatnonzero(otherwise & ~text.begins[here] & ~source.begins[there]).tolist():
        yield Step(step.first + at, step.first + at + 1, step.begin + at, step.begin + at + 1)


def _spans(passages: Iterable[Passage]) -> list[tuple[int, int]]:
    return [(passage.first, passage.last) for passage in passages]


def _uncovered(spans: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """What lies between `spans`, sorted and disjoint."""
    ends = [(0, 0), *spans, (size, size)]
    return [(end, start) for (_, end), (start, _) in pairwise(ends) if end < start]


def _difference(block: Step, text: Words, source: Words, known: Known) -> Difference:
    first, last, begin, end, entry = block
    found, original = text.found(first, last), source.found(begin, end)
    families = known.families(entry) if entry >= 0 else ()
    kind = _kind(block, found, original, text, source)
    quoted = bool(text.quoted[first:last].all()) if first < last else bool(first and text.quoted[first - 1])
    if first == last:
        start = stop = text.span(first, first)[0]
        return Difference(kind, start, stop, "", *source.span(begin, end), original, families, quoted)
    source_span = source.span(begin, end) if begin < end or begin else (0, 0)
    return Difference(kind, *text.span(first, last), found, *source_span, original, families, quoted)


def _kind(block: Step, found: str, original: str, text: Words, source: Words) -> Kind:
    first, last, begin, end, _ = block
    here, there = text.mark[first:last], source.mark[begin:end]
    if here.all() and there.all():
        return "quotation"
    if first == last or begin == end:
        quoted = text.quoted[first:last] if first < last else source.quoted[begin:end]
        if quoted.mean() >= QUOTED and len(quoted) > 1:
            return "quotation"
        return "insertion" if begin == end else "deletion"
    return "form" if is_form(found, original) else "substitution"


# --- forms of one word ---------------------------------------------------------------------------------------------

_JOINTS = re.compile(r"[\W_]+")
_SPELLINGS = [
    (re.compile(pattern), plain)
    for pattern, plain in (
        ("our", "or"), ("is(e|ing|ed|es|ation)", r"iz\1"), ("yse", "yze"), ("tre$", "ter"), ("ogue", "og"),
        ("ence$", "ense"), ("ll", "l"), ("ae", "e"), ("oe", "e"), ("aluminium", "aluminum"), ("programme", "program"),
        ("grey", "gray"),
    )
]  # fmt: skip
_ENDING = re.compile(r"(?:'s?|ies|es|s|ied|ed|d|ing|er|est|ly|y|e)$")
_STEM = 3  # letters of a stem that two forms may share
_CONTRACTED = (
    ("can't", "can not"), ("cannot", "can not"), ("won't", "will not"), ("shan't", "shall not"), ("n't", " not"),
    ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'m", " am"), ("it's", "it is"), ("'d", " would"),
)  # fmt: skip
_ARTICLES = {"a", "an"}


def is_form(found: str, original: str) -> bool:
    """Whether the two are one word or phrase in other forms: inflected, spelt, written together, contracted, in other
    capitals; *a* and *an* too.

    >>> [is_form("colours", "color"), is_form("web site", "website"), is_form("don't", "do not"), is_form("cat", "dog")]
    [True, True, True, False]
    """
    one, other = normalise(found), normalise(original)
    if one == other or {one, other} == _ARTICLES:
        return True
    if _JOINTS.sub("", one) == _JOINTS.sub("", other) != "":
        return True
    if _written_out(one) == _written_out(other):
        return True
    left, right = one.split(), other.split()
    return len(left) == len(right) and all(map(_same_stem, left, right))


def _written_out(phrase: str) -> str:
    for short, long in _CONTRACTED:
        phrase = phrase.replace(short, long)
    return phrase


def _same_stem(one: str, other: str) -> bool:
    if one == other:
        return True
    left, right = _stems(one), _stems(other)
    return any(len(stem) >= _STEM for stem in left & right)


def _stems(word: str) -> set[str]:
    """What `word` may be a form of, however it is spelt."""
    for pattern, plain in _SPELLINGS:
        word = pattern.sub(plain, word)
    stem = _ENDING.sub("", word)
    if len(stem) > _STEM and stem[-1] == stem[-2]:
        stem = stem[:-1]  # running
    return {word, stem}
