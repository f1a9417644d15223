"""Tokens + phrases → an estimate of what decoding a text would say, at a fraction of its cost.

It is the likelihood ratio of `decode` with everything that is dear left out. In a text spun at rate ρ, an occurrence of
the phrase p is

    1 − ρ·r(p) + ρ·λ(p)   times as likely as in one that was not,     λ(p) = Σ P(o)·P(p | o) / P(p)

over the originals o of p: a spinner leaves fewer of its keys, r(p), and puts in its substitutes, which is more than
nature does where λ(p) > 1. A scan looks closer and closer, in three steps:

1. `Scanner.find_salient` finds the salient phrases only, those that say most: one in 20 words of a clean text. They are
   scored without context: P(o) and P(p) come from the language model alone. All this is one number a phrase, family and
   rate, laid down once. What all other words say, chiefly that keys stand, is the background: it is taken to be the
   same in every text of a length (`add_background`).
2. `Scanner.score_in_context` scores the same phrases, each alone between its neighbours as they stand: there
   λ(p) = Σ P(p | o) · P(context with o) / P(context with p).
3. `Scanner.find_all` finds all phrases, keys too, and `score_in_context` scores nearly all of them.

Which text needs which step is the affair of `screening`. Start reading from `Scanner`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..dictionary.dictionary import Dictionary
from ..dictionary.phrase_trie import PhraseTrie, Prefilter, longest
from ..language_model.context_scores import Contexts
from ..language_model.model import LanguageModel
from ..text.tokens import Tokens, tokenise
from ..util.array_types import F32, F64, I32, I64, Bool
from ..util.arrays import spread

SCANNED_RATES = (0.05, 0.1, 0.25, 0.5, 0.9)
RARE = 1e-7  # added to P(p): how rare a phrase is is not known better than that
SALIENT_SHARE = 0.06  # of all words: so many may stand in salient phrases
BACKGROUND_SHARE = 0.3  # part of what phrases that are not salient say on the average that is taken for granted
MIN_SHIFT_IN_CONTEXT = -0.5  # only phrases with more are scored in context
ORIGINALS_IN_CONTEXT = 2  # of a phrase that are scored there, the likeliest without context
NATS_BELOW_LIKELIEST = 4.0  # how much less likely than the first, in nats, the second may be
MAX_LOG_GAIN = 30.0  # ln of the gain of one place: what exceeds it is beyond doubt


@dataclass(frozen=True, slots=True, eq=False)
class Occurrences:
    """Where phrases stand in a batch, sorted by place."""

    token: I64
    """(occurrences,): the first token of each."""
    phrase: I32
    """(occurrences,)"""


@dataclass(frozen=True, slots=True, eq=False)
class ContextScores:
    """What phrases say between their neighbours."""

    scored: Bool
    """(occurrences,): those that were scored."""
    log_gain: F32
    """(families · rates, occurrences): ln of how much likelier each is at the rate than in a text not spun; 0 where it
    was not scored."""


@dataclass(frozen=True, slots=True, eq=False)
class TextPhrases:
    """The phrases of texts, or of passages of them: one row for each different phrase of each text."""

    occurrence: I64
    """(occurrences,): row of `Occurrences`; sorted by text and phrase."""
    phrase: I64
    """(rows,): the phrase."""
    text: I64
    """(rows,)"""
    head: I64
    """(rows + 1,): its occurrences are occurrence[head[k]:head[k + 1]]."""
    log_gain: F32
    """(families · rates, rows): what each row adds to the ln of the likelihood ratio of its text, without context."""
    background: F32
    """(families · rates, texts): what is not among the rows adds to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """What a step says of each text of a batch."""

    ratio: F64
    """(families, texts): ln of the likelihood ratio of each family's best rate against ρ = 0; negative where none is
    better than 0."""
    rate: F64
    """(families, texts): that rate, of `SCANNED_RATES`."""

    def of(self, families: Bool) -> tuple[F64, F64]:
        """What some of the families say together: the likelihood ratio, and the rate of the one that says most; both
        (texts,)."""
        ratio = self.ratio[families]
        if not len(ratio):
            return np.zeros(self.ratio.shape[1]), np.zeros(self.ratio.shape[1])
        most = ratio.max(axis=0)
        rate = np.take_along_axis(self.rate[families], ratio.argmax(axis=0)[None], axis=0)[0]
        return np.where(most > 0, np.maximum(ratio, 0).sum(axis=0), most), rate


