"""The language model: what is learned against a plain reference, what is stored, and what a damaged file says."""

from __future__ import annotations

import gzip
import json
import lzma
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.language_model.model import LanguageModel
from despin.language_model.model_file import ModelError, open_model, parse
from despin.language_model.ngram_table import LANES, choices, hash_ngrams
from despin.language_model.vocabulary import Vocabulary, Word
from despin.learn.cli import main
from despin.learn.errors import LearningError
from despin.learn.language_model.counts import WORD_BITS, count, read
from despin.learn.language_model.kneser_ney import choose, discounts, estimate, fit
from despin.learn.language_model.learn import Corpus, Options, contexts, foretell, frequencies, learn
from despin.learn.language_model.pack import build_table, place, quantise, serialise
from despin.text.hashing import hash_words
from despin.text.tokens import tokenise

HARBOUR = [
    "The boat left the harbour before the fog came in.",
    "The fog came in before the boat left.",
    "Nobody saw the boat again before 1887.",
    "The harbour master saw the fog, and the fog saw him.",
    "Before the war the harbour had 12 boats.",
]
KITCHEN = [
    "The cook left the kitchen before the soup was ready.",
    "The soup was ready, and nobody saw the cook again.",
    "The fog in the kitchen was the soup.",
]
LARGE = 10_000_000


def corpora(weights: Sequence[float] = (1.0, 0.5)) -> list[Corpus]:
    texts = {"harbour": HARBOUR, "kitchen": KITCHEN}
    return [Corpus(name, w, read(text)) for (name, text), w in zip(texts.items(), weights, strict=True)]


def model(order: int = 3, **options: int) -> LanguageModel:
    return learn(corpora(), Options(order, **({"min_count": 2, "max_bytes": LARGE} | options)))


def mapped(one: LanguageModel) -> LanguageModel:
    return parse(np.frombuffer(serialise(one), np.uint8), "a test")


def ids(one: LanguageModel, text: str) -> list[int]:
    tokens = tokenise([text])
    return one.ids(tokens.word, tokens.shape).tolist()


# --- a plain reference: the formula of kneser_ney.py with dictionaries -----------------------------------------------


class Reference:
    """Interpolated modified Kneser-Ney of paragraphs of ids with weights, nothing pruned."""

    def __init__(self, paragraphs: Sequence[tuple[Sequence[int], float]], order: int, known: int) -> None:
        self.order, self.known = order, known
        total: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(order + 1)]
        weighted: list[defaultdict[tuple[int, ...], float]] = [defaultdict(float) for _ in range(order + 1)]
        for words, weight in paragraphs:
            for length in range(2, order + 1):
                for start in range(len(words) - length + 1):
                    ngram = tuple(words[start : start + length])
                    total[length][ngram] += 1
                    weighted[length][ngram] += weight
        for length in range(order - 1, 0, -1):
            lower: Counter[tuple[int, ...]] = Counter()
            heavy: defaultdict[tuple[int, ...], float] = defaultdict(float)
            for ngram, times in total[length + 1].items():
                lower[ngram[1:]] += 1
                heavy[ngram[1:]] += weighted[length + 1][ngram] / times
            for ngram in total[length]:
                if ngram[0] == Word.BEGIN:
                    lower[ngram], heavy[ngram] = total[length][ngram], weighted[length][ngram]
            total[length], weighted[length] = lower, heavy
        self.total, self.weighted = total, weighted
        self.discount = [self._discounts(Counter(level.values())) for level in total]

    @staticmethod
    def _discounts(seen: Counter[int]) -> list[float]:
        usual = [0.0, 0.5, 1.0, 1.5]
        if not all(seen[k] for k in (1, 2, 3, 4)):
            return usual
        y = seen[1] / (seen[1] + 2 * seen[2])
        found = [0.0, 1 - 2 * y * seen[2] / seen[1], 2 - 3 * y * seen[3] / seen[2], 3 - 4 * y * seen[4] / seen[3]]
        return [d if 0.01 < d < k else u for k, (d, u) in enumerate(zip(found, usual, strict=True))]

    def probability(self, context: tuple[int, ...], word: int) -> float:
        length = len(context) + 1
        heavy, total = self.weighted[length], self.total[length]
        followers = [ngram for ngram in total if ngram[:-1] == context]
        shorter = (
            self.probability(context[1:], word) if context else (word != Word.BEGIN) / (self.known - 1)
        )  # `<s>` follows nothing
        mass = sum(heavy[ngram] for ngram in followers)
        if not mass:
            return shorter

        def alone(ngram: tuple[int, ...]) -> float:
            n = total[ngram]
            return heavy[ngram] * (n - self.discount[length][min(n, 3)]) / n / mass

        left = 1 - sum(alone(ngram) for ngram in followers)
        ngram = (*context, word)
        return (alone(ngram) if ngram in total else 0.0) + left * shorter


