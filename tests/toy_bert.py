"""A spinner of a few words, and a BERT that knows little more than letters: for tests of what is learned from both."""

from __future__ import annotations

from functools import cache
from string import ascii_lowercase, digits

import numpy as np

from despin.dictionary import files
from despin.dictionary.dictionary import Dictionary
from despin.dictionary.entry import DictionaryFile, parse
from despin.language_model.model_file import open_model
from despin.learn.weights.anew import Teacher

HEADER = "#: name: {0}\n#: family: {0}\n#: source: ours\n#: licence: Apache-2.0\n"
KNOWN = """\
good	perfect	8	20
good	fine	4	20
collectively	together	9	20
ladies	women	9	20
ladies	girls	3	20
a brand new	a new	5	20
the entire class	the class	5	20
movie	movie star	9	10
video	student film	6	20
"""
PARTLY = """\
#: partial: yes
assist	help	5	20
film	video	5	20
"""
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
WHOLE = ("the", "a", "perfect", "good", "women", "ladies", "together", "new", "class", "scene", "##es", "##ing")
VOCABULARY = [*SPECIAL, *WHOLE, *ascii_lowercase, *(f"##{letter}" for letter in ascii_lowercase), *digits, ".", ","]
WIDTH, WIDE, LAYERS, POSITIONS = 32, 64, 3, 300
_SHAPES = {
    "attention.self.query": (WIDTH, WIDTH), "attention.self.key": (WIDTH, WIDTH),
    "attention.self.value": (WIDTH, WIDTH), "attention.output.dense": (WIDTH, WIDTH),
    "attention.output.LayerNorm": (WIDTH,), "intermediate.dense": (WIDE, WIDTH),
    "output.dense": (WIDTH, WIDE), "output.LayerNorm": (WIDTH,),
}  # fmt: skip


@cache
def dictionary_files() -> tuple[DictionaryFile, ...]:
    return tuple(parse(HEADER.format(name) + lines, name) for name, lines in (("known", KNOWN), ("partly", PARTLY)))


def teacher(passage=(20, 60)) -> Teacher:
    known, partly = dictionary_files()
    both = Dictionary.of([known, partly])
    model = open_model(files.folder("en") / "model.ngrams")
    return Teacher.of(Dictionary.of([known]), Dictionary.of([partly]), both, model, passage)


def bert(prefix: str = "") -> dict[str, np.ndarray]:
    """Its weights, drawn."""
    chance = np.random.default_rng(1)

    def drawn(*shape: int) -> np.ndarray:
        return chance.normal(0, 0.1, shape).astype(np.float32)

    made = {
        "embeddings.word_embeddings.weight": drawn(len(VOCABULARY), WIDTH),
        "embeddings.position_embeddings.weight": drawn(POSITIONS, WIDTH),
        "embeddings.token_type_embeddings.weight": drawn(2, WIDTH),
        "embeddings.LayerNorm.weight": 1 + drawn(WIDTH), "embeddings.LayerNorm.bias": drawn(WIDTH),
    }  # fmt: skip
    for layer in range(LAYERS):
        for name, shape in _SHAPES.items():
            made[f"encoder.layer.{layer}.{name}.weight"] = drawn(*shape) + (len(shape) == 1)
            made[f"encoder.layer.{layer}.{name}.bias"] = drawn(shape[0])
    return {prefix + name: array.astype(np.float32) for name, array in made.items()}
