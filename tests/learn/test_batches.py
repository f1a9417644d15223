"""Batches for the encoder: what stands where. None of this needs PyTorch; nor do the weights of a BERT, renamed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import toy_bert
from hypothesis import given, settings
from hypothesis import strategies as st

from despin.learn.errors import LearningError
from despin.learn.weights import batches as module
from despin.learn.weights.anew import Block, Teacher
from despin.learn.weights.batches import Chunks, Speller, batches
from despin.learn.weights.bert import renamed
from despin.learn.weights.examples import Example
from despin.learn.weights.spinning import Spun
from despin.restoration.encoder import WINDOW
from despin.restoration.word_pieces import WordPieces
from despin.text.tokens import tokenise

WORDS = (
    "perfect", "women", "together", "a", "new", "the", "class", "video", "help", "good", "movie", "star", "student",
    "film", "movie", ",", ".", "scenes", "extraordinary", "2000", "girls", "collectively", "brand", "entire", "the",
)  # fmt: skip
PARAGRAPHS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=150).map(" ".join)
DOCUMENTS = st.lists(st.lists(PARAGRAPHS, min_size=1, max_size=4).map("\n".join), min_size=1, max_size=3)


@cache
def taught() -> tuple[Teacher, Speller]:
    teacher = toy_bert.teacher((20, 300))
    return teacher, Speller.of(WordPieces(toy_bert.VOCABULARY), teacher.sources)


def numbered(block: Block) -> Block:
    """`block`, whose candidates carry their numbers in the first dense column."""
    dense = np.zeros_like(block.dense)
    dense[0] = np.arange(len(block.right))
    return block._replace(dense=dense)


@st.composite
def blocks(draw) -> Block:
    teacher, _ = taught()
    tokens = tokenise(draw(DOCUMENTS))
    if draw(st.booleans()):
        teacher.chance = np.random.default_rng(draw(st.integers(0, 99)))
        teacher.blocks = draw(st.integers(0, 9))
        found = teacher.spin(tokens)
    else:
        texts = int(tokens.document[-1]) + 1
        found = teacher.compare([Example("", "", 1.0)] * texts, tokens)
    return numbered(found) if found else draw(st.nothing())


def spelled(words, *sources) -> dict[int, tuple[int, ...]]:
    """Each of the `words` of a block by hash, in pieces, cut one by one."""
    pieces, every = taught()[1].pieces, {}
    for text in sources:
        every |= {word: text.text[a:b] for word, a, b in zip(text.word.tolist(), text.start, text.end, strict=True)}
    return {word: pieces.of(every[word]) for word in set(words.tolist())}


def pieces_of_words(block: Block) -> list[tuple[int, ...]]:
    spun = tokenise(block.source.dictionary.spun_text), tokenise(taught()[0].everything.dictionary.spun_text)
    known = spelled(block.spun.word, *spun, block.tokens)
    return [known[word] for word in block.spun.word.tolist()]


@given(blocks())
@settings(max_examples=60, deadline=None)
def test_chunks_hold_the_texts_whole_and_in_order(block: Block) -> None:
    chunks, words = taught()[1].chunks(block), pieces_of_words(block)
    begin, apart = (toy_bert.VOCABULARY.index(name) for name in ("[CLS]", "[SEP]"))
    seen, chunk = [], -1
    for row, (pieces, opens) in enumerate(zip(words, block.spun.opens.tolist(), strict=True)):
        if chunks.of_word[row] != chunk:
            chunk += 1
            assert chunks.of_word[row] == chunk
            assert chunks.start[chunk] == len(seen)
            seen.append(begin)
        elif opens:
            seen.append(apart)
        here = len(seen) - chunks.start[chunk]
        assert (chunks.first[row], chunks.last[row]) == (here, here + len(pieces) - 1)
        seen += pieces
    assert chunks.piece.tolist() == seen
    assert chunks.start[-1] == len(seen)
    assert np.diff(chunks.start).max() <= WINDOW
    text = block.spun.text
    assert len(set(zip(chunks.of_word.tolist(), text.tolist(), strict=True))) == chunk + 1, "a chunk of two texts"


def test_the_parts_of_a_long_text_are_about_equally_long() -> None:
    size = np.full(500, 2)
    none = np.zeros(500, np.bool_)
    chunks = Chunks.cut(Spun(np.zeros(500, np.uint64), none, np.zeros(500, np.int64)), np.ones(1000, int), size, (2, 3))
    assert np.diff(chunks.start).tolist() == [201] * 5


def test_a_word_longer_than_a_window_is_cut_off() -> None:
    size = np.array([300, 2])
    none = np.zeros(2, np.bool_)
    chunks = Chunks.cut(Spun(np.zeros(2, np.uint64), none, np.zeros(2, np.int64)), np.ones(302, int), size, (2, 3))
    assert chunks.last.max() >= WINDOW
    assert chunks.start[-1] == len(chunks.piece)


@given(blocks(), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_every_candidate_that_a_chunk_has_whole_is_in_one_batch(block: Block, seed: int) -> None:
    chunks, dictionary, text = taught()[1].chunks(block), block.source.dictionary, block.spun.text.tolist()
    fits = []
    for row, entry in enumerate(block.these.entry.tolist()):
        first, end = int(block.these.first[row]), int(block.these.end[row])
        begin, stop = first + int(dictionary.head[entry]), end - int(dictionary.tail[entry])
        if begin == stop and (begin == len(text) or text[begin] != text[first]):
            begin -= 1  # nothing stands behind it
        if len({chunks.of_word[word] for word in range(begin, max(stop, begin + 1))}) == 1:
            fits.append(row)
    found = [batch.dense[:, 0] for batch in batches(block, taught()[1], np.random.default_rng(seed))]
    assert sorted(np.concatenate([*found, []]).tolist()) == fits


@given(blocks())
@settings(max_examples=60, deadline=None)
def test_positions_point_at_the_pieces_of_the_words_that_change(block: Block) -> None:
    words, dictionary, these = pieces_of_words(block), block.source.dictionary, block.these
    original = tokenise(dictionary.original_text)
    in_pieces = spelled(original.word, original)
    for batch in batches(block, taught()[1], np.random.default_rng(0)):
        assert batch.inside.sum() <= module.TOGETHER or len(batch.piece) == 1
        assert not batch.piece[~batch.inside].any()
        ends = np.append(batch.begin[1:], len(batch.original))
        assert np.unique(batch.place).tolist() == list(range(len(batch.chunk)))
        for row, number in enumerate(batch.dense[:, 0].astype(int).tolist()):
            place, entry = batch.place[row], these.entry[number]
            first, stop = these.first[number] + dictionary.head[entry], these.end[number] - dictionary.tail[entry]
            here = batch.piece[batch.chunk[place], batch.first[place] : batch.last[place] + 1].tolist()
            if stop > first:  # with whatever stands between paragraphs
                assert [one for one in here if one != 3] == [one for word in words[first:stop] for one in word]
            low, high = dictionary.first_word[dictionary.original[entry] :][:2]
            core = dictionary.word[low + dictionary.head[entry] : high - dictionary.tail[entry]]
            put = [one for word in core.tolist() for one in in_pieces[word]]
            assert batch.original[batch.begin[row] : ends[row]].tolist() == put
            assert batch.right[row] == block.right[number]


def test_where_only_words_are_missing_it_is_the_word_behind_or_the_last() -> None:
    teacher, speller = taught()
    block = numbered(teacher.compare([Example("", "", 1.0)] * 2, tokenise(["the movie class", "it is a movie"])))
    longer = [
        row for row, entry in enumerate(block.these.entry) if block.source.dictionary.entry(entry).spun == "movie"
    ]
    [batch] = batches(block, speller, np.random.default_rng(0))
    found = [
        toy_bert.VOCABULARY[batch.piece[batch.chunk[place], batch.last[place]]]
        for number, place in zip(batch.dense[:, 0].astype(int).tolist(), batch.place.tolist(), strict=True)
        if number in longer
    ]
    assert sorted(found) == ["##e", "class"]


@pytest.mark.parametrize("prefix", ["", "bert."])
def test_the_weights_of_a_bert_are_renamed(prefix: str) -> None:
    tensors = toy_bert.bert()
    made = renamed(toy_bert.bert(prefix), 2)
    assert {name.split(".")[1] for name in made if name.startswith("layers.")} == {"0", "1"}
    own = "encoder.layer.1.attention.self"
    three = [tensors[f"{own}.{name}.weight"] for name in ("query", "key", "value")]
    assert (made["layers.1.qkv.weight"] == np.concatenate(three)).all()
    both = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
    assert (made["position.weight"] == both).all()


def test_what_is_no_bert_or_does_not_fit_is_said() -> None:
    with pytest.raises(LearningError, match=r"nothing in them is called embeddings\.word_embeddings"):
        renamed({"weight": np.zeros(3)}, 1)
    with pytest.raises(LearningError, match=r"of a BERT of 9 layers: no encoder\.layer\.3\.attention"):
        renamed(toy_bert.bert(), 9)
    short = toy_bert.bert()
    short["embeddings.position_embeddings.weight"] = short["embeddings.position_embeddings.weight"][:128]
    with pytest.raises(LearningError, match="128 positions, 32 wide, does not fit: 256 positions at least"):
        renamed(short, 1)