def reference(one: LanguageModel) -> Reference:
    paragraphs = [
        ([Word.BEGIN, *ids(one, text), Word.END], w) for t, w in ((HARBOUR, 1.0), (KITCHEN, 0.5)) for text in t
    ]
    return Reference(paragraphs, one.order, len(one.unigrams))


@pytest.mark.parametrize("order", [2, 3, 4])
def test_scores_are_those_of_the_formula(order: int) -> None:
    one = mapped(model(order))
    plain = reference(one)
    step = max(float(np.diff(table.values).max()) for table in one.tables)
    step += sum(float(np.diff(table.weights[1:]).max()) for table in one.tables[:-1])
    words = ids(one, "The fog saw the cook again before the soup left, nobody came 1887")
    for context in [(Word.BEGIN,), *product(words[:6], repeat=order - 1)]:
        before = np.full((1, order - 1), -1, np.int32)
        before[0, order - 1 - len(context) :] = context
        for word in words:
            share = float(one.shares[word]) if word <= Word.NUMBER else 0.0
            expected = np.log(plain.probability(tuple(context), word)) + share
            assert one.log_prob(before, np.array([word], np.int32))[0] == pytest.approx(expected, abs=step)


def sums(one: LanguageModel, context: Sequence[Sequence[int]]) -> np.ndarray:
    columns = np.array(context, np.int32)
    out = np.zeros(len(columns))
    for word in range(len(one.unigrams)):
        if word != Word.BEGIN:
            score = one.log_prob(columns, np.full(len(columns), word, np.int32)).astype(np.float64)
            out += np.exp(score - (one.shares[word] if word <= Word.NUMBER else 0))
    return out


@pytest.mark.parametrize("max_bytes", [LARGE, 101_700])
@pytest.mark.parametrize("order", [2, 3, 4])
def test_probabilities_sum_to_one(order: int, max_bytes: int) -> None:
    one = mapped(model(order, max_bytes=max_bytes))
    some = [-1, *range(len(one.unigrams))]
    some.remove(Word.END)  # nothing follows it
    near = list(product(some[:12], repeat=order - 1))
    off = np.abs(sums(one, near) - 1) > 0.02  # 8-bit codes
    assert off.mean() < 0.003  # a context that was never stored is taken for one that was: 1 in 5,000 for each look


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_estimates_sum_to_one_before_they_are_rounded_whatever_is_kept(share: float) -> None:
    text = np.array(([2, 4, 5, 6, 4, 5, 7, 3] * 2 + [2, 6, 5, 4, 4, 5, 6, 3]) * 2, np.int32)
    tables = count([text, text[:8]], [1.0, 0.3], 3)
    random = np.random.default_rng(7)
    kept = [random.random(len(table)) < share for table in tables]
    levels = estimate(tables, kept, 8)
    assert levels[0].probability.sum() == pytest.approx(1, abs=1e-6)
    words = [level.probability.astype(np.float64) for level in levels]
    for length, table in enumerate(tables, start=1):
        below = words[length - 1]
        for context in np.unique(table.prefix):
            rows = table.prefix == context
            seen = words[length][rows].sum()
            # What is not in the table backs off to the shorter context, whose own sum is known to be one.
            if length == 1:
                rest = 1 - below[table.word[rows]].sum()
            else:
                shorter = tables[length - 2]
                ending = shorter.word[context]
                assert (shorter.prefix[table.suffix[rows]] == ending).all()
                rest = 1 - below[table.suffix[rows]].sum()
            assert seen + levels[length].left[context] * rest == pytest.approx(1, abs=1e-5)