@dataclass(frozen=True, slots=True, eq=False)
class Scanner:
    """Spun phrases and originals of a dictionary, and what each says of the text it stands in.

    Phrases are numbered: first the spun ones, by their rows in the dictionary.
    """

    phrases: PhraseTrie
    prefilter: Prefilter
    """For the salient ones."""
    length: NDArray[np.uint8]
    """(phrases,): its words."""
    replaced: F32
    """(families, phrases): r(p)."""
    log_gain: F32
    """(families · rates, phrases): ln of how much likelier the phrase is at the rate than in a text not spun."""
    background: F32
    """(families · rates,): what all phrases that are not salient add to it for each word, on the average."""
    salient: Bool
    """(phrases,): those that say most."""
    shift: F32
    """(phrases,): λ(p) − r(p) of the family to which it is most; −1 for what is no spun phrase."""
    words: I32
    """The language model's ids of the words of all originals, `Dictionary.word`."""
    first: I64
    """(spun phrases + 1,): the entries of phrase k that are scored in context are entry[first[k]:first[k + 1]]."""
    entry: I64
    """Rows of the dictionary."""

    @classmethod
    def of(cls, dictionary: Dictionary, model: LanguageModel) -> Scanner:
        """The scanner of `dictionary`."""
        from ..dictionary.phrase_pairs import normalise_all

        normal = normalise_all([*dictionary.spun_text, *dictionary.original_text])
        names = {name: number for number, name in enumerate(dict.fromkeys(normal))}
        original = np.array([names[name] for name in normal[len(dictionary.spun_text) :]], np.int64)
        spun = np.repeat(np.arange(len(dictionary.spun_text)), np.diff(dictionary.first_entry))
        words = tokenise(names)
        first = np.searchsorted(words.document, np.arange(len(names) + 1))
        chance = np.exp(_alone(model, model.ids(words.word, words.shape), first))
        replaced = np.zeros((len(dictionary.families), len(names)))
        replaced[:, original] = dictionary.replaced.T
        gain = []
        most = np.full(len(names), -1.0)
        for family, share in enumerate(replaced):
            # Of what is put for a key, the parts must add up to how often it is replaced: else any text speaks for it.
            whole = np.bincount(dictionary.original, dictionary.probability[:, family], minlength=len(original))
            part = dictionary.replaced[:, family] / np.maximum(whole, 1e-9)
            made = (chance[original] * np.minimum(part, 1.0))[dictionary.original] * dictionary.probability[:, family]
            shift = np.bincount(spun, made, minlength=len(names)) / (chance + RARE) - share
            gain += [np.log1p(rate * shift) for rate in SCANNED_RATES]
            most = np.maximum(most, shift)
        ids = model.ids(dictionary.word, dictionary.shape)
        entry = _likeliest(dictionary, spun, np.log(chance)[original[dictionary.original]])
        most = np.where(np.arange(len(names)) < len(dictionary.spun_text), most, -1.0).astype(np.float32)
        order = np.argsort(-most, kind="stable")
        salient = np.zeros(len(names), np.bool_)
        salient[order[np.cumsum(chance[order]) < SALIENT_SHARE]] = True
        salient &= most > -1
        gains = np.array(gain).reshape(len(gain), len(names))
        phrases = [words.word[a:b] for a, b in zip(first[:-1].tolist(), first[1:].tolist(), strict=True)]
        trie = PhraseTrie.of(phrases)
        return cls(
            trie,
            trie.prefilter([phrases[row] for row in np.flatnonzero(salient).tolist()]),
            np.minimum(np.diff(first), 255).astype(np.uint8),
            replaced.astype(np.float32),
            gains.astype(np.float32),
            (gains[:, ~salient] @ chance[~salient]).astype(np.float32),
            salient,
            most,
            ids,
            np.concatenate([[0], np.cumsum(np.bincount(spun[entry], minlength=len(dictionary.spun_text)))]),
            entry,
        )

    def find_salient(self, tokens: Tokens) -> Occurrences:
        """The salient phrases of a batch."""
        phrase = longest(self.phrases.walk_through(self.prefilter, tokens), len(tokens))
        at = np.flatnonzero(phrase >= 0)
        at = at[self.salient[phrase[at]]]
        return Occurrences(at, phrase[at])

    def find_all(self, tokens: Tokens, texts: Bool) -> Occurrences:
        """All phrases of `texts`, (texts,) of a batch."""
        phrase = longest(self.phrases.walk(tokens, texts), len(tokens))
        at = np.flatnonzero(phrase >= 0)
        return Occurrences(at, phrase[at])

    def group_by_text(self, occurrences: Occurrences, owner: I32, owners: int) -> TextPhrases:
        """The phrases of each text. Each token belongs to the text `owner`, (tokens,), or to none if that is −1.

        What stands several times is no more than once if it speaks for a spinner, and √n times as much if against, as
        in `decode`.
        """
        size = np.int64(max(len(self.length), 1))
        whose = owner.take(occurrences.token)
        rows = np.flatnonzero(whose >= 0)
        # One number for text, phrase and place: the fastest way to sort is without an order of rows.
        place = np.int64(len(occurrences.token) or 1)
        found = np.sort((whose[rows] * size + occurrences.phrase[rows]) * place + rows)
        which, occurrence = np.divmod(found, place)
        head = np.flatnonzero(np.concatenate([which[:1] >= 0, which[1:] != which[:-1]]))
        text, phrase = np.divmod(which[head], size)
        head = np.append(head, len(which))
        gain = self.log_gain.take(phrase, axis=1)
        times = np.sqrt(np.diff(head).astype(np.float32))
        gain *= np.where(gain > 0, np.float32(1), times)
        return TextPhrases(occurrence, phrase, text, head, gain, np.zeros((len(gain), owners), np.float32))

    def add_background(self, found: TextPhrases, words: I64) -> TextPhrases:
        """`found`, salient phrases in texts of so many `words`, (texts,), with what all others say on the average."""
        # Text that is repeated is no more text, as little as its phrases are more phrases.
        times = np.diff(found.head)
        once, often = (np.bincount(found.text, weight, len(words)) for weight in (np.sqrt(times), times))
        length = words * np.divide(once, often, out=np.ones(len(words)), where=often > 0)
        return replace(found, background=np.outer(BACKGROUND_SHARE * self.background, length).astype(np.float32))

    def score_in_context(
        self, occurrences: Occurrences, which: Bool, tokens: Tokens, dictionary: Dictionary, model: LanguageModel
    ) -> ContextScores:
        """What phrases say between their neighbours: the `occurrences` that are `which`, (occurrences,), of phrases
        whose `shift` is above `MIN_SHIFT_IN_CONTEXT`."""
        which = which & (self.shift[occurrences.phrase] > MIN_SHIFT_IN_CONTEXT)
        rows = np.flatnonzero(which)
        phrase = occurrences.phrase[rows].astype(np.int64)
        shift = self._in_context(occurrences.token[rows], phrase, tokens, dictionary, model)
        shift -= self.replaced.take(phrase, axis=1)
        likelier = shift[:, None] * np.array(SCANNED_RATES, np.float32)[:, None]
        likelier += 1
        log_gain = np.zeros((len(self.log_gain), len(which)), np.float32)
        log_gain[:, rows] = np.log(likelier, out=likelier).reshape(len(log_gain), -1)
        return ContextScores(which, log_gain)

    def estimate(self, found: TextPhrases, context: ContextScores | None = None) -> Estimate:
        """What the phrases of each text say together; those that were scored in their context, what they say there."""
        gain = found.log_gain
        if context is not None:
            rows = np.flatnonzero(context.scored[found.occurrence[found.head[:-1]]])
            if len(rows):
                times = found.head[rows + 1] - found.head[rows]
                row, place = spread(times)
                scores = context.log_gain.take(found.occurrence[found.head[rows][row] + place], axis=1)
                gain = gain.copy()
                # The occurrences of one phrase are one decision: they share a vote.
                gain[:, rows] = np.add.reduceat(scores, np.cumsum(times) - times, axis=1) / times
        total = found.background.astype(np.float64)
        text, texts = found.text, found.background.shape[1]
        if len(text):
            # The rows stand text by text.
            heads = np.flatnonzero(np.concatenate([[True], text[1:] != text[:-1]]))
            total[:, text[heads]] += np.add.reduceat(gain, heads, axis=1, dtype=np.float64)
        rates = np.array(SCANNED_RATES)
        families = total.reshape(len(total) // len(rates), len(rates), texts)
        return Estimate(families.max(axis=1), rates[families.argmax(axis=1)])

    def _in_context(self, first: I64, phrase: I64, tokens: Tokens, dictionary: Dictionary, model: LanguageModel) -> F32:
        """(families, places): λ of each `phrase`, which stands at the token `first`, between its neighbours."""
        contexts = Contexts.of(tokens, first, self.length[phrase].astype(np.int64), model)
        begin = self.first[phrase]
        place, rank = spread(self.first[phrase + 1] - begin)
        entry = self.entry[begin[place] + rank]
        from ..decoding.entry_priors import SCALE

        original = dictionary.original[entry]
        words = dictionary.first_word[original]
        length = dictionary.first_word[original + 1] - words
        row, step = spread(length)
        standing = np.arange(len(first))
        score = contexts.log_prob(
            model,
            (
                np.concatenate([standing, place]),
                np.concatenate([contexts.words, self.words.take(words[row] + step)]),
                np.concatenate([contexts.length, length]),
            ),
        )
        stands, restored = score[: len(first)], score[len(first) :]
        gain = np.exp(np.minimum(SCALE * (restored - stands.take(place)), MAX_LOG_GAIN))
        chance = dictionary.probability[entry].T * gain
        return np.stack([np.bincount(place, one, minlength=len(first)) for one in chance]).astype(np.float32)


def _likeliest(dictionary: Dictionary, spun: I64, log_prob: F64) -> I64:
    """The entries that are scored in context, in order: of each spun phrase a few. `log_prob` is of their originals."""
    from ..decoding.entry_priors import SCALE

    prior = dictionary.log_channel + SCALE * log_prob
    order = np.lexsort((-prior, spun))
    heads = dictionary.first_entry[spun[order]]
    rank = np.arange(len(order)) - heads
    likely = (rank < ORIGINALS_IN_CONTEXT) & (prior[order] > prior[order][heads] - NATS_BELOW_LIKELIEST)
    return np.sort(order[likely])


def _alone(model: LanguageModel, ids: I32, first: I64) -> F64:
    """(phrases,): log probability of each phrase, of which nothing before is known."""
    lengths = np.diff(first)
    place = np.arange(len(ids)) - np.repeat(first[:-1], lengths)
    context = np.full((len(ids), model.order - 1), -1, np.int32)
    for back in range(1, model.order):
        rows = np.flatnonzero(place >= back)
        context[rows, -back] = ids[rows - back]
    score = np.where(place > 0, model.log_prob(context, ids), model.unigram(ids)).astype(np.float64)
    phrase = np.repeat(np.arange(len(lengths)), lengths)
    return np.bincount(phrase, score, minlength=len(lengths)).astype(np.float64)
