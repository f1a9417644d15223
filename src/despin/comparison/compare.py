"""A text and its source → `Comparison`. Start reading from `compare`.

text, source → words → passages → differences, runs → counts → verdict
"""

from __future__ import annotations

from ..config import Config
from ..runtime.knowledge import load_data
from .alignment import Passage, align
from .differences import runs, told
from .known import Known
from .regions import SAME
from .result import Comparison
from .result import Passage as Shown
from .verdict import Features, judge, measure
from .words import Words


def compare(text: str, source: str, config: Config = Config()) -> Comparison:
    """What of `source` stands in `text`, word by word, and whether the one is a copy of the other.

    The order of sentences and paragraphs does not matter. Which substitutions are known is what the dictionaries of
    `config` say.

    Raises
    ------
    DictionaryError, ModelError
        The data named by `config` cannot be used.

    >>> one = compare("The cat laid on the carpet all day.", "The cat lay on the carpet all day.")
    >>> one.kept_words, [(d.kind, d.found, d.original) for d in one.differences]
    (7, [('substitution', 'laid', 'lay')])
    """
    here, there = Words.of(text), Words.of(source)
    known = Known.of(here, there, load_data(config)[0])
    passages = align(here, there, known)
    differences, kept = told(passages, here, there, known), runs(passages, here, there)
    features = measure(here, there, passages, differences, kept)
    verdict, probability = judge(features)
    return Comparison(
        text=text,
        source=source,
        verdict=verdict,
        probability=probability,
        words=features.words,
        source_words=features.source_words,
        kept_words=features.kept,
        copied_share=features.kept / max(features.words, 1),
        similarity=2 * features.kept / max(features.words + features.source_words, 1),
        substitutions=sum(one.kind == "substitution" for one in differences),
        explained=features.explained / max(features.words, 1),
        moved=sum(passage.moved for passage in passages),
        differences=differences,
        passages=tuple(_shown(passage, here, there) for passage in passages),
        runs=kept,
    )


def features_of(text: str, source: str, config: Config = Config()) -> Features:
    """What the verdict looks at. Raises as `compare` does."""
    here, there = Words.of(text), Words.of(source)
    known = Known.of(here, there, load_data(config)[0])
    passages = align(here, there, known)
    return measure(here, there, passages, told(passages, here, there, known), runs(passages, here, there))


def _shown(passage: Passage, text: Words, source: Words) -> Shown:
    kept = sum(text.number(step.first, step.last) for step in passage.steps if step.entry == SAME)
    return Shown(*text.span(passage.first, passage.last), *source.span(passage.begin, passage.end), kept, passage.moved)