def test_ngrams_stay_inside_paragraphs_and_corpora_weigh() -> None:
    bigrams, trigrams = count([np.array([2, 4, 5, 3, 2, 4, 3], np.int32), np.array([2, 4, 3], np.int32)], [1.0, 0.5], 3)
    found = {(int(p), int(w)): (int(n), float(c)) for p, w, n, c in zip(
        bigrams.prefix, bigrams.word, bigrams.total, bigrams.weighted, strict=True)}  # fmt: skip
    assert found == {(2, 4): (3, 2.5), (4, 3): (2, 1.5), (4, 5): (1, 1.0), (5, 3): (1, 1.0)}
    rows = {int(k) for k in bigrams.keys >> np.uint64(WORD_BITS)}
    assert rows == {2, 4, 5}
    spelled = [(int(bigrams.prefix[p]), int(bigrams.word[p]), int(w)) for p, w in zip(
        trigrams.prefix, trigrams.word, strict=True)]  # fmt: skip
    assert sorted(spelled) == [(2, 4, 3), (2, 4, 5), (4, 5, 3)]
    suffixes = [(int(bigrams.prefix[s]), int(bigrams.word[s])) for s in trigrams.suffix]
    assert suffixes == [ngram[1:] for ngram in spelled]
    assert trigrams.begins.tolist() == [ngram[0] == Word.BEGIN for ngram in spelled]


@given(st.lists(st.sampled_from([*" ".join(HARBOUR + KITCHEN).split(), "pelican", "1066"]), min_size=3, max_size=30))
def test_pairs_and_triples_put_together_are_what_a_context_says(words: list[str]) -> None:
    """N-grams looked up by their parts, each part once, are those looked up whole."""
    one = model()
    row = np.array(ids(one, " ".join(words)), np.int32)
    place = np.arange(len(row) - 1)
    pairs = one.pairs(row, row, place, place + 1)
    nothing = np.full(len(place), -1, np.int32)
    expected = one.log_prob(np.stack([nothing, row[:-1]], axis=1), row[1:])
    assert pairs.score == pytest.approx(expected, abs=1e-5)
    counts = place % 3 > 0
    left, right = place[:-1], place[1:]
    found = one.triples(row[:-1], row[1:], pairs, left, right, counts)
    expected = np.where(counts[right], one.log_prob(np.stack([row[:-2], row[1:-1]], axis=1), row[2:]), 0.0)
    assert found == pytest.approx(expected, abs=1e-5)
    score, backoff = one.bigrams(row[:-1], row[1:])
    apart = one.trigrams(row[:-2], row[1:-1], row[2:], backoff[:-1], score[1:])
    assert apart[counts[right]] == pytest.approx(expected[counts[right]], abs=1e-5)


def test_discounts_follow_chen_and_goodman_or_fall_back() -> None:
    total = np.repeat([1, 2, 3, 4, 9], [40, 12, 6, 4, 3])
    y = 40 / (40 + 24)
    assert discounts(total) == pytest.approx([0, 1 - 2 * y * 12 / 40, 2 - 3 * y * 6 / 12, 3 - 4 * y * 4 / 6])
    assert discounts(np.array([1, 1, 1])).tolist() == [0, 0.5, 1, 1.5]


def test_pruning_keeps_within_the_budget_and_keeps_the_contexts_it_needs() -> None:
    random = np.random.default_rng(3)
    text = np.concatenate([[2, *random.zipf(1.6, 40).clip(1, 26) + 3, 3] for _ in range(60)]).astype(np.int32)
    tables = count([text], [1.0], 3)
    _, kept = fit(tables, 30, [4.0, 3.0], 700.0)
    assert 600 < 4 * kept[0].sum() + 3 * kept[1].sum() <= 700
    assert kept[1].any()
    assert kept[0][tables[1].prefix[kept[1]]].all()


def test_what_is_worth_more_is_kept() -> None:
    text = np.array([2, 4, 5, 6, 3], np.int32)
    (table,) = count([text], [1.0], 2)
    (kept,) = choose([table], [np.array([3, 1, 0, 2], np.float32)], [1.0], 2.0)
    assert kept.tolist() == [True, False, False, True]


# --- words -----------------------------------------------------------------------------------------------------------


def test_unknown_words_and_numbers_have_ids_of_their_own() -> None:
    one = model()
    assert ids(one, "zeppelin 4711") == [Word.UNKNOWN, Word.NUMBER]
    assert ids(one, "THE fog") == ids(one, "the Fog")
    assert min(ids(one, "the fog")) >= len(Word)


def test_an_unknown_word_is_dearer_than_any_known_one() -> None:
    one = model()
    known = np.arange(len(Word), len(one.unigrams), dtype=np.int32)
    unknown = one.unigram(np.array([Word.UNKNOWN], np.int32))[0]
    assert unknown == pytest.approx(one.unigrams[0] + one.shares[0])
    assert unknown < one.unigram(known).min()


@given(st.lists(st.integers(0, 2**64 - 1), unique=True), st.lists(st.integers(0, 2**64 - 1)))
def test_vocabulary_finds_its_words_and_no_others(words: list[int], others: list[int]) -> None:
    hashes = np.array(sorted(words), np.uint64)
    vocabulary = Vocabulary.of(hashes)
    assert vocabulary.ids(hashes).tolist() == list(range(len(Word), len(Word) + len(words)))
    strange = [other for other in others if other not in words]
    assert vocabulary.ids(np.array(strange, np.uint64)).tolist() == [Word.UNKNOWN] * len(strange)


def test_word_frequencies_from_elsewhere_join_in() -> None:
    elsewhere = frequencies([("lighthouse", 0.3), ("don't", 0.2), ("women's", 0.1), ("the", 0.4)], 1, "credit to them")
    assert elsewhere.words.tolist() == hash_words(["lighthouse", "don't", "the"]).tolist()  # women's is two tokens
    options = Options(min_count=2, max_bytes=LARGE)
    alone, blended = learn(corpora(), options), learn(corpora(), options, elsewhere)
    assert ids(alone, "lighthouse") == [Word.UNKNOWN]
    assert ids(blended, "lighthouse") != [Word.UNKNOWN]
    assert ids(blended, "don't") == [Word.UNKNOWN]  # neither seen nor among the commonest
    assert np.exp(blended.unigrams).sum() == pytest.approx(1, abs=1e-5)
    assert blended.provenance["credits"] == ["credit to them"]


# --- scoring ---------------------------------------------------------------------------------------------------------


def test_a_negative_id_ends_the_context_without_a_penalty() -> None:
    one = mapped(model())
    the, fog = ids(one, "the fog")

    def score(*context: int) -> float:
        return float(one.log_prob(np.array([context], np.int32), np.array([fog], np.int32))[0])

    assert score(-1, -1) == score(the, -1) == one.unigram(np.array([fog], np.int32))[0]
    strange = score(Word.UNKNOWN, the)
    assert score(-1, the) >= strange


_SMALL = mapped(model())
_ROWS = st.tuples(*[st.integers(-2, len(_SMALL.unigrams) - 1)] * 2, st.integers(0, len(_SMALL.unigrams) - 1))


@given(st.lists(_ROWS, max_size=40))
def test_no_log_probability_is_above_zero_and_rows_do_not_mix(rows: list[tuple[int, int, int]]) -> None:
    columns = np.array(rows, np.int32).reshape(-1, 3)
    score = _SMALL.log_prob(columns[:, :2], columns[:, 2])
    assert score.dtype == np.float32
    assert (score <= 0).all()
    assert np.isfinite(score).all()
    single = [_SMALL.log_prob(row[None, :2], row[2:])[0] for row in columns]
    assert score.tolist() == single


def test_many_rows_are_scored_like_few() -> None:
    random = np.random.default_rng(5)
    context = random.integers(-1, len(_SMALL.unigrams), (40_000, 2)).astype(np.int32)
    word = random.integers(0, len(_SMALL.unigrams), 40_000).astype(np.int32)
    pieces = [_SMALL.log_prob(context[k : k + 1000], word[k : k + 1000]) for k in range(0, 40_000, 1000)]
    assert np.array_equal(_SMALL.log_prob(context, word), np.concatenate(pieces))


def test_the_context_must_have_the_shape_of_the_order() -> None:
    with pytest.raises(ValueError, match=r"context is \(1, 3\)"):
        _SMALL.log_prob(np.zeros((1, 3), np.int32), np.zeros(1, np.int32))


def test_contexts_begin_with_the_paragraph() -> None:
    assert contexts(np.array([2, 4, 5, 3, 2, 6], np.int32), 3)[[1, 2, 3, 5]].tolist() == [
        [-1, 2],
        [2, 4],
        [4, 5],
        [-1, 2],
    ]


def test_a_text_like_those_learned_from_is_foretold_better() -> None:
    near = foretell(_SMALL, read(["The fog left the harbour."]))
    far = foretell(_SMALL, read(["Harbour the left fog the."]))
    assert (near.tokens, near.ends) == (6, 1)
    assert near.perplexity < far.perplexity


# --- the hash table --------------------------------------------------------------------------------------------------


@given(st.integers(0, 400), st.integers(0, 2**32))
def test_every_ngram_is_found_where_it_was_put(size: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    words = np.unique(random.integers(0, 200_000, (size, 3)), axis=0)
    values = -20 * random.random(len(words))
    table = build_table([column.astype(np.int32) for column in words.T], values, None)
    rows, slots = table.find(hash_ngrams(list(words.T)))
    assert sorted(rows.tolist()) == list(range(len(words)))
    error = np.abs(table.values[table.codes[slots]] - values[rows])
    # Two n-grams may share a place and a fingerprint, in which case one answers for both; hardly ever here.
    assert np.count_nonzero(error > 20 / 255 / 2 + 1e-5) <= 1


def test_few_strangers_are_taken_for_ngrams() -> None:
    random = np.random.default_rng(2)
    inside, outside = random.integers(0, 1000, (3, 50_000)), random.integers(1000, 2000, (3, 200_000))
    table = build_table([column.astype(np.int32) for column in inside], -random.random(50_000), None)
    assert len(table.find(hash_ngrams(list(outside)))[0]) < 200_000 / 5_000 * 2


def test_placing_fills_each_lane_once_and_gives_up_when_there_is_no_room() -> None:
    hashes = hash_ngrams([np.arange(1000), np.arange(1000)])
    slots = place(hashes, 266)
    assert slots is not None
    assert len(set(slots.tolist())) == 1000
    first, second = choices(hashes, 266)
    assert ((slots // LANES == first) | (slots // LANES == second)).all()
    assert place(hashes, 249) is None  # 996 lanes


@given(st.lists(st.floats(-30, 0), min_size=1), st.integers(2, 256))
def test_codes_are_off_by_half_a_step_at_most(values: list[float], size: int) -> None:
    exact = np.array(values)
    codes, steps = quantise(exact, size)
    half = (exact.max() - exact.min()) / (size - 1) / 2
    assert np.abs(steps[codes] - exact).max() <= half + 1e-5
    assert steps.max() <= exact.max() + 1e-6


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_file_holds_the_model(tmp_path: Path) -> None:
    one = model()
    path = tmp_path / "model.ngrams"
    path.write_bytes(serialise(one))
    two = open_model(path)
    assert two.provenance["corpora"][1] == {"name": "kitchen", "tokens": 32, "weight": 0.5}
    assert len(two.digest) == 64
    context, word = np.array([[4, 5], [6, 7]], np.int32), np.array([8, 9], np.int32)
    assert np.array_equal(one.log_prob(context, word), two.log_prob(context, word))
    assert serialise(model()) == path.read_bytes()


def _with_header(data: bytes, change: Callable[[dict], None]) -> bytes:
    size = int.from_bytes(data[12:16], "little")
    header = json.loads(data[16 : 16 + size])
    change(header)
    return data[:16] + json.dumps(header).encode().ljust(size)[:size] + data[16 + size :]


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda data: b"", "not a language model"),
    "other file": (lambda data: b"PK\3\4" + data[4:], "not a language model"),
    "cut off": (lambda data: data[:-1], "bytes of"),
    "cut off in the header": (lambda data: data[:200], "damaged"),
    "too long": (lambda data: data + b"!", "bytes of"),
    "other version": (lambda data: data[:8] + b"\x63" + data[9:], "format 99"),
    "no JSON": (lambda data: data[:16] + b"?" + data[17:], "damaged"),
    "no list of arrays": (lambda data: _with_header(data, lambda h: h.update(arrays=None)), "damaged"),
    "array missing": (lambda data: _with_header(data, lambda h: h["arrays"].pop()), "damaged"),
    "array outside": (lambda data: _with_header(data, lambda h: h["arrays"][0].update(offset=64_000_000)), "beyond"),
    "array of objects": (lambda data: _with_header(data, lambda h: h["arrays"][0].update(dtype="|O")), "no sense"),
    "array too short": (lambda data: _with_header(data, lambda h: h["arrays"][2].update(shape=[3])), "differ in"),
    "order": (lambda data: _with_header(data, lambda h: h.update(order=40)), "order of 40"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    change, message = DAMAGE[name]
    path = tmp_path / "bad.ngrams"
    path.write_bytes(change(serialise(model())))
    with pytest.raises(ModelError, match=message) as caught:
        open_model(path)
    assert str(caught.value).startswith(str(path))


@given(st.integers(0, 10_000_000), st.integers(0, 255))
def test_no_damaged_byte_makes_more_than_a_model_error(where: int, value: int) -> None:
    data = bytearray(_BYTES)
    data[where % len(data)] = value
    try:
        one = parse(np.frombuffer(bytes(data), np.uint8), "a test")
    except ModelError:
        return
    known = one.ids(hash_words(["fog", "zeppelin"]), np.full(2, 2, np.uint8))
    one.log_prob(np.zeros((2, one.order - 1), np.int32), known)


_BYTES = serialise(model())


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_learns_from_plain_and_packed_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain, packed, zipped = tmp_path / "one.txt", tmp_path / "two.txt.xz", tmp_path / "three.txt.gz"
    plain.write_text("\n\n".join(HARBOUR))
    packed.write_bytes(lzma.compress("\n".join(KITCHEN).encode()))
    zipped.write_bytes(gzip.compress(b"The boat came again.\n"))
    output = tmp_path / "model.ngrams"
    arguments = ["language-model", *map(str, (plain, packed, zipped)), "-o", str(output), "--wordfreq-weight", "0"]
    assert main([*arguments, "--min-count", "1", "--weight", "one=2", "--held-out", "2"]) == 0
    out, talk = capsys.readouterr()
    one = open_model(output)
    assert [corpus["weight"] for corpus in one.provenance["corpora"]] == [2.0, 1.0, 1.0]
    assert ids(one, "nobody soup") != [Word.UNKNOWN] * 2
    assert ids(one, "master")[0] == Word.UNKNOWN  # its document is held out
    assert [line.split()[0] for line in out.splitlines()] == ["held", "one", "two", "three", "all"]
    assert f"wrote {output}" in talk
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.txt"], "missing.txt"),
        (["empty.txt"], "no text"),
        (["latin.txt"], "not UTF-8"),
        (["cut.txt.xz"], "damaged or cut off"),
        (["good.txt", "--order", "9"], "order 9"),
        (["good.txt", "--max-bytes", "1000"], "allow more"),
        (["good.txt", "--weight", "other=2"], "no such text"),
        (["good.txt", "-o", "nowhere/model.ngrams"], "make it first"),
    ],
)
def test_the_command_says_what_is_wrong(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.txt").write_text("\n".join(HARBOUR))
    Path("empty.txt").write_text("\n\n")
    Path("latin.txt").write_bytes("Caf\xe9".encode("latin-1"))
    Path("cut.txt.xz").write_bytes(lzma.compress(b"The boat left." * 100)[:60])
    assert main(["language-model", "-o", "model.ngrams", "--wordfreq-weight", "0", *arguments]) == 2
    talk = capsys.readouterr().err
    assert message in talk
    assert "Traceback" not in talk
    assert not Path("model.ngrams").exists()


def test_a_weight_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["language-model", "a.txt", "-o", "b", "--weight", "a=much"])
    assert caught.value.code == 2
    assert "NAME=WEIGHT" in capsys.readouterr().err


def test_learning_needs_text_and_weights() -> None:
    with pytest.raises(LearningError, match="no text"):
        learn([Corpus("nothing", 1.0, read([]))])
    with pytest.raises(LearningError, match="above 0"):
        learn(corpora((1.0, 0.0)))
